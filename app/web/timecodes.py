"""Seconds as people type them: 12:30, 1:02:30, or plain seconds; where they may be below zero, −0:30."""

import re

from app.web import localisation

TYPED = re.compile(r"(?:(?:(\d{1,2}):)?(\d{1,3}):)?(\d{1,5})", re.ASCII)
MINUS = "−"
MINUSES = ("-", MINUS, "–")


def parse(text: str) -> int | None:
    """Whole seconds; None for what is no timecode."""
    found = TYPED.fullmatch(text.strip())
    if found is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    if found[2] is not None and (seconds > 59 or (found[1] is not None and minutes > 59)):
        return None
    return hours * 3600 + minutes * 60 + seconds


def parse_signed(text: str) -> int | None:
    """`parse`, with a minus before it or without."""
    typed = text.strip()
    below = typed.startswith(MINUSES)
    found = parse(typed[1:] if below else typed)
    return -found if found is not None and below else found


def signed(seconds: int) -> str:
    """As `parse_signed` reads it."""
    return f"{MINUS if seconds < 0 else ''}{localisation.timecode(abs(seconds))}"

"""Seconds as people type them: 12:30, 1:02:30, or plain seconds."""

import re

TYPED = re.compile(r"(?:(?:(\d{1,2}):)?(\d{1,3}):)?(\d{1,5})", re.ASCII)


def parse(text: str) -> int | None:
    """Whole seconds; None for what is no timecode."""
    found = TYPED.fullmatch(text.strip())
    if found is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    if found[2] is not None and (seconds > 59 or (found[1] is not None and minutes > 59)):
        return None
    return hours * 3600 + minutes * 60 + seconds

"""What the runner says to the person at the terminal: Russian first, English second."""

import os
import sys
from contextlib import suppress


class Refusal(Exception):
    """The run cannot go on; `russian` and `english` make the one line that says why.

    `details` are lines to show above it, such as the last words of a process.
    """

    def __init__(self, russian: str, english: str, details: list[str] | None = None) -> None:
        super().__init__(both(russian, english))
        self.details = details or []


class Stopped(Exception):
    """The person or the system asked the runner to stop."""


def both(russian: str, english: str) -> str:
    return f"{russian} / {english}"


def say(text: str = "") -> None:
    """Write a line to standard output, whatever its encoding; a closed one is no error."""
    _write(1, text)


def complain(refusal: Refusal) -> None:
    for line in refusal.details:
        _write(2, f"  {line}")
    _write(2, str(refusal))


def show_progress(text: str) -> None:
    """Rewrite the present line of a terminal; elsewhere say nothing."""
    if sys.stdout.isatty():
        _write(1, f"\r\x1b[K  {text}" if text else "\r\x1b[K", end="")


def _write(descriptor: int, text: str, end: str = "\n") -> None:
    with suppress(OSError):
        os.write(descriptor, (text + end).encode())

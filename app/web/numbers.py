"""Whole numbers that come from outside, none larger than a database keeps."""

from flask import request

LARGEST = 2_147_483_647
ID = f"int(max={LARGEST})"
"""The converter of an id in an address: a larger one is nobody's, and so 404."""
DIGITS = len(str(LARGEST))


def read(value: str) -> int:
    """0 for anything that is no whole number; `LARGEST` for all that are larger."""
    if not (value.isascii() and value.isdigit()):
        return 0
    return min(int(value), LARGEST) if len(value) <= DIGITS else LARGEST


def asked(name: str) -> int:
    """A number in the query."""
    return read(request.args.get(name, ""))


def cursor(name: str) -> int | None:
    """A page's cursor from the query; anything that is none begins at the first page."""
    value = asked(name)
    return value if 0 < value < LARGEST else None

"""The outermost boxes of an MP4: whether its index stands before the pictures.

A browser begins to play once it has the index (`moov`); where that comes last, it first asks for
the end of the file, or waits for the whole of it.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

QUICKTIME = b"qt  "


def plays_at_once(path: Path) -> bool:
    """An MP4 (and no QuickTime file) whose index comes before what it is an index of."""
    order: list[bytes] = []
    with path.open("rb") as file:
        for name, content in _boxes(file):
            if name == b"ftyp" and content[:4] == QUICKTIME:
                return False
            order.append(name)
            if name in (b"moov", b"mdat"):
                break
    return bool(order) and order[-1] == b"moov"


def _boxes(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """(name, its first bytes) of each outermost box."""
    end = os.fstat(file.fileno()).st_size
    place = 0
    while place + 8 <= end:
        file.seek(place)
        head = file.read(16)
        size, header = int.from_bytes(head[:4], "big"), 8
        if size == 1:
            size, header = int.from_bytes(head[8:16], "big"), 16
        file.seek(place + header)
        yield head[4:8], file.read(4)
        if size < header:
            return
        place += size

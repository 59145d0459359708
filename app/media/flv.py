"""An FLV, as media servers write it: whether anything but headers is in it."""

from typing import BinaryIO

SIGNATURE = b"FLV\x01"
HEADER = 13
TAG = 11
SOUND, PICTURE = 8, 9
AAC, H264 = 10, 7


def has_content(file: BinaryIO) -> bool:
    """Pictures or sound, one packet at least. What is no FLV is for others to judge."""
    file.seek(0)
    head = file.read(HEADER)
    if not head.startswith(SIGNATURE):
        return bool(head)
    while len(tag := file.read(TAG)) == TAG:
        size = int.from_bytes(tag[1:4], "big")
        if _is_content(tag[0] & 0x1F, file.read(min(2, size))):
            return True
        file.seek(max(0, size - 2) + 4, 1)
    return False


def _is_content(kind: int, begins: bytes) -> bool:
    """A codec's own settings come first in a packet of their own, marked 0."""
    if kind not in (SOUND, PICTURE) or len(begins) < 2:
        return False
    codec = begins[0] >> 4 if kind == SOUND else begins[0] & 0x0F
    return codec != (AAC if kind == SOUND else H264) or begins[1] == 1

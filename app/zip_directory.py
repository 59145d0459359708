"""How long a zip's list of entries is, before anything reads it whole: millions of names of nothing
fit into a small file. The length is that of the record which `zipfile` believes."""

from typing import IO

TAIL = 65_557
"""As long as the end record may be, with its comment."""
END = b"PK\x05\x06"
END_LENGTH = 22
LOCATOR = b"PK\x06\x07"
LOCATOR_LENGTH = 20
END_64 = b"PK\x06\x06"
END_64_LENGTH = 56


class DirectoryUnclear(ValueError):
    """There is no end record, or readers could differ about what it says."""


def length_of(file: IO[bytes]) -> int:
    """In bytes. DirectoryUnclear where nothing can be believed."""
    size = file.seek(0, 2)
    file.seek(max(0, size - TAIL))
    tail = file.read()
    at = tail.rfind(END)
    if at < 0 or len(tail) - at < END_LENGTH:
        raise DirectoryUnclear("cut short")
    if tail[:at][-LOCATOR_LENGTH:].startswith(LOCATOR):
        return _length_of_large(file, size - len(tail) + at - LOCATOR_LENGTH)
    return int.from_bytes(tail[at + 12 : at + 16], "little")


def _length_of_large(file: IO[bytes], locator_at: int) -> int:
    """A large zip has a second end record right before its locator, which says where it is."""
    record_at = locator_at - END_64_LENGTH
    if record_at < 0:
        raise DirectoryUnclear("cut short")
    file.seek(record_at)
    record, locator = file.read(END_64_LENGTH), file.read(LOCATOR_LENGTH)
    if not record.startswith(END_64) or int.from_bytes(locator[8:16], "little") != record_at:
        raise DirectoryUnclear("its end record is elsewhere")
    return int.from_bytes(record[40:48], "little")

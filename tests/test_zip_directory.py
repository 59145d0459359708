"""How long a zip says that its list of entries is: as its reader will believe it."""

import io
import zipfile

import pytest

from app import zip_directory
from app.zip_directory import DirectoryUnclear


def packed(entries: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for number in range(entries):
            made.writestr(f"{number:0>20}", b"")
    return out.getvalue()


def believed(data: bytes) -> int:
    """What `zipfile` reads as the list."""
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return sum(46 + len(each.filename) + len(each.extra) for each in opened.infolist())


@pytest.mark.parametrize("entries", [0, 1, 300, 66_000])
def test_length_is_the_lists_own(entries: int) -> None:
    data = packed(entries)
    assert zip_directory.length_of(io.BytesIO(data)) == believed(data)


def test_small_length_in_the_plain_record_hides_no_large_list() -> None:
    data = packed(66_000)
    at = data.rfind(zip_directory.END)
    lied = data[: at + 12] + (100).to_bytes(4, "little") + data[at + 16 :]
    assert zip_directory.length_of(io.BytesIO(lied)) == believed(lied)


@pytest.mark.parametrize(
    "data",
    [b"", b"PK", packed(1)[:-1], packed(66_000).replace(zip_directory.END_64, b"PK\x06\x05")],
    ids=["empty", "two_letters", "cut_short", "second_record_elsewhere"],
)
def test_what_cannot_be_believed_is_not(data: bytes) -> None:
    with pytest.raises(DirectoryUnclear):
        zip_directory.length_of(io.BytesIO(data))

"""The words that a line may have."""

import pytest

from app.chat import LONGEST, LineEmpty, LineTooLong
from app.chat.line import cleaned


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("  Как считать?  ", "Как считать?"),
        ("раз\r\nдва\rтри", "раз\nдва\nтри"),
        ("раз\n\n \n\n\nдва", "раз\n\nдва"),
        ("a\x00b\x07c\x1b[31m\x7f\x85", "abc[31m"),
        ("столбец\tстолбец", "столбец столбец"),
        ("\u202eтолько\u202c \u2066наоборот\u2069\u200f", "только наоборот"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("👨‍👩‍👧 семья", "👨‍👩‍👧 семья"),
        ("سلام", "سلام"),
        ("я" * LONGEST, "я" * LONGEST),
        ("  " + "я" * LONGEST + "  ", "я" * LONGEST),
    ],
)
def test_cleaned_keeps_words_alone(text: str, words: str) -> None:
    assert cleaned(text) == words


@pytest.mark.parametrize(
    "text", ["", " \n\t ", "\x00\x01", "\u202e\u202c", "\u200b\u200d", "\ufeff"]
)
def test_line_without_words_is_refused(text: str) -> None:
    with pytest.raises(LineEmpty) as refusal:
        cleaned(text)
    assert refusal.value.name == "chat_line_empty"


@pytest.mark.parametrize("length", [LONGEST + 1, 5000, 100_000])
def test_line_that_is_too_long_is_refused(length: int) -> None:
    with pytest.raises(LineTooLong) as refusal:
        cleaned("я" * length)
    assert refusal.value.name == "chat_line_too_long"

"""A file as rows of cells: its encoding, its delimiter, whose format it is, what each column means."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice

DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8", "windows-1251", "utf-16", "koi8-r", "cp866")
LOOKED_AT = 30
BRACKETED = re.compile(
    r"\[(\d{1,2}(?::\d{2}){1,2})\]\s*(.+?)(?:\s+[–—-]\s+([^:]{1,60}))?:\s+(.*)", re.S
)
FORMATS = ("everwebinar", "webinargeek", "aevent", "apsg", "bracketed", "table")
EVERWEBINAR = ("hour", "minute", "second", "name", "role", "message", "mode")
NAMES = {
    "time": {
        "chat relative time",
        "after",
        "time",
        "second",
        "seconds",
        "timecode",
        "offset",
        "delay",
        "at",
        "время",
        "секунда",
        "таймкод",
    },
    "author": {
        "first name",
        "name",
        "from",
        "author",
        "user",
        "username",
        "имя",
        "автор",
        "ник",
    },
    "surname": {"surname", "last name", "фамилия"},
    "text": {
        "chat message",
        "message",
        "msg",
        "text",
        "comment",
        "сообщение",
        "текст",
        "реплика",
    },
    "role": {"role", "роль"},
    "unit": {"delay unit", "unit"},
}
SEPARATOR = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
"""The line by which a spreadsheet is told the delimiter."""
LAST = "\x00the last row"
"""No file has it: NUL is taken out of what is read."""
A_TIME = re.compile(r"(?:\d{1,2}:){0,2}\d{1,6}(?:[.,]\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Table:
    """`rows`: (number of the row in the file, its cells). `whole`: not cut off somewhere."""

    text: str
    encoding: str
    delimiter: str
    whole: bool = True

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Rows that are not empty. `csv.Error` where a quote is never closed: what follows it would
        be taken for words of that one row."""
        if not self.delimiter:
            yield from self._bracketed()
            return
        text = f"{self.text}\n{LAST}\n" if self.whole else self.text
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter)
        for number, cells in enumerate(reader, start=1):
            if cells and cells[-1].endswith(f"{LAST}\n"):
                raise csv.Error("a quote is not closed")
            if any(cell.strip() for cell in cells) and cells != [LAST]:
                yield number, cells

    def _bracketed(self) -> Iterator[tuple[int, list[str]]]:
        for number, line in enumerate(self.text.splitlines(), start=1):
            if not line.strip():
                continue
            found = BRACKETED.fullmatch(line.strip())
            yield number, [found[1], found[2], found[4]] if found else [line]

    def head(self, count: int = LOOKED_AT) -> list[list[str]]:
        """The first rows, as far as they can be read."""
        found: list[list[str]] = []
        beginning = replace(self, whole=False)
        with suppress(csv.Error):
            for _, cells in islice(beginning.rows(), count):
                found.append(cells)
        return found


@dataclass(frozen=True, slots=True)
class Plan:
    """Which column is what, counted from 0; None where there is no such column.

    `clock`: hour, minute and second in three columns, in the place of `time`. `unit`: of what so
    many are in `time`, where a column says it.
    """

    format: str
    has_header: bool
    time: int | None = None
    author: int | None = None
    text: int | None = None
    surname: int | None = None
    role: int | None = None
    mode: int | None = None
    clock: tuple[int, int, int] | None = None
    unit: int | None = None

    @property
    def is_complete(self) -> bool:
        timed = self.time is not None or self.clock is not None
        return timed and self.author is not None and self.text is not None


def open_table(body: bytes, encoding: str = "", delimiter: str = "") -> Table:
    """Decoded by what it says or looks like; UTF-8, UTF-16 with its mark, or Windows-1251; unless
    one of `ENCODINGS` or `DELIMITERS` is told."""
    text, encoding = _as(body, encoding) if encoding else _decoded(body)
    text = text.replace("\0", "")
    told = SEPARATOR.match(text)
    if told:
        return Table(text[told.end() :], encoding, delimiter or told[1])
    return Table(text, encoding, delimiter or _delimiter(text))


def _as(body: bytes, encoding: str) -> tuple[str, str]:
    """In the encoding that was told; what is not of it is shown as such."""
    codec = {"utf-8": "utf-8-sig"}.get(encoding, encoding)
    if encoding == "utf-16" and not body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        codec = "utf-16-le"
    return body.decode(codec, errors="replace"), encoding


def _decoded(body: bytes) -> tuple[str, str]:
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", errors="replace"), "utf-16"
    try:
        return body.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        return body.decode("cp1251", errors="replace"), "windows-1251"


def _delimiter(text: str) -> str:
    """The one whose first row begins as rows of a chat do and that cuts the next ones into the same
    number of cells; '' for bracketed lines."""
    head = [line for line in text[:20_000].splitlines()[:LOOKED_AT] if line.strip()]
    if head and sum(bool(BRACKETED.fullmatch(line.strip())) for line in head) * 2 > len(head):
        return ""
    return max(DELIMITERS, key=lambda each: _evenness(text, each))


def _evenness(text: str, delimiter: str) -> tuple[int, int, int]:
    rows = Table(text[:20_000], "", delimiter).head()
    widths = Counter(len(cells) for cells in rows if len(cells) > 1)
    if not widths:
        return 0, 0, 0
    width, count = widths.most_common(1)[0]
    return _understood(rows[0]), count, width


def _understood(first: list[str]) -> int:
    """How many cells of the first row are names of columns, or a time."""
    known = set().union(*NAMES.values(), EVERWEBINAR)
    cells = [cell.strip().lower() for cell in first]
    return sum(cell in known or A_TIME.fullmatch(cell) is not None for cell in cells)


def guess(table: Table) -> Plan:
    """Whose format it is, by its header, and what the columns are."""
    head = table.head(2)
    if not head:
        return Plan("table", has_header=False)
    if not table.delimiter:
        return Plan("bracketed", has_header=False, time=0, author=1, text=2)
    names = [cell.strip().lower() for cell in head[0]]
    if set(EVERWEBINAR) <= set(names):
        return _everwebinar(names)
    found = {what: _column(names, known) for what, known in NAMES.items()}
    if found["text"] is None and found["author"] is None:
        return _headless(head[0])
    plan = Plan(
        "table",
        has_header=True,
        time=found["time"],
        author=found["author"],
        surname=found["surname"],
        text=found["text"],
        role=found["role"],
        unit=found["unit"],
    )
    if "chat relative time" in names:
        return replace(plan, format="webinargeek")
    if "after" in names and plan.is_complete:
        return replace(plan, format="aevent")
    return plan


def _everwebinar(names: list[str]) -> Plan:
    hour, minute, second, name, role, message, mode = (names.index(each) for each in EVERWEBINAR)
    return Plan(
        "everwebinar",
        has_header=True,
        clock=(hour, minute, second),
        author=name,
        role=role,
        text=message,
        mode=mode,
    )


def _column(names: list[str], known: set[str]) -> int | None:
    return next((place for place, name in enumerate(names) if name in known), None)


def _headless(first: list[str]) -> Plan:
    """No header: seconds, name, message is the one order that is known."""
    plan = Plan("table", has_header=False, time=0, author=1, text=2)
    if len(first) >= 3 and first[0].strip().isdigit():
        return replace(plan, format="apsg")
    return plan if len(first) >= 3 else Plan("table", has_header=False)

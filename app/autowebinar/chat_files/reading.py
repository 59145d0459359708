"""Rows of a file become lines, or are refused with their number and reason."""

import csv
import re
from dataclasses import dataclass
from typing import Literal

from app.autowebinar.chat_files.guarding import freed
from app.autowebinar.chat_files.tables import Plan, Table
from app.autowebinar.content import LONGEST_AUTHOR, LONGEST_LINE, MODES, LineContent, Mode
from app.core import normalise

MEGABYTE = 1_000_000
LARGEST_FILE = 12 * MEGABYTE
MOST_LINES = 100_000
LIMITS = {"everwebinar": (5_000, MEGABYTE), "aevent": (500, LARGEST_FILE)}
"""(lines, bytes) that the formats' own owners take."""
LAST_HOUR = 7
"""Of EverWebinar's clock."""
TIME = re.compile(r"(?:(?:(\d{1,2}):)?(\d{1,3}):)?(\d{1,6})(?:[.,]\d+)?", re.ASCII)
UNITS = {"": 1, "second": 1, "minute": 60, "hour": 3600, "day": 86_400}
FRAMED = re.compile(r"(\d{2}):(\d{2}):(\d{2})", re.ASCII)
TEAM = {"admin", "team", "host", "moderator", "speaker", "команда", "админ", "ведущий", "модератор"}
GUEST = {"attendee", "guest", "viewer", "user", "", "зритель", "гость", "участник"}


class FileRefused(ValueError):
    """The whole file will not do. `why`: `empty`, `too_large`, `too_many`, `not_a_table`,
    `unmapped`, `format_too_large`, `format_too_many`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class _RowWrong(ValueError):
    """`args[0]` is the reason."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that will not do. `reason`: `columns`, `time`, `after_end`, `author`, `author_long`,
    `text`, `text_long`, `role`, `mode`."""

    number: int
    reason: str
    quote: str


@dataclass(frozen=True, slots=True)
class ChatFile:
    lines: tuple[LineContent, ...]
    refused: tuple[Refused, ...]

    @property
    def rows(self) -> int:
        return len(self.lines) + len(self.refused)


def read(table: Table, plan: Plan, size: int, *, duration: int | None = None) -> ChatFile:
    """Every row as a line or as refused. FileRefused where the file as a whole will not do."""
    if not plan.is_complete:
        raise FileRefused("unmapped")
    lines: list[LineContent] = []
    refused: list[Refused] = []
    most, largest = LIMITS.get(plan.format, (MOST_LINES, LARGEST_FILE))
    if size > largest:
        raise FileRefused("format_too_large" if plan.format in LIMITS else "too_large")
    try:
        for place, (number, cells) in enumerate(table.rows()):
            if place == 0 and plan.has_header:
                continue
            if len(lines) + len(refused) >= most:
                raise FileRefused("format_too_many" if plan.format in LIMITS else "too_many")
            try:
                lines.append(_line(cells, plan, duration))
            except _RowWrong as wrong:
                quote = " | ".join(cells)[:120]
                refused.append(Refused(number, str(wrong.args[0]), quote))
    except csv.Error:
        raise FileRefused("not_a_table") from None
    if not lines and not refused:
        raise FileRefused("empty")
    return ChatFile(tuple(lines), tuple(refused))


def _line(cells: list[str], plan: Plan, duration: int | None) -> LineContent:
    at = _at(cells, plan)
    if at > 86_400:
        raise _RowWrong("time")
    if duration is not None and at > duration:
        raise _RowWrong("after_end")
    author = _within(normalise.visible(_author(cells, plan)), LONGEST_AUTHOR, "author")
    text = _within(normalise.words(_said(cells, plan.text, plan)), LONGEST_LINE, "text")
    role = _role(cells, plan)
    return LineContent(at=at, author=author, text=text, role=role, mode=_mode(cells, plan, role))


def _mode(cells: list[str], plan: Plan, role: str) -> Mode:
    typed = _cell(cells, plan.mode).strip().lower() or "chat"
    found = next((mode for mode in MODES[role] if mode == typed), None)
    if found is None:
        raise _RowWrong("mode")
    return found


def _cell(cells: list[str], column: int | None) -> str:
    if column is None:
        return ""
    if column >= len(cells):
        raise _RowWrong("columns")
    return cells[column]


def _at(cells: list[str], plan: Plan) -> int:
    if plan.clock:
        return _clock(cells, plan.clock, LAST_HOUR if plan.format == "everwebinar" else 23)
    at = _time(_cell(cells, plan.time), plan.format)
    unit = UNITS.get(_cell(cells, plan.unit).strip().lower().removesuffix("s"))
    if unit is None:
        raise _RowWrong("time")
    return at * unit


def _clock(cells: list[str], columns: tuple[int, int, int], last_hour: int) -> int:
    typed = [_cell(cells, column).strip() for column in columns]
    if not all(each.isascii() and each.isdigit() and len(each) <= 2 for each in typed):
        raise _RowWrong("time")
    hours, minutes, seconds = (int(each) for each in typed)
    if hours > last_hour or minutes > 59 or seconds > 59:
        raise _RowWrong("time")
    return hours * 3600 + minutes * 60 + seconds


def _time(typed: str, format: str) -> int:
    """Seconds, mm:ss or h:mm:ss. In bracketed lines a first field of two digits is minutes, and
    the third is frames, which are left out."""
    typed = freed(typed.strip())
    framed = FRAMED.fullmatch(typed) if format == "bracketed" else None
    if framed:
        return int(framed[1]) * 60 + int(framed[2])
    found = TIME.fullmatch(typed)
    if found is None:
        raise _RowWrong("time")
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    if found[2] is not None and (seconds > 59 or (found[1] is not None and minutes > 59)):
        raise _RowWrong("time")
    return hours * 3600 + minutes * 60 + seconds


def _said(cells: list[str], column: int | None, plan: Plan) -> str:
    """Free of a guard against formulas, but in the one format that is taken as it is."""
    text = _cell(cells, column).strip()
    return text if plan.format == "everwebinar" else freed(text)


def _author(cells: list[str], plan: Plan) -> str:
    name, surname = (_said(cells, column, plan) for column in (plan.author, plan.surname))
    return f"{name} {surname}".strip()


def _within(text: str, longest: int, what: str) -> str:
    if normalise.is_blank(text):
        raise _RowWrong(what)
    if len(text) > longest:
        raise _RowWrong(f"{what}_long")
    return text


def _role(cells: list[str], plan: Plan) -> Literal["guest", "team"]:
    if plan.role is None:
        return "guest"
    typed = _cell(cells, plan.role).strip().lower()
    if typed in TEAM:
        return "team"
    if typed not in GUEST:
        raise _RowWrong("role")
    return "guest"

"""Lines as CSV: for EverWebinar and WebinarJam, and as a plain table. A piece at a time."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator

from app.autowebinar.chat_files.guarding import guarded
from app.autowebinar.chat_files.reading import LAST_HOUR, LIMITS
from app.autowebinar.content import MODES
from app.autowebinar.drafts import DraftLine

PIECE = 500
ROLES = {"team": "Admin", "guest": "Attendee"}


EVERWEBINAR = ("Hour", "Minute", "Second", "Name", "Role", "Message", "Mode")


def everwebinar(lines: Iterable[DraftLine]) -> Iterator[str]:
    """Cells as they are: a guard against formulas would be read there as words of the line."""
    return _pieces(EVERWEBINAR, within_everwebinar(lines), _everwebinar_row)


def within_everwebinar(lines: Iterable[DraftLine]) -> Iterator[DraftLine]:
    """The first of them, as many as that format takes."""
    most, largest = LIMITS["everwebinar"]
    size = len(_csv(EVERWEBINAR))
    for place, line in enumerate(lines):
        size += len(_csv(_everwebinar_row(line)))
        if place >= most or line.at >= (LAST_HOUR + 1) * 3600 or size > largest:
            return
        yield line


def _csv(row: Iterable[str]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerow(row)
    return buffer.getvalue().encode()


def plain(lines: Iterable[DraftLine]) -> Iterator[str]:
    """`time,author,text,role`, in UTF-8 with its mark, which spreadsheets ask for."""
    return _pieces(("time", "author", "text", "role"), lines, _plain_row, mark="\ufeff")


def _everwebinar_row(line: DraftLine) -> list[str]:
    hours, rest = divmod(line.at, 3600)
    minutes, seconds = divmod(rest, 60)
    clock = [f"{part:02}" for part in (hours, minutes, seconds)]
    mode = line.mode if line.mode in MODES[line.role] else "chat"
    return [*clock, line.author, ROLES[line.role], line.text, mode.title()]


def _plain_row(line: DraftLine) -> list[str]:
    minutes, seconds = divmod(line.at, 60)
    hours, minutes = divmod(minutes, 60)
    return [
        f"{hours}:{minutes:02}:{seconds:02}",
        guarded(line.author),
        guarded(line.text),
        line.role,
    ]


def _pieces(
    header: tuple[str, ...],
    lines: Iterable[DraftLine],
    row: Callable[[DraftLine], list[str]],
    *,
    mark: str = "",
) -> Iterator[str]:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write(mark)
    writer.writerow(header)
    for place, line in enumerate(lines, start=1):
        writer.writerow(row(line))
        if place % PIECE == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()

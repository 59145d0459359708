"""What an author is working on. Nothing of it is shown to viewers until it is published.

A draft begins as a copy of what is published. Publishing makes a version of it: who is inside
stays with the version begun with.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import delete, func, select

from app import clock, core
from app.autowebinar import content, linter, versions
from app.autowebinar.content import UNKNOWN, LineContent, line_members
from app.autowebinar.errors import DraftConflict, VersionInvalid
from app.autowebinar.line_keys import keys_of
from app.autowebinar.linter import Facts
from app.autowebinar.models import AutowebinarDraft, AutowebinarDraftLine
from app.autowebinar.timeline import Version
from app.core import UserRecord, access
from app.core.errors import Forbidden, WebinarRefused
from app.extensions import db

PAGE = 200
AT_ONCE = 500
MOST_COMPARED = 3000


@dataclass(frozen=True, slots=True)
class Draft:
    """`content` has the members of a version's content that were given so far, but its lines."""

    webinar_id: str
    content: dict[str, Any]
    revision: int
    updated_at: datetime
    lines: int
    updated_by: int | None = None


@dataclass(frozen=True, slots=True)
class DraftLine:
    line_id: int
    at: int
    author: str
    role: str
    text: str
    source: str = UNKNOWN
    mode: str = "chat"


def get(webinar_id: str) -> Draft:
    """The draft as it is; a copy of the published version, unsaved, where nothing was changed."""
    row = db.session.get(AutowebinarDraft, webinar_id)
    if row is not None:
        return _record(row)
    version = versions.published(webinar_id)
    lines = len(version.lines) if version else 0
    return Draft(webinar_id, versions.content_of(version), 0, clock.now(), lines)


def change(
    webinar_id: str, members: dict[str, Any], *, actor: UserRecord, revision: int | None = None
) -> Draft:
    """Set members of the content; None takes one out.

    VersionInvalid names a member that will not do; DraftConflict where somebody else has changed
    the draft since `revision`. Either changes nothing.
    """
    _permit(actor)
    with core.transaction():
        row = _row(webinar_id)
        if revision is not None and revision != row.revision:
            raise DraftConflict(webinar_id)
        changed = {**row.content, **members}
        row.content = content.checked_in_part(
            {name: value for name, value in changed.items() if value is not None}
        )
        _touch(row, actor)
        return _record(row)


def lines(
    webinar_id: str, *, after: tuple[int, int] = (-1, 0), limit: int = PAGE
) -> list[DraftLine]:
    """In the order of their seconds; `after` is (second, line_id) of the last one seen."""
    if db.session.get(AutowebinarDraft, webinar_id) is None:
        later_ones = (each for each in _published(webinar_id) if (each.at, each.line_id) > after)
        return list(islice(later_ones, limit))
    second, line_id = after
    later = (AutowebinarDraftLine.at_sec > second) | (
        (AutowebinarDraftLine.at_sec == second) & (AutowebinarDraftLine.id > line_id)
    )
    statement = (
        select(AutowebinarDraftLine)
        .where(AutowebinarDraftLine.webinar_id == webinar_id, later)
        .order_by(AutowebinarDraftLine.at_sec, AutowebinarDraftLine.id)
        .limit(limit)
    )
    return [_draft_line(row) for row in db.session.scalars(statement)]


def _draft_line(row: AutowebinarDraftLine) -> DraftLine:
    return DraftLine(row.id, row.at_sec, row.author, row.role, row.text, row.source, row.mode)


def line(webinar_id: str, line_id: int) -> DraftLine | None:
    if db.session.get(AutowebinarDraft, webinar_id) is None:
        return next(islice(_published(webinar_id), line_id - 1, line_id), None)
    found = _line(webinar_id, line_id)
    return _draft_line(found) if found else None


def _published(webinar_id: str) -> Iterator[DraftLine]:
    """The lines of a draft that is not there yet: numbered by their places, from 1."""
    version = versions.published(webinar_id)
    for each in version.lines if version else ():
        yield DraftLine(
            each.position + 1, each.at, each.author, each.role, each.text, each.source, each.mode
        )


def every_line(webinar_id: str, *, chunk: int = 1000) -> Iterator[DraftLine]:
    """All of them in order, a chunk in memory at a time."""
    if db.session.get(AutowebinarDraft, webinar_id) is None:
        yield from _published(webinar_id)
        return
    last = (-1, 0)
    while found := lines(webinar_id, after=last, limit=chunk):
        yield from found
        last = (found[-1].at, found[-1].line_id)
        db.session.expunge_all()


def hold(webinar_id: str) -> None:
    """Nobody else changes the draft until the end of the present transaction."""
    _row(webinar_id)


def add_lines(
    webinar_id: str, added: Iterable[tuple[LineContent, str | None]], *, actor: UserRecord
) -> int:
    """Add lines, each with its import key or None. A key that is there is not added again, nor is
    what was typed or edited to the same words, as in a file that was taken out of here.

    How many were added.
    """
    _permit(actor)
    with core.transaction():
        row = _row(webinar_id)
        count = _insert_lines(webinar_id, _not_said(webinar_id, list(added)))
        if count:
            _touch(row, actor)
        return count


def _not_said(
    webinar_id: str, added: list[tuple[LineContent, str | None]]
) -> Iterator[tuple[LineContent, str | None]]:
    said: set[str | None] = set()
    if any(key for _, key in added):
        said.update(keys_of(LineContent.kept(line) for line in _rows(webinar_id)))
    return ((line, key) for line, key in added if key not in said)


def _insert_lines(webinar_id: str, added: Iterable[tuple[LineContent, str | None]]) -> int:
    """Some hundreds at once; how many were new. Nobody else adds meanwhile: the draft is held."""
    rows = (
        {
            "webinar_id": webinar_id,
            "at_sec": line.at,
            "author": line.author,
            "role": line.role,
            "text": line.text,
            "source": line.source,
            "mode": line.mode,
            "import_key": key,
        }
        for line, key in added
    )
    before = _count(webinar_id)
    insert = core.insert_for(AutowebinarDraftLine).on_conflict_do_nothing()
    while some := list(islice(rows, AT_ONCE)):
        db.session.connection().execute(insert, some)
    return _count(webinar_id) - before


def _count(webinar_id: str) -> int:
    count = select(func.count()).where(AutowebinarDraftLine.webinar_id == webinar_id)
    return db.session.scalar(count) or 0


def change_line(
    webinar_id: str,
    line_id: int,
    line: LineContent,
    *,
    actor: UserRecord,
    seen: DraftLine | None = None,
) -> bool:
    """False where there is no such line; DraftConflict where it is no longer what was `seen`.

    Where its words or whose they are are changed, it is from then on as the author typed it.
    """
    _permit(actor)
    with core.transaction():
        found = _line_for_change(webinar_id, line_id)
        if found is not None and seen and not _same(seen, found):
            raise DraftConflict(webinar_id)
        if found is not None:
            if (line.author, line.role, line.text) != (found.author, found.role, found.text):
                found.source = "typed"
            found.at_sec, found.author = line.at, line.author
            found.role, found.text = line.role, line.text
            _touch(_row(webinar_id), actor)
        return found is not None


def remove_line(
    webinar_id: str, line_id: int, *, actor: UserRecord, seen: DraftLine | None = None
) -> bool:
    """As `change_line`."""
    _permit(actor)
    with core.transaction() as session:
        found = _line_for_change(webinar_id, line_id)
        if found is not None and seen and not _same(seen, found):
            raise DraftConflict(webinar_id)
        if found is not None:
            session.delete(found)
            _touch(_row(webinar_id), actor)
        return found is not None


def remove_lines(webinar_id: str, *, actor: UserRecord) -> None:
    _permit(actor)
    with core.transaction() as session:
        row = _row(webinar_id)
        session.execute(
            delete(AutowebinarDraftLine).where(AutowebinarDraftLine.webinar_id == webinar_id)
        )
        _touch(row, actor)


def whole(webinar_id: str) -> dict[str, Any]:
    """The content with its lines, as a version would be made of it."""
    found = get(webinar_id)
    if db.session.get(AutowebinarDraft, webinar_id) is None:
        published = versions.published(webinar_id)
        said = versions.lines_of(published)
    else:
        said = _all_lines(webinar_id)
    return {**found.content, "lines": said}


def is_changed(webinar_id: str) -> bool:
    """Whether there is something to publish. Of very many lines only the hour of the last change
    is looked at."""
    row, shown = db.session.get(AutowebinarDraft, webinar_id), versions.shown_since(webinar_id)
    if row is None or shown is None:
        return shown is None
    if get(webinar_id).lines > MOST_COMPARED:
        return row.updated_at > shown
    return not versions.is_published(webinar_id, whole(webinar_id))


def publish(webinar_id: str, *, actor: UserRecord, facts: Facts | None = None) -> Version:
    """Make a version of the draft and show it to who comes from now on.

    VersionInvalid names what is missing, or what the linter calls an error (by the `facts`, where
    they are handed in), and nothing is published.
    """
    _permit(actor)
    with core.transaction():
        _require_open(webinar_id)
        content = whole(webinar_id)
        _require_no_errors(content, facts or Facts(clock.now()))
        version = versions.create_version(webinar_id, content, actor_id=actor.user_id)
        versions.publish(webinar_id, version.version_id)
        _open(webinar_id, actor)
        return version


def _require_no_errors(content: dict[str, Any], facts: Facts) -> None:
    found = next((each for each in linter.lint(content, facts) if each.level == "error"), None)
    if found is not None:
        where = "content" if found.at is None else f"at {found.at} s"
        raise VersionInvalid(f"{where}: {found.code}")


def publish_again(webinar_id: str, version_id: str, *, actor: UserRecord) -> Version:
    """Show a version that was made before to who comes from now on. The draft stays as it is."""
    _permit(actor)
    with core.transaction():
        _require_open(webinar_id)
        versions.publish(webinar_id, version_id)
        _open(webinar_id, actor)
        return versions.load(version_id)


def _open(webinar_id: str, actor: UserRecord) -> None:
    webinar = core.webinars.get(webinar_id)
    if webinar is not None and webinar.status == "draft":
        core.webinar_states.publish(webinar_id, actor_id=actor.user_id)


def _require_open(webinar_id: str) -> None:
    """WebinarRefused for a webinar that is archived: nothing of it changes any more."""
    webinar = core.webinars.get(webinar_id)
    if webinar is not None and webinar.status == "archived":
        raise WebinarRefused(name="webinar_state_locked")


def _row(webinar_id: str) -> AutowebinarDraft:
    """The draft, made where there is none and held until the end of the transaction."""
    _require_open(webinar_id)
    if db.session.get(AutowebinarDraft, webinar_id) is None:
        _begin(webinar_id)
    return db.session.get_one(
        AutowebinarDraft, webinar_id, with_for_update=True, populate_existing=True
    )


def _begin(webinar_id: str) -> None:
    version = versions.published(webinar_id)
    first = {
        "webinar_id": webinar_id,
        "content": versions.content_of(version),
        "revision": 0,
        "updated_at": clock.now(),
    }
    if core.insert_new(AutowebinarDraft, first):
        held = [LineContent.kept(line) for line in (version.lines if version else ())]
        _insert_lines(webinar_id, zip(held, keys_of(held), strict=True))


def _touch(row: AutowebinarDraft, actor: UserRecord) -> None:
    row.revision += 1
    row.updated_at, row.updated_by = clock.now(), actor.user_id
    db.session.flush()


def _line(webinar_id: str, line_id: int) -> AutowebinarDraftLine | None:
    return db.session.scalar(
        select(AutowebinarDraftLine).where(
            AutowebinarDraftLine.webinar_id == webinar_id, AutowebinarDraftLine.id == line_id
        )
    )


def _line_for_change(webinar_id: str, line_id: int) -> AutowebinarDraftLine | None:
    """A line that was numbered by its place, before there was a draft, is the one at that place."""
    fresh = db.session.get(AutowebinarDraft, webinar_id) is None
    _row(webinar_id)
    if not fresh:
        return _line(webinar_id, line_id)
    return db.session.scalar(
        select(AutowebinarDraftLine)
        .where(AutowebinarDraftLine.webinar_id == webinar_id)
        .order_by(AutowebinarDraftLine.at_sec, AutowebinarDraftLine.id)
        .offset(line_id - 1)
        .limit(1)
    )


def _same(seen: DraftLine, row: AutowebinarDraftLine) -> bool:
    """But for the number."""
    return replace(seen, line_id=row.id) == _draft_line(row)


def _all_lines(webinar_id: str) -> list[dict[str, Any]]:
    return [line_members(line) for line in _rows(webinar_id)]


def _rows(webinar_id: str) -> Iterable[Any]:
    """Columns, not rows of the mapper: there may be a hundred thousand."""
    row = AutowebinarDraftLine
    at = row.at_sec.label("at")
    statement = select(at, row.author, row.role, row.text, row.source, row.mode)
    return db.session.execute(
        statement.where(row.webinar_id == webinar_id).order_by(row.at_sec, row.id)
    )


def _record(row: AutowebinarDraft) -> Draft:
    return Draft(
        row.webinar_id,
        dict(row.content),
        row.revision,
        row.updated_at,
        _count(row.webinar_id),
        row.updated_by,
    )


def _permit(actor: UserRecord) -> None:
    if not actor.can(access.WEBINAR_EDIT):
        raise Forbidden(f"user {actor.user_id} may not edit webinars")

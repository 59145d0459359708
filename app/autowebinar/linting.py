"""The linter over a webinar's draft: its lines read a chunk at a time, its links looked up."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import current_app

from app import clock, core
from app.autowebinar import drafts, linter
from app.autowebinar.linter import Facts, Finding, LineSeen

MOST_SHOWN = 100
ROOMS = ("webinars", "autowebinar", "live", "form")


@dataclass(frozen=True, slots=True)
class Report:
    """`findings` are the first hundred, errors first; the numbers are of all."""

    findings: tuple[Finding, ...]
    errors: int
    warnings: int
    advices: int

    @property
    def may_publish(self) -> bool:
        return self.errors == 0

    @property
    def hidden(self) -> int:
        return self.errors + self.warnings + self.advices - len(self.findings)


def of_draft(
    webinar_id: str,
    *,
    is_dead: Callable[[str], bool] | None = None,
    video_seconds: int | None = None,
) -> Report:
    """Everything wrong with the draft. `is_dead` adds what Core does not know of: files of ours
    that are no more."""
    content = drafts.get(webinar_id).content
    facts = facts_of(is_dead=is_dead, video_seconds=video_seconds)
    return _report(linter.lint(content, facts, _lines(webinar_id)))


def facts_of(
    *, is_dead: Callable[[str], bool] | None = None, video_seconds: int | None = None
) -> Facts:
    def dead(link: str) -> bool:
        path = _path_here(link)
        return leads_to_nothing(path) or (is_dead is not None and is_dead(path))

    return Facts(now=clock.now(), is_dead=dead, video_seconds=video_seconds)


def _path_here(link: str) -> str:
    """The path of a whole address of this site; anything else as it is."""
    ours = str(current_app.config["SETTINGS"].public_url)
    return link.removeprefix(ours) if ours and link.startswith(f"{ours}/") else link


def _lines(webinar_id: str) -> Iterator[LineSeen]:
    for line in drafts.every_line(webinar_id):
        yield LineSeen(line.at, line.text, line.line_id)


def _report(found: Iterable[Finding]) -> Report:
    """Keeps a hundred of each level at most, however many there are."""
    kept: dict[str, list[Finding]] = {"error": [], "warning": [], "advice": []}
    counted = dict.fromkeys(kept, 0)
    for finding in found:
        counted[finding.level] += 1
        if len(kept[finding.level]) < MOST_SHOWN:
            kept[finding.level].append(finding)
    first = tuple(chain.from_iterable(kept.values()))[:MOST_SHOWN]
    return Report(first, counted["error"], counted["warning"], counted["advice"])


def leads_to_nothing(link: str) -> bool:
    """Whether a path of this site names a webinar that is gone, or was never there."""
    slug = _slug_in(link)
    if slug is None:
        return False
    webinar = core.webinars.ever_at(slug) if core.webinars.SLUG.fullmatch(slug) else None
    return webinar is None or webinar.status in ("archived", "cancelled")


def _slug_in(link: str) -> str | None:
    if not link.startswith("/"):
        return None
    parts = urlsplit(link)
    folders = [part for part in parts.path.split("/") if part]
    if len(folders) >= 2 and folders[0] in ROOMS:
        return folders[1]
    asked: dict[str, Any] = parse_qs(parts.query)
    return asked.get("webinar", [None])[0] if folders[:1] == ["signup"] else None

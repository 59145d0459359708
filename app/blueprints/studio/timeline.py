"""«Сценарий эфира»: the video, what is shown at which second, recorded lines, what is wrong."""

from typing import Any

from flask import Response, request, url_for

from app import core
from app.autowebinar import draft_cues, drafts, linting
from app.autowebinar.answers import totals
from app.autowebinar.cues import KINDS
from app.autowebinar.drafts import Draft, DraftLine
from app.blueprints.studio import blueprint, checklist, panels, timeline_words, video_length
from app.core import WebinarRecord, access
from app.video_source import source_of
from app.web import accounts, assets, localisation, numbers, timecodes

LINES = 100
LATE = 10**9


@blueprint.get("/<slug>/timeline/")
@accounts.requires(access.WEBINAR_EDIT)
def timeline(slug: str) -> Response:
    webinar = auto_of(slug)
    draft = drafts.get(webinar.webinar_id)
    report = checklist.quick_report(webinar, draft)
    return show("timeline.html", webinar, draft, report=report, **_lines(draft))


@blueprint.get("/<slug>/timeline/check/")
@accounts.requires(access.WEBINAR_EDIT)
def timeline_check(slug: str) -> Response:
    """The linter over everything, lines and all."""
    webinar = auto_of(slug)
    report = linting.of_draft(webinar.webinar_id, **checklist.known_of(webinar))
    return panels.show(
        "timeline",
        "timeline_check.html",
        webinar,
        "_timeline_findings.html",
        report=report,
        words=timeline_words,
    )


@blueprint.get("/<slug>/timeline/lines/")
@accounts.requires(access.WEBINAR_EDIT)
def timeline_lines(slug: str) -> Response:
    """The lines after a cursor, or from a second on."""
    webinar = auto_of(slug)
    draft = drafts.get(webinar.webinar_id)
    return panels.show(
        "timeline",
        "timeline_lines.html",
        webinar,
        "_timeline_lines.html",
        draft=draft,
        words=timeline_words,
        **_lines(draft),
    )


def auto_of(slug: str) -> WebinarRecord:
    return panels.webinar_of(slug, "auto")


def show(
    template: str, webinar: WebinarRecord, draft: Draft, *, status: int = 200, **context: Any
) -> Response:
    """A page beside the video."""
    cues = draft.content.get("cues", [])
    return panels.show(
        "timeline",
        template,
        webinar,
        status=status,
        draft=draft,
        cues=[{**cue, "seal": draft_cues.seal(cue)} for cue in cues],
        counts=totals([cue["key"] for cue in cues], webinar.webinar_id),
        duration=draft.content.get("duration_sec"),
        video=_playable(draft.content.get("video", "")),
        known_length=video_length.seconds_of(webinar, draft.content.get("video", "")),
        changed_by=who_changed(draft),
        kinds=KINDS,
        words=timeline_words,
        **context,
    )


def _playable(video: str) -> str | None:
    """The address for the editor's own player; an embed has no second that a page could ask for."""
    if not video or source_of(video).is_embed:
        return None
    return assets.whole_address(video)


def who_changed(draft: Draft) -> str | None:
    if draft.updated_by is None:
        return None
    return core.users.names({draft.updated_by}).get(draft.updated_by)


def conflict_words(webinar: WebinarRecord) -> str:
    draft = drafts.get(webinar.webinar_id)
    return timeline_words.conflict(who_changed(draft), draft.updated_at)


def _lines(draft: Draft) -> dict[str, Any]:
    after = _cursor()
    found = drafts.lines(draft.webinar_id, after=after, limit=LINES + 1)
    return {
        "lines": found[:LINES],
        "next_lines": _next(found),
        "first_lines": after != (-1, 0),
        "since": localisation.timecode(after[0] + 1) if after[1] == LATE else "",
    }


def _cursor() -> tuple[int, int]:
    """(second, line id) after which lines are wanted: by a page's cursor, or by a typed second."""
    typed = timecodes.parse(request.args.get("since", ""))
    if typed:
        return typed - 1, LATE
    second, dash, line_id = request.args.get("after", "").partition("-")
    return (numbers.read(second), numbers.read(line_id)) if dash else (-1, 0)


def _next(found: list[DraftLine]) -> str | None:
    if len(found) <= LINES:
        return None
    last = found[LINES - 1]
    return f"{last.at}-{last.line_id}"


def back(webinar: WebinarRecord, **query: Any) -> str:
    return url_for("studio.timeline", slug=webinar.slug, **query)

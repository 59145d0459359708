"""The first panel of a webinar: in which state it is, what is missing, which versions it has."""

from typing import Any

from flask import Response

from app import autowebinar, clock, core
from app.autowebinar import versions
from app.blueprints.studio import (
    blueprint,
    checklist,
    panels,
    stream_check,
    stream_words,
    timeline_words,
    version_words,
)
from app.blueprints.studio.forms import NothingForm
from app.core import WebinarRecord, access
from app.web import accounts, pages
from app.web.numbers import cursor

VERSIONS = 10


@blueprint.get("/<slug>/")
@accounts.requires(access.STUDIO)
def overview(slug: str) -> Response:
    webinar = panels.webinar_of(slug)
    return show(webinar)


def show(webinar: WebinarRecord, *, status: int = 200, refusal: str = "") -> Response:
    webinar_id = webinar.webinar_id
    places = core.registrations.counts([webinar_id])[webinar_id]
    if webinar.type != "auto":
        return _show_live(webinar, places)
    draft = autowebinar.drafts.get(webinar_id)
    return panels.show(
        "overview",
        "overview.html",
        webinar,
        status=status,
        refusal=refusal,
        version=autowebinar.published(webinar_id),
        draft=draft,
        changed=webinar.status != "published" or autowebinar.drafts.is_changed(webinar_id),
        steps=checklist.steps(webinar, draft.content),
        report=checklist.quick_report(webinar, draft),
        words=timeline_words,
        places=places,
        form=NothingForm(formdata=None),
        **_history(webinar_id),
    )


def _show_live(webinar: WebinarRecord, places: int) -> Response:
    """Before the start it says what is known of the stream."""
    before = webinar.status in stream_check.BEFORE
    checked = stream_words.told(webinar, clock.now()) if before else None
    return panels.show(
        "overview", "overview_live.html", webinar, places=places, state=webinar, checked=checked
    )


@blueprint.get("/<slug>/versions/")
@accounts.requires(access.STUDIO)
def older_versions(slug: str) -> Response:
    """More of the list, from before a number."""
    webinar = panels.webinar_of(slug, "auto")
    before = cursor("before")
    return pages.page(
        "studio/_versions.html",
        webinar=webinar,
        version=autowebinar.published(webinar.webinar_id),
        form=NothingForm(formdata=None),
        **_history(webinar.webinar_id, before),
    )


def _history(webinar_id: str, before: int | None = None) -> dict[str, Any]:
    notes = versions.notes(webinar_id, before=before, limit=VERSIONS + 1)
    shown = notes[:VERSIONS]
    return {
        "versions": shown,
        "older_than": shown[-1].number if len(notes) > VERSIONS else None,
        "makers": core.users.names({each.created_by for each in shown if each.created_by}),
        "changes_in_words": version_words.in_words,
    }

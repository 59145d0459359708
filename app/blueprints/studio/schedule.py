"""The panel «Расписание»: what a webinar offers, and the next ten sessions that this makes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, flash, redirect, url_for
from flask_babel import gettext

from app import autowebinar, clock
from app.autowebinar import Rules, schedule_sessions
from app.blueprints.studio import blueprint, panels, schedule_form
from app.blueprints.studio.schedule_form import ScheduleForm
from app.core import WebinarRecord, access
from app.web import accounts
from app.web.localisation import chosen_zone
from app.web.slots import place_in_words

SHOWN = 10
PAGE, SESSIONS = "schedule.html", "_schedule_sessions.html"


@dataclass(frozen=True, slots=True)
class Preview:
    """The next sessions of a viewer somewhere. `rules` is None where the form makes none."""

    rules: Rules | None
    starts: list[datetime]
    viewer: str
    author: str

    @property
    def viewer_place(self) -> str:
        return place_in_words(self.viewer)

    @property
    def author_place(self) -> str:
        return place_in_words(self.author)


def preview_of(rules: Rules | None, viewer: str | None) -> Preview:
    author = chosen_zone()
    there = viewer if viewer and clock.is_zone(viewer) else author
    return Preview(rules, _next(rules, ZoneInfo(there)) if rules else [], there, author)


def _next(rules: Rules, viewer: ZoneInfo) -> list[datetime]:
    """Of sessions just in time one stands for all, unless there are no others."""
    only_soon = not (rules.fixed or rules.recurring)
    most = SHOWN if only_soon else 1
    return schedule_sessions.upcoming(rules, viewer, clock.now(), SHOWN, just_in_time=most)


@blueprint.get("/<slug>/schedule/")
@accounts.requires(access.WEBINAR_EDIT)
def schedule(slug: str) -> Response:
    webinar = _recorded(slug)
    rules = autowebinar.schedule.load(webinar.webinar_id)
    form = ScheduleForm(formdata=None, data=schedule_form.filled_in(rules) | _viewer())
    return _show(webinar, form, preview_of(rules, None))


@blueprint.post("/<slug>/schedule/")
@accounts.requires(access.WEBINAR_EDIT)
def save_schedule(slug: str) -> Response:
    webinar = _recorded(slug)
    form = ScheduleForm()
    rules = form.rules() if form.validate() else None
    if rules is None:
        return _show(webinar, form, preview_of(None, form.viewer_zone.data), status=422)
    autowebinar.schedule.save(webinar.webinar_id, rules, actor_id=accounts.viewer().user_id)
    flash(gettext("Расписание сохранено. Уже записавшиеся остаются на своих сеансах."), "success")
    return redirect(url_for(".schedule", slug=slug), 303)  # type: ignore[return-value]


@blueprint.post("/<slug>/schedule/preview/")
@accounts.requires(access.WEBINAR_EDIT)
def preview_schedule(slug: str) -> Response:
    """What the form would make, kept nowhere."""
    webinar = _recorded(slug)
    form = ScheduleForm()
    rules = form.rules() if form.validate() else None
    preview = preview_of(rules, form.viewer_zone.data)
    return _show(webinar, form, preview, SESSIONS, status=200 if rules else 422)


def _recorded(slug: str) -> WebinarRecord:
    return panels.webinar_of(slug, "auto")


def _viewer() -> dict[str, str]:
    return {"viewer_zone": chosen_zone()}


def _show(
    webinar: WebinarRecord,
    form: ScheduleForm,
    preview: Preview,
    fragment: str | None = None,
    *,
    status: int = 200,
) -> Response:
    context: dict[str, Any] = {"form": form, "preview": preview}
    return panels.show("schedule", PAGE, webinar, fragment, status=status, **context)

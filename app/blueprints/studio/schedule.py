"""The panel «Расписание»: what a webinar offers, and the next ten sessions that this makes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, flash, redirect, url_for
from flask_babel import gettext

from app import autowebinar, clock
from app.autowebinar import Rules, schedule_sessions, schedule_slots
from app.blueprints.studio import blueprint, panels, schedule_form
from app.blueprints.studio.schedule_form import ScheduleForm
from app.core import WebinarRecord, access
from app.web import accounts, preview_rules
from app.web.localisation import chosen_zone
from app.web.preview_form import LOCAL, MOMENT
from app.web.slots import place_in_words

SHOWN = 10
BEFORE = timedelta(minutes=10)
PAGE, SESSIONS = "schedule.html", "_schedule_sessions.html"


@dataclass(frozen=True, slots=True)
class Preview:
    """The next sessions of a viewer somewhere. `rules` is None where the form makes none.

    `packed`: the rules as time travel's address has them; empty where they are those that are kept,
    None where no address holds them.
    """

    rules: Rules | None
    starts: list[datetime]
    viewer: str
    author: str
    webinar: WebinarRecord
    packed: str | None

    @property
    def viewer_place(self) -> str:
        return place_in_words(self.viewer)

    @property
    def author_place(self) -> str:
        return place_in_words(self.author)

    def seen_at(self, starts_at: datetime) -> str:
        """The waiting page of a session, ten minutes before it."""
        slot = schedule_slots.slot_of(self.webinar.webinar_id, starts_at)
        before = (starts_at - BEFORE).astimezone(ZoneInfo(self.viewer)).strftime(LOCAL)
        return self.seen(slot.slot_id, by=MOMENT, at=before)

    def seen(self, start: str, **more: str) -> str:
        """Time travel to that start; empty where no address would hold the rules."""
        if self.packed is None:
            return ""
        rules = {"rules": self.packed} if self.packed else {}
        asked: dict[str, Any] = {"start": start, "zone": self.viewer} | rules | more
        return url_for(".preview", slug=self.webinar.slug, **asked)


def preview_of(webinar: WebinarRecord, rules: Rules | None, viewer: str | None) -> Preview:
    author = chosen_zone()
    there = viewer if viewer and clock.is_zone(viewer) else author
    starts = _next(rules, ZoneInfo(there)) if rules else []
    return Preview(rules, starts, there, author, webinar, _packed(webinar, rules))


def _packed(webinar: WebinarRecord, rules: Rules | None) -> str | None:
    """Rules that are kept are not told: the address shows them as they will be then."""
    if rules is None or rules == autowebinar.schedule.load(webinar.webinar_id):
        return ""
    return preview_rules.packed(rules) or None


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
    return _show(webinar, form, preview_of(webinar, rules, None))


@blueprint.post("/<slug>/schedule/")
@accounts.requires(access.WEBINAR_EDIT)
def save_schedule(slug: str) -> Response:
    webinar = _recorded(slug)
    form = ScheduleForm()
    rules = form.rules() if form.validate() else None
    if rules is None:
        return _show(webinar, form, preview_of(webinar, None, form.viewer_zone.data), status=422)
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
    preview = preview_of(webinar, rules, form.viewer_zone.data)
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

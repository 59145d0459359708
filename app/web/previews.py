"""A preview of an AutoWebinar: which viewer at which moment an author asks to see. The studio offers
it, the room shows it; nothing is recorded by either."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext

from app import clock
from app.autowebinar import Rules, doors, imagined, schedule, schedule_slots, sessions
from app.autowebinar.imagined import Imagined
from app.autowebinar.sessions import Step
from app.autowebinar.timeline import Version
from app.core import WebinarRecord
from app.web import localisation
from app.web.preview_form import GUEST, PreviewForm, unsaved
from app.web.slots import NOW, RECORDING


@dataclass(frozen=True, slots=True)
class Sight:
    """`viewer`: the imagined one, with the moment at which they look."""

    webinar: WebinarRecord
    version: Version
    rules: Rules
    form: PreviewForm
    viewer: Imagined

    @property
    def door(self) -> str:
        """What the room does with such a viewer; `guest` is led to sign up."""
        if self.form.who.data == GUEST:
            return GUEST
        viewer, duration = self.viewer, self.version.duration
        return doors.door_of(viewer.registration, viewer.viewing, self.rules, duration, viewer.now)

    @property
    def step(self) -> Step:
        """The sign of life that opening the room would be."""
        viewer = self.viewer
        return sessions.weigh(viewer.registration, self.version, viewer.viewing, None, viewer.now)


def read(webinar: WebinarRecord) -> tuple[PreviewForm, Sight | None]:
    """What the address asks for; None where it asks for something that cannot be shown."""
    rules, now = unsaved() or schedule.load(webinar.webinar_id), clock.now()
    form = PreviewForm.asked(webinar.webinar_id, _first_start(webinar, rules, now))
    if not form.validate() or form.found is None:
        return form, None
    return form, Sight(webinar, form.found, rules, form, _viewer(form, form.found, rules, now))


def _first_start(webinar: WebinarRecord, rules: Rules, now: datetime) -> str:
    """The next session there is; else what else is offered."""
    where = ZoneInfo(localisation.chosen_zone())
    slots = schedule_slots.offered(webinar.webinar_id, rules, where, now, 1)
    if slots and not rules.at_once:
        return slots[0].slot_id
    return NOW if rules.at_once or not rules.recording_days else RECORDING


def _viewer(form: PreviewForm, version: Version, rules: Rules, now: datetime) -> Imagined:
    start, zone = form.chosen, form.zone.data
    if form.moment is None:
        return imagined.at_second(version, start, rules, form.seconds, zone=zone, today=now)
    been = form.seconds if form.been.data else None
    return imagined.at_moment(version, start, rules, form.moment, zone=zone, today=now, been=been)


def where_in_words(sight: Sight) -> str:
    """The second of the recording, or what stands before the room."""
    at = localisation.timecode(sight.step.place.seconds)
    words = {
        doors.RECORDING: gettext("запись, просмотрено до %(time)s", time=at),
        doors.EARLY: gettext("ожидание"),
        doors.MISSED: gettext("опоздание"),
        doors.EXPIRED: gettext("срок записи вышел"),
        GUEST: gettext("гость"),
    }
    return words.get(sight.door, at)

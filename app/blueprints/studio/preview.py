"""«Предпросмотр»: the room beside the choice of a second, a moment and a viewer. The room shows it in
a frame, at an address of its own; nothing is recorded here or there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, url_for
from flask_babel import gettext
from wtforms.fields.choices import SelectChoice

from app import autowebinar, clock
from app.autowebinar import Rules, schedule_slots, versions
from app.autowebinar.draft_version import DRAFT
from app.autowebinar.timeline import Version
from app.blueprints.studio import blueprint, panels, timeline_words, zone_choices
from app.core import WebinarRecord, access
from app.web import accounts, localisation, previews, security
from app.web.preview_form import LOCAL, MOMENT, SECOND, PreviewForm
from app.web.previews import Sight
from app.web.slots import NOW, RECORDING, start_in_words

SESSIONS = 10
VERSIONS = 20
TEN_MINUTES, FIVE_MINUTES, A_MINUTE = (
    timedelta(minutes=10),
    timedelta(minutes=5),
    timedelta(minutes=1),
)


@dataclass(frozen=True, slots=True)
class Stop:
    """A second at which something changes on the screen."""

    second: int
    words: str
    address: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A way to a moment that an author had better see."""

    words: str
    address: str


@blueprint.get("/<slug>/preview/")
@accounts.requires(access.WEBINAR_EDIT)
def preview(slug: str) -> Response:
    webinar = panels.webinar_of(slug, "auto")
    form, sight = previews.read(webinar)
    _fill_choices(form, webinar, sight)
    security.allow_frames("'self'")
    context = _of_sight(sight) if sight else {}
    status = 200 if sight else 422
    return panels.show(
        "preview", "preview.html", webinar, "_preview.html", status=status, form=form, **context
    )


def _fill_choices(form: PreviewForm, webinar: WebinarRecord, sight: Sight | None) -> None:
    form.version.choices = _versions(webinar, form)
    form.zone.choices = zone_choices.all_of(form.zone.data)
    form.start.choices = _starts(form, webinar, sight)


def _versions(webinar: WebinarRecord, form: PreviewForm) -> list[SelectChoice]:
    """The draft, the last versions, and an older one where it is the one that is looked at."""
    notes = versions.notes(webinar.webinar_id, limit=VERSIONS)
    found = {note.version_id: note.number for note in notes}
    if form.found and form.version.data != DRAFT:
        found.setdefault(form.found.version_id, form.found.number)
    return [
        SelectChoice(DRAFT, gettext("Черновик")),
        *(
            SelectChoice(name, gettext("Версия %(number)s", number=number))
            for name, number in found.items()
        ),
    ]


def _starts(form: PreviewForm, webinar: WebinarRecord, sight: Sight | None) -> list[SelectChoice]:
    """What the rules offer; of sessions those that lie about the moment which is looked at."""
    rules = sight.rules if sight else autowebinar.schedule.load(webinar.webinar_id)
    chosen = form.start.data
    words = {NOW: gettext("Сразу, без расписания"), RECORDING: gettext("Запись в своём темпе")}
    plain = {NOW: rules.at_once, RECORDING: bool(rules.recording_days)}
    found = [
        SelectChoice(name, words[name]) for name, there in plain.items() if there or chosen == name
    ]
    zone = form.zone.data if clock.is_zone(form.zone.data) else localisation.chosen_zone()
    now = clock.now()
    return found + [
        SelectChoice(slot.slot_id, start_in_words(slot.starts_at, zone, now))
        for slot in _slots(webinar.webinar_id, rules, zone, chosen, _from(sight, now))
    ]


def _from(sight: Sight | None, now: datetime) -> datetime:
    """Sessions that began shortly before the moment are among the choices: one may be in them."""
    if sight is None or sight.form.moment is None:
        return now
    return sight.form.moment - timedelta(seconds=sight.version.duration) - TEN_MINUTES


def _slots(
    webinar_id: str, rules: Rules, zone: str, chosen: str, since: datetime
) -> list[schedule_slots.Slot]:
    where = ZoneInfo(zone)
    found = {
        slot.slot_id: slot
        for slot in schedule_slots.offered(webinar_id, rules, where, since, SESSIONS)
    }
    own = schedule_slots.read(webinar_id, chosen)
    if own is not None:
        found[own.slot_id] = own
    return sorted(found.values(), key=lambda slot: slot.starts_at)


def _of_sight(sight: Sight) -> dict[str, Any]:
    second = sight.step.place.seconds
    before, after = _neighbours(sight, second)
    return {
        "sight": sight,
        "second": second,
        "before": before,
        "after": after,
        "moments": list(_moments(sight)),
        "kept": _address(sight, rules=""),
        "where": previews.where_in_words(sight),
        "frame": url_for(
            "autowebinar_delivery.preview", slug=sight.webinar.slug, **sight.form.query()
        ),
    }


def _neighbours(sight: Sight, second: int) -> tuple[Stop | None, Stop | None]:
    """The last change before the second and the first one after it."""
    stops = sorted(_stops(sight.version), key=lambda stop: stop[0])
    before = [stop for stop in stops if stop[0] < second]
    after = [stop for stop in stops if stop[0] > second]
    return (
        _stop(sight, *before[-1]) if before else None,
        _stop(sight, *after[0]) if after else None,
    )


def _stops(version: Version) -> Iterator[tuple[int, str]]:
    yield 0, gettext("начало")
    for cue in version.cues:
        name = cue.text or timeline_words.kind(cue.kind)
        yield cue.show_at, name
        if cue.results_at is not None:
            yield cue.results_at, gettext("итоги: %(name)s", name=name)
        if cue.hide_at is not None:
            yield cue.hide_at, gettext("убирается: %(name)s", name=name)
    yield version.duration, gettext("конец")


def _stop(sight: Sight, second: int, words: str) -> Stop:
    return Stop(second, words, _address(sight, by=SECOND, second=localisation.timecode(second)))


def _moments(sight: Sight) -> Iterator[Moment]:
    """What is different for who comes early, late, again, after the end."""
    start = sight.form.chosen
    if start.slot is not None:
        yield from _of_slot(sight, start.slot.starts_at)
    elif start.recording:
        yield from _of_recording(sight)
    else:
        yield from _of_session(sight)


def _of_slot(sight: Sight, starts_at: datetime) -> Iterator[Moment]:
    ends_at = starts_at + timedelta(seconds=sight.version.duration)
    middle = starts_at + timedelta(seconds=sight.version.duration // 2)
    yield _at(sight, gettext("За 10 минут до начала"), starts_at - TEN_MINUTES)
    yield _on(sight, gettext("В начале"), 0)
    yield _at(sight, gettext("Опоздал на 5 минут"), starts_at + FIVE_MINUTES)
    yield _at(sight, gettext("Вернулся в середине"), middle, been="y")
    yield _on(sight, gettext("Досмотрел до конца"), sight.version.duration)
    yield _at(sight, gettext("Пришёл после конца"), ends_at + A_MINUTE)
    if sight.rules.recording_days:
        yield _on(sight, gettext("Запись после сеанса"), 0, start=RECORDING)


def _of_session(sight: Sight) -> Iterator[Moment]:
    yield _on(sight, gettext("В начале"), 0)
    yield _at(sight, gettext("Ушёл и вернулся"), clock.now(), been="y", second=_typed(sight))
    yield _on(sight, gettext("Досмотрел до конца"), sight.version.duration)
    if sight.rules.recording_days:
        yield _on(sight, gettext("Запись после сеанса"), 0, start=RECORDING)


def _of_recording(sight: Sight) -> Iterator[Moment]:
    expires_at = clock.now() + timedelta(days=(sight.rules.recording_days or 1) + 1)
    yield _on(sight, gettext("Открыл запись"), 0)
    yield _on(sight, gettext("Посмотрел половину"), sight.version.duration // 2)
    yield _at(sight, gettext("Срок записи вышел"), expires_at)


def _typed(sight: Sight) -> str:
    """Somebody who has gone away has seen something: the second, or a third of the recording."""
    return localisation.timecode(sight.form.seconds or sight.version.duration // 3)


def _on(sight: Sight, words: str, second: int, **more: str) -> Moment:
    typed = localisation.timecode(second)
    return Moment(words, _address(sight, by=SECOND, second=typed, been="", **more))


def _at(sight: Sight, words: str, moment: datetime, **more: str) -> Moment:
    local = moment.astimezone(ZoneInfo(sight.form.zone.data)).strftime(LOCAL)
    return Moment(words, _address(sight, by=MOMENT, at=local, **({"been": ""} | more)))


def _address(sight: Sight, **changes: str) -> str:
    return url_for("studio.preview", slug=sight.webinar.slug, **sight.form.query(**changes))

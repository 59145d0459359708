"""When one may watch a webinar, as a person picks it: the choices in words, and what was picked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_timedelta, get_timezone_location
from flask import current_app
from flask_babel import get_locale, gettext

from app import clock
from app.autowebinar import Rules, schedule, schedule_slots
from app.core import RegistrationRecord, WebinarRecord, registrations
from app.web.localisation import chosen_zone

NOW = "now"
RECORDING = "recording"
SHOWN = 6
SOON = timedelta(minutes=90)


@dataclass(frozen=True, slots=True)
class Choice:
    """`value` is what the form posts; `starts_at` is None for «now» and for the recording."""

    value: str
    words: str
    starts_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pick:
    """What a registration is given."""

    slot_id: str | None = None
    starts_at: datetime | None = None
    mode: str = registrations.SESSION
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What a webinar offers a viewer of a zone at a moment."""

    webinar: WebinarRecord
    rules: Rules
    zone: str
    now: datetime

    @property
    def choices(self) -> list[Choice]:
        return [*self._at_once(), *self._slots(), *self._recording()]

    def _at_once(self) -> list[Choice]:
        return [Choice(NOW, gettext("Сейчас"))] if self.rules.at_once else []

    def _slots(self) -> list[Choice]:
        if not self.rules.has_slots:
            return []
        where = ZoneInfo(self.zone)
        found = schedule_slots.offered(self.webinar.webinar_id, self.rules, where, self.now, SHOWN)
        return [
            Choice(
                slot.slot_id, start_in_words(slot.starts_at, self.zone, self.now), slot.starts_at
            )
            for slot in found
        ]

    def _recording(self) -> list[Choice]:
        if not self.rules.recording_days:
            return []
        return [Choice(RECORDING, gettext("Посмотреть запись"))]

    @property
    def asks(self) -> bool:
        """Whether there is anything to choose."""
        return self.rules != Rules(at_once=True, late_minutes=self.rules.late_minutes)

    def pick(self, value: str) -> Pick | None:
        """What was picked; None where it is not offered. Nothing picked is «now»."""
        if value in ("", NOW):
            return Pick() if self.rules.at_once else None
        if value == RECORDING:
            return self._pick_recording()
        where = ZoneInfo(self.zone)
        slot = schedule_slots.bookable(self.webinar.webinar_id, self.rules, where, self.now, value)
        return Pick(slot.slot_id, slot.starts_at) if slot else None

    def _pick_recording(self) -> Pick | None:
        days = self.rules.recording_days
        if not days:
            return None
        return Pick(mode=registrations.RECORDING, expires_at=self.now + timedelta(days=days))


def offer(
    webinar: WebinarRecord, zone: str | None = None, now: datetime | None = None
) -> Offer | None:
    """What a recording offers; None for a broadcast, which has one hour for all."""
    if webinar.type != "auto":
        return None
    rules = schedule.load(webinar.webinar_id)
    return Offer(webinar, rules, known_zone(zone), now or clock.now())


def offers(webinars: list[WebinarRecord]) -> dict[str, Offer]:
    """By webinar id, in one query."""
    recorded = {each.webinar_id: each for each in webinars if each.type == "auto"}
    rules = schedule.load_many(recorded)
    zone, now = chosen_zone(), clock.now()
    return {key: Offer(each, rules[key], zone, now) for key, each in recorded.items()}


def known_zone(name: str | None) -> str:
    return name if name is not None and clock.is_zone(name) else chosen_zone()


def zone_of(registration: RegistrationRecord) -> str:
    """The zone in which the person reads the start: the one they signed up in."""
    default = str(current_app.config["SETTINGS"].default_timezone)
    return clock.zone(registration.zone, default).key


def place_in_words(zone: str) -> str:
    """«Москва»."""
    return str(get_timezone_location(ZoneInfo(zone), locale=get_locale() or "ru", return_city=True))


def start_in_words(starts_at: datetime, zone: str, now: datetime) -> str:
    """«В 15:30 — через 12 минут», «Завтра, 19:00», «Чт, 26 ноября, 19:00»."""
    where = ZoneInfo(zone)
    local, today = starts_at.astimezone(where), now.astimezone(where).date()
    hour = _formatted(local, "HH:mm")
    if timedelta() < starts_at - now <= SOON:
        return gettext("В %(hour)s — %(wait)s", hour=hour, wait=_wait(starts_at - now))
    if local.date() == today:
        return gettext("Сегодня, %(hour)s", hour=hour)
    if local.date() == today + timedelta(days=1):
        return gettext("Завтра, %(hour)s", hour=hour)
    words = _formatted(local, "EEEEEE, d MMMM" if local.year == today.year else "EEEEEE, d MMMM y")
    return f"{words[:1].upper()}{words[1:]}, {hour}"


def _wait(wait: timedelta) -> str:
    """«через 12 минут», in minutes up to an hour and a half."""
    return str(
        format_timedelta(
            wait,
            granularity="minute",
            threshold=1.6,
            add_direction=True,
            locale=get_locale() or "ru",
        )
    )


def _formatted(local: datetime, form: str) -> str:
    return str(format_datetime(local, form, locale=get_locale() or "ru"))

"""Reminders of a registration's start: a day, an hour, ten minutes before it.

Each is a window: before it opens nothing is sent, and once it has closed the reminder no longer
helps. One that cannot help is a row all the same, `skipped` with its reason, so that the lead's
timeline tells why nothing came. A registration without a start of its own has no reminders.

Who holds two places with one start is reminded once, by the newest of those whose message goes to
the same chat. That is asked when a reminder is due: chats are linked, and places cancelled, until then.

Whoever plans, moves or cancels does it in the transaction of the change.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from flask import current_app
from flask_babel import force_locale, gettext
from sqlalchemy import select

from app import clock, core
from app.core import RegistrationRecord, events
from app.extensions import db
from app.messages import quiet, reasons, subject
from app.messages.models import Message
from app.messages.plan import LEAD, Plan, first_state, tell
from app.messages.plan import plan as plan_new

OPEN = ("planned", "waiting")
GOES = ("planned", "sending", "sent", "unknown")
OVER = ("finished", "archived")
START = {"ru": "d MMMM 'в' HH:mm (VVV)", "en": "d MMMM 'at' HH:mm (VVV)"}


@dataclass(frozen=True, slots=True)
class Window:
    """From `opens` before the start until `closes` before it."""

    kind: str
    opens: timedelta
    closes: timedelta


WINDOWS = (
    Window("reminder_day", timedelta(hours=24), timedelta(hours=3)),
    Window("reminder_hour", timedelta(hours=1), timedelta(minutes=15)),
    Window("reminder_minutes", timedelta(minutes=10), timedelta(0)),
)
KINDS = tuple(window.kind for window in WINDOWS)


def plan(registration: RegistrationRecord, *, rule: str, since: datetime | None = None) -> None:
    """Plan what still helps, and record what does not. Planned again it changes nothing.

    `since`: when this start became the registration's; what should have gone before that is not
    sent late.
    """
    starts_at = registration.starts_at
    if starts_at is None or registration.cancelled or starts_at <= clock.now():
        return
    webinar = core.webinars.get(registration.webinar_id)
    if webinar is None or webinar.status == "cancelled":
        return
    lead = core.leads.get(registration.lead_id)
    about: dict[str, Any] = {
        "recipient": LEAD,
        "lead_id": registration.lead_id,
        "webinar_id": registration.webinar_id,
        "registration_id": registration.registration_id,
        "about_webinar": True,
        "rule": rule,
        "locale": lead.locale,
        "values": subject.values(registration.lead_id, registration)
        | {"starts": start_in_words(registration, lead.locale)},
        "buttons": _buttons(registration, lead.locale),
    }
    with core.transaction():
        for window in WINDOWS:
            times = _times(window, registration, starts_at, since or registration.created_at)
            key = _key(registration, starts_at, window.kind)
            _plan_or_revive(Plan(kind=window.kind, dedupe=key, **about, **times))


def _key(registration: RegistrationRecord, starts_at: datetime, kind: str) -> str:
    return f"reminder:{registration.registration_id}:{clock.unix(starts_at)}:{kind}"


def _times(
    window: Window, registration: RegistrationRecord, starts_at: datetime, since: datetime
) -> dict[str, Any]:
    """When it is due and until when it helps; `skip` where it does not."""
    opens, closes = starts_at - window.opens, starts_at - window.closes
    due_at = quiet.over_at(opens, zone_of(registration))
    skip = None
    if opens < since:
        skip = reasons.TAKEN_LATER
    elif due_at > closes:
        skip = reasons.QUIET_HOURS
    elif clock.now() > closes:
        skip = reasons.TOO_LATE
    return {"due_at": opens if skip else due_at, "not_after": closes, "skip": skip}


def zone_of(registration: RegistrationRecord) -> ZoneInfo:
    """Where the person is: as they signed up, else as the site is."""
    default = current_app.config["SETTINGS"].default_timezone
    return clock.zone(registration.zone, default)


def start_in_words(registration: RegistrationRecord, locale: str | None) -> str:
    """«26 ноября в 19:00 (Москва)», by the registration's own clock; empty without a start."""
    if registration.starts_at is None:
        return ""
    language = locale or current_app.config["SETTINGS"].default_locale
    local = registration.starts_at.astimezone(zone_of(registration))
    return str(format_datetime(local, START.get(language, START["en"]), locale=language))


def _buttons(registration: RegistrationRecord, locale: str | None) -> list[list[dict[str, str]]]:
    """The way in, and for a session of several another time; `/stop` does not end these."""
    rows = subject.room_buttons(registration, locale)[:1]
    return rows + move_button(registration, locale)


def move_button(registration: RegistrationRecord, locale: str | None) -> list[list[dict[str, str]]]:
    if registration.slot_id is None:
        return []
    with force_locale(locale or current_app.config["SETTINGS"].default_locale):
        data = f"move:{registration.registration_id}"
        return [[{"text": gettext("Перенести на другое время"), "data": data}]]


def _plan_or_revive(wanted: Plan) -> None:
    """Whoever moves away and back finds what was cancelled planned again; what went, went."""
    if plan_new(wanted) is not None:
        return
    row = db.session.scalars(select(Message).where(Message.dedupe_key == wanted.dedupe)).one()
    if (row.state, row.reason) == ("cancelled", reasons.MOVED):
        row.state, row.reason = first_state(wanted)
        row.due_at, row.not_after = wanted.due_at or clock.now(), wanted.not_after
        tell(row, events.message_planned, row.reason)


def replan(registration: RegistrationRecord, *, rule: str | None) -> None:
    """The registration was moved: what was planned for another start is cancelled, and planned
    for this one by the rule that had planned it, else by `rule`, if there is one."""
    rows = _rows(registration)
    with core.transaction():
        _cancel([row for row in rows if not _is_for(row, registration)], reasons.MOVED)
        by = rows[-1].rule if rows else rule
        if by is not None:
            plan(registration, rule=by, since=clock.now())


def _is_for(row: Message, registration: RegistrationRecord) -> bool:
    starts_at = registration.starts_at
    return starts_at is not None and f":{clock.unix(starts_at)}:" in row.dedupe_key


def cancel(registration: RegistrationRecord, reason: str) -> None:
    """Nothing of what is still open is sent."""
    with core.transaction():
        _cancel(_rows(registration), reason)


def _rows(registration: RegistrationRecord) -> list[Message]:
    statement = select(Message).where(
        Message.lead_id == registration.lead_id,
        Message.registration_id == registration.registration_id,
        Message.kind.in_(KINDS),
    )
    return list(db.session.scalars(statement.order_by(Message.id).with_for_update()))


def _cancel(rows: list[Message], reason: str) -> None:
    for row in rows:
        if row.state in OPEN:
            row.state, row.reason = "cancelled", reason
            tell(row, events.message_not_sent, reason)


def hushed(row: Message, now: datetime) -> tuple[str, str] | None:
    """A reminder that was held up until the quiet hours waits for their end, if it helps then;
    (state, reason) where it does not. A broadcast that began and ended before its hour needs none."""
    if row.kind not in KINDS or row.registration_id is None:
        return None
    webinar = core.webinars.get(row.webinar_id) if row.webinar_id else None
    if webinar is not None and webinar.status in OVER:
        return "skipped", reasons.TOO_LATE
    place = core.registrations.get(row.registration_id)
    if _is_told_by_another(row, place):
        return "skipped", reasons.NEWER_PLACE
    if quiet.hours() is None:
        return None
    over_at = quiet.over_at(now, zone_of(place))
    if row.not_after is not None and over_at > row.not_after:
        return "skipped", reasons.QUIET_HOURS
    if over_at > now:
        row.due_at = over_at
    return None


def _is_told_by_another(row: Message, place: RegistrationRecord) -> bool:
    """Whether a newer place of the same lead has this reminder, and it goes to the same chat."""
    theirs = core.registrations.of_leads(place.webinar_id, [place.lead_id])
    keys = [
        _key(each, each.starts_at, row.kind)
        for each in theirs
        if each.registration_id > place.registration_id and each.starts_at is not None
        if each.starts_at == place.starts_at
    ]
    if not keys:
        return False
    going = select(Message).where(Message.dedupe_key.in_(keys), Message.state.in_(GOES))
    return any(_chat_of(each) == row.chat for each in db.session.scalars(going))


def _chat_of(row: Message) -> int | None:
    assert row.lead_id is not None
    chat = core.contacts.telegram_for(row.lead_id, row.registration_id)
    return int(chat.value) if chat is not None else None

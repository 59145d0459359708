"""The ledger: what goes to whom, in which state and why; and the decisions that are a person's."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Response, flash, request
from flask_babel import gettext

from app import core, messages, scenario_engine
from app.blueprints.dashboard import blueprint, telegram_markup
from app.blueprints.dashboard.desk import ID, PAGE, cursor, one_page, show
from app.blueprints.dashboard.forms import LedgerFilter
from app.core import access
from app.extensions import htmx
from app.messages import MessageRecord, MessageRefused
from app.web import accounts, localisation, pages

A_DAY = timedelta(days=1)
EARLIEST, LATEST = date(1970, 1, 2), date(9998, 12, 30)


@blueprint.get("/messages/")
@accounts.requires(access.MESSAGES_MANAGE)
def ledger() -> Response:
    wanted, before = LedgerFilter(request.args), cursor("before")
    valid = wanted.validate()
    found = _page(wanted, before) if valid else []
    shown, last = one_page(found)
    return show(
        "messages",
        "messages.html",
        "_messages.html",
        status=200 if valid else 422,
        messages=shown,
        last=last,
        before=before,
        names=names_of(shown),
        form=wanted,
        counts=messages.counts(),
    )


def _page(wanted: LedgerFilter, before: int | None) -> list[MessageRecord]:
    return messages.page(
        state=wanted.state.data or None,
        kind=wanted.kind.data or None,
        since=_midnight(wanted.since.data),
        until=_midnight(wanted.until.data, A_DAY),
        before=before,
        limit=PAGE + 1,
    )


def _midnight(day: date | None, later: timedelta = timedelta()) -> datetime | None:
    """When a day of the site's zone begins; days that no clock can tell are brought near."""
    if day is None:
        return None
    near = min(max(day, EARLIEST), LATEST)
    return datetime.combine(near + later, time(), ZoneInfo(localisation.chosen_zone()))


def names_of(shown: Iterable[MessageRecord]) -> dict[int, str]:
    return core.leads.names({each.lead_id for each in shown if each.lead_id is not None})


@blueprint.get(f"/messages/<{ID}:message_id>/")
@accounts.requires(access.MESSAGES_MANAGE)
def message(message_id: int) -> Response:
    """One message: its text as it goes out, and every attempt."""
    found = messages.get(message_id)
    return show(
        "messages",
        "message.html",
        message=found,
        names=names_of([found]),
        text=telegram_markup.shown(found),
        attempts=messages.attempts(message_id),
        rules=scenario_engine.titles([found.rule] if found.rule else []),
    )


@blueprint.post(f"/messages/<{ID}:message_id>/again/")
@accounts.requires(access.MESSAGES_MANAGE)
def send_again(message_id: int) -> Response:
    return _decide(message_id, messages.send_again, gettext("Сообщение снова в очереди."))


@blueprint.post(f"/messages/<{ID}:message_id>/sent/")
@accounts.requires(access.MESSAGES_MANAGE)
def count_as_sent(message_id: int) -> Response:
    return _decide(message_id, messages.count_as_sent, gettext("Сообщение считается отправленным."))


def _decide(message_id: int, decide: Callable[..., MessageRecord], done: str) -> Response:
    """The row anew for HTMX, else the message's page; a refusal tells the state as it is now."""
    try:
        decided, refused = decide(message_id, actor=accounts.viewer()), False
    except MessageRefused:
        decided, refused = messages.get(message_id), True
    if htmx:
        names = names_of([decided])
        return show("", "_message.html", message=decided, names=names, refused=refused)
    if refused:
        flash(gettext("Так уже нельзя: состояние сообщения изменилось."), "warning")
    else:
        flash(done, "success")
    return pages.go(f"/dashboard/messages/{message_id}/")

"""The ledger: what goes to whom, in which state and why; and the decisions that are a person's."""

import math
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Response, abort, current_app, flash, request
from flask_babel import gettext

from app import core, messages, scenario_engine
from app.blueprints.dashboard import blueprint, telegram_markup
from app.blueprints.dashboard.desk import PAGE, one_page, show
from app.blueprints.dashboard.forms import LedgerFilter
from app.core import access
from app.extensions import htmx
from app.messages import MessageRecord, MessageRefused
from app.web import accounts, localisation, pages
from app.web.numbers import ID, cursor

A_DAY = timedelta(days=1)
EARLIEST, LATEST = date(1970, 1, 2), date(9998, 12, 30)


@blueprint.get("/messages/")
@accounts.requires(access.MESSAGES_MANAGE)
def ledger() -> Response:
    form, before = LedgerFilter(request.args), cursor("before")
    valid = form.validate()
    wanted = filter_of(form) if valid else messages.Filter()
    shown, last = one_page(messages.page(wanted, before=before, limit=PAGE + 1) if valid else [])
    return show(
        "messages",
        "messages.html",
        "_messages.html",
        status=200 if valid else 422,
        messages=shown,
        last=last,
        before=before,
        names=names_of(shown),
        form=form,
        kept_back=messages.kept_back(wanted) if valid else None,
        counts=messages.counts(),
        dead=messages.inbox.dead_count(),
        paused_until=messages.channel.state().paused_until,
    )


def filter_of(form: LedgerFilter) -> messages.Filter:
    return messages.Filter(
        state=form.state.data or None,
        kind=form.kind.data or None,
        reason=form.reason.data or None,
        since=_midnight(form.since.data),
        until=_midnight(form.until.data, A_DAY),
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


@blueprint.get("/messages/again/")
@accounts.requires(access.MESSAGES_MANAGE)
def plan_many() -> Response:
    """What would go again, before anything does."""
    form = LedgerFilter(request.args)
    if not form.validate():
        return pages.go("/dashboard/messages/")
    batch = messages.kept_back(filter_of(form))
    return show("messages", "again.html", batch=batch, form=form, seconds=_seconds_for(batch.count))


@blueprint.post("/messages/again/")
@accounts.requires(access.MESSAGES_MANAGE)
def send_many() -> Response:
    """`first` and `last` name the batch that was confirmed: pressed twice, it goes once."""
    form = LedgerFilter(request.form)
    first, last = (request.form.get(name, type=int) for name in ("first", "last"))
    if not form.validate() or first is None or last is None:
        abort(400)
    if not 0 <= first <= last <= messages.desk.LARGEST_ID:
        abort(400)
    sent = messages.send_kept_back(filter_of(form), first, last, actor=accounts.viewer())
    if sent:
        flash(gettext("Сообщений снова в очереди: %(n)s.", n=sent), "success")
    else:
        flash(gettext("Эти сообщения уже отправлены в очередь."), "warning")
    return pages.go("/dashboard/messages/")


def _seconds_for(count: int) -> int:
    """How long the limit lets so many take, at the least."""
    return math.ceil(count / current_app.config["SETTINGS"].telegram_messages_per_second)


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

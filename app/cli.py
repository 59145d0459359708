"""Commands that need no worker: `flask --app wsgi …`."""

import csv
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any, TextIO

import click
from flask import Flask, current_app

from app import client_webinar_tracker as tracker
from app import clock, core, messages
from app.core import events
from app.core.errors import CoreRefusal
from app.demo import seed
from app.settings import Settings
from app.translations import catalogue as translations

FORMULA = ("=", "+", "-", "@", "\t", "\r")
LEAD_COLUMNS = ("lead_id", "name", "email", "phone", "invited_by")
META_COLUMNS = (
    "lead_source",
    "first_touch_at",
    "lead_created_at",
    "lead_created_via",
    *core.ingest.UTM,
    "consent_version",
    "consent_at",
    "consent_ip",
)
EVENT_COLUMNS = (
    "event_id",
    "name",
    "occurred_at",
    "lead_id",
    "user_id",
    "webinar_id",
    "payload",
)
MESSAGE_COLUMNS = (
    "message_id",
    "kind",
    "recipient",
    "state",
    "due_at",
    "sent_at",
    "attempts",
    "unknown_count",
    "reason",
)


def register(app: Flask) -> None:
    for command in COMMANDS:
        app.cli.add_command(command)


@click.command("create-admin")
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="read the password from standard input")
def create_admin(email: str, password_stdin: bool) -> None:
    """Make an account an admin, with the password given."""
    password = (
        sys.stdin.readline().rstrip("\n")
        if password_stdin
        else click.prompt("Пароль", hide_input=True, confirmation_prompt=True)
    )
    if len(password) < core.passwords.SHORTEST:
        raise click.ClickException(f"пароль короче {core.passwords.SHORTEST} знаков")
    try:
        user = core.users.create(email, password=password, roles=("admin",), proven=True)
    except CoreRefusal as refusal:
        raise click.ClickException(f"{email}: {refusal.name}") from None
    click.echo(f"администратор {user.email}, № {user.user_id}")


@click.command("events")
def print_events() -> None:
    """The catalogue of canonical events, from the code itself."""
    for event in events.CATALOGUE.values():
        click.echo(f"{event.name}  ({event.kind}; raised by {', '.join(event.raisers)})")
        click.echo(f"    {' '.join((event.__doc__ or '').split())}")
        for name, words in event.fields().items():
            mark = " [personal]" if name in event.personal else ""
            click.echo(f"    - {name}: {words}{mark}")


@click.command("export")
@click.argument("what", type=click.Choice(["leads", "events", "messages"]))
@click.option("--format", "form", type=click.Choice(["csv", "jsonl"]), default="csv")
def export(what: str, form: str) -> None:
    """Everything of a kind to standard output, a chunk in memory at a time."""
    columns, rows = EXPORTS[what]
    _write(sys.stdout, columns, rows(), form)


def _write(
    out: TextIO, columns: tuple[str, ...], rows: Iterator[dict[str, Any]], form: str
) -> None:
    if form == "jsonl":
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
        return
    table = csv.writer(out)
    table.writerow(columns)
    for row in rows:
        table.writerow([_cell(row.get(name)) for name in columns])


def _cell(value: Any) -> str:
    """A spreadsheet must not take what a stranger typed for a formula."""
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    text = "" if value is None else str(value)
    return "'" + text if isinstance(value, str) and text.startswith(FORMULA) else text


def _leads() -> Iterator[dict[str, Any]]:
    for lead in core.leads.everything():
        yield {name: getattr(lead, name) for name in LEAD_COLUMNS} | lead.meta


def _events() -> Iterator[dict[str, Any]]:
    for envelope in core.timeline.everything():
        row = {name: getattr(envelope, name) for name in EVENT_COLUMNS}
        yield row | {"occurred_at": clock.unix(envelope.occurred_at)}


def _messages() -> Iterator[dict[str, Any]]:
    for message in messages.everything():
        yield {name: getattr(message, name) for name in MESSAGE_COLUMNS}


EXPORTS: dict[str, tuple[tuple[str, ...], Callable[[], Iterator[dict[str, Any]]]]] = {
    "leads": (LEAD_COLUMNS + META_COLUMNS, _leads),
    "events": (EVENT_COLUMNS, _events),
    "messages": (MESSAGE_COLUMNS, _messages),
}

STATES = {
    "register": tracker.client_webinar_register,
    "enter": tracker.client_webinar_enter,
    "leave": tracker.client_webinar_leave,
    "complete": tracker.client_webinar_complete,
    "form-submit": tracker.client_webinar_form_submit,
}


@click.command("client-webinar")
@click.argument("state", type=click.Choice(list(STATES)))
@click.argument("context", metavar="JSON")
def client_webinar(state: str, context: str) -> None:
    """Emit a client's webinar state by hand: `enter '{"lead_id": 1, "webinar_id": "wb_…"}'`."""
    try:
        given = json.loads(context)
        if not isinstance(given, dict):
            raise ValueError("an object is wanted")
        event_id = STATES[state](given)
    except (CoreRefusal, ValueError) as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(event_id or "уже было: ничего не добавлено")


@click.command("seed-demo")
def seed_demo() -> None:
    """The demo data, once or many times with the same result. Refused in production."""
    if _settings().in_production:
        raise click.ClickException("демо не ставится в production")
    webinar = seed.seed()
    click.echo(f"демо готово: /webinars/{webinar.slug}/")


@click.command("demo-logins")
def demo_logins() -> None:
    """Addresses and log-ins of the demo, as `make run` prints them; nothing where there is none."""
    webinar = seed.webinar()
    if webinar is None:
        return
    address = _settings().site_address
    click.echo(f"Вебинар:      {address}/webinars/{webinar.slug}/?ref={seed.LOGINS[2].ref_code}")
    click.echo(f"Кабинет:      {address}/login/")
    for login in seed.LOGINS:
        click.echo(f"  {login.title:<14}{login.email:<24}{seed.PASSWORD}")


@click.command("translations-check")
def translations_check() -> None:
    """Every string is translated, and the compiled catalogue is that of the source."""
    problems = translations.problems()
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise click.ClickException(f"переводы: {len(problems)}")


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


COMMANDS = (
    create_admin,
    print_events,
    export,
    client_webinar,
    seed_demo,
    demo_logins,
    translations_check,
)

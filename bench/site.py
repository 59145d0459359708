"""The site with what only a benchmark needs: two hello-worlds and a room where nothing happens.

`site` is for gunicorn, `app` for `flask --app bench.site`.
"""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

import click
from flask import Flask, Response

from app import autowebinar, core
from app.web import viewer
from bench import broadcast, copies, ledger_rows
from bench.addresses import BARE_HELLO, HELLO
from wsgi import app

SLUG = "bench-quiet-room"
LONG = 7200
QUIET_SECONDS = 1200
LINES = 200
VIEWERS = 40

bare = Flask("bare")


@app.get(HELLO)
@bare.get(BARE_HELLO)
def hello() -> Response:
    """Plain text, so that it pays for no content security policy."""
    return Response("hello, world", mimetype="text/plain")


def site(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """The product, and beside it a Flask that has none of its parts."""
    if environ["PATH_INFO"] == BARE_HELLO:
        return bare.wsgi_app(environ, start_response)
    return app.wsgi_app(environ, start_response)


@app.cli.command("bench-room")
@click.option("--slug", default=SLUG)
@click.option("--viewers", default=VIEWERS)
@click.option("--lines", default=LINES, help="recorded lines")
@click.option("--from", "first", default=QUIET_SECONDS, help="the second of the first line")
@click.option("--every", default=10.0, help="seconds between lines")
def make_room(slug: str, viewers: int, lines: int, first: int, every: float) -> None:
    """A room whose first line comes late; prints its viewers' personal links."""
    with core.transaction():
        webinar = core.webinars.create(type="auto", slug=slug, title="Тихая комната")
        version = autowebinar.create_version(webinar.webinar_id, _recording(lines, first, every))
        autowebinar.publish(webinar.webinar_id, version.version_id)
        core.webinar_states.publish(webinar.webinar_id, actor_id=None)
        places = [broadcast.place(webinar, number) for number in range(viewers)]
    for place in places:
        click.echo(viewer.personal_path(place))


@app.cli.command("bench-live")
@click.option("--slug", default="bench-broadcast")
@click.option("--viewers", default=1)
def make_broadcast(slug: str, viewers: int) -> None:
    """A broadcast on air; prints its viewers' personal links."""
    webinar = broadcast.on_air(slug)
    with core.transaction():
        places = [broadcast.place(webinar, number) for number in range(viewers)]
    for place in places:
        click.echo(viewer.personal_path(place))


@app.cli.command("bench-seats")
@click.option("--ticket", required=True, help="of a page that is open")
@click.option("--count", default=2000)
def make_seats(ticket: str, count: int) -> None:
    """As many places more like that page's; prints their tickets."""
    for each in broadcast.tickets(ticket, count):
        click.echo(each)


def _recording(lines: int, first: int, every: float) -> dict[str, object]:
    """Two hours long; what lines there are beyond its end all stand at its last second."""
    seconds = [min(LONG - 1, first + int(every * number)) for number in range(lines)]
    return {
        "speaker": {"name": "Ведущий", "role": "ведущий"},
        "video": "/static/demo/webinar.mp4",
        "poster": "/static/demo/poster.webp",
        "captions": "/static/demo/captions.ru.vtt",
        "duration_sec": LONG,
        "lines": [
            {"at": second, "author": "Гость", "text": f"Реплика {number}"}
            for number, second in enumerate(seconds)
        ],
        "cues": [{"kind": "cta", "show_at": LONG - 60, "text": "Обсудить", "note": "после"}],
    }


@app.cli.command("bench-sessions")
@click.option("--count", default=10_000)
def fill_with_sessions(count: int) -> None:
    """As many viewing sessions more, each a copy of one that has begun: lead, account, place,
    user meta, and a sign of life in Redis. Prints how many."""
    copies.fill(count)
    click.echo(count)


@app.cli.command("bench-messages")
@click.option("--name", required=True)
@click.option("--count", default=5000)
@click.option("--ahead", default=0.0, help="seconds until the first is due")
@click.option("--spread", default=0.0, help="seconds from the first to the last")
def plan_messages(name: str, count: int, ahead: float, spread: float) -> None:
    """Planned messages, each to a lead of its own."""
    ledger_rows.plan(name, count, ahead=ahead, spread=spread)

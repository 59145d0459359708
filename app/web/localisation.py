"""Language, zone and moments as a person reads them.

The language is the site's (`DEFAULT_LOCALE`) until the person chooses another by `?lang=`,
kept in a cookie: a marketer's own texts are in one language, and a page half in the browser's
language and half in the author's reads badly. The zone is the browser's, which a script tells in
a cookie; where there is none, the site's (`DEFAULT_TIMEZONE`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_time
from flask import Flask, Response, current_app, g, request
from flask_babel import force_locale, get_locale, gettext

from app import clock
from app.extensions import babel

LANGUAGES = ("ru", "en")
COOKIE = "lang"
ZONE_COOKIE = "zone"
A_YEAR = 31_536_000


def connect(app: Flask) -> None:
    settings = app.config["SETTINGS"]
    app.config["BABEL_DEFAULT_LOCALE"] = settings.default_locale
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    babel.init_app(app, locale_selector=chosen_locale, timezone_selector=chosen_zone)
    app.jinja_env.globals["_"] = gettext
    app.jinja_env.filters |= {
        "moment": moment,
        "hour": hour,
        "iso": iso,
        "timecode": timecode,
    }
    app.context_processor(lambda: {"locale": str(get_locale() or settings.default_locale)})
    app.after_request(_remember)


def chosen_locale() -> str:
    if "locale" not in g:
        asked = request.args.get("lang") or request.cookies.get(COOKIE) if request else None
        default = current_app.config["SETTINGS"].default_locale
        g.locale = asked if asked in LANGUAGES else default
    return str(g.locale)


def chosen_zone() -> str:
    """The viewer's, in a worker the site's; in a page shown as somebody else sees it, theirs."""
    if "seen_from" in g:
        return str(g.seen_from)
    told = unquote(request.cookies.get(ZONE_COOKIE, "")) if request else None
    return clock.zone(told, current_app.config["SETTINGS"].default_timezone).key


@contextmanager
def seen_by(zone: str, language: str) -> Iterator[None]:
    """What is rendered meanwhile is in that zone and language, whoever asks for it."""
    g.seen_from = zone
    try:
        with force_locale(language):
            yield
    finally:
        del g.seen_from


def _remember(response: Response) -> Response:
    asked = request.args.get("lang")
    if asked in LANGUAGES and asked != request.cookies.get(COOKIE):
        production = current_app.config["SETTINGS"].in_production
        response.set_cookie(
            COOKIE,
            asked,
            max_age=A_YEAR,
            httponly=True,
            secure=production,
            samesite="Lax",
        )
    return response


def moment(
    value: datetime | int | None, form: str = "d MMMM y, HH:mm", zone: str | None = None
) -> str:
    """A moment in the viewer's zone, or in the one that is named; unix seconds will do."""
    if value is None:
        return "—"
    when = clock.from_unix(value) if isinstance(value, int | float) else value
    local = when.astimezone(clock.zone(zone, chosen_zone()) if zone else _zone())
    return str(format_datetime(local, form, locale=get_locale() or "ru"))


def hour(value: datetime) -> str:
    return str(format_time(value.astimezone(_zone()), "HH:mm", locale=get_locale() or "ru"))


def iso(value: datetime | int) -> str:
    """For `<time datetime>`."""
    when = clock.from_unix(value) if isinstance(value, int | float) else value
    return when.isoformat(timespec="seconds")


def timecode(seconds: int) -> str:
    """01:35, or 1:02:03 past the hour."""
    hours, rest = divmod(max(0, int(seconds)), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes:02}:{left:02}"


def _zone() -> ZoneInfo:
    return ZoneInfo(chosen_zone())

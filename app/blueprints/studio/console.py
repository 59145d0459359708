"""«Пульт»: what a speaker has in hand while on air.

The page is made of sections. A poll says which it has, and brings those alone that look otherwise
now; an action answers with all of them. Without JavaScript every button is a form.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from flask import Response, abort, flash, make_response, render_template, request, url_for
from flask_babel import gettext
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from app import chat, clock, core, live
from app.blueprints.studio import (
    blueprint,
    broadcast,
    broadcast_stream,
    live_steps,
    live_words,
    panels,
    stream_check,
    stream_preview,
    stream_words,
)
from app.blueprints.studio.forms import NothingForm
from app.chat import presence
from app.core import WebinarRecord, access
from app.core.errors import CoreRefusal, WebinarRefused
from app.extensions import htmx
from app.web import accounts, pages
from app.web.forms import OnceForm
from app.web.limits import SUBMIT, limiter
from app.web.room import team

SECTIONS = ("state", "meter", "controls", "preview", "check", "shown", "poll", "questions", "talk")
FORMS = ("say", "pin", "ask")
EVERY_SECONDS = 2
LINES = 40
QUESTIONS = 50
HIDDEN_QUESTIONS = 20
NEWEST = 10**9
EARLY = timedelta(minutes=30)
"""A start that is further from the announced hour may be a slip of the finger: it is asked about."""


@blueprint.get("/<slug>/live/")
@accounts.requires(access.WEBINAR_STATUS)
def console(slug: str) -> Response:
    webinar = broadcast.live_of(slug)
    stream_check.ask_unless_fresh(webinar)
    return show(webinar)


@blueprint.get("/<slug>/live/news/")
@accounts.requires(access.WEBINAR_STATUS)
@limiter.exempt  # type: ignore[untyped-decorator]
def console_news(slug: str) -> Response:
    """The sections that have changed since; 204 where none has. Who asks is watching."""
    webinar = broadcast.live_of(slug)
    drawn = _drawn(webinar)
    changed = {name: body for name, body in drawn.items() if request.args.get(name) != mark(body)}
    return _answer(webinar, drawn, changed) if changed else make_response("", 204)


@blueprint.post("/<slug>/live/<any(start, pause, resume, stop):step>/")
@accounts.requires(access.WEBINAR_STATUS)
@limiter.limit(SUBMIT)  # type: ignore[untyped-decorator]
def take_step(slug: str, step: live_steps.Step) -> Response:
    webinar = posted_to(slug)
    try:
        live_steps.take(step, webinar.webinar_id, accounts.viewer())
    except CoreRefusal as refusal:
        return refuse(webinar, _why(webinar, refusal), status=409)
    return done(webinar, _taken(step))


@blueprint.post("/<slug>/live/check/")
@accounts.requires(access.WEBINAR_STATUS)
@limiter.limit(SUBMIT)  # type: ignore[untyped-decorator]
def check_stream(slug: str) -> Response:
    """Have the workers look at the stream now; what they see comes by the page's own polls."""
    webinar = posted_to(slug)
    if not stream_check.may_be_asked(webinar):
        return refuse(webinar, gettext("Проверять здесь нечего."), status=409)
    stream_check.ask(webinar)
    return done(webinar, gettext("Проверяем поток."))


def _why(webinar: WebinarRecord, refusal: CoreRefusal) -> str:
    fresh = core.webinars.get(webinar.webinar_id) or webinar
    return live_words.refused(refusal, fresh.status)


def _taken(step: live_steps.Step) -> str:
    return {
        "start": gettext("Вы в эфире."),
        "pause": gettext("Пауза: зрители видят заставку."),
        "resume": gettext("Эфир продолжается."),
        "stop": gettext("Эфир завершён."),
    }[step]


def posted_to(slug: str) -> WebinarRecord:
    """The webinar of an action that came with a good token."""
    webinar = broadcast.live_of(slug)
    if not NothingForm().validate_on_submit():
        abort(400)
    if webinar.status == "archived":
        locked = WebinarRefused(name="webinar_state_locked")
        abort(refuse(webinar, live_words.refused(locked, webinar.status), status=409))
    return webinar


def done(webinar: WebinarRecord, words: str, form: str | None = None) -> Response:
    """`form`: which one was sent, and comes back empty."""
    if htmx:
        drawn = _drawn(webinar)
        return _answer(webinar, drawn, drawn, forms=_forms(webinar, form), said=words)
    flash(words, "success")
    return pages.go(url_for(".console", slug=webinar.slug))


def refuse(
    webinar: WebinarRecord, words: str, form: str | None = None, *, status: int = 422, **typed: Any
) -> Response:
    """Nothing was done; `typed` stays in its form."""
    if not htmx:
        given = {form: {"error": words, **typed}} if form else {}
        return show(webinar, given, refusal=words, status=status)
    drawn = _drawn(webinar)
    forms = _forms(webinar, form, error=words, **typed)
    response = _answer(webinar, drawn, drawn, forms=forms, refusal="" if form else words)
    response.status_code = status
    return response


def show(
    webinar: WebinarRecord,
    given: dict[str, dict[str, Any]] | None = None,
    *,
    refusal: str = "",
    status: int = 200,
) -> Response:
    drawn = _drawn(webinar)
    stream_preview.permit(webinar, live.broadcasts.of(webinar.webinar_id))
    forms = {
        name: body
        for each in FORMS
        for name, body in _forms(webinar, each, **(given or {}).get(each, {})).items()
    }
    return panels.show(
        "console",
        "console.html",
        core.webinars.get(webinar.webinar_id) or webinar,
        status=status,
        drawn=_markup(drawn),
        forms=_markup(forms),
        news=_news_address(webinar, drawn),
        every=EVERY_SECONDS,
        refusal=refusal,
        has_chat=live.places.has_chat(webinar.stream_type),
    )


def _drawn(given: WebinarRecord) -> dict[str, str]:
    """Each section as it looks now."""
    now = clock.now()
    team.watch(accounts.viewer(), now, given.webinar_id)
    kept = live.broadcasts.of(given.webinar_id)
    webinar = core.webinars.get(given.webinar_id) or given
    channel = live.places.room_key(webinar.webinar_id)
    context = {
        "webinar": webinar,
        "broadcast": kept,
        "state": live.state.of(webinar.webinar_id),
        "second": kept.air.second(now),
        "viewers": presence.count(channel, now),
        "preview": stream_preview.address(webinar, kept),
        "since": live.streams.publishing_since(webinar.webinar_id),
        "queue": live.questions.queue(webinar.webinar_id, limit=QUESTIONS + 1),
        "most_questions": QUESTIONS,
        "put_away": live.questions.hidden(webinar.webinar_id, limit=HIDDEN_QUESTIONS),
        "lines": chat.recent(channel, before=NEWEST, limit=LINES)[::-1],
        "has_chat": live.places.has_chat(webinar.stream_type),
        "is_early": _is_early(webinar, now),
        "asks": _asked_about(),
        "may_see_stream": broadcast_stream.may_see_stream(webinar),
        "checked": None if is_over(webinar) else stream_words.told(webinar, now),
    }
    return {name: render_template(f"studio/_console_{name}.html", **context) for name in SECTIONS}


def _is_early(webinar: WebinarRecord, now: datetime) -> bool:
    return webinar.scheduled_at is not None and webinar.scheduled_at - now > EARLY


def _asked_about() -> str:
    """The step that waits for its second press; empty where none does."""
    return next((step for step in ("start", "stop") if request.args.get(step) == "1"), "")


def _forms(webinar: WebinarRecord, name: str | None, **typed: Any) -> dict[str, str]:
    if name is None:
        return {}
    if is_over(webinar):
        return {name: ""}
    form = OnceForm(formdata=None)
    template = f"studio/_console_{name}.html"
    return {name: render_template(template, webinar=webinar, form=form, typed=typed)}


def is_over(webinar: WebinarRecord) -> bool:
    """Then nobody talks or votes, and a note is not shown."""
    fresh = core.webinars.get(webinar.webinar_id) or webinar
    return fresh.status in live_words.DONE


def mark(body: str) -> str:
    """By which a page says what it has; the token in its forms is another one each second."""
    return hashlib.sha256(body.replace(generate_csrf(), "").encode()).hexdigest()[:8]


def _news_address(webinar: WebinarRecord, drawn: dict[str, str]) -> str:
    marks: dict[str, Any] = {name: mark(body) for name, body in drawn.items()}
    asked = _asked_about()
    asks: dict[str, Any] = {asked: "1"} if asked else {}
    return url_for(".console_news", slug=webinar.slug, **marks, **asks)


def _answer(
    webinar: WebinarRecord,
    drawn: dict[str, str],
    changed: dict[str, str],
    *,
    forms: dict[str, str] | None = None,
    **said: str,
) -> Response:
    swapped = {name: _out_of_band(name, body) for name, body in (changed | (forms or {})).items()}
    body = render_template(
        "studio/_console_news.html",
        news=_news_address(webinar, drawn),
        every=EVERY_SECONDS,
        swapped=_markup(swapped).values(),
        **said,
    )
    response = make_response(body)
    response.headers["Cache-Control"] = "no-store"
    return response


def _markup(bodies: dict[str, str]) -> dict[str, Markup]:
    """Our own templates have escaped what is in them."""
    return {name: Markup(body) for name, body in bodies.items()}  # noqa: S704


def _out_of_band(name: str, body: str) -> str:
    mine = f'id="console-{name}"'
    return body.replace(mine, f'{mine} hx-swap-oob="true"', 1)

"""The chat of a broadcast under the speaker's hand: words of the team, and moderation."""

from flask import Response, abort, request
from flask_babel import gettext

from app import chat, clock, core, live
from app.blueprints.studio import blueprint, console
from app.chat import ChatRefused
from app.chat.moderation import MUTES
from app.core import WebinarRecord, access
from app.core.errors import NotFound
from app.web import accounts
from app.web.forms import OnceForm
from app.web.limits import SUBMIT, limiter
from app.web.numbers import ID
from app.web.room import refusals


@blueprint.post("/<slug>/live/chat/")
@accounts.requires(access.WEBINAR_CHAT)
@limiter.limit(SUBMIT)  # type: ignore[untyped-decorator]
def say_as_team(slug: str) -> Response:
    webinar, words = console.posted_to(slug), request.form.get("message", "")
    if webinar.status not in live.state.OPEN or not live.places.has_chat(webinar.stream_type):
        closed = gettext("Чат сейчас закрыт.")
        return console.refuse(webinar, closed, "say", status=409, message=words)
    try:
        _write(webinar, words)
    except ChatRefused as refusal:
        return console.refuse(webinar, refusals.in_words(refusal), "say", message=words)
    return console.done(webinar, gettext("Отправлено."), "say")


def _write(webinar: WebinarRecord, words: str) -> None:
    person = accounts.viewer()
    air = live.broadcasts.of(webinar.webinar_id).air
    chat.write(
        live.places.room_key(webinar.webinar_id),
        words,
        author=person.name or gettext("Команда"),
        origin="team",
        role=person.role,
        at_sec=air.second(clock.now()),
        form_key=OnceForm().key,
        webinar_id=webinar.webinar_id,
        shared=True,
    )


@blueprint.post(f"/<slug>/live/chat/<{ID}:number>/<any(delete, mute, ban):deed>/")
@accounts.requires(access.WEBINAR_CHAT)
def moderate(slug: str, number: int, deed: str) -> Response:
    webinar = console.posted_to(slug)
    try:
        words = _moderated(webinar, number, deed)
    except NotFound:
        abort(404)
    return console.done(webinar, words)


def _moderated(webinar: WebinarRecord, number: int, deed: str) -> str:
    channel, actor = live.places.room_key(webinar.webinar_id), accounts.viewer()
    if deed == "delete":
        chat.moderation.delete(channel, number, actor=actor)
        return gettext("Сообщение удалено у всех.")
    with core.transaction():
        writer = chat.moderation.writer_of(channel, number)
        if deed == "mute":
            chat.moderation.mute(writer, webinar.webinar_id, MUTES[0], actor=actor)
            return gettext("Десять минут этот зритель не пишет.")
        chat.moderation.ban(writer, webinar.webinar_id, actor=actor)
        live.questions.hide_all_of(writer)
        return gettext("Зритель удалён из чата вместе со своими сообщениями.")

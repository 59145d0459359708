"""What the speaker shows in the room: the call to action, a note, a poll, answered questions."""

from typing import Any

from flask import Response, request
from flask_babel import gettext

from app import live
from app.blueprints.studio import blueprint, console, live_steps, live_words
from app.core import access
from app.core.errors import CoreRefusal
from app.live import LiveRefused, NoteInvalid
from app.web import accounts
from app.web.limits import SUBMIT, limiter
from app.web.numbers import ID


@blueprint.post("/<slug>/live/cta/")
@accounts.requires(access.WEBINAR_CTA)
@limiter.limit(SUBMIT)  # type: ignore[untyped-decorator]
def switch_cta(slug: str) -> Response:
    webinar = console.posted_to(slug)
    visible = request.form.get("visible") == "1"
    try:
        live_steps.show_cta(webinar.webinar_id, accounts.viewer(), visible=visible)
    except CoreRefusal as refusal:
        return console.refuse(webinar, live_words.refused(refusal, webinar.status), status=409)
    words = gettext("Кнопка показана зрителям.") if visible else gettext("Кнопка скрыта.")
    return console.done(webinar, words)


@blueprint.post("/<slug>/live/note/")
@accounts.requires(access.WEBINAR_STATUS)
@limiter.limit(SUBMIT)  # type: ignore[untyped-decorator]
def pin_note(slug: str) -> Response:
    """An empty one takes away what was pinned."""
    webinar, note = console.posted_to(slug), request.form.get("note", "")
    if note.strip() and console.is_over(webinar):
        words = gettext("Эфир закончился: заметку зрители не увидят.")
        return console.refuse(webinar, words, status=409)
    try:
        live.broadcasts.pin(webinar.webinar_id, note)
    except NoteInvalid as refusal:
        return console.refuse(webinar, live_words.not_shown(refusal), "pin", note=note)
    words = gettext("Закреплено.") if note.strip() else gettext("Заметка убрана.")
    return console.done(webinar, words, "pin")


@blueprint.post("/<slug>/live/poll/")
@accounts.requires(access.WEBINAR_STATUS)
@limiter.limit(SUBMIT)  # type: ignore[untyped-decorator]
def open_poll(slug: str) -> Response:
    webinar = console.posted_to(slug)
    question, options = request.form.get("question", ""), request.form.getlist("option")
    if console.is_over(webinar):
        return console.refuse(
            webinar, gettext("Эфир закончился: опрос открывать поздно."), status=409
        )
    try:
        live.polls.open_poll(webinar.webinar_id, question, options)
    except LiveRefused as refusal:
        typed: dict[str, Any] = {"question": question, "options": options[: live.polls.MOST]}
        return console.refuse(webinar, live_words.not_shown(refusal), "ask", **typed)
    return console.done(webinar, gettext("Опрос открыт."), "ask")


@blueprint.post(f"/<slug>/live/poll/<{ID}:poll_id>/<any(close, hide):ending>/")
@accounts.requires(access.WEBINAR_STATUS)
def end_poll(slug: str, poll_id: int, ending: str) -> Response:
    webinar = console.posted_to(slug)
    if ending == "close":
        live.polls.close(webinar.webinar_id, poll_id)
        return console.done(webinar, gettext("Опрос закрыт, итог виден."))
    live.polls.hide(webinar.webinar_id, poll_id)
    return console.done(webinar, gettext("Опрос убран."))


@blueprint.post(
    f"/<slug>/live/question/<{ID}:question_id>/<any(answered, again, hide, show):verdict>/"
)
@accounts.requires(access.WEBINAR_STATUS)
def settle_question(slug: str, question_id: int, verdict: str) -> Response:
    """Answered aloud, back into the queue, put away, or shown again."""
    webinar = console.posted_to(slug)
    if verdict in ("hide", "show"):
        hidden = verdict == "hide"
        live.questions.hide(webinar.webinar_id, question_id, hidden=hidden)
        seen = gettext("Вопрос скрыт.") if hidden else gettext("Вопрос снова виден зрителям.")
        return console.done(webinar, seen)
    live.questions.mark(webinar.webinar_id, question_id, answered=verdict == "answered")
    words = gettext("Отмечен отвеченным.") if verdict == "answered" else gettext("Снова в очереди.")
    return console.done(webinar, words)

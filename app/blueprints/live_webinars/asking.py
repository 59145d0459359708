"""Questions to the speaker and votes: what a viewer does besides talking."""

from flask import Response, abort, flash, make_response, redirect, request, url_for
from flask_babel import gettext

from app import chat, clock, live
from app.blueprints.live_webinars import blueprint, entrance, fragments
from app.blueprints.live_webinars.entrance import Visit
from app.blueprints.live_webinars.views import show
from app.chat import ChatRefused
from app.core import RegistrationRecord
from app.extensions import htmx
from app.live import LiveRefused, PollClosed, QuestionTooOften
from app.web.numbers import ID
from app.web.room import door, refusals, tickets
from app.web.room.chat_form import ChatForm, fresh


@blueprint.post("/live/<slug>/question/")
@tickets.limited
def ask(slug: str) -> Response:
    registration = _asking(slug)
    form = ChatForm()
    air = live.broadcasts.of(registration.webinar_id).air
    words = form.message.data or ""
    try:
        chat.people.require_voice(registration.registration_id)
        live.questions.ask(registration, words, at_sec=air.second(clock.now()), form_key=form.key)
    except (ChatRefused, LiveRefused) as refusal:
        return _refused(slug, registration, refusal, words)
    if htmx:
        return make_response(_ask_form(slug, asked=True))
    flash(gettext("Вопрос задан. Спикер видит его в очереди."), "success")
    return make_response(redirect(url_for(".room", slug=slug), 303))


def _asking(slug: str) -> RegistrationRecord:
    """Whose ticket it is, while the room is open."""
    registration = door.place_of(tickets.of(slug))
    if entrance.room_of(slug).status not in live.state.OPEN:
        abort(403)
    return registration


def _refused(
    slug: str, registration: RegistrationRecord, refusal: ChatRefused | LiveRefused, words: str
) -> Response:
    status = 429 if isinstance(refusal, QuestionTooOften) else 422
    said = {"ask_error": _in_words(refusal), "question": words[: live.questions.LONGEST * 2]}
    if htmx:
        response = make_response(_ask_form(slug, **said), status)
    else:
        webinar = entrance.room_of(slug)
        visit = Visit(webinar, live.broadcasts.of(webinar.webinar_id), registration)
        response = show(visit, clock.now(), status=status, **said)
    if status == 429:
        response.headers["Retry-After"] = str(int(live.questions.WINDOW.total_seconds()))
    return response


def _in_words(refusal: ChatRefused | LiveRefused) -> str:
    """Who may not write in the chat may not ask either: all read what is asked."""
    if isinstance(refusal, ChatRefused):
        return refusals.in_words(refusal)
    if isinstance(refusal, QuestionTooOften):
        return gettext("Слишком много вопросов подряд. Подождите несколько минут.")
    longest = live.questions.LONGEST
    return gettext("Напишите вопрос, не длиннее %(longest)s знаков.", longest=longest)


def _ask_form(slug: str, **said: object) -> str:
    return fragments.part(
        "_ask_form",
        slug=slug,
        ticket=request.form.get("viewer", ""),
        ask_form=fresh(),
        longest_question=live.questions.LONGEST,
        **said,
    )


@blueprint.post(f"/live/<slug>/question/<{ID}:question_id>/vote/")
@tickets.limited
def want(slug: str, question_id: int) -> Response:
    """This viewer wants it answered too. Said twice, it counts once."""
    registration = _asking(slug)
    live.questions.vote(registration.webinar_id, question_id, registration.registration_id)
    return _done(slug)


@blueprint.post(f"/live/<slug>/poll/<{ID}:poll_id>/vote/")
@tickets.limited
def vote(slug: str, poll_id: int) -> Response:
    registration = _asking(slug)
    choice = request.form.get("choice", type=int)
    try:
        live.polls.vote(
            registration.webinar_id,
            poll_id,
            registration.registration_id,
            -1 if choice is None else choice,
        )
    except PollClosed:
        words = gettext("Голос не принят: опрос уже закрыт.")
        if htmx:
            return make_response(fragments.part("_vote_refused", text=words), 422)
        flash(words, "warning")
    return _done(slug)


def _done(slug: str) -> Response:
    if htmx:
        return make_response("", 204)
    return make_response(redirect(url_for(".room", slug=slug), 303))

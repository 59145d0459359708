"""A viewer answers a poll or a question, once; with scripts or without."""

from datetime import datetime

from flask import Response, abort, make_response, redirect, request, url_for
from flask_babel import gettext

from app import client_webinar_tracker, clock, core
from app.autowebinar import AnswerRefused, Cue, Version, answers, sessions
from app.blueprints.autowebinar_delivery import beats, blueprint, cues, entrance, fragments
from app.blueprints.autowebinar_delivery.entrance import Visit
from app.blueprints.autowebinar_delivery.views import show
from app.core import RegistrationRecord
from app.extensions import htmx
from app.web.room import tickets
from app.web.room.tickets import Ticket


@blueprint.post("/<slug>/answer/<cue_id>/")
@tickets.limited
def answer(slug: str, cue_id: str) -> Response:
    ticket = tickets.of(slug)
    registration, version = beats.place_of(ticket)
    cue = version.cue(cue_id)
    if cue is None:
        abort(404)
    now = clock.now()
    try:
        first = _accept(ticket, registration, version, cue, now)
    except AnswerRefused as refusal:
        return _answered(registration, version, cue, now, _in_words(refusal), 422)
    again = "" if first else gettext("Ответ уже принят, он один на зрителя.")
    return _answered(registration, version, cue, now, again, 200 if first else 409)


def _accept(
    ticket: Ticket, registration: RegistrationRecord, version: Version, cue: Cue, now: datetime
) -> bool:
    answers.require_open(cue, sessions.place_of(registration, version, now).seconds)
    if not ticket.counted:
        raise AnswerRefused("team")
    given = answers.read(cue, request.form.get("answer", ""))
    with core.transaction():
        first = answers.keep(registration, cue, given)
        if first:
            _tell(registration, cue, given)
        return first


def _tell(registration: RegistrationRecord, cue: Cue, words: str) -> None:
    client_webinar_tracker.client_webinar_form_submit(
        {
            "lead_id": registration.lead_id,
            "webinar_id": registration.webinar_id,
            "webinar_type": "auto",
            "session_id": registration.session_id,
            "form_id": cue.key,
            "form_payload": {"question": cue.text, "answer": words},
        },
        form_key=f"{registration.session_id}:{cue.key}",
    )


def _answered(
    registration: RegistrationRecord,
    version: Version,
    cue: Cue,
    now: datetime,
    error: str,
    status: int,
) -> Response:
    """The cue's part for HTMX; the whole page, or the way back to it, without."""
    slug = entrance.slug_of(registration)
    if not htmx:
        if not error:
            return make_response(redirect(url_for(".room", slug=slug), 303))
        visit = Visit(entrance.room_of(slug), version, registration)
        step = sessions.enter(registration, version, now)
        return show(visit, step, status=status, answer_errors={cue.cue_id: error})
    second = sessions.place_of(registration, version, now).seconds
    (shown,) = cues.personal(registration, version, [cue], second, now)
    said = request.form.get("answer", "")[: answers.LONGEST_ANSWER * 2]
    body = fragments.part("_answered", shown=shown, slug=slug, error=error, said=said)
    return make_response(body, status)


def _in_words(refusal: AnswerRefused) -> str:
    words = {
        "not_shown": gettext("Этот вопрос ещё не задан."),
        "over": gettext("Приём ответов уже закончился."),
        "empty": gettext("Выберите или напишите ответ."),
        "too_long": gettext(
            "Слишком длинно: не больше %(longest)s знаков.", longest=answers.LONGEST_ANSWER
        ),
        "no_such_option": gettext("Такого варианта нет. Обновите страницу."),
        "team": gettext("Ответы команды не считаются: в итогах только зрители."),
    }
    return words[refusal.why]

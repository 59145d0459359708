"""What a viewer writes in the room."""

from flask import Response, make_response, redirect, request, url_for
from flask_babel import gettext

from app import chat, clock
from app.autowebinar import Version, sessions
from app.blueprints.autowebinar_delivery import beats, blueprint, entrance, fragments, seats
from app.blueprints.autowebinar_delivery.entrance import Visit
from app.blueprints.autowebinar_delivery.forms import ChatForm
from app.blueprints.autowebinar_delivery.views import show
from app.chat import ChatRefused, Line, LineEmpty, LineTooLong, LineTooOften
from app.core import RegistrationRecord
from app.extensions import htmx


@blueprint.post("/<slug>/chat/")
@seats.limited
def say(slug: str) -> Response:
    registration, version = beats.place_of(seats.ticket(slug))
    form = ChatForm()
    try:
        line = _write(registration, version, form)
    except ChatRefused as refusal:
        return _refused(Visit(entrance.room_of(slug), version, registration), refusal)
    if not htmx:
        return make_response(redirect(url_for(".room", slug=slug), 303))
    return _said(line)


def _write(registration: RegistrationRecord, version: Version, form: ChatForm) -> Line:
    return chat.write(
        entrance.channel_of(registration),
        form.message.data or "",
        author=registration.name,
        at_sec=sessions.place_of(registration, version, clock.now()).seconds,
        registration_id=registration.registration_id,
        form_key=form.key,
    )


def _said(line: Line) -> Response:
    messages = fragments.messages((), [line])
    return make_response(fragments.part("_said", messages=messages, form=_fresh_form()))


def _refused(visit: Visit, refusal: ChatRefused) -> Response:
    """The form again with the words as they were; the whole page without HTMX."""
    often = isinstance(refusal, LineTooOften)
    said = {"chat_error": _in_words(refusal), "message": request.form.get("message", "")}
    status = 429 if often else 422
    if htmx:
        response = make_response(_form(visit, **said), status)
        response.headers["HX-Retarget"] = "#chat-form"
        response.headers["HX-Reswap"] = "outerHTML"
    else:
        step = sessions.enter(visit.registration, visit.version, clock.now())
        response = show(visit, step, status=status, **said)
    if isinstance(refusal, LineTooOften):
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def _form(visit: Visit, chat_error: str, message: str) -> str:
    return fragments.part(
        "_chat_form",
        slug=visit.webinar.slug,
        ticket=request.form["viewer"],
        form=_fresh_form(),
        longest=chat.LONGEST,
        chat_error=chat_error,
        message=message[: chat.LONGEST * 2],
    )


def _fresh_form() -> ChatForm:
    return ChatForm(formdata=None)


def _in_words(refusal: ChatRefused) -> str:
    if isinstance(refusal, LineTooOften):
        wait = refusal.retry_after
        return gettext("Слишком часто. Подождите немного, секунд: %(wait)s", wait=wait)
    if isinstance(refusal, LineTooLong):
        return gettext("Слишком длинно: не больше %(longest)s знаков.", longest=chat.LONGEST)
    assert isinstance(refusal, LineEmpty)
    return gettext("Напишите сообщение.")

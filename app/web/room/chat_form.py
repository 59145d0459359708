"""The chat's form: what a viewer may send, how it is answered, how it is refused in words."""

from typing import Any

from flask import Response, make_response, request
from flask_babel import lazy_gettext
from wtforms import BooleanField, TextAreaField

from app import chat
from app.chat import ChatRefused, Line, LineTooOften
from app.chat.people import Standing
from app.core import RegistrationRecord
from app.web.forms import OnceForm
from app.web.room import fragments, refusals


class ChatForm(OnceForm):
    """What a line may be is the chat's own rule: nothing is checked here."""

    message = TextAreaField(lazy_gettext("Сообщение"))
    to_team = BooleanField(lazy_gettext("Вопрос команде"))


def fresh() -> ChatForm:
    return ChatForm(formdata=None)


def said(line: Line) -> Response:
    """The viewer's own line, and the key of the next one."""
    messages = fragments.written([line])
    return make_response(fragments.part("_said", messages=messages, form=fresh()))


def refused(
    refusal: ChatRefused, say: str, *, shared: bool = False, questions_apart: bool = False
) -> Response:
    """The form again with the words as they were. `say`: where the room's form posts to;
    `questions_apart`: the room has another place to ask the team."""
    body = fragments.part(
        "_chat_form",
        say=say,
        shared=shared,
        questions_apart=questions_apart,
        ticket=request.form.get("viewer", ""),
        form=fresh(),
        longest=chat.LONGEST,
        **in_words(refusal),
    )
    response = with_status(make_response(body), refusal)
    response.headers["HX-Retarget"] = "#chat-form"
    response.headers["HX-Reswap"] = "outerHTML"
    return response


def in_words(refusal: ChatRefused) -> dict[str, Any]:
    """What was wrong, and what was typed, as the form shows both."""
    typed = request.form.get("message", "")[: chat.LONGEST * 2]
    return {
        "chat_error": refusals.in_words(refusal),
        "message": typed,
        "to_team": bool(request.form.get("to_team")),
    }


def with_status(response: Response, refusal: ChatRefused) -> Response:
    """422, or 429 with the moment from which it will do."""
    response.status_code = 422
    if isinstance(refusal, LineTooOften):
        response.status_code = 429
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def news_of_standing(registration: RegistrationRecord) -> Standing | None:
    """What the team decided of this viewer, where the page does not say so yet."""
    found = chat.people.standing(registration.registration_id)
    return found if found.word != request.form.get("standing", "") else None

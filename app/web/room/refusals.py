"""Why a line of the chat was not written, in words: for viewers and for the team alike."""

from flask_babel import gettext

from app import chat
from app.chat import (
    ChatRefused,
    LineEmpty,
    LineHasLink,
    LineTooLong,
    LineTooOften,
    WriterBanned,
    WriterMuted,
)
from app.web.localisation import hour


def in_words(refusal: ChatRefused, *, empty: str = "") -> str:
    """`empty`: what to say where nothing was written, if not «write a message»."""
    if isinstance(refusal, LineTooOften):
        wait = refusal.retry_after
        return gettext("Слишком часто. Подождите немного, секунд: %(wait)s", wait=wait)
    if isinstance(refusal, LineTooLong):
        return gettext("Слишком длинно: не больше %(longest)s знаков.", longest=chat.LONGEST)
    if isinstance(refusal, LineHasLink):
        return gettext("Ссылки здесь ставит только команда. Напишите то же без ссылки, пожалуйста.")
    if isinstance(refusal, WriterMuted):
        until = hour(refusal.until)
        return gettext("Вам временно нельзя писать в чат. Снова можно в %(hour)s.", hour=until)
    if isinstance(refusal, WriterBanned):
        return gettext("Команда исключила вас из чата этого вебинара. Видео идёт как прежде.")
    assert isinstance(refusal, LineEmpty)
    return empty or gettext("Напишите сообщение.")

"""The line below a message's event on a timeline: by which rule, when, how, or what it waits for.

The event says what was decided; the ledger knows the rest, and the rest may have changed since.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from app import messages
from app.blueprints.dashboard import message_words
from app.messages import MessageRecord
from app.messages.channel import Channel
from app.web import localisation

OPEN = ("planned", "sending", "waiting")
HELD = (messages.reasons.RETRY, messages.reasons.RATE, messages.reasons.NO_ANSWER_AGAIN)


@dataclass(frozen=True, slots=True)
class Story:
    """The page's messages by id, the titles of their rules by name, and the state of the bot."""

    messages: Mapping[int, MessageRecord]
    rules: Mapping[str, str]
    channel: Channel

    def line(self, event: str, payload: Mapping[str, Any]) -> str:
        """Empty for what is no message's event, or where the ledger has no such row."""
        message = self.messages.get(payload.get("message_id", 0))
        tell = _TOLD.get(event)
        if message is None or tell is None:
            return ""
        return " ".join(each for each in tell(self, message, payload) if each)

    def _planned(self, message: MessageRecord, payload: Mapping[str, Any]) -> Iterator[str]:
        if message.rule:
            rule = self.rules.get(message.rule, message.rule)
            yield gettext("По правилу «%(rule)s».", rule=rule)
        yield gettext("Срок: %(when)s.", when=_moment(message.due_at))
        if message.not_after:
            yield gettext("Не позже: %(when)s.", when=_moment(message.not_after))
        if message.state in OPEN and self._says_more(message, payload):
            yield gettext("Сейчас: %(state)s.", state=self.now(message))

    def _says_more(self, message: MessageRecord, payload: Mapping[str, Any]) -> bool:
        """Whether where it is now is not what the event said already."""
        held = self.channel.alarm or self.channel.paused_until
        return message.reason != payload.get("reason") or bool(held and message.state != "waiting")

    def _sent(self, message: MessageRecord, payload: Mapping[str, Any]) -> Iterator[str]:
        if message.external_id:
            yield gettext("Номер в Telegram: %(id)s.", id=message.external_id)
        if message.attempts > 1:
            yield gettext("Попыток: %(n)s.", n=message.attempts)
        if message.unknown_count:
            yield gettext("Одна из попыток осталась без ответа: возможен повтор.")

    def _not_sent(self, message: MessageRecord, payload: Mapping[str, Any]) -> Iterator[str]:
        if message.state == "planned" and payload.get("reason") in HELD:
            yield gettext("Следующая попытка: %(when)s.", when=_moment(message.due_at))
        if message.state in OPEN and self.channel.alarm:
            yield gettext("Сейчас: %(state)s.", state=self.now(message))

    def now(self, message: MessageRecord) -> str:
        """Where an open message is, in words."""
        if message.state != "waiting" and self.channel.alarm:
            return message_words.reason(self.channel.alarm)
        if message.state != "waiting" and self.channel.paused_until:
            until = localisation.moment(self.channel.paused_until, "HH:mm:ss")
            return gettext("Telegram попросил подождать до %(time)s", time=until)
        return message_words.reason(message.reason) or message_words.state(message.state)


def _moment(value: Any) -> str:
    return localisation.moment(value, "d MMM y, HH:mm:ss")


Tell = Callable[[Story, MessageRecord, Mapping[str, Any]], Iterator[str]]
_TOLD: dict[str, Tell] = {
    "message_planned": Story._planned,
    "message_sent": Story._sent,
    "message_not_sent": Story._not_sent,
}

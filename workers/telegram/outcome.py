"""What became of one message that was handed to Telegram."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["sent", "retry_later", "refused", "blocked", "migrated", "bot_revoked", "unknown"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one attempt, told so that a sender can act on `kind` alone.

    - `sent`: Telegram answered with `message_id`.
    - `retry_later`: surely not sent, may be tried again; after `retry_after` seconds where Telegram
      named them (flood control, which concerns the whole bot), else after a back-off.
    - `refused`: surely not sent, and the same request will be refused again (400).
    - `blocked`: surely not sent, the chat does not take our messages (403).
    - `migrated`: surely not sent, the group lives on as `new_chat_id`.
    - `bot_revoked`: surely not sent, the token is not known; nothing of this bot's will go out.
    - `unknown`: it may have been sent or not, and Telegram offers no way to ask. The policy of the
      message decides.

    `cause` is a short machine word, `detail` a line for a person without the bot's token.
    """

    kind: Kind
    cause: str
    detail: str = ""
    message_id: int | None = None
    retry_after: float | None = None
    new_chat_id: int | None = None

    @classmethod
    def sent(cls, message_id: int) -> Outcome:
        """The outcome of an answer that carried a message."""
        return cls("sent", "accepted", message_id=message_id)

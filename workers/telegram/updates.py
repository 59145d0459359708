"""What a Telegram update means to us: `/start <token>`, `/stop`, a reply, a block.

Everything is answered by a row of the ledger: nothing is sent from here.
"""

from collections.abc import Mapping
from typing import Any

from app import core, messages
from app.core.errors import TokenRefused
from workers.telegram import moving

Raw = Mapping[str, Any]
TELEGRAM = core.contacts.TELEGRAM


def handle(raw: Raw, key: str) -> None:
    """One update as Telegram wrote it; `key` makes our answers unique. Other kinds are nothing."""
    if "my_chat_member" in raw:
        _membership(raw["my_chat_member"])
    elif "callback_query" in raw:
        _button(raw["callback_query"], key)
    elif "message" in raw:
        _message(raw["message"], key)


def _message(message: Raw, key: str) -> None:
    chat = message["chat"]
    if chat["type"] != "private":
        return
    text = str(message.get("text") or message.get("caption") or "").strip()
    command, _, argument = text.partition(" ")
    if command == "/start":
        _start(chat, argument.strip(), key)
    elif command == "/stop":
        _stop(chat["id"], key)
    elif text:
        _reply(chat["id"], text, key)


def _start(chat: Raw, token: str, key: str) -> None:
    """Link the chat by a single-purpose token; greet, or say politely why not."""
    spent = _spend(token) if token else None
    if spent is None:
        known = core.contacts.by_value(TELEGRAM, str(chat["id"]))
        if known is not None:
            core.contacts.mark_blocked(TELEGRAM, str(chat["id"]), blocked=False)
        _say("start_unknown" if known is None else "start_known", chat["id"], key)
        return
    proven = spent.purpose == core.tokens.TELEGRAM_ACCOUNT
    linked = core.contacts.link_telegram(
        spent.lead_id or 0,
        int(chat["id"]),
        _shown(chat),
        registration_id=spent.registration_id,
        proven=proven,
    )
    _say("chat_linked" if linked else "chat_taken", chat["id"], key)


def _spend(token: str) -> Any:
    for purpose in (core.tokens.TELEGRAM_REGISTRATION, core.tokens.TELEGRAM_ACCOUNT):
        try:
            return core.tokens.spend(purpose, token)
        except TokenRefused:
            continue
    return None


def _shown(chat: Raw) -> str:
    username = chat.get("username")
    name = " ".join(filter(None, (chat.get("first_name"), chat.get("last_name"))))
    return f"@{username}" if username else name or str(chat["id"])


def _stop(chat_id: int, key: str) -> None:
    if core.contacts.unsubscribe(TELEGRAM, str(chat_id)):
        _say("unsubscribed", chat_id, key)


def _button(query: Raw, key: str) -> None:
    if query.get("data") == "stop":
        _stop(query["from"]["id"], key)
    else:
        moving.pressed(query, key)


def _reply(chat_id: int, text: str, key: str) -> None:
    """What a lead writes goes to the timeline and to the team's chat."""
    lead_id = core.contacts.message_received(TELEGRAM, str(chat_id), text)
    if lead_id is None:
        _say("start_unknown", chat_id, key)
        return
    values = messages.subject.values(lead_id) | {"text": text[:3000]}
    messages.plan(
        messages.Plan(
            kind="reply",
            recipient=messages.TEAM,
            dedupe=f"update:{key}:team",
            lead_id=lead_id,
            values=values,
        )
    )


def _membership(change: Raw) -> None:
    if change["chat"]["type"] != "private":
        return
    gone = change["new_chat_member"]["status"] in ("kicked", "left")
    core.contacts.mark_blocked(TELEGRAM, str(change["chat"]["id"]), blocked=gone)


def _say(kind: str, chat_id: int, key: str) -> None:
    """Answer in the chat itself, whoever it belongs to, in its lead's language."""
    known = core.contacts.by_value(TELEGRAM, str(chat_id))
    messages.plan(
        messages.Plan(
            kind=kind,
            recipient=messages.LEAD,
            dedupe=f"update:{key}:{kind}",
            locale=core.leads.get(known.lead_id).locale if known else None,
            chat=int(chat_id),
        )
    )

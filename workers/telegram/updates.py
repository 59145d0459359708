"""What a Telegram update means to us: `/start <token>`, `/stop`, a reply, a block.

Everything is answered by a row of the ledger: nothing is sent from here.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask import current_app
from flask_babel import force_locale, gettext

from app import clock, core, messages
from app.core import ContactRecord
from app.core.errors import TokenRefused
from workers.telegram import moving, spoken

Raw = Mapping[str, Any]
TELEGRAM = core.contacts.TELEGRAM
STOP, RESUME = "stop", "resume"
RUSSIAN = ("ru", "be", "uk", "kk")


def handle(raw: Raw, key: str) -> None:
    """One update as Telegram wrote it; `key` makes our answers unique. Other kinds are nothing."""
    for kind, act in _KINDS.items():
        if kind in raw:
            act(raw[kind], key)
            return


def _message(message: Raw, key: str) -> None:
    if message["chat"]["type"] != "private":
        return
    name, argument = spoken.command(str(message.get("text") or ""))
    if name == "start":
        _start(message, argument, key)
    elif name == "stop":
        _stop(message["chat"]["id"], key, _language(message))
    else:
        _reply(message, "", key)


def _edited(message: Raw, key: str) -> None:
    """What was corrected is said once more. A command is obeyed when it is sent, not later."""
    text = str(message.get("text") or "")
    if message["chat"]["type"] == "private" and not spoken.command(text)[0]:
        with _team_language():
            _reply(message, gettext("исправлено"), key)


def _start(message: Raw, token: str, key: str) -> None:
    """Link the chat by a single-purpose token; greet, or say politely why not."""
    chat, language = message["chat"], _language(message)
    spent = _spend(token) if token else None
    if spent is not None:
        _say(_link(chat, spent), chat["id"], key, language)
        return
    known = core.contacts.by_value(TELEGRAM, str(chat["id"]))
    if known is not None and (not token or _was_theirs(token, known)):
        _greet_again(known, key)
    else:
        _say("start_unknown", chat["id"], key, language)


def _link(chat: Raw, spent: Any) -> str:
    """What to say of it."""
    proven = spent.purpose == core.tokens.TELEGRAM_ACCOUNT
    before = core.contacts.by_value(TELEGRAM, str(chat["id"]))
    linked = core.contacts.link_telegram(
        spent.lead_id or 0,
        int(chat["id"]),
        _shown(chat),
        registration_id=spent.registration_id,
        proven=proven,
    )
    if not linked:
        return "chat_taken"
    moved = before is not None and not core.contacts.same_person(before.lead_id, spent.lead_id)
    return "chat_moved" if moved else "chat_linked"


def _was_theirs(token: str, known: ContactRecord) -> bool:
    """The same person presses the same link twice."""
    return core.contacts.same_person(core.tokens.lead_of_spent(token), known.lead_id)


def _greet_again(known: ContactRecord, key: str) -> None:
    """Who comes back is written to again, whatever was stopped or blocked before."""
    if core.contacts.resubscribe(TELEGRAM, known.value):
        _say("resubscribed", int(known.value), key)
        return
    core.contacts.mark_blocked(TELEGRAM, known.value, blocked=False)
    _say("start_known", int(known.value), key)


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


def _stop(chat_id: int, key: str, language: str | None) -> None:
    """Said to strangers too: who asks for silence gets no other answer."""
    core.contacts.unsubscribe(TELEGRAM, str(chat_id))
    _say("unsubscribed", chat_id, key, language)


def _button(query: Raw, key: str) -> None:
    chat_id = int(query["from"]["id"])
    if query.get("data") == STOP:
        _stop(chat_id, key, _language(query))
    elif query.get("data") == RESUME:
        known = core.contacts.by_value(TELEGRAM, str(chat_id))
        if known is not None:
            _greet_again(known, key)
    else:
        moving.pressed(query, key)


def _reply(message: Raw, note: str, key: str) -> None:
    """What a lead writes goes to the timeline and to the team's chat."""
    chat_id = message["chat"]["id"]
    with _team_language():
        said = spoken.words(message)
    if not said:
        return
    text = f"[{note}] {said}" if note else said
    lead_id = core.contacts.message_received(TELEGRAM, str(chat_id), text)
    if lead_id is not None:
        _pass_on(lead_id, text, key)
    elif not note:
        _answer_stranger(chat_id, _language(message))


def _pass_on(lead_id: int, text: str, key: str) -> None:
    settings = current_app.config["SETTINGS"]
    card = f"{settings.site_address}/dashboard/leads/{lead_id}/"
    with _team_language():
        button = {"text": gettext("Открыть карточку лида"), "url": card}
    messages.plan(
        messages.Plan(
            kind="reply",
            recipient=messages.TEAM,
            dedupe=f"update:{key}:team",
            lead_id=lead_id,
            locale=settings.default_locale,
            values=messages.subject.values(lead_id) | {"text": text},
            buttons=[[button]],
        )
    )


def _answer_stranger(chat_id: int, language: str | None) -> None:
    """Once an hour, however much is written."""
    _say("start_unknown", chat_id, f"stranger:{chat_id}:{clock.now():%Y%m%d%H}", language)


def _membership(change: Raw, key: str) -> None:
    if change["chat"]["type"] != "private":
        return
    gone = change["new_chat_member"]["status"] in ("kicked", "left")
    core.contacts.mark_blocked(TELEGRAM, str(change["chat"]["id"]), blocked=gone)


def _say(kind: str, chat_id: int, key: str, language: str | None = None) -> None:
    """Answer in the chat itself, whoever it belongs to, in its lead's language."""
    known = core.contacts.by_value(TELEGRAM, str(chat_id))
    lead = core.leads.get(known.lead_id) if known else None
    locale = (lead.locale if lead else None) or language
    messages.plan(
        messages.Plan(
            kind=kind,
            recipient=messages.LEAD,
            dedupe=f"update:{key}:{kind}",
            locale=locale,
            chat=int(chat_id),
            values={"email": lead.email if lead else None},
            buttons=_way_back(locale) if kind == "unsubscribed" and lead else [],
        )
    )


def _way_back(locale: str | None) -> list[list[dict[str, str]]]:
    with force_locale(locale or current_app.config["SETTINGS"].default_locale):
        return [[{"text": gettext("Включить сообщения"), "data": RESUME}]]


def _language(said: Raw) -> str | None:
    """The language of a person's Telegram, as far as we speak it."""
    code = str((said.get("from") or {}).get("language_code") or "")
    if not code:
        return None
    return "ru" if code.startswith(RUSSIAN) else "en"


def _team_language() -> Any:
    return force_locale(current_app.config["SETTINGS"].default_locale)


_KINDS: dict[str, Callable[[Any, str], None]] = {
    "message": _message,
    "edited_message": _edited,
    "callback_query": _button,
    "my_chat_member": _membership,
}

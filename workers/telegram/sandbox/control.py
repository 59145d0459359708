"""The control plane at /sandbox/…: what a test, a benchmark or a person's script may ask and do.

Everything is JSON. GET tells, POST does; a POST answers with what it changed.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

from workers.telegram.sandbox import people
from workers.telegram.sandbox.chats import Message
from workers.telegram.sandbox.faults import MODES, Fault
from workers.telegram.sandbox.flood import Flood, Limits
from workers.telegram.sandbox.parameters import Parameters, read_body
from workers.telegram.sandbox.refusal import Refusal
from workers.telegram.sandbox.state import Sandbox
from workers.telegram.sandbox.wire import Request, Response

Action = Callable[[Sandbox, Parameters], Any]


def answer_control(sandbox: Sandbox, request: Request) -> Response:
    """The answer to one request under /sandbox/."""
    action = _ACTIONS.get((request.method, request.path.removeprefix("/sandbox/").strip("/")))
    if action is None:
        return _json({"error": "not found", "actions": _listing()}, 404)
    try:
        return _json(action(sandbox, Parameters(request.query | read_body(request))))
    except (Refusal, KeyError, TypeError, ValueError) as exc:
        return _json({"error": str(exc)}, 422)


def summary(sandbox: Sandbox, parameters: Parameters) -> Any:
    """Counts of everything."""
    return {
        "bot": sandbox.bot.as_user(),
        "messages": len(sandbox.chats.from_bot()),
        "chats": len(sandbox.chats.chats),
        "calls": dict(sandbox.calls),
        "flooded": sandbox.flood.refused,
        "faults_taken": sandbox.faults.taken,
        "faults": [dataclasses.asdict(fault) for fault in sandbox.faults.active],
        "limits": sandbox.flood.limits and dataclasses.asdict(sandbox.flood.limits),
        "latency_ms": sandbox.latency_ms,
        "pending_updates": len(sandbox.updates.pending),
        "webhook": sandbox.courier.webhook.url,
        "menus": sandbox.menus,
        "actions": _listing(),
    }


def list_messages(sandbox: Sandbox, parameters: Parameters) -> Any:
    """What the bot sent, oldest first; `chat_id` for one chat, `limit` for the last so many."""
    chosen = sandbox.chats.from_bot()
    if "chat_id" in parameters:
        chosen = [each for each in chosen if each.chat_id == parameters.number("chat_id")]
    page = chosen[-parameters.number("limit", len(chosen)) :] if chosen else []
    return {"count": len(chosen), "messages": [_message(each) for each in page]}


def list_arrivals(sandbox: Sandbox, parameters: Parameters) -> Any:
    """When each message of the bot came, by text: unix seconds, oldest first."""
    return [[each.received_at, each.text] for each in sandbox.chats.from_bot()]


def list_texts(sandbox: Sandbox, parameters: Parameters) -> Any:
    """How often each text was sent: more than once is a duplicate."""
    return dict(sandbox.chats.texts)


def list_chats(sandbox: Sandbox, parameters: Parameters) -> Any:
    """All chats and their state."""
    return [dataclasses.asdict(chat) for chat in sandbox.chats.chats.values()]


def add_chat(sandbox: Sandbox, parameters: Parameters) -> Any:
    """A chat with `id` and `name`; `started`, `blocked`, `deactivated`, `migrated_to`. With `count`
    so many private chats like it, of the ids from `id` on; the last one is answered."""
    chat_id = parameters.number("id")
    if not chat_id:
        raise ValueError("id: a number, negative for a group")
    for each in range(chat_id, chat_id + max(1, parameters.number("count"))):
        added = _add_chat(sandbox, each, parameters)
    return added


def _add_chat(sandbox: Sandbox, chat_id: int, parameters: Parameters) -> Any:
    chat = sandbox.chats.add(chat_id, parameters.text("name", f"Чат {chat_id}"))
    chat.started = chat.is_group or parameters.flag("started")
    chat.blocked = parameters.flag("blocked")
    chat.deactivated = parameters.flag("deactivated")
    chat.migrated_to = parameters.number("migrated_to") or None
    return dataclasses.asdict(chat)


def add_fault(sandbox: Sandbox, parameters: Parameters) -> Any:
    """A fault of `mode`, with the other fields of Fault where they are given."""
    given: dict[str, Any] = {"mode": parameters.text("mode")}
    for name in ("times", "chat_id", "retry_after", "new_chat_id", "ms"):
        if name in parameters:
            given[name] = parameters.number(name)
    for name in ("method", "description"):
        if parameters.text(name, "-") != "-":
            given[name] = parameters.text(name)
    fault = Fault(**given)
    sandbox.faults.active.append(fault)
    return dataclasses.asdict(fault)


def clear_faults(sandbox: Sandbox, parameters: Parameters) -> Any:
    """End all faults."""
    sandbox.faults.active.clear()
    return {"faults": []}


def refuse_connections(sandbox: Sandbox, parameters: Parameters) -> Any:
    """Refuse all connections for `seconds` (10), a minute at most; then all is as before."""
    sandbox.outage = float(min(60, max(1, parameters.number("seconds", 10))))
    return {"seconds": sandbox.outage}


def set_latency(sandbox: Sandbox, parameters: Parameters) -> Any:
    """Each answer comes `ms` later."""
    sandbox.latency_ms = max(0, parameters.number("ms"))
    return {"latency_ms": sandbox.latency_ms}


def set_limits(sandbox: Sandbox, parameters: Parameters) -> Any:
    """Flood control on with Telegram's numbers or those given, or off with `enabled` false."""
    if "enabled" in parameters and not parameters.flag("enabled"):
        sandbox.flood = Flood(None)
        return {"limits": None}
    names = [limit.name for limit in dataclasses.fields(Limits)]
    given = {name: parameters.number(name) for name in names if name in parameters}
    sandbox.flood = Flood(Limits(**given))
    return {"limits": dataclasses.asdict(Limits(**given))}


def reset(sandbox: Sandbox, parameters: Parameters) -> Any:
    """As new, with chats, tokens and webhook kept."""
    sandbox.reset()
    return {"reset": True}


def press_start(sandbox: Sandbox, parameters: Parameters) -> Any:
    """`user_id`, `payload`, `name`."""
    return _message(
        people.press_start(
            sandbox,
            parameters.number("user_id"),
            parameters.text("payload"),
            parameters.text("name"),
        )
    )


def send_text(sandbox: Sandbox, parameters: Parameters) -> Any:
    """`user_id`, `text`, and `chat_id` for a group."""
    chat_id = parameters.number("chat_id") if "chat_id" in parameters else None
    user_id = parameters.number("user_id")
    return _message(people.send_text(sandbox, user_id, parameters.text("text"), chat_id))


def block(sandbox: Sandbox, parameters: Parameters) -> Any:
    """`chat_id`: a person blocks the bot, or a group puts it out."""
    people.block(sandbox, parameters.number("chat_id"))
    return {"blocked": True}


def unblock(sandbox: Sandbox, parameters: Parameters) -> Any:
    """`chat_id`."""
    people.unblock(sandbox, parameters.number("chat_id"))
    return {"blocked": False}


def press_button(sandbox: Sandbox, parameters: Parameters) -> Any:
    """`chat_id`, `message_id`, `data` if not the first button, `user_id` in a group."""
    query_id = people.press_button(
        sandbox,
        parameters.number("chat_id"),
        parameters.number("message_id"),
        parameters.text("data") or None,
        parameters.number("user_id"),
    )
    return {"callback_query_id": query_id}


def list_modes(sandbox: Sandbox, parameters: Parameters) -> Any:
    """The names of faults."""
    return list(MODES)


def _message(message: Message) -> dict[str, Any]:
    return dataclasses.asdict(message) | {"reply_markup": message.reply_markup}


def _listing() -> list[str]:
    return [f"{method} /sandbox/{name}" for method, name in _ACTIONS]


def _json(body: Any, status: int = 200) -> Response:
    return Response(status, json.dumps(body, ensure_ascii=False).encode())


_ACTIONS: dict[tuple[str, str], Action] = {
    ("GET", ""): summary,
    ("GET", "messages"): list_messages,
    ("GET", "texts"): list_texts,
    ("GET", "arrivals"): list_arrivals,
    ("GET", "chats"): list_chats,
    ("POST", "chats"): add_chat,
    ("GET", "modes"): list_modes,
    ("POST", "fail"): add_fault,
    ("POST", "clear"): clear_faults,
    ("POST", "refuse"): refuse_connections,
    ("POST", "latency"): set_latency,
    ("POST", "limits"): set_limits,
    ("POST", "reset"): reset,
    ("POST", "start"): press_start,
    ("POST", "text"): send_text,
    ("POST", "block"): block,
    ("POST", "unblock"): unblock,
    ("POST", "button"): press_button,
}

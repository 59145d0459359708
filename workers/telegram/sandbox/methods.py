"""The methods of the Bot API that this sandbox speaks."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

from workers.telegram.sandbox.keyboard import read_keyboard
from workers.telegram.sandbox.markup import read_text
from workers.telegram.sandbox.parameters import Parameters
from workers.telegram.sandbox.refusal import (
    bad_request,
    conflict,
    not_found,
    too_many_requests,
)
from workers.telegram.sandbox.state import Sandbox
from workers.telegram.sandbox.updates import KINDS, PAGE
from workers.telegram.sandbox.webhook import Webhook, read_webhook

LONGEST_POLL = 50
_COMMAND = re.compile("[a-z0-9_]{1,32}")
_LANGUAGE = re.compile("[a-z]{2}")

Method = Callable[[Sandbox, Parameters], Awaitable[Any]]


def find_method(name: str) -> Method:
    """The method, by its name in any case, as at Telegram's."""
    try:
        return _METHODS[name.lower()]
    except KeyError:
        raise not_found() from None


async def get_me(sandbox: Sandbox, parameters: Parameters) -> Any:
    """The bot's own account."""
    return sandbox.bot.as_user() | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


async def send_message(sandbox: Sandbox, parameters: Parameters) -> Any:
    """Checks in Telegram's order: the text, the buttons, the chat, and flood control last."""
    text, entities = read_text(parameters.text("text"), parameters.text("parse_mode"))
    keyboard = read_keyboard(parameters)
    chat = sandbox.chats.find(_chat_id(parameters))
    chat.refuse_unless_open()
    if wait := sandbox.flood.admit(chat.id, time.monotonic()):
        raise too_many_requests(wait)
    return sandbox.chats.as_message(sandbox.chats.post(chat, text, entities, keyboard))


async def edit_message_reply_markup(sandbox: Sandbox, parameters: Parameters) -> Any:
    """Only the bot's own messages, and only to something else than they have."""
    keyboard = read_keyboard(parameters)
    chat = sandbox.chats.find(_chat_id(parameters))
    message = sandbox.chats.messages.get((chat.id, parameters.number("message_id")))
    if message is None:
        raise bad_request("message to edit not found")
    if message.sender:
        raise bad_request("message can't be edited")
    if message.buttons == keyboard:
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly"
            " the same as a current content and reply markup of the message"
        )
    return sandbox.chats.as_message(sandbox.chats.set_buttons(message, keyboard))


async def answer_callback_query(sandbox: Sandbox, parameters: Parameters) -> Any:
    """Each query can be answered once."""
    query_id = parameters.text("callback_query_id")
    if query_id not in sandbox.callbacks:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    sandbox.callbacks.discard(query_id)
    return True


async def get_updates(sandbox: Sandbox, parameters: Parameters) -> Any:
    """Refused while a webhook is set; otherwise waits for the first update."""
    if sandbox.courier.webhook.url:
        raise conflict(
            "can't use getUpdates method while webhook is active;"
            " use deleteWebhook to delete the webhook first"
        )
    _choose_updates(sandbox, parameters)
    return await sandbox.updates.poll(
        parameters.number("offset"),
        min(PAGE, max(1, parameters.number("limit", PAGE))),
        min(LONGEST_POLL, max(0, parameters.number("timeout"))),
    )


async def set_webhook(sandbox: Sandbox, parameters: Parameters) -> Any:
    """Start delivery to an address; an empty one ends it."""
    if "url" not in parameters:
        return await delete_webhook(sandbox, parameters)
    webhook = read_webhook(parameters.text("url"), parameters.text("secret_token"))
    _choose_updates(sandbox, parameters)
    _drop_updates(sandbox, parameters)
    sandbox.courier.change(webhook)
    sandbox.updates.interrupt(
        conflict(
            "terminated by setWebhook request; make sure that only one bot instance is running"
        )
    )
    return True


async def delete_webhook(sandbox: Sandbox, parameters: Parameters) -> Any:
    """Updates that wait are kept, unless `drop_pending_updates`."""
    _drop_updates(sandbox, parameters)
    sandbox.courier.change(Webhook())
    return True


async def get_webhook_info(sandbox: Sandbox, parameters: Parameters) -> Any:
    """Telegram's WebhookInfo."""
    webhook = sandbox.courier.webhook
    info: dict[str, Any] = {
        "url": webhook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(sandbox.updates.pending),
        "allowed_updates": list(sandbox.updates.allowed),
    }
    if webhook.url:
        info |= {"max_connections": 40, "ip_address": "127.0.0.1"}
    if webhook.last_error:
        info |= {
            "last_error_date": webhook.last_error_at,
            "last_error_message": webhook.last_error,
        }
    return info


async def set_my_commands(sandbox: Sandbox, parameters: Parameters) -> Any:
    """The bot's menu, for a language or for all who have none of their own."""
    commands = parameters.structure("commands", "can't parse commands JSON array")
    if not isinstance(commands, list):
        raise bad_request("can't parse list of commands: expected an Array of BotCommand")
    for command in commands:
        if not _COMMAND.fullmatch(str(command.get("command", ""))):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    language = parameters.text("language_code")
    if language and not _LANGUAGE.fullmatch(language):
        raise bad_request("invalid language code specified")
    sandbox.menus[language] = commands
    return True


def _chat_id(parameters: Parameters) -> int:
    if "chat_id" not in parameters:
        raise bad_request("chat_id is empty")
    try:
        return int(parameters.text("chat_id"))
    except ValueError:
        raise bad_request("chat not found") from None


def _choose_updates(sandbox: Sandbox, parameters: Parameters) -> None:
    kinds = parameters.structure("allowed_updates", "can't parse allowed_updates JSON array")
    if kinds is not None:
        sandbox.updates.allowed = tuple(kind for kind in kinds if kind in KINDS) or KINDS


def _drop_updates(sandbox: Sandbox, parameters: Parameters) -> None:
    if parameters.flag("drop_pending_updates"):
        sandbox.updates.pending.clear()


_METHODS: dict[str, Method] = {
    "getme": get_me,
    "sendmessage": send_message,
    "editmessagereplymarkup": edit_message_reply_markup,
    "answercallbackquery": answer_callback_query,
    "getupdates": get_updates,
    "setwebhook": set_webhook,
    "deletewebhook": delete_webhook,
    "getwebhookinfo": get_webhook_info,
    "setmycommands": set_my_commands,
}

"""The sandbox refuses what Telegram refuses, in Telegram's words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workers.telegram.conftest import ANNA, TEAM, Call
from workers.telegram.sandbox import SandboxServer


def refusal(code: int, description: str, **parameters: int) -> dict[str, Any]:
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    return body | ({"parameters": parameters} if parameters else {})


def keyboard(**button: str) -> dict[str, Any]:
    return {"inline_keyboard": [[button]]}


def test_unknown_token_is_unauthorized(call: Call) -> None:
    assert call("getMe", token="1000:other") == refusal(401, "Unauthorized")


def test_malformed_token_is_not_found(call: Call) -> None:
    assert call("getMe", token="demo") == refusal(404, "Not Found")


def test_unknown_method_is_not_found(call: Call) -> None:
    assert call("sendTelepathy", chat_id=ANNA) == refusal(404, "Not Found")


def test_methods_are_known_in_any_case(call: Call) -> None:
    assert call("GETME")["result"]["id"] == 1000


@pytest.mark.parametrize(
    ("fields", "description"),
    [
        ({"text": "x"}, "chat_id is empty"),
        ({"chat_id": 43, "text": "x"}, "chat not found"),
        ({"chat_id": "@channel", "text": "x"}, "chat not found"),
        ({"chat_id": ANNA}, "message text is empty"),
        ({"chat_id": ANNA, "text": " \n\t"}, "message text is empty"),
        ({"chat_id": ANNA, "text": "<b> </b>", "parse_mode": "HTML"}, "message text is empty"),
        ({"chat_id": ANNA, "text": "x" * 4097}, "message is too long"),
        ({"chat_id": ANNA, "text": "😀" * 4097}, "message is too long"),
        ({"chat_id": ANNA, "text": "*x*", "parse_mode": "MarkdownV2"}, "unsupported parse_mode"),
        (
            {
                "chat_id": ANNA,
                "text": "x",
                "reply_markup": keyboard(text="x", url="http://localhost:8000/"),
            },
            "BUTTON_URL_INVALID",
        ),
        (
            {
                "chat_id": ANNA,
                "text": "x",
                "reply_markup": keyboard(text="x", url="javascript:alert(1)"),
            },
            "BUTTON_URL_INVALID",
        ),
        (
            {
                "chat_id": ANNA,
                "text": "x",
                "reply_markup": keyboard(text="x", callback_data="x" * 65),
            },
            "BUTTON_DATA_INVALID",
        ),
        (
            {"chat_id": ANNA, "text": "x", "reply_markup": keyboard(text="x")},
            "can't parse inline keyboard button: text buttons are unallowed in the inline keyboard",
        ),
        (
            {"chat_id": ANNA, "text": "x", "reply_markup": keyboard(text=" ", url="https://a.b")},
            "keyboard button text must be non-empty",
        ),
        (
            {"chat_id": ANNA, "text": "x", "reply_markup": "{"},
            "can't parse reply markup JSON object",
        ),
    ],
)
def test_send_message_refuses_a_bad_request(
    telegram: SandboxServer, call: Call, fields: dict[str, Any], description: str
) -> None:
    assert call("sendMessage", **fields) == refusal(400, f"Bad Request: {description}")
    assert telegram.messages == []


@pytest.mark.parametrize("length", [1, 4096])
def test_send_message_takes_text_of_the_allowed_length(call: Call, length: int) -> None:
    assert call("sendMessage", chat_id=ANNA, text="я" * length)["ok"] is True


def test_send_message_counts_characters_and_not_utf16_units(call: Call) -> None:
    """Telegram's server counts code points; only the offsets of entities are in UTF-16."""
    assert call("sendMessage", chat_id=ANNA, text="😀" * 4096)["ok"] is True


def test_send_message_counts_the_text_after_the_tags_are_gone(call: Call) -> None:
    text = f"<b>{'&lt;' * 4096}</b>"
    assert call("sendMessage", chat_id=ANNA, text=text, parse_mode="HTML")["ok"] is True


def test_send_message_takes_an_address_of_this_machine_by_number(call: Call) -> None:
    button = keyboard(text="Открыть", url="http://127.0.0.1:8000/r/abc")
    assert call("sendMessage", chat_id=ANNA, text="x", reply_markup=button)["ok"] is True


@pytest.mark.parametrize(
    ("chat_id", "state", "description"),
    [
        (50, {}, "bot can't initiate conversation with a user"),
        (50, {"started": True, "blocked": True}, "bot was blocked by the user"),
        (50, {"started": True, "deactivated": True}, "user is deactivated"),
        (-50, {"blocked": True}, "bot was kicked from the group chat"),
    ],
)
def test_send_message_is_forbidden_where_nobody_wants_it(
    telegram: SandboxServer, call: Call, chat_id: int, state: dict[str, Any], description: str
) -> None:
    telegram.add_chat(chat_id, **state)
    expected = refusal(403, f"Forbidden: {description}")
    assert call("sendMessage", chat_id=chat_id, text="x") == expected


def test_send_message_follows_a_person_who_blocks_and_comes_back(
    telegram: SandboxServer, call: Call
) -> None:
    telegram.block(ANNA)
    assert call("sendMessage", chat_id=ANNA, text="x")["error_code"] == 403
    telegram.unblock(ANNA)
    assert call("sendMessage", chat_id=ANNA, text="x")["ok"] is True


def test_send_message_to_a_migrated_group_names_the_new_one(
    telegram: SandboxServer, call: Call
) -> None:
    telegram.add_chat(TEAM, migrated_to=-1001234567890)
    assert call("sendMessage", chat_id=TEAM, text="x") == refusal(
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        migrate_to_chat_id=-1001234567890,
    )


def test_send_message_answers_with_telegrams_message(call: Call) -> None:
    answer = call(
        "sendMessage",
        chat_id=TEAM,
        text="<i>Новый лид</i>",
        parse_mode="HTML",
        reply_markup=keyboard(text="Открыть", url="https://efir.example/"),
    )
    date = answer["result"].pop("date")
    assert isinstance(date, int)
    assert answer == {
        "ok": True,
        "result": {
            "message_id": 2,
            "from": {"id": 1000, "is_bot": True, "first_name": "Эфир", "username": "efir_demo_bot"},
            "chat": {"id": TEAM, "title": "Команда «Эфир»", "type": "group"},
            "text": "Новый лид",
            "entities": [{"offset": 0, "length": 9, "type": "italic"}],
            "reply_markup": keyboard(text="Открыть", url="https://efir.example/"),
        },
    }


def test_edit_message_reply_markup_refuses_what_cannot_be_edited(
    telegram: SandboxServer, call: Call
) -> None:
    theirs = telegram.send_text(ANNA, "привет").message_id
    ours = call("sendMessage", chat_id=ANNA, text="x")["result"]["message_id"]

    def describe(message_id: int) -> str:
        answer = call("editMessageReplyMarkup", chat_id=ANNA, message_id=message_id)
        return str(answer["description"])

    assert describe(999) == "Bad Request: message to edit not found"
    assert describe(theirs) == "Bad Request: message can't be edited"
    assert describe(ours).startswith("Bad Request: message is not modified")


def test_answer_callback_query_refuses_an_unknown_one(call: Call) -> None:
    assert call("answerCallbackQuery", callback_query_id="5") == refusal(
        400, "Bad Request: query is too old and response timeout expired or query ID is invalid"
    )


@pytest.mark.parametrize(
    ("fields", "description"),
    [
        ({"url": "http://efir.example/"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            {"url": "https://efir.example/", "secret_token": "секрет"},
            "secret token contains unallowed characters",
        ),
    ],
)
def test_set_webhook_refuses_a_bad_address_and_a_bad_secret(
    call: Call, fields: dict[str, str], description: str
) -> None:
    assert call("setWebhook", **fields) == refusal(400, f"Bad Request: {description}")


@pytest.mark.parametrize(
    ("command", "description"),
    [
        ({"command": "Stop!", "description": "x"}, "BOT_COMMAND_INVALID"),
        ({"command": "stop", "description": ""}, "BOT_COMMAND_DESCRIPTION_INVALID"),
    ],
)
def test_set_my_commands_refuses_a_bad_command(
    call: Call, command: dict[str, str], description: str
) -> None:
    assert call("setMyCommands", commands=[command]) == refusal(400, f"Bad Request: {description}")


def test_set_my_commands_refuses_a_bad_language(call: Call) -> None:
    command = {"command": "stop", "description": "x"}
    answer = call("setMyCommands", commands=[command], language_code="english")
    assert answer == refusal(400, "Bad Request: invalid language code specified")

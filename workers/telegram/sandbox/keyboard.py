"""Buttons under a message."""

from __future__ import annotations

from typing import Any

from workers.telegram.sandbox.links import is_link
from workers.telegram.sandbox.parameters import Parameters
from workers.telegram.sandbox.refusal import bad_request

DATA_LIMIT = 64

Button = dict[str, str]
Keyboard = list[list[Button]]


def read_keyboard(parameters: Parameters) -> Keyboard:
    """Rows of `{"text", "url"}` or `{"text", "callback_data"}`; [] where there are no buttons.

    Of the markups only the inline keyboard is kept: others change the person's keyboard, which a
    sandbox has none of.
    """
    markup = parameters.structure("reply_markup", "can't parse reply markup JSON object")
    if markup is None:
        return []
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    rows = markup.get("inline_keyboard", [])
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" must be of type Array of Arrays')
    return [[_button(button) for button in row] for row in rows if row]


def _button(button: Any) -> Button:
    if not isinstance(button, dict):
        raise bad_request(
            "can't parse inline keyboard button: InlineKeyboardButton must be an Object"
        )
    text = str(button.get("text", "")).strip()
    if not text:
        raise bad_request("keyboard button text must be non-empty")
    if "url" in button:
        return {"text": text, "url": _url(str(button["url"]))}
    if "callback_data" in button:
        return {"text": text, "callback_data": _data(str(button["callback_data"]))}
    raise bad_request(
        "can't parse inline keyboard button: text buttons are unallowed in the inline keyboard"
    )


def _url(url: str) -> str:
    if not is_link(url):
        raise bad_request("BUTTON_URL_INVALID")
    return url


def _data(data: str) -> str:
    if not 1 <= len(data.encode()) <= DATA_LIMIT:
        raise bad_request("BUTTON_DATA_INVALID")
    return data

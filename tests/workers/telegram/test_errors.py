"""Each row of the table that says which of the library's errors surely mean «not sent»."""

import json
from datetime import timedelta

import httpx
import pytest
from telegram import error

from workers.telegram.errors import classify, redact


def raised(exc: Exception, cause: Exception | None = None) -> Exception:
    exc.__cause__ = cause
    return exc


SURELY_NOT_SENT = [
    (error.RetryAfter(7), "retry_later", "flood_control"),
    (error.RetryAfter(timedelta(seconds=7)), "retry_later", "flood_control"),
    (error.Forbidden("Forbidden: bot was blocked by the user"), "blocked", "bot_blocked"),
    (error.Forbidden("Forbidden: user is deactivated"), "blocked", "user_deactivated"),
    (
        error.Forbidden("Forbidden: bot can't initiate conversation with a user"),
        "blocked",
        "never_started",
    ),
    (error.Forbidden("Forbidden: bot was kicked from the group chat"), "blocked", "bot_kicked"),
    (error.Forbidden("Forbidden: something new"), "blocked", "forbidden"),
    (error.BadRequest("Bad Request: chat not found"), "refused", "chat_not_found"),
    (error.BadRequest("Bad Request: message text is empty"), "refused", "text_empty"),
    (error.BadRequest("Bad Request: message is too long"), "refused", "text_too_long"),
    (error.BadRequest("Bad Request: can't parse entities: x"), "refused", "markup_invalid"),
    (error.BadRequest("Bad Request: BUTTON_URL_INVALID"), "refused", "button_url_invalid"),
    (error.BadRequest("Bad Request: something new"), "refused", "bad_request"),
    (error.ChatMigrated(-1007), "migrated", "chat_migrated"),
    (error.InvalidToken("Unauthorized"), "bot_revoked", "unauthorized"),
    (
        raised(error.NetworkError("x"), httpx.ConnectError("refused")),
        "retry_later",
        "connect_error",
    ),
    (
        raised(error.TimedOut(), httpx.ConnectTimeout("slow")),
        "retry_later",
        "connect_timeout",
    ),
    (raised(error.TimedOut("Pool timeout"), httpx.PoolTimeout("")), "retry_later", "pool_timeout"),
]

MAYBE_SENT = [
    (raised(error.TimedOut(), httpx.ReadTimeout("")), "read_timeout"),
    (raised(error.TimedOut(), httpx.WriteTimeout("")), "write_timeout"),
    (error.TimedOut(), "server_error"),
    (raised(error.NetworkError("x"), httpx.RemoteProtocolError("")), "disconnected"),
    (raised(error.NetworkError("x"), httpx.ReadError("")), "disconnected"),
    (raised(error.NetworkError("x"), httpx.WriteError("")), "disconnected"),
    (error.NetworkError("Internal Server Error (500)"), "server_error"),
    (raised(error.NetworkError("502"), error.TelegramError("html")), "server_error"),
    (
        raised(error.TelegramError("Invalid server response"), json.JSONDecodeError("", "", 0)),
        "garbled_answer",
    ),
    (error.TelegramError("something else"), "unexpected"),
    (error.Conflict("terminated by other getUpdates request"), "conflict"),
    (TimeoutError(), "ceiling"),
    (ValueError("year 59999 is out of range"), "unexpected"),
    (KeyError("result"), "unexpected"),
]


@pytest.mark.parametrize(("exc", "kind", "cause"), SURELY_NOT_SENT, ids=repr)
def test_classify_knows_what_was_surely_not_sent(exc: Exception, kind: str, cause: str) -> None:
    outcome = classify(exc)
    assert (outcome.kind, outcome.cause) == (kind, cause)


@pytest.mark.parametrize(("exc", "cause"), MAYBE_SENT, ids=repr)
def test_classify_calls_everything_else_unknown(exc: Exception, cause: str) -> None:
    outcome = classify(exc)
    assert (outcome.kind, outcome.cause) == ("unknown", cause)


@pytest.mark.parametrize(
    "exc", [error.Forbidden("Forbidden (403)"), error.BadRequest("Bad Request (400)")], ids=repr
)
def test_classify_does_not_take_a_block_page_for_telegrams_refusal(exc: Exception) -> None:
    page = error.TelegramError("Invalid server response")
    outcome = classify(raised(exc, page))
    assert (outcome.kind, outcome.cause) == ("unknown", "foreign_answer")


def test_classify_carries_what_the_sender_must_do_next() -> None:
    assert classify(error.RetryAfter(30)).retry_after == 30.0
    assert classify(error.ChatMigrated(-1007)).new_chat_id == -1007
    assert classify(error.BadRequest("Bad Request: chat not found")).retry_after is None


def test_classify_tells_no_token() -> None:
    outcome = classify(error.NetworkError("POST https://host/bot7001:AAE-secret_x/sendMessage"))
    assert outcome.detail == "NetworkError: POST https://host/bot***/sendMessage"


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("the token `7001:AAE-secret_x` was rejected", "the token `***` was rejected"),
        ("http://127.0.0.1:8081/bot1000:demo/getMe", "http://127.0.0.1:8081/bot***/getMe"),
        ("http://127.0.0.1:8081/", "http://127.0.0.1:8081/"),
    ],
)
def test_redact_hides_tokens_and_leaves_the_rest(text: str, redacted: str) -> None:
    assert redact(text) == redacted

"""The transport against a Bot API that behaves, and against one that does not."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest

from tests.workers.telegram.conftest import ANNA, QUICK
from workers.telegram.errors import CallFailed
from workers.telegram.outcome import Outcome
from workers.telegram.sandbox import SandboxServer
from workers.telegram.transport import ALLOWED_UPDATES, Request, TelegramTransport


def test_send_delivers_text_entities_and_buttons(
    telegram: SandboxServer, transport: TelegramTransport
) -> None:
    rows = [[{"text": "Войти", "url": "https://efir.example/r/1"}], [{"text": "Да", "data": "yes"}]]
    outcome = transport.send(ANNA, "<b>Анна</b> &amp; вебинар", buttons=rows)
    (message,) = telegram.messages
    assert outcome == Outcome.sent(message.message_id)
    assert (message.chat_id, message.text) == (ANNA, "Анна & вебинар")
    assert message.entities == ({"offset": 0, "length": 4, "type": "bold"},)
    assert message.buttons == [
        [{"text": "Войти", "url": "https://efir.example/r/1"}],
        [{"text": "Да", "callback_data": "yes"}],
    ]


def test_send_without_parse_mode_shows_the_text_as_it_is(
    telegram: SandboxServer, transport: TelegramTransport
) -> None:
    assert transport.send(ANNA, "<b>1 < 2", parse_mode=None).kind == "sent"
    assert telegram.messages[0].text == "<b>1 < 2"


@pytest.mark.parametrize(
    ("mode", "options", "kind", "cause", "kept"),
    [
        ("429", {"retry_after": 30}, "retry_later", "flood_control", 0),
        ("403", {}, "blocked", "bot_blocked", 0),
        ("400", {}, "refused", "chat_not_found", 0),
        ("migrate", {"new_chat_id": -1007}, "migrated", "chat_migrated", 0),
        ("401", {}, "bot_revoked", "unauthorized", 0),
        ("404", {}, "bot_revoked", "unauthorized", 0),
        ("500", {}, "unknown", "server_error", 0),
        ("502", {}, "unknown", "server_error", 0),
        ("accept_500", {}, "unknown", "server_error", 1),
        ("close", {}, "unknown", "disconnected", 0),
        ("accept_close", {}, "unknown", "disconnected", 1),
        ("hang", {}, "unknown", "read_timeout", 0),
        ("accept_hang", {}, "unknown", "read_timeout", 1),
        ("accept_garbage", {}, "unknown", "garbled_answer", 1),
        ("slow", {"ms": 700}, "unknown", "read_timeout", 1),
    ],
)
def test_send_names_what_became_of_the_message(
    telegram: SandboxServer,
    transport: TelegramTransport,
    mode: str,
    options: dict[str, int],
    kind: str,
    cause: str,
    kept: int,
) -> None:
    telegram.fail(mode, 1, **options)  # type: ignore[arg-type]
    outcome = transport.send(ANNA, "привет")
    assert (outcome.kind, outcome.cause, len(telegram.messages)) == (kind, cause, kept)
    assert outcome.retry_after == options.get("retry_after")
    assert outcome.new_chat_id == options.get("new_chat_id")
    assert transport.send(ANNA, "и снова").kind == "sent"


def test_send_after_a_refused_connection_is_surely_not_sent(
    telegram: SandboxServer, transport: TelegramTransport
) -> None:
    assert transport.send(ANNA, "раз").kind == "sent"
    telegram.go_offline()
    # The kept connection was cut while idle; the client sees that and connects anew.
    outcome = transport.send(ANNA, "два")
    assert (outcome.kind, outcome.cause) == ("retry_later", "connect_error")
    telegram.go_online()
    assert transport.send(ANNA, "три").kind == "sent"
    assert telegram.texts == {"раз": 1, "три": 1}


def test_send_that_cannot_connect_in_time_is_surely_not_sent() -> None:
    with full_backlog() as port:
        transport = TelegramTransport("1:x", f"http://127.0.0.1:{port}", timeouts=QUICK)
        with closing(transport):
            outcome = transport.send(ANNA, "привет")
    assert (outcome.kind, outcome.cause) == ("retry_later", "connect_timeout")


def test_send_that_waits_for_a_connection_too_long_is_surely_not_sent(
    telegram: SandboxServer,
) -> None:
    transport = TelegramTransport(telegram.token, telegram.url, concurrency=1, timeouts=QUICK)

    async def both() -> list[Outcome]:
        first = asyncio.create_task(transport.send_async(Request(ANNA, "первое")))
        await asyncio.sleep(0.1)
        return [await transport.send_async(Request(ANNA, "второе")), await first]

    telegram.fail("slow", 1, ms=450)
    with closing(transport):
        waiting, sent = transport._run(both())
    assert (waiting.kind, waiting.cause, sent.kind) == ("retry_later", "pool_timeout", "sent")
    assert telegram.texts == {"первое": 1}


def test_send_ends_at_the_ceiling_whatever_the_single_steps_allow(telegram: SandboxServer) -> None:
    patient = replace(QUICK, read=30.0, ceiling=0.3)
    with closing(TelegramTransport(telegram.token, telegram.url, timeouts=patient)) as transport:
        telegram.fail("hang", 1)
        started = time.monotonic()
        outcome = transport.send(ANNA, "привет")
    assert (outcome.kind, outcome.cause) == ("unknown", "ceiling")
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("text", "buttons"),
    [("\ud83d", ()), ("текст", [[{"text": "без адреса"}]]), ("текст", [[{"url": "https://a.b"}]])],
)
def test_send_refuses_what_cannot_be_written_down(
    telegram: SandboxServer,
    transport: TelegramTransport,
    text: str,
    buttons: list[list[dict[str, str]]],
) -> None:
    outcome = transport.send(ANNA, text, buttons=buttons)
    assert (outcome.kind, outcome.cause) == ("refused", "malformed_request")
    assert telegram.calls == {}


def test_send_uses_one_connection_for_many_messages(
    telegram: SandboxServer, transport: TelegramTransport
) -> None:
    kinds = [transport.send(ANNA, f"сообщение {n}").kind for n in range(20)]
    assert kinds == ["sent"] * 20
    assert telegram.connections == 1


def test_transport_writes_no_token_and_no_text_to_the_log(
    telegram: SandboxServer, transport: TelegramTransport, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    transport.send(ANNA, "частное слово")
    telegram.fail("accept_garbage", 1)
    transport.send(ANNA, "частное слово")
    telegram.fail("502", 1)
    transport.send(ANNA, "частное слово")
    assert telegram.token not in caplog.text
    assert "частное" not in caplog.text


def test_transport_tells_no_token_when_a_call_fails(
    telegram: SandboxServer, transport: TelegramTransport
) -> None:
    telegram.revoke(telegram.token)
    with pytest.raises(CallFailed) as failed:
        transport.get_me()
    assert failed.value.outcome.kind == "bot_revoked"
    assert telegram.token not in str(failed.value)
    assert failed.value.__cause__ is None


def test_transport_survives_a_fork(telegram: SandboxServer, transport: TelegramTransport) -> None:
    assert transport.send(ANNA, "до").kind == "sent"
    child = os.fork()
    if child == 0:
        os._exit(0 if transport.send(ANNA, "в потомке").kind == "sent" else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert [transport.send(ANNA, f"после {n}").kind for n in (1, 2)] == ["sent", "sent"]
    assert telegram.texts == {"до": 1, "в потомке": 1, "после 1": 1, "после 2": 1}


def test_transport_drops_a_send_that_a_signal_interrupts(
    telegram: SandboxServer, transport: TelegramTransport
) -> None:
    class TimeLimit(BaseException):
        pass

    def interrupt(*_: object) -> None:
        raise TimeLimit

    transport.get_me()
    telegram.fail("hang", 1)
    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        with pytest.raises(TimeLimit):
            transport.send(ANNA, "прервано")
    finally:
        signal.signal(signal.SIGALRM, before)
    assert transport.send(ANNA, "дальше").kind == "sent"
    assert telegram.texts == {"дальше": 1}


def test_transport_without_a_token_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="token"):
        TelegramTransport("")


def test_transport_serves_threads_one_after_another(
    telegram: SandboxServer, transport: TelegramTransport
) -> None:
    threads = [
        threading.Thread(target=transport.send, args=(ANNA, f"из потока {n}")) for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert telegram.texts == {f"из потока {n}": 1 for n in range(4)}


def test_transport_can_be_used_again_after_close(
    telegram: SandboxServer, transport: TelegramTransport
) -> None:
    transport.close()
    assert transport.send(ANNA, "привет").kind == "sent"
    transport.close()
    transport.close()


def test_transport_asks_no_proxy_the_way_to_its_own_machine(
    telegram: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    with closing(TelegramTransport(telegram.token, telegram.url, timeouts=QUICK)) as transport:
        assert transport.send(ANNA, "привет").kind == "sent"


def test_get_me_is_the_bot(transport: TelegramTransport) -> None:
    me = transport.get_me()
    assert (me["id"], me["is_bot"], me["username"]) == (1000, True, "efir_demo_bot")


def test_get_updates_hands_over_what_telegram_wrote(
    telegram: SandboxServer, transport: TelegramTransport
) -> None:
    telegram.press_start(7, "abc", "Борис")
    (update,) = transport.get_updates()
    assert update["message"]["text"] == "/start abc"
    assert update["message"]["from"]["first_name"] == "Борис"
    assert transport.get_updates(offset=update["update_id"] + 1) == []


def test_get_updates_waits_longer_than_a_read_may_take(
    telegram: SandboxServer, transport: TelegramTransport
) -> None:
    writer = threading.Timer(0.8, telegram.send_text, args=(ANNA, "вопрос"))
    writer.start()
    (update,) = transport.get_updates(timeout=5)
    writer.join()
    assert update["message"]["text"] == "вопрос"


def test_get_updates_under_a_webhook_is_a_conflict(transport: TelegramTransport) -> None:
    transport.set_webhook("https://efir.example/telegram/webhook/", "secret")
    with pytest.raises(CallFailed) as failed:
        transport.get_updates()
    assert failed.value.outcome.cause == "conflict"


def test_webhook_is_set_told_and_deleted(transport: TelegramTransport) -> None:
    assert transport.webhook_info()["url"] == ""
    transport.set_webhook("https://efir.example/telegram/webhook/", "secret")
    info = transport.webhook_info()
    assert info["url"] == "https://efir.example/telegram/webhook/"
    assert info["allowed_updates"] == list(ALLOWED_UPDATES)
    transport.delete_webhook()
    assert transport.webhook_info()["url"] == ""


def test_buttons_are_answered_and_taken_off(
    telegram: SandboxServer, transport: TelegramTransport
) -> None:
    rows = [[{"text": "Да", "data": "yes"}], [{"text": "Нет", "data": "no"}]]
    sent = transport.send(ANNA, "Напомнить?", buttons=rows)
    assert sent.message_id is not None
    query_id = telegram.press_button(ANNA, sent.message_id)
    (update,) = transport.get_updates()
    assert update["callback_query"]["data"] == "yes"
    transport.answer_callback(query_id)
    left = update["callback_query"]["message"]["reply_markup"]["inline_keyboard"][1:]
    transport.leave_buttons(ANNA, sent.message_id, left)
    assert telegram.messages[0].buttons == [[{"text": "Нет", "callback_data": "no"}]]
    transport.leave_buttons(ANNA, sent.message_id, [])
    assert telegram.messages[0].buttons == []
    with pytest.raises(CallFailed):
        transport.answer_callback(query_id)


def test_set_commands_makes_the_menu(telegram: SandboxServer, transport: TelegramTransport) -> None:
    transport.set_commands({"stop": "Больше не писать"})
    transport.set_commands({"stop": "No more"}, "en")
    assert telegram.menu() == {"stop": "Больше не писать"}
    assert telegram.menu("en") == {"stop": "No more"}


@contextmanager
def full_backlog() -> Iterator[int]:
    """A port where nobody accepts and no further connection is queued."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(address)
        yield address[1]
        for each in waiting:
            each.close()

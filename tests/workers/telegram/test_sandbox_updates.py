"""Updates: what people did, by long poll and by webhook."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tests.workers.telegram.conftest import ANNA, TEAM, Call
from workers.telegram.sandbox import Impossible, SandboxServer


def fetch(call: Call, **fields: Any) -> list[dict[str, Any]]:
    answer = call("getUpdates", **fields)
    assert answer["ok"], answer
    updates: list[dict[str, Any]] = answer["result"]
    return updates


def test_press_start_tells_the_bot_of_the_payload(telegram: SandboxServer, call: Call) -> None:
    telegram.press_start(7, "AbC_-1", "Борис")
    (update,) = fetch(call)
    message = update["message"]
    assert message["text"] == "/start AbC_-1"
    assert message["entities"] == [{"offset": 0, "length": 6, "type": "bot_command"}]
    assert message["chat"] == {"id": 7, "first_name": "Борис", "type": "private"}
    assert message["from"] == {
        "id": 7,
        "is_bot": False,
        "first_name": "Борис",
        "language_code": "ru",
    }
    assert call("sendMessage", chat_id=7, text="здравствуйте")["ok"] is True


@pytest.mark.parametrize("payload", ["x" * 65, "два слова", "ключ", "a.b"])
def test_press_start_takes_only_a_payload_that_a_link_can_carry(
    telegram: SandboxServer, payload: str
) -> None:
    with pytest.raises(Impossible):
        telegram.press_start(7, payload)
    assert 7 not in telegram.chats


def test_press_start_by_someone_who_had_blocked_unblocks_first(
    telegram: SandboxServer, call: Call
) -> None:
    telegram.block(ANNA)
    telegram.press_start(ANNA, "again")
    kinds = [next(key for key in update if key != "update_id") for update in fetch(call)]
    assert kinds == ["my_chat_member", "my_chat_member", "message"]


def test_block_and_unblock_tell_the_change_of_membership(
    telegram: SandboxServer, call: Call
) -> None:
    telegram.block(ANNA)
    telegram.block(ANNA)
    telegram.unblock(ANNA)
    changes = [
        (each["my_chat_member"]["old_chat_member"], each["my_chat_member"]["new_chat_member"])
        for each in fetch(call)
    ]
    bot = {"id": 1000, "is_bot": True, "first_name": "Эфир", "username": "efir_demo_bot"}
    kicked = {"user": bot, "status": "kicked", "until_date": 0}
    member = {"user": bot, "status": "member"}
    assert changes == [(member, kicked), (kicked, member)]


def test_send_text_needs_an_open_chat(telegram: SandboxServer) -> None:
    telegram.block(ANNA)
    with pytest.raises(Impossible):
        telegram.send_text(ANNA, "вопрос")
    with pytest.raises(Impossible):
        telegram.send_text(404, "вопрос")


def test_send_text_in_a_group_names_chat_and_person(telegram: SandboxServer, call: Call) -> None:
    telegram.send_text(ANNA, "отвечу", TEAM)
    message = fetch(call)[0]["message"]
    assert (message["chat"]["id"], message["from"]["id"]) == (TEAM, ANNA)


def test_press_button_sends_its_data(telegram: SandboxServer, call: Call) -> None:
    rows = [[{"text": "Да", "callback_data": "yes"}, {"text": "Нет", "callback_data": "no"}]]
    sent = call("sendMessage", chat_id=ANNA, text="?", reply_markup={"inline_keyboard": rows})
    message_id = sent["result"]["message_id"]
    query_id = telegram.press_button(ANNA, message_id, "no")
    query = fetch(call)[0]["callback_query"]
    assert (query["id"], query["data"], query["from"]["id"]) == (query_id, "no", ANNA)
    assert query["message"]["message_id"] == message_id
    with pytest.raises(Impossible):
        telegram.press_button(ANNA, message_id, "maybe")


def test_get_updates_repeats_what_was_not_confirmed(telegram: SandboxServer, call: Call) -> None:
    for text in ("раз", "два", "три"):
        telegram.send_text(ANNA, text)
    first = [update["update_id"] for update in fetch(call, limit=2)]
    assert first == [update["update_id"] for update in fetch(call, limit=2)]
    rest = fetch(call, offset=first[-1] + 1)
    assert [update["message"]["text"] for update in rest] == ["три"]
    assert fetch(call, offset=rest[-1]["update_id"] + 1) == []
    assert fetch(call) == []


def test_get_updates_with_a_negative_offset_keeps_the_last(
    telegram: SandboxServer, call: Call
) -> None:
    for text in ("раз", "два"):
        telegram.send_text(ANNA, text)
    assert [update["message"]["text"] for update in fetch(call, offset=-1)] == ["два"]


def test_get_updates_brings_only_the_kinds_asked_for(telegram: SandboxServer, call: Call) -> None:
    fetch(call, allowed_updates=["message"])
    telegram.block(ANNA)
    telegram.press_start(ANNA)
    assert [update["message"]["text"] for update in fetch(call)] == ["/start"]


def test_get_updates_waits_for_the_first(telegram: SandboxServer, call: Call) -> None:
    writer = threading.Timer(0.2, telegram.send_text, args=(ANNA, "привет"))
    writer.start()
    started = time.monotonic()
    updates = fetch(call, timeout=4)
    writer.join()
    assert [update["message"]["text"] for update in updates] == ["привет"]
    assert 0.1 < time.monotonic() - started < 2


def test_get_updates_ends_empty_when_nobody_writes(call: Call) -> None:
    assert fetch(call, timeout=1) == []


def test_get_updates_by_a_second_poller_ends_the_first(telegram: SandboxServer, call: Call) -> None:
    first: list[dict[str, Any]] = []
    poller = threading.Thread(target=lambda: first.append(call("getUpdates", timeout=4)))
    poller.start()
    while telegram.calls["getUpdates"] < 1:
        time.sleep(0.01)
    assert fetch(call) == []
    poller.join()
    assert first == [
        {
            "ok": False,
            "error_code": 409,
            "description": "Conflict: terminated by other getUpdates request;"
            " make sure that only one bot instance is running",
        }
    ]


def test_get_updates_under_a_webhook_is_a_conflict(call: Call) -> None:
    call("setWebhook", url="https://efir.example/telegram/webhook/")
    assert call("getUpdates") == {
        "ok": False,
        "error_code": 409,
        "description": "Conflict: can't use getUpdates method while webhook is active;"
        " use deleteWebhook to delete the webhook first",
    }
    call("deleteWebhook")
    assert call("getUpdates")["ok"] is True


def test_update_ids_rise_and_do_not_begin_anew_with_the_sandbox() -> None:
    ids = []
    for _ in range(2):
        with SandboxServer() as telegram:
            telegram.press_start(ANNA)
            ids.append(telegram._do(lambda sandbox: sandbox.updates.pending[0]["update_id"]))
    assert ids[0] >= int(time.time()) - 60
    assert ids[1] >= ids[0]


class Inbox:
    """The bot's side of a webhook: answers with the next of `statuses`, at the end with 200."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.received: list[tuple[str | None, dict[str, Any]]] = []
        inbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                secret = self.headers["X-Telegram-Bot-Api-Secret-Token"]
                inbox.received.append((secret, body))
                self.send_response(inbox.statuses.pop(0) if inbox.statuses else 200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/telegram/webhook/"

    def texts(self) -> list[str]:
        return [body["message"]["text"] for _, body in self.received]

    def wait_for(self, count: int) -> None:
        deadline = time.monotonic() + 5
        while len(self.received) < count:
            assert time.monotonic() < deadline, f"{len(self.received)} of {count} came"
            time.sleep(0.01)


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    box = Inbox()
    thread = threading.Thread(target=box.server.serve_forever, args=(0.02,))
    thread.start()
    yield box
    box.server.shutdown()
    thread.join()
    box.server.server_close()


def pending(call: Call) -> int:
    return int(call("getWebhookInfo")["result"]["pending_update_count"])


def test_webhook_brings_updates_with_the_secret(
    telegram: SandboxServer, call: Call, inbox: Inbox
) -> None:
    telegram.send_text(ANNA, "до")
    call("setWebhook", url=inbox.url, secret_token="s3cret_-")
    telegram.send_text(ANNA, "после")
    inbox.wait_for(2)
    assert inbox.texts() == ["до", "после"]
    assert {secret for secret, _ in inbox.received} == {"s3cret_-"}


def test_webhook_repeats_the_same_update_until_it_is_taken(
    telegram: SandboxServer, call: Call, inbox: Inbox
) -> None:
    inbox.statuses = [503, 403, 302]
    call("setWebhook", url=inbox.url)
    telegram.send_text(ANNA, "упорно")
    inbox.wait_for(4)
    assert len({body["update_id"] for _, body in inbox.received}) == 1
    while pending(call):
        time.sleep(0.01)
    info = call("getWebhookInfo")["result"]
    assert info["last_error_message"] == "Wrong response from the webhook: 302"
    assert len(inbox.received) == 4


def test_webhook_lets_other_chats_pass_one_that_is_refused(
    telegram: SandboxServer, call: Call, inbox: Inbox
) -> None:
    inbox.statuses = [500, 500]
    call("setWebhook", url=inbox.url)
    telegram.send_text(ANNA, "раз")
    inbox.wait_for(2)
    telegram.send_text(ANNA, "два")
    telegram.press_start(7, name="Борис")
    inbox.wait_for(5)
    assert inbox.texts() == ["раз", "раз", "/start", "раз", "два"]


def test_webhook_that_cannot_be_reached_keeps_updates(
    telegram: SandboxServer, call: Call, inbox: Inbox
) -> None:
    call("setWebhook", url="http://127.0.0.1:9/")
    telegram.send_text(ANNA, "ждёт")
    while "last_error_message" not in call("getWebhookInfo")["result"]:
        time.sleep(0.01)
    assert pending(call) == 1
    call("setWebhook", url=inbox.url)
    inbox.wait_for(1)
    assert inbox.texts() == ["ждёт"]


def test_webhook_can_be_set_with_waiting_updates_dropped(
    telegram: SandboxServer, call: Call, inbox: Inbox
) -> None:
    telegram.send_text(ANNA, "старое")
    call("setWebhook", url=inbox.url, drop_pending_updates=True)
    telegram.send_text(ANNA, "новое")
    inbox.wait_for(1)
    assert inbox.texts() == ["новое"]

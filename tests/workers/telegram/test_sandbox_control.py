"""The control plane, faults, and the methods of SandboxServer."""

from __future__ import annotations

import http.client
import json
import time
from typing import Any

import pytest
import time_machine

from tests.workers.telegram.conftest import ANNA, TEAM, Call, exchange, post
from workers.telegram.sandbox import SandboxServer


def ask(server: SandboxServer, path: str, **fields: Any) -> Any:
    if not fields:
        return json.loads(exchange(server.port, "GET", f"/sandbox/{path}")[1])
    body = json.dumps(fields).encode()
    status, answer = post(server.port, f"/sandbox/{path}", body, "application/json")
    assert status == 200, answer
    return json.loads(answer)


def test_control_lists_messages_with_all_that_a_test_compares(
    telegram: SandboxServer, call: Call
) -> None:
    markup = {"inline_keyboard": [[{"text": "Да", "callback_data": "yes"}]]}
    with time_machine.travel(1_800_000_000, tick=False):
        call("sendMessage", chat_id=ANNA, text="<b>Да</b>?", parse_mode="HTML", reply_markup=markup)
    call("sendMessage", chat_id=TEAM, text="Новый лид")
    listed = ask(telegram, f"messages?chat_id={ANNA}")
    assert listed["count"] == 1
    assert listed["messages"][0] | {"message_id": 0} == {
        "chat_id": ANNA,
        "message_id": 0,
        "text": "Да?",
        "received_at": 1_800_000_000,
        "sender": 0,
        "sender_name": "",
        "entities": [{"offset": 0, "length": 2, "type": "bold"}],
        "buttons": markup["inline_keyboard"],
        "reply_markup": markup,
    }
    assert [each["text"] for each in ask(telegram, "messages")["messages"]] == ["Да?", "Новый лид"]


def test_control_counts_texts(telegram: SandboxServer, call: Call) -> None:
    for text in ("раз", "раз", "два"):
        call("sendMessage", chat_id=ANNA, text=text)
    assert ask(telegram, "texts") == {"раз": 2, "два": 1}


def test_control_plays_a_person(telegram: SandboxServer, call: Call) -> None:
    ask(telegram, "start", user_id=7, payload="abc", name="Борис")
    ask(telegram, "text", user_id=7, text="/stop")
    ask(telegram, "block", chat_id=7)
    ask(telegram, "unblock", chat_id=7)
    rows = {"inline_keyboard": [[{"text": "Да", "callback_data": "yes"}]]}
    sent = call("sendMessage", chat_id=7, text="?", reply_markup=rows)["result"]["message_id"]
    ask(telegram, "button", chat_id=7, message_id=sent)
    kinds = [
        next(key for key in each if key != "update_id") for each in call("getUpdates")["result"]
    ]
    assert kinds == ["message", "message", "my_chat_member", "my_chat_member", "callback_query"]


def test_control_adds_chats(telegram: SandboxServer, call: Call) -> None:
    ask(telegram, "chats", id=-55, name="Второй канал")
    ask(telegram, "chats", id=55, name="Вера", started=True, blocked=True)
    assert call("sendMessage", chat_id=-55, text="x")["ok"] is True
    assert call("sendMessage", chat_id=55, text="x")["error_code"] == 403
    assert [chat["id"] for chat in ask(telegram, "chats")] == [TEAM, ANNA, -55, 55]


def test_control_sets_faults_latency_and_limits(telegram: SandboxServer, call: Call) -> None:
    ask(telegram, "fail", mode="429", times=1, retry_after=9)
    assert call("sendMessage", chat_id=ANNA, text="x")["parameters"] == {"retry_after": 9}
    ask(telegram, "fail", mode="400")
    ask(telegram, "clear", now=True)
    ask(telegram, "limits", chat_burst=1)
    assert call("sendMessage", chat_id=ANNA, text="x")["ok"] is True
    assert call("sendMessage", chat_id=ANNA, text="x")["error_code"] == 429
    ask(telegram, "limits", enabled=False)
    ask(telegram, "latency", ms=120)
    started = time.monotonic()
    assert call("sendMessage", chat_id=ANNA, text="x")["ok"] is True
    assert time.monotonic() - started >= 0.12


def test_control_resets_all_but_chats(telegram: SandboxServer, call: Call) -> None:
    call("sendMessage", chat_id=ANNA, text="x")
    telegram.send_text(ANNA, "y")
    telegram.fail("500")
    telegram.set_latency(1000)
    ask(telegram, "reset", now=True)
    state = ask(telegram, "")
    assert (state["messages"], state["faults"], state["pending_updates"]) == (0, [], 0)
    assert (state["latency_ms"], state["calls"], state["chats"]) == (0, {}, 2)
    assert call("sendMessage", chat_id=ANNA, text="x")["ok"] is True


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("fail", {"mode": "meteor"}),
        ("start", {"user_id": -5}),
        ("start", {"user_id": 5, "payload": "два слова"}),
        ("text", {"user_id": 404, "text": "x"}),
        ("button", {"chat_id": ANNA, "message_id": 999}),
        ("chats", {"name": "без номера"}),
    ],
)
def test_control_refuses_what_makes_no_sense(
    telegram: SandboxServer, path: str, fields: dict[str, Any]
) -> None:
    body = json.dumps(fields).encode()
    status, answer = post(telegram.port, f"/sandbox/{path}", body, "application/json")
    assert status == 422
    assert json.loads(answer)["error"]


def test_control_names_what_it_can_do(telegram: SandboxServer) -> None:
    status, answer = exchange(telegram.port, "GET", "/sandbox/nonsense")
    assert status == 404
    assert "POST /sandbox/fail" in json.loads(answer)["actions"]


@pytest.mark.parametrize("path", ["/sandbox/reset", "/phone/block"])
def test_control_and_phone_take_no_form_from_another_site(
    telegram: SandboxServer, path: str
) -> None:
    kind = "application/x-www-form-urlencoded"
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert post(telegram.port, path, f"chat_id={ANNA}".encode(), kind, **headers)[0] == 403
    assert telegram.chats[ANNA].blocked is False


def test_fail_strikes_as_often_as_asked(telegram: SandboxServer, call: Call) -> None:
    telegram.fail("403", 2)
    codes = [call("sendMessage", chat_id=ANNA, text="x").get("error_code") for _ in range(3)]
    assert codes == [403, 403, None]


def test_fail_strikes_until_cleared(telegram: SandboxServer, call: Call) -> None:
    telegram.fail("500")
    codes = [call("sendMessage", chat_id=ANNA, text="x").get("error_code") for _ in range(3)]
    telegram.clear()
    assert codes == [500, 500, 500]
    assert call("sendMessage", chat_id=ANNA, text="x")["ok"] is True


def test_fail_can_strike_one_chat(telegram: SandboxServer, call: Call) -> None:
    telegram.fail("400", chat_id=TEAM)
    assert call("sendMessage", chat_id=ANNA, text="x")["ok"] is True
    assert call("sendMessage", chat_id=TEAM, text="x")["error_code"] == 400


def test_fail_leaves_other_methods_alone_unless_told(telegram: SandboxServer, call: Call) -> None:
    telegram.fail("401")
    assert call("getUpdates")["ok"] is True
    telegram.fail("401", method="")
    assert call("getUpdates")["error_code"] == 401


def test_wait_for_returns_as_soon_as_messages_are_there(
    telegram: SandboxServer, call: Call
) -> None:
    call("sendMessage", chat_id=ANNA, text="x")
    assert [each.text for each in telegram.wait_for(1)] == ["x"]
    with pytest.raises(TimeoutError):
        telegram.wait_for(2, timeout=0.05)


def test_sandbox_keeps_up_with_a_benchmark(telegram: SandboxServer) -> None:
    body = f"chat_id={ANNA}&text=x".encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection = http.client.HTTPConnection("127.0.0.1", telegram.port)
    best = 0.0
    for _ in range(5):
        started = time.perf_counter()
        for _ in range(200):
            connection.request("POST", f"/bot{telegram.token}/sendMessage", body, headers)
            connection.getresponse().read()
        best = max(best, 200 / (time.perf_counter() - started))
    connection.close()
    assert telegram.texts == {"x": 1000}
    # The client's share of the time is in this figure, and the machine may be busy.
    assert best > 500

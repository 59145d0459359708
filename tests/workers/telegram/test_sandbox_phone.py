"""The demo phone: pages on which a person plays the other side."""

from __future__ import annotations

import http.client
from urllib.parse import urlencode

import pytest

from tests.fixtures.servers import wait_until
from tests.workers.telegram.conftest import ANNA, TEAM, Call, exchange
from workers.telegram.sandbox import SandboxServer, faults
from workers.telegram.sandbox.phone import weather


def page(server: SandboxServer, path: str) -> str:
    status, body = exchange(server.port, "GET", path)
    assert status == 200
    return body.decode()


def submit(server: SandboxServer, action: str, **fields: object) -> tuple[int, str]:
    """Status, and where a form leads to or what it answers."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", f"/phone/{action}", urlencode(fields), headers)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, answer.headers.get("Location", body)


def test_desk_shows_chats_bubbles_and_buttons(telegram: SandboxServer, call: Call) -> None:
    rows = [[{"text": "Войти", "url": "https://efir.example/r/1?a=1&b=2"}]]
    call(
        "sendMessage",
        chat_id=ANNA,
        text="<b>Анна</b> &lt;script&gt;",
        parse_mode="HTML",
        reply_markup={"inline_keyboard": rows},
    )
    html = page(telegram, f"/?chat={ANNA}")
    assert "<b>Анна</b> &lt;script&gt;" in html
    assert 'href="https://efir.example/r/1?a=1&amp;b=2"' in html
    assert "Команда «Эфир»" in html
    assert '<html lang="ru">' in html


def test_desk_opens_the_team_first_and_says_when_there_is_nothing(telegram: SandboxServer) -> None:
    assert "Пока пусто. Сообщения бота появятся здесь сами." in page(telegram, "/")


def test_pages_allow_no_inline_code(telegram: SandboxServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", telegram.port)
    for path in ("/", "/start?start=abc", "/faults"):
        connection.request("GET", path)
        answer = connection.getresponse()
        html = answer.read().decode()
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in policy
        assert "<style" not in html
        assert "style=" not in html
        assert "onclick" not in html
    connection.close()


@pytest.mark.parametrize("path", ["/phone.css", "/phone.js", "/phone.svg"])
def test_files_of_the_page_are_served(telegram: SandboxServer, path: str) -> None:
    assert page(telegram, path)


def test_pages_speak_english_when_asked_and_remember_it(telegram: SandboxServer) -> None:
    assert "Demo Telegram" in page(telegram, "/?lang=en")
    status, body = exchange(telegram.port, "GET", "/", headers={"Cookie": "lang=en"})
    assert (status, "Demo Telegram" in body.decode()) == (200, True)
    assert "Демо-Telegram" in page(telegram, "/")


def test_start_page_offers_the_payload_and_changes_nothing(
    telegram: SandboxServer, call: Call
) -> None:
    html = page(telegram, "/start?bot=efir_demo_bot&start=AbC_-1")
    assert 'name="payload" value="AbC_-1"' in html
    assert 'role="alert"' not in html
    assert call("getUpdates")["result"] == []


def test_start_page_escapes_what_the_address_brings(telegram: SandboxServer) -> None:
    html = page(telegram, "/start?" + urlencode({"bot": "<i>", "start": '"><script>'}))
    assert "<script>" not in html
    assert "<i>" not in html


def test_start_page_says_when_the_link_means_another_bot(telegram: SandboxServer) -> None:
    assert "В этой песочнице живёт другой бот" in page(telegram, "/start?bot=other_bot&start=x")


def test_start_button_makes_a_new_person_press_start(telegram: SandboxServer, call: Call) -> None:
    where = submit(telegram, "start", payload="AbC_-1", user_id="", name="Кира")
    assert where == (303, "/?chat=7001")
    message = call("getUpdates")["result"][0]["message"]
    assert (message["text"], message["from"]["first_name"]) == ("/start AbC_-1", "Кира")
    assert submit(telegram, "start", payload="x", user_id="", name="") == (303, "/?chat=7002")


def test_start_button_can_be_pressed_by_somebody_known(telegram: SandboxServer) -> None:
    assert submit(telegram, "start", payload="x", user_id=ANNA) == (303, f"/?chat={ANNA}")
    assert telegram.chats[ANNA].name == "Анна"


def test_start_button_refuses_a_payload_that_no_link_carries(telegram: SandboxServer) -> None:
    status, html = submit(telegram, "start", payload="два слова", user_id="")
    assert status == 422
    assert "Так в Telegram не получится" in html


def test_composer_writes_to_the_bot(telegram: SandboxServer, call: Call) -> None:
    submit(telegram, "text", chat_id=ANNA, text="Когда начало?")
    submit(telegram, "text", chat_id=TEAM, text="Беру в работу")
    heard = [update["message"] for update in call("getUpdates")["result"]]
    assert [(each["chat"]["id"], each["text"]) for each in heard] == [
        (ANNA, "Когда начало?"),
        (TEAM, "Беру в работу"),
    ]


def test_block_and_unblock_change_the_chat_and_the_page(telegram: SandboxServer) -> None:
    submit(telegram, "block", chat_id=ANNA)
    assert telegram.chats[ANNA].blocked is True
    html = page(telegram, f"/?chat={ANNA}")
    assert "Бот заблокирован: его сообщения сюда не приходят." in html
    assert 'name="text"' not in html
    submit(telegram, "unblock", chat_id=ANNA)
    assert telegram.chats[ANNA].blocked is False


def test_buttons_of_a_bubble_can_be_pressed(telegram: SandboxServer, call: Call) -> None:
    rows = {"inline_keyboard": [[{"text": "Да", "callback_data": "yes"}]]}
    sent = call("sendMessage", chat_id=ANNA, text="?", reply_markup=rows)["result"]["message_id"]
    submit(telegram, "button", chat_id=ANNA, message_id=sent, data="yes")
    assert call("getUpdates")["result"][0]["callback_query"]["data"] == "yes"


@pytest.mark.parametrize("action", ["text", "block", "button", "nonsense"])
def test_forms_for_an_unknown_chat_are_refused(telegram: SandboxServer, action: str) -> None:
    assert submit(telegram, action, chat_id=404, text="x")[0] in (404, 422)


@pytest.mark.parametrize("mode", [mode for mode in weather.MODES if mode != weather.REFUSE])
def test_every_fault_is_begun_and_ended_on_a_page(telegram: SandboxServer, mode: str) -> None:
    assert "Сейчас всё работает." in page(telegram, "/faults")
    fields = {"mode": mode, "chat_id": ANNA, "times": 3, "seconds": 7}
    assert submit(telegram, "fault", **fields) == (303, "/faults")
    html = page(telegram, "/faults")
    assert f"{weather.MODES[mode]} — Анна, осталось раз: 3" in html
    assert submit(telegram, "clear") == (303, "/faults")
    assert "Сейчас всё работает." in page(telegram, "/faults")


def test_every_fault_has_words() -> None:
    assert set(faults.MODES) | {weather.REFUSE} == weather.MODES.keys()


def test_fault_of_the_page_strikes(telegram: SandboxServer, call: Call) -> None:
    submit(telegram, "fault", mode="429", seconds=7, times=1)
    answer = call("sendMessage", chat_id=ANNA, text="x")
    assert answer["parameters"] == {"retry_after": 7}
    assert call("sendMessage", chat_id=ANNA, text="x")["ok"] is True
    submit(telegram, "fault", mode="401")
    assert call("getMe")["error_code"] == 401


def test_connections_are_refused_for_a_while(telegram: SandboxServer) -> None:
    assert submit(telegram, "fault", mode="refuse", seconds=1) == (303, "/faults")

    def refused() -> bool:
        try:
            page(telegram, "/")
        except OSError:
            return True
        return False

    wait_until(refused, 3)
    wait_until(lambda: not refused(), 5)


def test_fault_that_is_none_is_refused_in_words(telegram: SandboxServer) -> None:
    status, html = submit(telegram, "fault", mode="nonsense")
    assert (status, "Так не получится" in html) == (422, True)

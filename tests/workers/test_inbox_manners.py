"""How the bot takes what people really send: misspelt commands, pictures, second thoughts."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from app import core, messages
from app.core import RegistrationRecord
from app.extensions import db
from tests.fixtures.application import Make
from tests.workers.conftest import bot_settings, poll
from tests.workers.test_inbox import (
    ANNA,
    BORIS,
    TEAM,
    answers,
    chat_of,
    come_in,
    deep_link,
    handle,
    said,
)
from workers import inbox
from workers.telegram import buttons, spoken, updates
from workers.telegram.sandbox import SandboxServer
from workers.telegram.transport import TelegramTransport

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def registration(make: Make) -> RegistrationRecord:
    return make.registration(make.webinar(), "anna@example.org")


def account_link(registration: RegistrationRecord) -> str:
    """As the page of a signed-in person shows it."""
    token = core.tokens.issue(
        core.tokens.TELEGRAM_ACCOUNT, lead_id=registration.lead_id, user_id=registration.user_id
    )
    return f"/start {token}"


def timeline(registration: RegistrationRecord) -> list[str]:
    """What the lead wrote, oldest first."""
    return [
        each.payload["text"]
        for each in reversed(core.timeline.of_lead(registration.lead_id))
        if each.name == "core_contact_message_received"
    ]


class TestStart:
    @pytest.mark.both_databases
    def test_link_pressed_twice_by_one_person_greets_again(
        self, registration: RegistrationRecord
    ) -> None:
        link = deep_link(registration)
        handle(said(link), said(link))
        assert answers() == [("chat_linked", ANNA), ("start_known", ANNA)]
        assert chat_of(registration).value == str(ANNA)

    def test_used_link_is_refused_to_another_person_whom_we_know(
        self, make: Make, registration: RegistrationRecord
    ) -> None:
        boris = make.registration(make.webinar(), "boris@example.org")
        link = deep_link(registration)
        handle(said(deep_link(boris), BORIS), said(link), said(link, BORIS))
        assert answers() == [
            ("chat_linked", BORIS),
            ("chat_linked", ANNA),
            ("start_unknown", BORIS),
        ]
        assert chat_of(registration).value == str(ANNA)
        assert chat_of(boris).value == str(BORIS)

    def test_link_that_is_out_of_date_is_refused(self, registration: RegistrationRecord) -> None:
        link = deep_link(registration)
        later = datetime.now(UTC) + core.tokens.LIFETIMES[core.tokens.TELEGRAM_REGISTRATION]
        with time_machine.travel(later + timedelta(seconds=1)):
            handle(said(link))
        assert answers() == [("start_unknown", ANNA)]

    @pytest.mark.both_databases
    def test_signed_in_person_takes_their_phone_along(
        self, make: Make, registration: RegistrationRecord
    ) -> None:
        """The refusal says «sign in and link it there»: then that must work."""
        other = make.registration(make.webinar(), "second@example.org")
        handle(said(deep_link(registration)), said(deep_link(other)))
        assert answers()[-1] == ("chat_taken", ANNA)
        handle(said(account_link(other)))
        assert answers()[-1] == ("chat_moved", ANNA)
        assert "second@example.org" in messages.page(kind="chat_moved")[0].text
        assert chat_of(registration) is None
        assert core.contacts.telegram_for(other.lead_id, None) is not None

    def test_thank_you_page_never_moves_a_chat(
        self, make: Make, registration: RegistrationRecord
    ) -> None:
        other = make.registration(make.webinar(), "second@example.org")
        handle(said(account_link(registration)), said(deep_link(other)))
        assert answers()[-1] == ("chat_taken", ANNA)
        assert core.contacts.telegram_for(registration.lead_id, None) is not None

    @pytest.mark.parametrize(
        "form",
        ["/start {}", "/START {}", "/start@efir_demo_bot {}", "  /start    {}  ", "/start\n{}"],
    )
    def test_command_is_understood_however_it_is_typed(
        self, registration: RegistrationRecord, form: str
    ) -> None:
        handle(said(form.format(deep_link(registration).partition(" ")[2])))
        assert answers() == [("chat_linked", ANNA)]

    @pytest.mark.parametrize("text", ["/starts x", "start x", "/started", "скажите /start"])
    def test_what_only_looks_like_a_command_is_a_reply(
        self, registration: RegistrationRecord, text: str
    ) -> None:
        handle(said(deep_link(registration)), said(text))
        assert timeline(registration) == [text]

    def test_answer_to_a_stranger_is_in_the_language_of_their_phone(self, app: Flask) -> None:
        english = said("/start x")
        english["message"]["from"]["language_code"] = "en-GB"
        handle(english)
        assert messages.page()[0].text.startswith("Hello.")


class TestStop:
    @pytest.mark.parametrize("text", ["/stop", "/STOP", "/stop@efir_demo_bot", " /stop  please"])
    def test_stop_is_understood_however_it_is_typed(
        self, registration: RegistrationRecord, text: str
    ) -> None:
        handle(said(deep_link(registration)), said(text))
        assert chat_of(registration).unsubscribed
        confirmation = messages.page(kind="unsubscribed")[0]
        assert confirmation.buttons == [[{"text": "Включить сообщения", "data": "resume"}]]

    @pytest.mark.parametrize(
        "back",
        [said("/start"), {"callback_query": {"id": "2", "from": {"id": ANNA}, "data": "resume"}}],
        ids=["command", "button"],
    )
    @pytest.mark.both_databases
    def test_there_is_a_way_back(
        self, registration: RegistrationRecord, back: dict[str, Any]
    ) -> None:
        handle(said(deep_link(registration)), said("/stop"), back)
        assert not chat_of(registration).unsubscribed
        assert answers()[-1] == ("resubscribed", ANNA)

    def test_way_back_is_in_the_language_of_who_stopped(self, app: Flask) -> None:
        ingested = core.request(
            core.events.core_ingest_event,
            {"source": "signup", "name": "Ann", "email": "ann@example.org", "consent": "v1"},
            raiser="signup",
            locale="en",
        )
        lead_id = ingested.lead_id
        core.contacts.link_telegram(lead_id, ANNA, "@ann", registration_id=None, proven=True)
        handle(said("/stop"))
        ((button,),) = messages.page(kind="unsubscribed")[0].buttons
        assert button["text"] == "Turn messages on"

    def test_stop_of_a_stranger_is_confirmed_and_offers_no_way_back(self, app: Flask) -> None:
        handle(said("/stop"))
        assert answers() == [("unsubscribed", ANNA)]
        assert messages.page()[0].buttons == []

    def test_stop_in_a_group_is_nothing(self, registration: RegistrationRecord) -> None:
        handle(said(deep_link(registration)), said("/stop", TEAM))
        assert not chat_of(registration).unsubscribed


PHOTO = {"photo": [{"file_id": "x"}]}


class TestReply:
    @pytest.mark.parametrize(
        ("thing", "text"),
        [
            (PHOTO, "[фото]"),
            (PHOTO | {"caption": "вот чек"}, "[фото] вот чек"),
            ({"sticker": {"emoji": "👍"}}, "[стикер 👍]"),
            ({"voice": {"duration": 3}}, "[голосовое сообщение]"),
            ({"video_note": {}}, "[видеосообщение]"),
            ({"document": {"file_name": "план.pdf"}}, "[файл план.pdf]"),
            ({"animation": {}, "document": {"file_name": "a.gif"}}, "[анимация]"),
            ({"location": {"latitude": 1}}, "[место на карте]"),
            ({"paid_media": {}}, "[сообщение без текста]"),
        ],
    )
    def test_thing_without_text_reaches_the_timeline_and_the_team(
        self, registration: RegistrationRecord, thing: dict[str, Any], text: str
    ) -> None:
        message = said("")
        del message["message"]["text"]
        message["message"] |= thing
        handle(said(deep_link(registration)), message)
        assert timeline(registration) == [text]
        assert messages.page(kind="reply")[0].text.endswith(text)

    def test_note_of_telegram_itself_is_nobodys_reply(
        self, registration: RegistrationRecord
    ) -> None:
        note = said("")
        del note["message"]["text"]
        note["message"]["pinned_message"] = {"message_id": 1}
        handle(said(deep_link(registration)), note)
        assert timeline(registration) == []

    def test_correction_is_said_once_more(self, registration: RegistrationRecord) -> None:
        edited = {"edited_message": said("Завтра?")["message"]}
        handle(said(deep_link(registration)), said("Сегодня?"), edited)
        assert timeline(registration) == ["Сегодня?", "[исправлено] Завтра?"]

    @pytest.mark.parametrize("text", ["\x00Где\x00?", "Где?\ud83d"])
    @pytest.mark.both_databases
    def test_signs_that_no_database_holds_lose_nobody_a_reply(
        self, registration: RegistrationRecord, text: str
    ) -> None:
        handle(said(deep_link(registration)), said(text))
        assert [each.rstrip("?") for each in timeline(registration)] == ["Где"]

    def test_team_is_told_who_wrote_and_where_the_card_is(
        self, registration: RegistrationRecord
    ) -> None:
        handle(said(deep_link(registration)), said("Когда начало?"))
        (reply,) = messages.page(kind="reply")
        lead = core.leads.get(registration.lead_id)
        assert f"лид № {lead.lead_id}\n{lead.name}" in reply.text
        ((button,),) = reply.buttons
        assert button["url"].endswith(f"/dashboard/leads/{lead.lead_id}/")

    def test_longest_reply_is_what_telegram_takes(self, registration: RegistrationRecord) -> None:
        handle(said(deep_link(registration)), said("<&" * 2048))
        assert messages.texts.fitting.shown_length(messages.page(kind="reply")[0].text) <= 4096

    def test_stranger_is_answered_once_an_hour(self, app: Flask) -> None:
        with time_machine.travel(NOON, tick=False) as clock:
            handle(*[said("Кто вы?") for _ in range(5)])
            assert answers() == [("start_unknown", ANNA)]
            clock.shift(timedelta(hours=1))
            handle(said("Ау"))
        assert len(answers()) == 2


@pytest.mark.parametrize(
    "raw",
    [
        {"channel_post": {"chat": {"id": -100, "type": "channel"}, "text": "/start"}},
        {"edited_channel_post": {"chat": {"id": -100, "type": "channel"}, "text": "x"}},
        {
            "my_chat_member": {
                "chat": {"id": TEAM, "type": "group"},
                "new_chat_member": {"status": "member"},
            }
        },
        {"message": {"chat": {"id": TEAM, "type": "supergroup"}, "new_chat_members": []}},
        {"message": {"chat": {"id": TEAM, "type": "group"}, "migrate_to_chat_id": -1001}},
        {"inline_query": {"id": "1", "from": {"id": ANNA}, "query": "x"}},
    ],
)
def test_what_is_not_said_to_the_bot_in_private_is_nothing(app: Flask, raw: dict[str, Any]) -> None:
    handle(raw)
    assert (messages.page(), messages.inbox.next_update_at()) == ([], None)
    assert messages.inbox.dead_count() == 0


@pytest.mark.parametrize(
    ("text", "understood"),
    [("/start", ("start", "")), ("/Stop@bot  now ", ("stop", "now")), ("hi", ("", ""))],
)
def test_command_and_argument(text: str, understood: tuple[str, str]) -> None:
    assert spoken.command(text) == understood


@pytest.mark.both_databases
def test_updates_of_a_chat_keep_their_order_through_a_failure(
    registration: RegistrationRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    """«Stop» fails for a moment; «start», which came after it, waits behind it, and other people
    do not."""
    handle(said(deep_link(registration)))
    handle_well, failing = updates.handle, {"/stop"}

    def handle_badly(raw: Any, key: str) -> None:
        if raw["message"]["text"] in failing:
            raise ConnectionError
        handle_well(raw, key)

    monkeypatch.setattr(updates, "handle", handle_badly)
    handle(said("/stop"), said("/start"), said("Кто вы?", BORIS))
    assert answers()[1:] == [("start_unknown", BORIS)]
    failing.clear()
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=3)):
        db.session.remove()
        inbox.drain()
    assert answers()[2:] == [("unsubscribed", ANNA), ("resubscribed", ANNA)]
    assert not chat_of(registration).unsubscribed


def test_update_that_keeps_failing_holds_its_chat_for_seconds_only(
    registration: RegistrationRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle_well = updates.handle

    def handle_badly(raw: Any, key: str) -> None:
        if raw["message"]["text"] == "яд":
            raise ValueError
        handle_well(raw, key)

    monkeypatch.setattr(updates, "handle", handle_badly)
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        come_in(said("яд"))
        come_in(said(deep_link(registration)))
        waited = 0
        while not answers():
            db.session.remove()
            inbox.drain()
            clock.shift(1)
            waited += 1
    assert answers() == [("chat_linked", ANNA)]
    assert waited <= 8


class TestPressedButton:
    @pytest.fixture
    def settings_overrides(self, bot_api: SandboxServer) -> dict[str, Any]:
        return bot_settings(bot_api)

    @pytest.fixture
    def shown(self, bot: SandboxServer) -> Callable[..., int]:
        """A message with buttons in Anna's chat; its number."""

        def send(*rows: tuple[str, str]) -> int:
            line = TelegramTransport(bot.token, bot.url)
            buttons = [[{"text": text, "data": data}] for text, data in rows]
            sent = line.send(ANNA, "x", buttons=buttons)
            line.close()
            assert sent.message_id is not None
            return sent.message_id

        return send

    def obey(self, bot: SandboxServer) -> None:
        poll(bot)
        db.session.remove()
        inbox.drain()

    def left(self, bot: SandboxServer, message_id: int) -> list[str]:
        (message,) = [each for each in bot.messages if each.message_id == message_id]
        return [button["text"] for row in message.buttons for button in row]

    def test_press_is_answered_so_that_the_phone_stops_its_clock(
        self, app: Flask, bot: SandboxServer, shown: Callable[..., int]
    ) -> None:
        bot.press_button(ANNA, shown(("Остановить", "stop")))
        self.obey(bot)
        assert bot.calls["answerCallbackQuery"] == 1
        assert answers() == [("unsubscribed", ANNA)]

    @pytest.mark.parametrize(
        ("data", "left"),
        [
            ("stop", ["Перенести", "Сегодня", "Завтра"]),
            ("slot:1:x", []),
            ("move:1", ["Перенести", "Остановить", "Сегодня", "Завтра"]),
        ],
    )
    def test_button_that_has_done_its_work_goes(
        self, app: Flask, bot: SandboxServer, shown: Callable[..., int], data: str, left: list[str]
    ) -> None:
        """Stopping is done once, of several times one is taken, and a place is moved again."""
        rows = [("Перенести", "move:1"), ("Остановить", "stop")]
        message_id = shown(*rows, ("Сегодня", "slot:1:x"), ("Завтра", "slot:1:y"))
        bot.press_button(ANNA, message_id, data)
        self.obey(bot)
        assert self.left(bot, message_id) == left

    def test_button_of_a_press_that_was_not_obeyed_stays(
        self,
        app: Flask,
        bot: SandboxServer,
        shown: Callable[..., int],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def fail(raw: Any, key: str) -> None:
            raise ConnectionError

        monkeypatch.setattr(updates, "handle", fail)
        message_id = shown(("Остановить", "stop"))
        bot.press_button(ANNA, message_id)
        self.obey(bot)
        assert bot.calls["answerCallbackQuery"] == 1
        assert self.left(bot, message_id) == ["Остановить"]

    @pytest.mark.parametrize("message", ["x", {"reply_markup": "x"}, {"chat": 1}, {}])
    def test_press_under_a_message_of_a_strange_shape_is_obeyed(
        self, app: Flask, bot: SandboxServer, message: Any
    ) -> None:
        press = {"id": "1", "from": {"id": ANNA}, "data": "stop", "message": message}
        handle({"callback_query": press})
        assert answers() == [("unsubscribed", ANNA)]

    def test_slow_telegram_holds_up_the_next_updates_for_a_moment_only(
        self, app: Flask, bot: SandboxServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(buttons, "LONGEST", 0.5)
        bot.set_latency(300)
        for number in range(6):
            come_in({"callback_query": {"id": str(number), "from": {"id": ANNA}, "data": "stop"}})
        db.session.remove()
        assert inbox.drain() == 6
        assert bot.calls["answerCallbackQuery"] in (1, 2)

    def test_press_that_cannot_be_answered_is_obeyed_all_the_same(
        self, app: Flask, bot: SandboxServer
    ) -> None:
        bot.fail("500", method="answerCallbackQuery")
        handle({"callback_query": {"id": "1", "from": {"id": ANNA}, "data": "stop"}})
        assert answers() == [("unsubscribed", ANNA)]

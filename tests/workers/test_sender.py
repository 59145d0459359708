"""What is due goes out through a real Bot API over HTTP, and each of its answers has its end."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import redis
import time_machine
from flask import Flask

from app import client_webinar_tracker as tracker
from app import core, messages
from app.core import RegistrationRecord
from app.extensions import db
from app.messages import MessageRecord
from tests.fixtures.application import Make
from tests.fixtures.parallel import at_once
from tests.fixtures.servers import wait_until
from tests.workers.conftest import ANNA, BORIS, TEAM, bot_settings, poll
from workers import inbox, queues, sender, ticker
from workers.telegram.sandbox import SandboxServer

Deliver = Callable[[], int]


@pytest.fixture
def settings_overrides(bot: SandboxServer) -> dict[str, Any]:
    return bot_settings(bot)


def send() -> int:
    db.session.remove()
    return sender.drain()


def sent(bot: SandboxServer, chat: int) -> list[str]:
    return [message.text for message in bot.messages if message.chat_id == chat]


def plan(**fields: Any) -> MessageRecord:
    given = {"kind": "welcome", "recipient": messages.TEAM, "dedupe": "x", "values": {"lead_id": 1}}
    message_id = messages.plan(messages.Plan(**(given | fields)))
    assert message_id is not None
    return messages.get(message_id)


def now_is(message: MessageRecord) -> tuple[str, str | None]:
    db.session.remove()
    kept = messages.get(message.message_id)
    return kept.state, kept.reason


def attempted(message: MessageRecord) -> list[tuple[str | None, str | None]]:
    return [(each.outcome, each.cause) for each in messages.attempts(message.message_id)]


@pytest.mark.both_databases
def test_welcome_reaches_the_teams_chat(make: Make, deliver: Deliver, bot: SandboxServer) -> None:
    partner = make.user("partner", name="Пётр")
    lead = make.lead("anna@example.org", name="Анна <b> & Ко 👋", ref=partner.ref_code)
    deliver()
    assert send() == 1
    assert sent(bot, TEAM) == [
        f"Новый лид № {lead.lead_id}\nАнна <b> & Ко 👋\nanna@example.org\nПригласил: Пётр"
    ]
    deliver()
    told = [each for each in core.timeline.of_lead(lead.lead_id) if each.name == "message_sent"]
    (message,) = messages.page(state="sent")
    assert [each.payload["message_id"] for each in told] == [message.message_id]
    assert message.external_id == str(bot.messages[0].message_id)


def test_sent_message_is_not_sent_again(make: Make, deliver: Deliver, bot: SandboxServer) -> None:
    make.lead()
    deliver()
    assert (send(), send(), send()) == (1, 0, 0)
    assert len(bot.messages) == 1


def test_personal_welcome_waits_for_the_deep_link_and_then_comes(
    make: Make, deliver: Deliver, bot: SandboxServer
) -> None:
    """The thank-you page, the phone, the poller, the inbox, the relay, the sender."""
    registration = make.registration(make.webinar(title="Как начать"), "anna@example.org")
    context = {"lead_id": registration.lead_id, "webinar_id": registration.webinar_id}
    tracker.client_webinar_register(context, session_id=registration.session_id)
    deliver()
    send()
    assert sent(bot, ANNA) == []
    token = core.tokens.unspent_for_registration(registration.registration_id)
    assert token is not None
    bot.press_start(ANNA, token, name="Анна")
    poll(bot)
    db.session.remove()
    inbox.drain()
    deliver()
    send()
    hello, done = sorted(sent(bot, ANNA))
    assert done.startswith("Здравствуйте, Гость")
    assert f"https://efir.example/r/{registration.token}/" in done
    assert hello.startswith("Готово: сообщения о вашем вебинаре")
    (welcome,) = [message for message in bot.messages if message.text == done]
    assert [[button["text"] for button in row] for row in welcome.buttons] == [
        ["Войти в комнату"],
        ["Остановить сообщения"],
    ]


def test_followup_comes_after_its_delay_and_not_before(
    make: Make, deliver: Deliver, bot: SandboxServer
) -> None:
    make.lead(name="Анна")
    deliver()
    send()
    begun = datetime.now(UTC)
    with time_machine.travel(begun + timedelta(seconds=590), tick=True):
        assert send() == 0
    with time_machine.travel(begun + timedelta(seconds=600), tick=True):
        assert send() == 1
    assert [text.partition(" ")[0] for text in sent(bot, TEAM)] == ["Новый", "Напоминание:"]


def test_stop_button_of_a_message_ends_the_followup(
    make: Make, deliver: Deliver, bot: SandboxServer
) -> None:
    lead = make.lead()
    core.contacts.link_telegram(lead.lead_id, ANNA, "@anna", registration_id=None, proven=True)
    deliver()
    send()
    (welcome,) = [message for message in bot.messages if message.chat_id == ANNA]
    bot.press_button(ANNA, welcome.message_id)
    poll(bot)
    db.session.remove()
    inbox.drain()
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=601), tick=True):
        send()
    states = {(each.kind, each.recipient): each.state for each in messages.page()}
    assert states[("followup", "lead")] == "skipped"
    assert states[("followup", "team")] == "sent"


def test_flood_control_pauses_the_whole_bot(app: Flask, bot: SandboxServer) -> None:
    first = plan()
    bot.fail("429", times=1, retry_after=7)
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        assert send() == 1
        assert now_is(first) == ("planned", "rate")
        other = plan(dedupe="y", recipient=messages.LEAD, chat=ANNA, kind="start_known")
        assert send() == 0
        clock.shift(7)
        assert send() == 2
    assert now_is(first) == now_is(other) == ("sent", None)
    assert attempted(first)[0][0] == "retry_later"


def test_pause_outlives_a_flush_of_redis_and_the_process_that_was_told(
    app: Flask, bot: SandboxServer, redis_url: str
) -> None:
    first = plan()
    bot.fail("429", times=1, retry_after=7)
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        send()
        other = plan(dedupe="y", recipient=messages.LEAD, chat=ANNA, kind="start_known")
        redis.Redis.from_url(redis_url).flushall()
        sender._limiters.clear()
        clock.shift(6.9)
        ticker.tick([])
        assert send() == 0
        assert queues.queue(redis_url, "sends").count == 0
        assert bot.calls["sendMessage"] == 1
        clock.shift(0.1)
        assert send() == 2
    assert now_is(first) == now_is(other) == ("sent", None)


def test_telegram_is_called_outside_of_any_transaction(
    app: Flask, bot: SandboxServer, database: str
) -> None:
    """While it thinks, the claim is durable and anybody may write, long before it answers."""
    message = plan()
    bot.set_latency(2000)

    def look() -> tuple[str, int]:
        path = database.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, timeout=1, isolation_level=None)) as other:
            wait_until(lambda: bot.calls["sendMessage"] == 1)
            other.execute("BEGIN IMMEDIATE")
            (row,) = other.execute("SELECT state, attempts FROM message").fetchall()
            other.execute("ROLLBACK")
            return row

    assert at_once(app, [look, sender.drain_here]) == [("sending", 1), 1]
    assert now_is(message) == ("sent", None)


def test_one_bot_serves_a_process(app: Flask, bot: SandboxServer) -> None:
    """A bot a stretch would leave its connections behind."""
    opened = []
    for number in range(3):
        plan(dedupe=str(number))
        assert send() == 1
        opened.append(bot.connections)
    assert len(set(opened)) == 1


def test_refused_connection_is_retried_and_is_no_doubt(app: Flask, bot: SandboxServer) -> None:
    message = plan()
    bot.go_offline()
    try:
        send()
    finally:
        bot.go_online()
    assert now_is(message) == ("planned", "retry")
    assert messages.get(message.message_id).unknown_count == 0
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=3), tick=True):
        send()
    assert now_is(message) == ("sent", None)


def test_refusal_is_final(app: Flask, bot: SandboxServer) -> None:
    message = plan()
    bot.fail("400", times=1, description="chat not found")
    send()
    assert now_is(message) == ("failed", "refused")
    ((outcome, cause),) = attempted(message)
    assert (outcome, (cause or "").split()[0]) == ("refused", "chat_not_found")
    assert send() == 0


@pytest.mark.both_databases
def test_block_marks_the_contact(make: Make, deliver: Deliver, bot: SandboxServer) -> None:
    lead = make.lead()
    core.contacts.link_telegram(lead.lead_id, ANNA, "@anna", registration_id=None, proven=True)
    bot.block(ANNA)
    deliver()
    send()
    chat = core.contacts.by_value("telegram", str(ANNA))
    assert chat is not None
    assert chat.blocked
    assert [each.reason for each in messages.page(state="failed")] == ["blocked"]
    assert len(sent(bot, TEAM)) == 1


def test_revoked_token_stops_the_bot_and_keeps_the_messages(app: Flask, bot: SandboxServer) -> None:
    messages_ = [plan(dedupe=str(number)) for number in range(3)]
    bot.fail("401")
    send()
    assert messages.channel_alarm() == "bot_revoked"
    assert {now_is(message)[0] for message in messages_} == {"planned"}
    assert send() == 0
    bot.clear()
    messages.resume_channel()
    assert send() == 3
    assert {now_is(message) for message in messages_} == {("sent", None)}


def test_group_that_moved_is_followed(app: Flask, bot: SandboxServer) -> None:
    message = plan()
    bot.add_chat(-1000000000777, "Команда")
    bot.add_chat(TEAM, "Команда", migrated_to=-1000000000777)
    send()
    assert now_is(message) == ("sent", None)
    assert len(sent(bot, -1000000000777)) == 1


@pytest.mark.parametrize("mode", ["close", "accept_close", "accept_garbage", "502"])
def test_answer_that_never_came_goes_again_and_is_flagged(
    app: Flask, bot: SandboxServer, mode: Any
) -> None:
    message = plan()
    bot.fail(mode, times=1)
    send()
    assert now_is(message) == ("planned", "no_answer_again")
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=3), tick=True):
        send()
    kept = messages.get(message.message_id)
    assert (kept.state, kept.unknown_count, kept.attempts) == ("sent", 1, 2)
    assert len(bot.messages) == (2 if mode.startswith("accept") else 1)


def test_offer_whose_answer_never_came_does_not_go_again(app: Flask, bot: SandboxServer) -> None:
    message = plan(policy=messages.AT_MOST_ONCE)
    bot.fail("accept_close", times=1)
    send()
    assert now_is(message) == ("unknown", "no_answer")
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1), tick=True):
        assert send() == 0
    assert len(bot.messages) == 1


def test_more_messages_than_one_claim_go_in_one_drain(app: Flask, bot: SandboxServer) -> None:
    for number in range(10):
        plan(dedupe=str(number))
    assert send() == 10
    assert len(bot.messages) == 10


class TestAtOneMessageInTenSeconds:
    @pytest.fixture
    def settings_overrides(self, bot: SandboxServer) -> dict[str, Any]:
        return bot_settings(bot) | {"telegram_chat_messages_per_second": 0.1}

    def test_message_that_would_wait_long_goes_back_to_the_ledger(
        self, app: Flask, bot: SandboxServer
    ) -> None:
        first, second = plan(dedupe="1"), plan(dedupe="2")
        begun = datetime.now(UTC)
        send()
        assert now_is(first) == ("sent", None)
        assert now_is(second) == ("planned", None)
        kept = messages.get(second.message_id)
        assert (kept.attempts, attempted(second)) == (0, [])
        assert timedelta(seconds=9) < kept.due_at - begun < timedelta(seconds=12)
        assert len(bot.messages) == 1


class TestAtTwentyAMinuteToAGroup:
    @pytest.fixture
    def settings_overrides(self, bot: SandboxServer) -> dict[str, Any]:
        return bot_settings(bot) | {"telegram_group_messages_per_minute": 20}

    @pytest.mark.both_databases
    def test_busy_group_holds_up_nobody_else(self, app: Flask, bot: SandboxServer) -> None:
        """Fifty for the team stand first in the queue; what does not fit comes at the group's pace."""
        begun = datetime.now(UTC)
        team = [plan(dedupe=f"team:{number}") for number in range(50)]
        people = [
            plan(dedupe=f"lead:{chat}", recipient=messages.LEAD, chat=chat, kind="start_known")
            for chat in (ANNA, BORIS)
        ]
        assert send() == 22
        assert {now_is(each) for each in people} == {("sent", None)}
        assert len(sent(bot, TEAM)) == 20
        left = [messages.get(each.message_id) for each in team]
        dues = [each.due_at for each in left if each.state == "planned"]
        assert (len(dues), dues) == (30, sorted(dues))
        assert dues[0] - begun > timedelta(seconds=55)
        gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(dues)]
        assert min(gaps) > 2.9
        assert send() == 0


def test_message_is_rendered_as_telegram_shows_it(app: Flask, bot: SandboxServer) -> None:
    """Escaped on the way, and whole again at the other end."""
    name = "<script>alert('&amp;')</script> محمد 👩🏽‍🚀"
    plan(values={"lead_id": 1, "name": name})
    send()
    assert sent(bot, TEAM) == [f"Новый лид № 1\n{name}"]


def test_registration_cancelled_meanwhile_gets_nothing(
    make: Make, deliver: Deliver, bot: SandboxServer
) -> None:
    registration: RegistrationRecord = make.registration(make.webinar(), "anna@example.org")
    core.contacts.link_telegram(
        registration.lead_id,
        ANNA,
        "@anna",
        registration_id=registration.registration_id,
        proven=False,
    )
    context = {"lead_id": registration.lead_id, "webinar_id": registration.webinar_id}
    tracker.client_webinar_register(context, session_id=registration.session_id)
    deliver()
    core.users.close(registration.user_id)
    send()
    assert sent(bot, ANNA) == []

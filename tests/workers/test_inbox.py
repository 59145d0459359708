"""What people do in Telegram, from the stored update to the lead it concerns."""

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
from tests.fixtures.parallel import at_once
from workers import inbox

pytestmark = pytest.mark.both_databases

BOT, ANNA, BORIS, TEAM = "1", 42, 43, -1000
_numbers = iter(range(1, 1_000_000))
Deliver = Callable[[], int]


def said(text: str, chat: int = ANNA, **more: Any) -> dict[str, Any]:
    """A private message as Telegram writes it."""
    kind = "private" if chat > 0 else "group"
    return {
        "message": {
            "message_id": 1,
            "from": {"id": chat, "first_name": "Анна"},
            "chat": {"id": chat, "type": kind, "first_name": "Анна", "username": "anna_li"},
            "text": text,
        }
        | more
    }


def come_in(raw: Any) -> int:
    number = next(_numbers)
    messages.inbox.store(BOT, number, {"update_id": number, **raw})
    return number


def handle(*raws: Any) -> None:
    for raw in raws:
        come_in(raw)
    db.session.remove()
    inbox.drain()


def answers() -> list[tuple[str, int | None]]:
    """The bot's answers: kind and chat, oldest first."""
    return [
        (each.kind, each.chat) for each in reversed(messages.page()) if each.recipient == "lead"
    ]


def deep_link(registration: RegistrationRecord) -> str:
    token = core.tokens.unspent_for_registration(registration.registration_id)
    assert token is not None
    return f"/start {token}"


def chat_of(registration: RegistrationRecord) -> Any:
    return core.contacts.telegram_for(registration.lead_id, registration.registration_id)


@pytest.fixture
def registration(make: Make) -> RegistrationRecord:
    return make.registration(make.webinar(), "anna@example.org")


def test_start_by_the_deep_link_links_the_chat_unproven(registration: RegistrationRecord) -> None:
    handle(said(deep_link(registration)))
    chat = chat_of(registration)
    assert (chat.value, chat.shown, chat.proven) == (str(ANNA), "@anna_li", False)
    assert answers() == [("chat_linked", ANNA)]


def test_start_by_the_accounts_link_links_the_chat_proven(
    registration: RegistrationRecord,
) -> None:
    token = core.tokens.issue(
        core.tokens.TELEGRAM_ACCOUNT, lead_id=registration.lead_id, user_id=registration.user_id
    )
    handle(said(f"/start {token}"))
    assert core.contacts.telegram_for(registration.lead_id, None) is not None


def test_answer_is_in_the_leads_language(make: Make) -> None:
    ingested = core.request(
        core.events.core_ingest_event,
        {"source": "signup", "name": "Ann", "email": "ann@example.org", "consent": "v1"},
        raiser="signup",
        locale="en",
    )
    registration = make.registration(make.webinar(), "ann@example.org")
    assert registration.lead_id == ingested.lead_id
    handle(said(deep_link(registration)), said("/stop"))
    assert [each.text.partition(" ")[0] for each in messages.page()] == ["No", "Done:"]


def test_deep_link_is_good_once(registration: RegistrationRecord) -> None:
    link = deep_link(registration)
    handle(said(link), said(link, BORIS))
    assert chat_of(registration).value == str(ANNA)
    assert answers() == [("chat_linked", ANNA), ("start_unknown", BORIS)]
    assert core.contacts.by_value("telegram", str(BORIS)) is None


@pytest.mark.parametrize("text", ["/start", "/start nonsense", "/start " + "x" * 32, "/start 💥"])
def test_start_without_a_good_token_is_answered_politely(
    registration: RegistrationRecord, text: str
) -> None:
    handle(said(text))
    assert answers() == [("start_unknown", ANNA)]
    assert chat_of(registration) is None


def test_log_in_token_links_no_chat(registration: RegistrationRecord) -> None:
    token = core.tokens.issue(core.tokens.LOGIN, user_id=registration.user_id)
    handle(said(f"/start {token}"))
    assert answers() == [("start_unknown", ANNA)]
    assert core.tokens.spend(core.tokens.LOGIN, token).user_id == registration.user_id


def test_known_chat_that_starts_again_may_be_written_to(registration: RegistrationRecord) -> None:
    handle(said(deep_link(registration)))
    core.contacts.mark_blocked("telegram", str(ANNA))
    handle(said("/start"))
    assert answers()[-1] == ("start_known", ANNA)
    assert not chat_of(registration).blocked


def test_chat_of_another_lead_is_told_so_and_stays(
    make: Make, registration: RegistrationRecord
) -> None:
    other = make.registration(make.webinar(), "boris@example.org")
    handle(said(deep_link(registration)), said(deep_link(other)))
    assert answers() == [("chat_linked", ANNA), ("chat_taken", ANNA)]
    assert chat_of(other) is None
    assert chat_of(registration).value == str(ANNA)


@pytest.mark.parametrize(
    "update",
    [
        said("/stop"),
        {"callback_query": {"id": "1", "from": {"id": ANNA}, "data": "stop"}},
    ],
    ids=["command", "button"],
)
def test_stop_ends_messages(registration: RegistrationRecord, update: dict[str, Any]) -> None:
    handle(said(deep_link(registration)), update)
    assert chat_of(registration).unsubscribed
    assert answers()[-1] == ("unsubscribed", ANNA)


def test_reply_goes_to_the_timeline_and_to_the_team(registration: RegistrationRecord) -> None:
    handle(said(deep_link(registration)), said("Когда <b>начало</b>?"))
    names = [each.name for each in core.timeline.of_lead(registration.lead_id)]
    assert "core_contact_message_received" in names
    (reply,) = [each for each in messages.page() if each.kind == "reply"]
    assert (reply.recipient, reply.lead_id) == ("team", registration.lead_id)
    assert "Когда &lt;b&gt;начало&lt;/b&gt;?" in reply.text


def test_stranger_who_writes_is_told_what_to_do(app: Flask) -> None:
    handle(said("Кто вы?"))
    assert answers() == [("start_unknown", ANNA)]
    assert [each.name for each in core.timeline.everything()] == ["message_planned"]


def test_group_is_no_lead(app: Flask) -> None:
    handle(said("/start x", TEAM), said("Привет всем", TEAM))
    assert messages.page() == []


def test_block_and_return_are_noted(registration: RegistrationRecord) -> None:
    def membership(status: str) -> dict[str, Any]:
        chat = {"id": ANNA, "type": "private"}
        return {"my_chat_member": {"chat": chat, "new_chat_member": {"status": status}}}

    handle(said(deep_link(registration)), membership("kicked"))
    assert chat_of(registration).blocked
    handle(membership("member"))
    assert not chat_of(registration).blocked


def test_same_update_three_times_at_once_does_its_work_once(
    app: Flask, registration: RegistrationRecord
) -> None:
    number = next(_numbers)
    raw = {"update_id": number, **said(deep_link(registration))}

    def deliver() -> None:
        messages.inbox.store(BOT, number, raw)
        inbox.drain_here()

    at_once(app, [deliver] * 3)
    assert answers() == [("chat_linked", ANNA)]
    linked = [
        each
        for each in core.timeline.of_lead(registration.lead_id)
        if each.name == "core_contact_linked"
    ]
    assert len(linked) == 1


@pytest.mark.parametrize(
    "raw",
    [
        {"message": {}},
        {"message": "text"},
        {"message": {"chat": {"id": "x", "type": "private"}, "text": "/start"}},
        {"callback_query": {"data": "stop"}},
        {"my_chat_member": None},
        {"message": None},
    ],
)
def test_update_of_a_strange_shape_is_put_aside_and_stops_nobody(
    registration: RegistrationRecord, raw: dict[str, Any]
) -> None:
    handle(raw, said(deep_link(registration)))
    assert answers() == [("chat_linked", ANNA)]
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        for _ in range(messages.inbox.MOST_ATTEMPTS):
            clock.shift(timedelta(hours=1))
            inbox.drain()
    db.session.remove()
    assert (messages.inbox.dead_count(), messages.inbox.next_update_at()) == (1, None)


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"channel_post": {}},
        {"edited_message": said("/stop")["message"]},
        {"poll": {}},
        said(""),
        {"callback_query": {"id": "1", "from": {"id": 1}, "data": "other"}},
    ],
)
def test_update_of_another_kind_is_nothing(app: Flask, raw: dict[str, Any]) -> None:
    handle(raw)
    assert (messages.page(), messages.inbox.next_update_at()) == ([], None)
    assert messages.inbox.dead_count() == 0


def test_update_that_failed_left_no_half_of_its_work(
    registration: RegistrationRecord,
) -> None:
    """The text of the answer is missing for a while: the chat is linked when it is there again."""
    kind = "chat_linked"
    with core.transaction() as session:
        row = session.get_one(messages.texts.MessageText, (kind, "lead", "ru"))
        kept = row.body
        session.delete(row)
    handle(said(deep_link(registration)))
    db.session.remove()
    assert chat_of(registration) is None
    assert core.tokens.unspent_for_registration(registration.registration_id) is not None
    with core.transaction() as session:
        now = datetime.now(UTC)
        session.add(
            messages.texts.MessageText(
                kind=kind, recipient="lead", locale="ru", body=kept, updated_at=now
            )
        )
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=3)):
        db.session.remove()
        inbox.drain()
    db.session.remove()
    assert chat_of(registration).value == str(ANNA)


def test_updates_released_what_waited_for_the_chat(
    registration: RegistrationRecord, deliver: Deliver
) -> None:
    waiting = messages.plan(
        messages.Plan(
            kind="welcome",
            recipient=messages.LEAD,
            dedupe="x",
            lead_id=registration.lead_id,
            registration_id=registration.registration_id,
            values={"name": "Анна"},
        )
    )
    assert waiting is not None
    handle(said(deep_link(registration)))
    deliver()
    assert messages.get(waiting).state == "planned"

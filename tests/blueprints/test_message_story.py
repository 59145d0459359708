"""«Почему ей не пришло?»: each decision about a message stands on the timeline in words."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient

from app import core, messages
from app.blueprints.dashboard import message_words
from app.core import RegistrationRecord
from app.messages import Answer, Plan
from tests.fixtures.application import Make
from workers.telegram import errors

NOON = datetime(2026, 11, 23, 9, tzinfo=UTC)  # 12:00 in Moscow
CHAT = 42


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    return {"telegram_bot_token": "1:TEST", "telegram_chat_id": -1000}


@pytest.fixture
def registration(make: Make) -> RegistrationRecord:
    return make.registration(make.webinar(), "anna@example.org")


@pytest.fixture
def story(
    client: FlaskClient, sign_in: Any, make: Make, registration: RegistrationRecord
) -> Callable[[], list[str]]:
    """What the card of the lead tells of messages, newest first: sentence and line."""
    admin = make.user("admin")

    def read() -> list[str]:
        sign_in(client, admin)
        page = client.get(f"/dashboard/leads/{registration.lead_id}/").text
        items = re.findall(r'<li class="timeline__item.*?</li>', page, re.DOTALL)
        told = []
        for item in items:
            what = re.search(r'timeline__what">(.*?)</span>', item, re.DOTALL)
            line = re.search(r'<p class="timeline__details">(.*?)</p>', item, re.DOTALL)
            said = " | ".join(found[1].strip() for found in (what, line) if found)
            told.append(said.replace("\u00a0", " "))
        return [each for each in told if "сообщение" in each.lower()]

    return read


def link(registration: RegistrationRecord) -> None:
    core.contacts.link_telegram(
        registration.lead_id,
        CHAT,
        "@anna",
        registration_id=registration.registration_id,
        proven=False,
    )


def plan(registration: RegistrationRecord, **fields: Any) -> int:
    about = {
        "kind": "welcome",
        "recipient": "lead",
        "dedupe": "story",
        "lead_id": registration.lead_id,
        "registration_id": registration.registration_id,
        "rule": "welcome_registered",
        "due_at": NOON,
    } | fields
    message_id = messages.plan(Plan(**about))
    assert message_id is not None
    return message_id


def answer(kind: str, **more: Any) -> None:
    (claim,) = messages.claim_due(1)
    messages.settle(claim, Answer(kind, **more))


RULE = "По правилу «Запись на вебинар, если приветствия ещё не было»."
PLANNED = "Запланировано сообщение: Приветствие, лиду"
NOT_SENT = "Сообщение не отправлено: Приветствие, лиду"


@pytest.mark.both_databases
def test_waiting_message_says_for_what(story: Any, registration: RegistrationRecord) -> None:
    with time_machine.travel(NOON, tick=False):
        plan(registration, not_after=NOON + timedelta(hours=1))
        assert story() == [
            f"{PLANNED} — ждёт привязки Telegram | {RULE} Срок: 23 нояб. 2026, 12:00:00. "
            "Не позже: 23 нояб. 2026, 13:00:00."
        ]


def test_sent_message_names_telegrams_number(story: Any, registration: RegistrationRecord) -> None:
    with time_machine.travel(NOON, tick=False):
        link(registration)
        plan(registration)
        answer("sent", external_id="7")
        assert story() == [
            "Отправлено сообщение: Приветствие, лиду | Номер в Telegram: 7.",
            f"{PLANNED} | {RULE} Срок: 23 нояб. 2026, 12:00:00.",
        ]


def test_retry_says_when_the_next_try_is(story: Any, registration: RegistrationRecord) -> None:
    with time_machine.travel(NOON, tick=False):
        link(registration)
        plan(registration)
        answer("retry_later", cause="connect_error")
        assert story()[0] == (
            f"{NOT_SENT} — Telegram был недоступен, повторим"
            " | Следующая попытка: 23 нояб. 2026, 12:00:02."
        )


def test_unknown_that_went_again_may_have_come_twice(
    story: Any, registration: RegistrationRecord
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        link(registration)
        plan(registration)
        answer("unknown", cause="read_timeout")
        clock.shift(timedelta(minutes=1))
        answer("sent", external_id="8")
        assert story()[:2] == [
            "Отправлено сообщение: Приветствие, лиду | Номер в Telegram: 8. Попыток: 2."
            " Одна из попыток осталась без ответа: возможен повтор.",
            f"{NOT_SENT} — нет ответа от Telegram, отправим ещё раз: возможен повтор",
        ]


def test_late_proof_is_told(story: Any, registration: RegistrationRecord) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        link(registration)
        plan(registration, policy=messages.AT_MOST_ONCE)
        (claim,) = messages.claim_due(1)
        clock.shift(timedelta(minutes=5))
        messages.heal()
        messages.settle(claim, Answer("sent", external_id="9"))
        newest, healed, _ = story()
        assert newest.startswith(
            "Отправлено сообщение: Приветствие, лиду — Telegram ответил с опозданием"
        )
        assert healed == f"{NOT_SENT} — нет ответа от Telegram, повтор не отправлен"


def test_stopped_bot_is_told_of_what_waits_behind_it(
    story: Any, registration: RegistrationRecord
) -> None:
    with time_machine.travel(NOON, tick=False):
        link(registration)
        plan(registration)
        answer("bot_revoked", cause="unauthorized")
        plan(registration, dedupe="behind")
        behind, stopped, _ = story()
        assert behind.endswith("Сейчас: Telegram не принимает токен бота, сообщение ждёт.")
        assert stopped.startswith(f"{NOT_SENT} — Telegram не принимает токен бота")


def test_pause_is_told_with_its_end(story: Any, registration: RegistrationRecord) -> None:
    with time_machine.travel(NOON, tick=False):
        link(registration)
        plan(registration)
        messages.pause_channel(180)
        (planned,) = story()
        assert planned.endswith("Сейчас: Telegram попросил подождать до 12:03:00.")


@pytest.mark.parametrize(
    ("do", "why"),
    [
        (lambda lead: core.contacts.unsubscribe("telegram", str(CHAT)), "клиент отписался"),
        (core.leads.withdraw_consent, "клиент отозвал согласие"),
        (
            lambda lead: core.contacts.mark_blocked("telegram", str(CHAT)),
            "клиент заблокировал бота или чат удалён",
        ),
    ],
)
def test_refusal_at_the_last_moment_says_why(
    story: Any, registration: RegistrationRecord, do: Any, why: str
) -> None:
    with time_machine.travel(NOON, tick=False):
        link(registration)
        plan(registration)
        do(registration.lead_id)
        assert messages.claim_due(1) == []
        assert f"{NOT_SENT} — {why}" in story()


def test_decisions_of_a_person_are_told(
    story: Any, make: Make, registration: RegistrationRecord
) -> None:
    with time_machine.travel(NOON, tick=False):
        link(registration)
        message_id = plan(registration, policy=messages.AT_MOST_ONCE)
        answer("unknown", cause="read_timeout")
        actor = make.user("admin")
        messages.send_again(message_id, actor=actor)
        answer("unknown", cause="read_timeout")
        messages.count_as_sent(message_id, actor=actor)
        told = [each.partition(" |")[0] for each in story()]
    assert told[0] == "Сотрудник счёл сообщение отправленным: Приветствие, лиду"
    assert told[2] == "Сотрудник решил отправить сообщение ещё раз: Приветствие, лиду"


def test_every_cause_of_an_attempt_has_words() -> None:
    named = [
        *errors._BLOCKED_CAUSES,
        *errors._REFUSED_CAUSES,
        *errors._NOT_LEFT,
        *errors._AMBIGUOUS,
    ]
    causes = {name for _, name in named}
    assert causes <= message_words.CAUSES.keys()

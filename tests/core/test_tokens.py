"""One-time tokens: one purpose, one use, and a life that ends."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text

from app import core
from app.core import tokens
from app.core.errors import TokenRefused
from app.extensions import db
from tests.fixtures.application import Make
from tests.fixtures.parallel import at_once

pytestmark = pytest.mark.both_databases

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PURPOSES = [tokens.LOGIN, tokens.TELEGRAM_REGISTRATION, tokens.TELEGRAM_ACCOUNT]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_token_is_spent_once(make: Make, purpose: str) -> None:
    user = make.user()
    token = tokens.issue(purpose, user_id=user.user_id)
    assert re.fullmatch(r"[A-Za-z0-9_-]{32}", token)
    assert tokens.spend(purpose, token).user_id == user.user_id
    with pytest.raises(TokenRefused) as refusal:
        tokens.spend(purpose, token)
    assert refusal.value.name == "token_refused"


@pytest.mark.parametrize("purpose", PURPOSES)
def test_token_is_good_for_its_purpose_alone(make: Make, purpose: str) -> None:
    token = tokens.issue(purpose, user_id=make.user().user_id)
    for other in PURPOSES:
        if other != purpose:
            with pytest.raises(TokenRefused):
                tokens.spend(other, token)
    assert tokens.spend(purpose, token).purpose == purpose


@pytest.mark.parametrize(
    ("purpose", "lifetime"),
    [
        (tokens.LOGIN, timedelta(minutes=20)),
        (tokens.TELEGRAM_REGISTRATION, timedelta(days=60)),
        (tokens.TELEGRAM_ACCOUNT, timedelta(hours=1)),
    ],
)
def test_token_expires(make: Make, purpose: str, lifetime: timedelta) -> None:
    user = make.user()
    with time_machine.travel(NOON, tick=False) as clock:
        good, late = (tokens.issue(purpose, user_id=user.user_id) for _ in range(2))
        clock.move_to(NOON + lifetime - timedelta(seconds=1))
        assert tokens.spend(purpose, good).purpose == purpose
        clock.move_to(NOON + lifetime)
        with pytest.raises(TokenRefused):
            tokens.spend(purpose, late)


@pytest.mark.parametrize("token", ["", "x", "x" * 32, "x" * 10_000, "' OR 1=1 --"])
def test_unknown_token_is_refused(app: Flask, token: str) -> None:
    for purpose in PURPOSES:
        with pytest.raises(TokenRefused):
            tokens.spend(purpose, token)


def test_token_spent_at_once_is_spent_by_one(app: Flask, make: Make) -> None:
    token = tokens.issue(tokens.LOGIN, user_id=make.user().user_id)

    def spend() -> Any:
        try:
            return tokens.spend(tokens.LOGIN, token).user_id
        except TokenRefused:
            return None

    answers = at_once(app, [spend] * 5)
    assert sum(answer is not None for answer in answers) == 1


def test_login_token_cannot_be_read_back_from_the_database(make: Make) -> None:
    token = tokens.issue(tokens.LOGIN, user_id=make.user().user_id)
    kept = db.session.execute(text("SELECT key FROM one_time_token")).scalars().all()
    assert len(kept) == 1
    assert token not in kept
    with pytest.raises(TokenRefused):
        tokens.spend(tokens.LOGIN, kept[0])


def test_token_spent_in_a_transaction_that_fails_is_not_spent(make: Make) -> None:
    token = tokens.issue(tokens.LOGIN, user_id=make.user().user_id)
    with pytest.raises(ZeroDivisionError), core.transaction():
        tokens.spend(tokens.LOGIN, token)
        raise ZeroDivisionError
    assert tokens.spend(tokens.LOGIN, token).purpose == tokens.LOGIN

"""Over PostgreSQL its clock is everybody's; over SQLite the host's is."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import Engine, create_engine, text

from app import clock
from app.database import keep_time

AN_HOUR = timedelta(hours=1)
NEAR = timedelta(seconds=2)


@pytest.fixture(autouse=True)
def host_clock_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_set", None)


def engine_over(address: str) -> Engine:
    engine = create_engine(address)
    keep_time(engine)
    return engine


def asked(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    engine.dispose()


@pytest.mark.both_databases
@pytest.mark.parametrize("wrong", [AN_HOUR, -AN_HOUR])
def test_host_with_a_wrong_clock_goes_by_the_databases(database: str, wrong: timedelta) -> None:
    truth = datetime.now(UTC)
    with time_machine.travel(truth + wrong, tick=True):
        asked(engine_over(database))
        ahead = clock.now() - truth
    right = timedelta() if database.startswith("postgresql") else wrong
    assert abs(ahead - right) < NEAR


def test_clock_counts_on_from_what_it_was_set_to() -> None:
    noon = datetime(2026, 11, 25, 12, tzinfo=UTC)
    clock.set_by(noon, clock.time.monotonic() - 90)
    assert noon + timedelta(seconds=90) <= clock.now() < noon + timedelta(seconds=92)


def test_clock_is_set_anew_after_a_while(postgres_server: str) -> None:
    engine = engine_over(f"{postgres_server}/postgres")
    asked(engine)
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    clock.set_by(long_ago, clock.time.monotonic())
    asked(engine)
    assert clock.now() - long_ago < NEAR
    with pytest.MonkeyPatch.context() as patch:
        later = clock.time.monotonic() + 61
        patch.setattr("app.database.time.monotonic", lambda: later)
        asked(engine)
        assert clock.now() - datetime.now(UTC) < NEAR

"""A seat: what a stretch of the room depends on, and no person. Who shares it shares its address."""

from dataclasses import dataclass
from datetime import datetime

from app import clock
from app.web.room import signing

PURPOSE = "autowebinar-seat"


@dataclass(frozen=True, slots=True)
class Seat:
    """`started`: when second 0 was, in unix milliseconds. `channel`: whose chat lines come."""

    version_id: str
    started: int
    channel: str
    locale: str

    @property
    def started_at(self) -> datetime:
        return clock.from_unix(self.started / 1000)


def sign_seat(version_id: str, started_at: datetime, channel: str, locale: str) -> str:
    started = round(started_at.timestamp() * 1000)
    return signing.sign(PURPOSE, Seat(version_id, started, channel, locale))


def seat(token: str) -> Seat:
    """The seat of an address, or 404."""
    return signing.read(PURPOSE, Seat, token)

"""The faults themselves, by what is hurt. Importing this enters them into the catalogue."""

from tests.faults.kinds import (
    crashes,
    database_faults,
    on_air,
    people,
    processes,
    redis_faults,
    telegram_faults,
    times,
    updates,
)

__all__ = [
    "crashes",
    "database_faults",
    "on_air",
    "people",
    "processes",
    "redis_faults",
    "telegram_faults",
    "times",
    "updates",
]

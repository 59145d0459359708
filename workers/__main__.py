"""`python -m workers`: all that a worker machine needs, each part restarted when it dies."""

import logging
import sys
from collections.abc import Callable

from app import SettingsError, load
from app.settings import Settings
from workers import bells, queues, ticker
from workers.supervisor import Supervisor
from workers.telegram import polling

SENDERS = 2
"""Processes that send: while one writes to the database, the other calls."""


def main(arguments: list[str]) -> int:
    try:
        settings = load()
    except SettingsError as error:
        print(f"efir: {error}", file=sys.stderr)
        return 2
    if not arguments:
        logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
        return Supervisor(parts(settings)).run()
    return _part(*arguments)


def parts(settings: Settings) -> dict[str, list[str]]:
    """Each part and the command line of its process; without Redis the ticker does it all."""
    names = [["ticker"]]
    if settings.telegram_bot_token:
        names.append(["polling"])
    if settings.redis_url:
        names += [["queue", name] for name in sorted(set(queues.QUEUES.values()))]
        names += [["queue", "sends", str(number)] for number in range(2, SENDERS + 1)]
    return {" ".join(name): [sys.executable, "-m", "workers", *name] for name in names}


def _part(name: str, *rest: str) -> int:
    running: dict[str, Callable[..., None]] = {
        "ticker": ticker.run,
        "polling": polling.run,
        "queue": bells.run,
    }
    run = running.get(name)
    if run is None:
        print(f"efir: no such part: {name}", file=sys.stderr)
        return 2
    run(*rest)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

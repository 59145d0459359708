"""`python -m tests.faults.machine`: `python -m workers`, whose parts can be made to die."""

import logging
import sys

from app import load
from tests.faults import crashing
from workers import __main__ as workers
from workers.supervisor import Supervisor


def main(arguments: list[str]) -> int:
    if arguments:
        crashing.enter()
        return workers.main(arguments)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    parts = workers.parts(load())
    return Supervisor({name: _ours(command) for name, command in parts.items()}).run()


def _ours(command: list[str]) -> list[str]:
    return ["tests.faults.machine" if word == "workers" else word for word in command]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

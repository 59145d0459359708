"""The clock of these tests stands at the recording's start, whenever they are run."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.autowebinar.recording import START


@pytest.fixture(autouse=True)
def _at_the_start() -> Iterator[None]:
    with time_machine.travel(START, tick=False):
        yield

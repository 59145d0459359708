"""An erased lead's lines lose their words everywhere, and keep their places."""

from collections.abc import Callable

import pytest

from app import chat, core
from tests.fixtures.application import Make


@pytest.mark.both_databases
def test_erased_lead_leaves_no_words(make: Make, deliver: Callable[[], int]) -> None:
    registration = make.registration(make.webinar())
    channel = f"auto:{registration.session_id}"
    chat.write(
        channel,
        "Мой телефон 123",
        author="Мария",
        at_sec=1,
        registration_id=registration.registration_id,
    )
    chat.write(channel, "Ответ", author="Ольга", at_sec=2, origin="team")
    core.leads.erase(registration.lead_id)
    deliver()
    assert [line.text for line in chat.recent(channel)] == ["Ответ"]
    told = [(line.number, line.hidden, line.author, line.text) for line in chat.since(channel, 0)]
    assert told == [(2, False, "Ольга", "Ответ"), (1, True, "", "")]


def test_erasing_one_lead_leaves_anothers_lines(make: Make, deliver: Callable[[], int]) -> None:
    webinar = make.webinar()
    mine, other = make.registration(webinar), make.registration(webinar)
    chat.write("room", "Слова", author="Б", at_sec=1, registration_id=other.registration_id)
    core.leads.erase(mine.lead_id)
    deliver()
    assert [line.text for line in chat.recent("room")] == ["Слова"]

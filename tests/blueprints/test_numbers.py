"""Numbers from outside that no database keeps: answered like any other unknown one."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app import chat
from app.autowebinar import answers
from app.autowebinar.answers import AnswerRefused
from app.autowebinar.timeline import Cue
from app.web import numbers
from tests.fixtures.application import Make

HUGE = "9" * 30
ENDLESS = "9" * 5000


@pytest.mark.parametrize("given", ["", "-1", "x", "1.5", "٣", " 1"])
def test_what_is_no_whole_number_is_nought(given: str) -> None:
    assert numbers.read(given) == 0


@pytest.mark.parametrize("given", [HUGE, ENDLESS, str(2**31), str(2**31 - 1)])
def test_no_number_is_larger_than_a_database_keeps(given: str) -> None:
    assert numbers.read(given) == numbers.LARGEST


@pytest.mark.both_databases
@pytest.mark.parametrize("number", [HUGE, "0", "-5", "abc"])
@pytest.mark.parametrize(
    "path",
    [
        "/studio/questions/?before={}",
        "/studio/questions/new/?after={}",
        "/studio/big/versions/?before={}",
        "/studio/big/chat/journal/?before={}",
        "/studio/big/chat/{channel}/?before={}",
        "/studio/big/chat/{channel}/news/?line={}&number={}&first={}",
        "/dashboard/leads/?after={}",
    ],
)
def test_cursor_that_is_none_is_answered(
    client: FlaskClient, make: Make, sign_in: Callable[..., Any], path: str, number: str
) -> None:
    sign_in(client, make.user("admin"))
    webinar = make.webinar(slug="big")
    place = make.registration(webinar)
    channel, said = f"auto:{place.session_id}", {"webinar_id": webinar.webinar_id}
    chat.write(
        channel, "Когда?", author="Мария", at_sec=1, registration_id=place.registration_id, **said
    )
    address = path.replace("{channel}", channel).replace("{}", number)
    assert client.get(address).status_code in (200, 204)


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "path",
    [
        "/studio/big/chat/auto:x/{}/delete/",
        "/studio/big/chat/people/{}/mute/",
        "/studio/big/timeline/lines/{}/",
        "/studio/big/timeline/lines/{}/delete/",
    ],
)
def test_id_that_nothing_can_have_is_not_found(
    client: FlaskClient, make: Make, sign_in: Callable[..., Any], path: str
) -> None:
    sign_in(client, make.user("admin"))
    make.webinar(slug="big")
    assert client.post(path.format(HUGE)).status_code == 404


@pytest.mark.parametrize("given", ["2", "00009", HUGE, ENDLESS, "-1", "x"])
def test_option_that_is_not_there_is_refused(given: str) -> None:
    poll = Cue("c1", 0, None, "Где?", None, "", kind="poll", options=("Там", "Тут"))
    with pytest.raises(AnswerRefused) as refused:
        answers.read(poll, given)
    assert refused.value.why == "no_such_option"

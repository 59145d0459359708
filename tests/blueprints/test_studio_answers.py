"""What viewers answered, as the author reads it: true counts by option, of a version or of all."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app import autowebinar, core
from app.autowebinar import answers, results, seen, sessions
from app.core import UserRecord, WebinarRecord
from tests.autowebinar.recording import CONTENT, START
from tests.fixtures.application import Make
from tests.fixtures.queries import asked

POLL = {
    "kind": "poll",
    "key": "poll0",
    "show_at": 10,
    "text": "Где теряются гости?",
    "options": ["До регистрации", "После неё"],
}
REWORDED = POLL | {"options": ["После неё", "После эфира"], "text": "Где вы теряете гостей?"}
QUESTION = {"kind": "question", "key": "ask0", "show_at": 20, "text": "Что мешает?"}
HANDOUT = {
    "kind": "handout",
    "key": "file0",
    "show_at": 5,
    "text": "Чек-лист",
    "link": "https://example.org/list.pdf",
}
ROW = re.compile(r"<th scope=\"row\">([^<]+)<.*?<td>(\d+)</td><td>(\d+) %</td>", re.S)


@pytest.fixture(autouse=True)
def at_the_start() -> Iterator[Any]:
    with time_machine.travel(START, tick=False) as moment:
        yield moment


@pytest.fixture
def author(make: Make) -> UserRecord:
    return make.user("speaker")


@pytest.fixture
def webinar(make: Make, author: UserRecord) -> WebinarRecord:
    return make.webinar(slug="course", owner_id=author.user_id)


@pytest.fixture
def client(app: Flask, author: UserRecord, sign_in: Any) -> FlaskClient:
    made = app.test_client()
    sign_in(made, author)
    return made


def publish(webinar: WebinarRecord, *cues: dict[str, Any]) -> int:
    version = autowebinar.create_version(webinar.webinar_id, CONTENT | {"cues": list(cues)})
    autowebinar.publish(webinar.webinar_id, version.version_id)
    return version.number


@pytest.fixture
def viewer(make: Make, webinar: WebinarRecord) -> Callable[..., None]:
    """Somebody begins with the version that is shown now, and answers."""

    def answer(given: dict[str, int | str]) -> None:
        version = autowebinar.published(webinar.webinar_id)
        assert version
        registration = make.registration(webinar)
        sessions.keep(sessions.enter(registration, version, START))
        for key, said in given.items():
            cue = next(each for each in version.cues if each.key == key)
            if cue.kind == "handout":
                answers.take(registration, cue, START)
            else:
                answers.keep(registration, cue, answers.read(cue, str(said)))

    return answer


def rows(page: str) -> list[tuple[str, int, int]]:
    return [(words, int(count), int(share)) for words, count, share in ROW.findall(page)]


@pytest.mark.both_databases
def test_counts_are_by_the_words_that_each_version_had(
    client: FlaskClient, webinar: WebinarRecord, viewer: Callable[..., None]
) -> None:
    first = publish(webinar, POLL)
    for choice in (0, 1, 1):
        viewer({"poll0": choice})
    second = publish(webinar, REWORDED)
    viewer({"poll0": 0})
    viewer({"poll0": 1})
    page = client.get("/studio/course/answers/").text
    assert "Где вы теряете гостей?" in page
    assert rows(page) == [("После неё", 3, 60), ("После эфира", 1, 20), ("До регистрации", 1, 20)]
    old = client.get(f"/studio/course/answers/?version={first}").text
    assert "Где теряются гости?" in old
    assert rows(old) == [("До регистрации", 1, 33), ("После неё", 2, 67)]
    new = client.get(f"/studio/course/answers/?version={second}").text
    assert rows(new) == [("После неё", 1, 50), ("После эфира", 1, 50)]


def test_a_vote_that_was_kept_by_place_is_counted_as_its_version_had_it(
    make: Make, webinar: WebinarRecord
) -> None:
    """As they all were once."""
    publish(webinar, POLL)
    version = autowebinar.published(webinar.webinar_id)
    assert version
    registration = make.registration(webinar)
    sessions.keep(sessions.enter(registration, version, START))
    scope = seen.scope_of(registration.registration_id)
    seen.meta.write(registration.user_id, scope, {f"{answers.ANSWER}poll0": 0})
    publish(webinar, REWORDED)
    (result,) = results.of(webinar.webinar_id)
    assert result.options == {"После неё": 0, "После эфира": 0, "До регистрации": 1}


def test_words_of_answers_and_what_was_taken_are_told(
    client: FlaskClient, webinar: WebinarRecord, viewer: Callable[..., None], at_the_start: Any
) -> None:
    publish(webinar, POLL, QUESTION, HANDOUT)
    for words in ("Нет <времени>", "Нет денег"):
        viewer({"ask0": words})
        at_the_start.shift(1)
    viewer({"file0": 1})
    found = {each.asked.key: each for each in results.of(webinar.webinar_id)}
    assert (found["ask0"].said, found["ask0"].answered) == (["Нет денег", "Нет <времени>"], 2)
    assert (found["file0"].answered, found["poll0"].answered) == (1, 0)
    page = client.get("/studio/course/answers/").text
    assert "Нет &lt;времени&gt;" in page
    assert "взяли: 1" in page
    assert rows(page) == [("До регистрации", 0, 0), ("После неё", 0, 0)]


def test_an_erased_lead_s_answer_is_no_answer(
    webinar: WebinarRecord, viewer: Callable[..., None], deliver: Callable[[], int]
) -> None:
    publish(webinar, POLL)
    viewer({"poll0": 0})
    (registration,) = core.registrations.of_webinar(webinar.webinar_id)
    core.leads.erase(registration.lead_id)
    deliver()
    (result,) = results.of(webinar.webinar_id)
    assert result.options == {"До регистрации": 0, "После неё": 0}


def test_it_costs_the_same_for_one_answer_and_for_many(
    webinar: WebinarRecord, viewer: Callable[..., None]
) -> None:
    publish(webinar, POLL, QUESTION)
    viewer({"poll0": 0, "ask0": "Раз"})
    with asked() as one:
        results.of(webinar.webinar_id)
    for number in range(5):
        viewer({"poll0": 1, "ask0": f"Ответ {number}"})
    with asked() as many:
        results.of(webinar.webinar_id)
    assert len(one) == len(many)


def test_a_version_that_is_not_there_is_not_found(
    client: FlaskClient, webinar: WebinarRecord
) -> None:
    assert client.get("/studio/course/answers/?version=99").status_code == 404
    assert "Отвечать пока не на что" in client.get("/studio/course/answers/").text


def test_another_author_reads_none_of_it(
    app: Flask, webinar: WebinarRecord, make: Make, sign_in: Any
) -> None:
    stranger = app.test_client()
    sign_in(stranger, make.user("speaker"))
    assert stranger.get("/studio/course/answers/").status_code == 403

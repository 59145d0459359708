"""Every change of a broadcast's state: told with its actor, made once, refused by a name that has words."""

import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, update

from app import clock, core, live
from app.blueprints.studio import live_steps, live_words
from app.core import UserRecord, WebinarRecord, webinar_states
from app.core.errors import WebinarRefused
from app.core.models import Webinar
from app.extensions import db
from tests.fixtures import parallel
from tests.fixtures.application import TOKEN, Make
from tests.live.conftest import AT, Studio, at

pytestmark = pytest.mark.both_databases
Deliver = Callable[[], int]


def told(webinar: WebinarRecord) -> list[tuple[str, str, int | None, str]]:
    """(before, after, whose doing, by which way) of each change, in their order."""
    return [
        (each.payload["before"], each.payload["after"], *whose(each.payload["context"]))
        for each in core.timeline.everything()
        if each.name == "core_webinar_status_changed" and each.webinar_id == webinar.webinar_id
    ]


def whose(context: dict[str, Any]) -> tuple[int | None, str]:
    return context["actor_id"], context["source"]


@pytest.fixture
def draft(make: Make, moment: Any) -> WebinarRecord:
    return make.webinar("live", published=False, slug="step-by-step")


def test_every_change_is_told_with_whose_doing_it_was(draft: WebinarRecord, make: Make) -> None:
    webinar_id, actor = draft.webinar_id, make.user("speaker")
    live_steps.schedule(webinar_id, AT, actor, again=False)
    live_steps.schedule(webinar_id, at(60), actor, again=True)
    for step in ("start", "pause", "resume", "stop"):
        live_steps.take(step, webinar_id, actor)  # type: ignore[arg-type]
    live_steps.archive(webinar_id, actor)
    way = ["draft", "scheduled", "scheduled", "live", "paused", "live", "finished", "archived"]
    assert told(draft) == [(*step, actor.user_id, "studio") for step in itertools.pairwise(way)]


def test_cancelling_is_told_with_whose_doing_it_was(draft: WebinarRecord, make: Make) -> None:
    actor = make.user("admin")
    live_steps.schedule(draft.webinar_id, AT, actor, again=False)
    live_steps.cancel(draft.webinar_id, actor)
    assert told(draft)[-1] == ("scheduled", "cancelled", actor.user_id, "studio")


def test_two_speakers_who_press_start_at_once_make_one_start(
    app: Flask, draft: WebinarRecord, make: Make, sign_in: Any
) -> None:
    """Two browsers, two processes' worth of threads, one moment."""
    people = [make.user("admin") for _ in range(2)]
    live_steps.schedule(draft.webinar_id, AT, people[0], again=False)

    def presser(person: UserRecord) -> Callable[[], tuple[int, str]]:
        client = app.test_client()
        sign_in(client, person)
        page = client.get(f"/studio/{draft.slug}/live/").text
        token = TOKEN.search(page)
        assert token

        def press() -> tuple[int, str]:
            given = {"csrf_token": token[1]}
            answer = client.post(f"/studio/{draft.slug}/live/start/", data=given)
            return answer.status_code, answer.text

        return press

    answers = parallel.at_once(app, [presser(each) for each in people])
    assert sorted(status for status, _ in answers) == [303, 409]
    (refusal,) = [text for status, text in answers if status == 409]
    assert "Эфир уже идёт: его начал другой ведущий." in refusal
    (start,) = [each for each in told(draft) if each[1] == "live"]
    winner = people[[status for status, _ in answers].index(303)]
    assert start == ("scheduled", "live", winner.user_id, "studio")


NAMES = sorted(
    {
        *(f"webinar_state_invalid_{action}" for action in webinar_states.ALLOWED["live"]),
        *webinar_states.REFUSALS.values(),
        "webinar_status_mutation_forbidden",
        "webinar_state_locked",
    }
)


def test_names_of_refusals_are_those_of_the_contract() -> None:
    contract = {"start", "stop", "pause", "archive", "rewind", "restart"}
    assert {f"webinar_state_invalid_{each}" for each in contract} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_refusal_has_plain_words_of_its_own(app: Flask, name: str) -> None:
    with app.test_request_context():
        words = live_words.refused(WebinarRefused(name=name), "draft")
        others = [live_words.refused(WebinarRefused(name=each), "draft") for each in NAMES]
        unknown = live_words.refused(WebinarRefused(name="webinar_state_invalid_x"), "draft")
    assert others.count(words) == 1
    assert words != unknown
    assert re.fullmatch(r"[А-ЯЁ][А-Яа-яЁё ,:.?!]+[.]", words), words


@pytest.mark.parametrize(
    "write",
    [
        lambda webinar_id: (
            update(Webinar).where(Webinar.webinar_id == webinar_id).values(status="finished")
        ),
        lambda _: update(Webinar).values({Webinar.status: "live"}),
        lambda _: insert(Webinar).values(webinar_id="wb_x", type="live", status="live"),
    ],
)
def test_writing_many_rows_past_the_door_is_refused(
    webinar: WebinarRecord, write: Callable[[str], Any]
) -> None:
    with core.transaction() as session, pytest.raises(WebinarRefused) as refusal:
        session.execute(write(webinar.webinar_id))
    assert refusal.value.name == "webinar_status_mutation_forbidden"
    with core.transaction() as session, pytest.raises(WebinarRefused):
        session.execute(update(Webinar), [{"webinar_id": webinar.webinar_id, "status": "live"}])
    db.session.expire_all()
    assert core.webinars.get(webinar.webinar_id) == webinar


def test_writing_something_else_of_many_rows_is_nobody_s_business(webinar: WebinarRecord) -> None:
    chosen = update(Webinar).where(Webinar.status == "scheduled")
    with core.transaction() as session:
        session.execute(chosen.values(description="Новое"))
    db.session.expire_all()
    found = core.webinars.get(webinar.webinar_id)
    assert found is not None
    assert found.description == "Новое"


def test_nothing_is_shown_or_said_where_the_webinar_is_archived(
    app: Flask, draft: WebinarRecord, make: Make, sign_in: Any
) -> None:
    actor = make.user("admin")
    live_steps.schedule(draft.webinar_id, AT, actor, again=False)
    poll_id = live.polls.open_poll(draft.webinar_id, "Слышно?", ["Да", "Нет"])
    live_steps.cancel(draft.webinar_id, actor)
    live_steps.archive(draft.webinar_id, actor)
    before = live.state.of(draft.webinar_id)
    client = app.test_client()
    sign_in(client, actor)
    here = f"/studio/{draft.slug}/live/"
    page = client.get(here).text
    main = page.partition("<main")[2]
    assert f'action="{here}' not in main, "a page shows no button that does nothing"
    token = TOKEN.search(client.get("/studio/new/").text)
    assert token
    tries: dict[str, dict[str, Any]] = {
        "note/": {"note": "После всего"},
        "poll/": {"question": "Ещё?", "option": ["Да", "Нет"]},
        f"poll/{poll_id}/close/": {},
        "cta/": {"visible": "1"},
        "chat/": {"message": "Эй"},
        "start/": {},
    }
    for path, data in tries.items():
        answer = client.post(here + path, data={"csrf_token": token[1], **data})
        assert answer.status_code == 409, path
        assert "в архиве" in answer.text, path
    assert live.state.of(draft.webinar_id) == before


def test_nobody_is_asked_or_told_when_it_is_over(
    app: Flask, studio: Studio, make: Make, sign_in: Any
) -> None:
    studio.start(0)
    studio.stop(60)
    client = app.test_client()
    sign_in(client, make.user("admin"))
    page = client.get("/studio/on-air/live/").text
    assert 'id="console-ask"' not in page
    assert 'id="console-say"' not in page
    assert 'id="console-pin"' not in page
    token = TOKEN.search(page)
    assert token
    poll = {"csrf_token": token[1], "question": "Ещё?", "option": ["Да", "Нет"]}
    answer = client.post("/studio/on-air/live/poll/", data=poll)
    assert answer.status_code == 409
    assert "опрос открывать поздно" in answer.text
    note = {"csrf_token": token[1], "note": "После всего"}
    answer = client.post("/studio/on-air/live/note/", data=note)
    assert answer.status_code == 409
    assert "заметку зрители не увидят" in answer.text
    assert live.state.of(studio.webinar_id).note == ""
    assert live.state.of(studio.webinar_id).poll is None
    assert clock.now() == at(60)

"""The demo's broadcasts: one to come, one that is over with its recording; the same each time."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from app import clock, core, live
from app.autowebinar import drafts
from app.core import WebinarRecord
from app.database import Base
from app.demo import seed
from app.extensions import db
from tests.fixtures.application import TOKEN
from workers import broadcasts as chores

NOON = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
EVENING = datetime(2026, 11, 25, 16, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def moment() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def webinar(slug: str) -> WebinarRecord:
    found = core.webinars.by_slug(slug)
    assert found is not None
    return found


def rows() -> dict[str, int]:
    return {
        name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for name, table in Base.metadata.tables.items()
    }


@pytest.mark.both_databases
def test_seeded_again_it_is_the_same(app: Flask) -> None:
    seed.seed()
    once = rows()
    seed.seed()
    assert rows() == once


def test_webinars_that_were_given_other_addresses_are_not_made_anew(app: Flask) -> None:
    seed.seed()
    before = core.webinars.worked_on(None)
    for each in before:
        if each.status != "archived":
            core.webinars.edit(each.webinar_id, slug=f"other-{each.slug}")
    seed.seed()
    assert len(core.webinars.worked_on(None)) == len(before)


def test_one_is_to_come_and_moves_on_when_its_hour_has_passed(app: Flask, moment: Any) -> None:
    seed.seed()
    coming = webinar("open-review")
    tomorrow = EVENING + timedelta(days=1)
    assert (coming.status, coming.scheduled_at) == ("scheduled", tomorrow)
    places = core.registrations.of_webinar(coming.webinar_id)
    assert [each.starts_at for each in places] == [tomorrow] * 4
    moment.move_to(tomorrow + timedelta(hours=3))
    seed.seed()
    assert webinar("open-review").scheduled_at == tomorrow + timedelta(days=1)


def test_one_is_over_with_its_recording_its_talk_and_its_people(
    app: Flask, deliver: Callable[[], int]
) -> None:
    seed.seed()
    past = webinar("partner-channel-live")
    state = live.state.of(past.webinar_id)
    assert (state.status, state.recording) == ("finished", "demo/webinar.mp4")
    began = live.broadcasts.of(past.webinar_id).air
    assert (began.on_air_at, began.length) == (EVENING - timedelta(days=1), 160)
    assert state.poll is not None
    assert (state.poll.counts, state.poll.closed) == ([0, 2, 1], True)
    assert [each.answered for each in state.questions] == [False, True]
    deliver()
    assert chores.settle() == 1
    deliver()
    told = core.timeline.of_webinar(
        past.webinar_id, core.events.client_webinar_attendance_classified
    )
    assert sorted(each.payload["attended"] for each in told) == [False, True, True, True]


def test_autowebinar_is_made_of_it_by_the_button(app: Flask, sign_in: Callable[..., None]) -> None:
    seed.seed()
    speaker = core.users.by_email("speaker@efir.test")
    client = app.test_client()
    sign_in(client, speaker)
    page = client.get("/studio/partner-channel-live/broadcast/").text
    token = TOKEN.search(page)
    assert token
    address = "/studio/partner-channel-live/broadcast/recording/auto/"
    answer = client.post(address, data={"csrf_token": token[1]})
    assert answer.status_code == 303
    made = webinar(answer.headers["Location"].strip("/").split("/")[-1])
    draft = drafts.get(made.webinar_id)
    assert (draft.content["video"], draft.content["duration_sec"]) == ("demo/webinar.mp4", 160)
    cues = [(each["show_at"], each["hide_at"], each["text"]) for each in draft.content["cues"]]
    assert cues == [(96, 130, "Получить разбор воронки")]
    assert draft.lines == 20


def test_it_can_be_started_before_its_hour(app: Flask, sign_in: Callable[..., None]) -> None:
    seed.seed()
    client = app.test_client()
    sign_in(client, core.users.by_email("speaker@efir.test"))
    page = client.get("/studio/open-review/live/?start=1").text
    token = TOKEN.search(page)
    assert token and "Да, начать сейчас" in page
    client.post("/studio/open-review/live/start/", data={"csrf_token": token[1]})
    assert webinar("open-review").status == "live"


def test_clock_stands_only_while_told(app: Flask) -> None:
    with clock.standing_at(EVENING):
        assert clock.now() == EVENING
    assert clock.now() == NOON

"""«Watch the recording»: who may, how far forward, what counts, and that nobody chats in it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from app import autowebinar, core
from tests.autowebinar.recording import CONTENT, CTA_FROM, DURATION
from tests.fixtures.application import Make
from tests.fixtures.schedules import EVENING, EVENINGS, NOW, scheduled, slot_at
from tests.fixtures.visitor import Visitor

DAYS = 3


@pytest.fixture(autouse=True)
def travel() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


class Viewer(Visitor):
    """Somebody whose page plays the recording."""

    def __init__(self, app: Flask, make: Make, **place: Any) -> None:
        super().__init__(app)
        webinar = scheduled(make.webinar(), recurring=[EVENINGS], recording_days=DAYS)
        version = autowebinar.create_version(webinar.webinar_id, CONTENT)
        autowebinar.publish(webinar.webinar_id, version.version_id)
        self.place = make.registration(webinar, **place)
        self.webinar, self.slug = webinar, webinar.slug
        self.address = f"/autowebinar/{self.slug}/recording/"
        self.open(f"/r/{self.place.token}/")

    def begin(self) -> str:
        page = self.open(self.address)
        assert page.status_code == 200
        self.fields = self.fields_of(page.text, f"{self.address}beat/")
        return page.text

    def beat(self, position: object, cues: str = "") -> TestResponse:
        fields = self.fields | {"position": str(position), "cues": cues}
        return self.send(f"{self.address}beat/", fields)

    def meta(self) -> dict[str, Any]:
        return dict(core.user_meta.read(self.place.user_id, str(self.place.registration_id)))

    def reached(self) -> int:
        page = self.open(self.address).text
        return int(page.partition('data-reached="')[2].partition('"')[0])


@pytest.fixture
def viewer(app: Flask, make: Make) -> Viewer:
    return Viewer(app, make, mode="recording", expires_at=NOW + timedelta(days=DAYS))


def watch(viewer: Viewer, travel: Any, until: int) -> None:
    for second in range(10, until + 1, 10):
        travel.shift(10)
        assert viewer.beat(second).status_code in (200, 204)


@pytest.mark.both_databases
def test_recording_is_watched_to_its_end_and_completed(viewer: Viewer, travel: Any) -> None:
    viewer.begin()
    watch(viewer, travel, DURATION)
    assert viewer.meta()["autowebinar_completed"] is True
    assert viewer.meta()["autowebinar_progress_percent"] == 100
    facts = [each.name for each in core.timeline.of_lead(viewer.place.lead_id)]
    assert facts.count("autowebinar_progress") == 4
    assert facts.count("client_webinar_completed") == 1


def test_page_is_the_recording_and_has_no_chat(viewer: Viewer) -> None:
    page = viewer.begin()
    assert 'data-mode="recording"' in page
    assert 'id="badge"' in page
    assert 'id="chat"' not in page
    assert "Запись открыта до 26 ноября" in page


def test_chat_is_refused(viewer: Viewer) -> None:
    viewer.begin()
    fields = viewer.fields | {"message": "Есть кто?"}
    assert viewer.send(f"/autowebinar/{viewer.slug}/chat/", fields).status_code == 403


def test_forward_only_as_far_as_the_time_that_passed(viewer: Viewer, travel: Any) -> None:
    viewer.begin()
    travel.shift(10)
    viewer.beat(90)
    assert viewer.reached() <= 12
    assert viewer.meta()["autowebinar_progress_percent"] == 0


def test_being_away_brings_nobody_forward(viewer: Viewer, travel: Any) -> None:
    viewer.begin()
    watch(viewer, travel, 20)
    travel.shift(3600)
    viewer.beat(95)
    assert viewer.reached() <= 23


def test_back_and_forth_within_what_was_seen(viewer: Viewer, travel: Any) -> None:
    viewer.begin()
    watch(viewer, travel, 60)
    travel.shift(1)
    viewer.beat(5)
    assert viewer.reached() == 60
    travel.shift(1)
    viewer.beat(60)
    assert viewer.reached() == 60


def test_goes_on_where_it_was_left_on_any_device(app: Flask, viewer: Viewer, travel: Any) -> None:
    viewer.begin()
    watch(viewer, travel, 40)
    travel.shift(7200)
    other = Visitor(app)
    other.open(f"/r/{viewer.place.token}/")
    assert 'data-position="40"' in other.open(viewer.address).text


def test_cues_come_at_their_second_and_once(viewer: Viewer, travel: Any) -> None:
    page = viewer.begin()
    assert "Получить разбор" not in page
    watch(viewer, travel, CTA_FROM - 10)
    travel.shift(10)
    answer = viewer.beat(CTA_FROM)
    assert answer.status_code == 200
    assert "Получить разбор" in answer.text
    cue = answer.text.partition('data-cue="')[2].partition('"')[0]
    assert viewer.beat(CTA_FROM, cues=cue).status_code == 204
    assert "Получить разбор" not in viewer.beat(5, cues=cue).text


def test_cta_of_what_was_not_seen_leads_nowhere(viewer: Viewer) -> None:
    viewer.begin()
    version = autowebinar.published(viewer.webinar.webinar_id)
    assert version is not None
    address = f"/autowebinar/{viewer.slug}/go/{version.cues[0].cue_id}/"
    assert viewer.open(address).status_code == 404


@pytest.mark.parametrize("position", ["", "x", "-1", "106", "nan"])
def test_nonsense_is_refused(viewer: Viewer, position: str) -> None:
    viewer.begin()
    assert viewer.beat(position).status_code == 422


def test_expired_page_is_led_away(viewer: Viewer, travel: Any) -> None:
    travel.move_to(NOW + timedelta(days=DAYS, seconds=-5))
    viewer.begin()
    travel.move_to(NOW + timedelta(days=DAYS))
    assert viewer.beat(1).headers["HX-Redirect"] == f"/autowebinar/{viewer.slug}/"
    answer = viewer.open(viewer.address)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/autowebinar/{viewer.slug}/")


def test_older_page_of_the_same_place_stops(viewer: Viewer, travel: Any) -> None:
    viewer.begin()
    older = dict(viewer.fields)
    travel.shift(1)
    viewer.begin()
    answer = viewer.send(f"{viewer.address}beat/", older | {"position": "1"})
    assert "room:elsewhere" in answer.headers["HX-Trigger"]


def test_after_a_session_the_recording_is_open_for_days(
    app: Flask, make: Make, travel: Any
) -> None:
    webinar_evening = {"starts_at": EVENING}
    viewer = Viewer(app, make, **webinar_evening)
    slot = slot_at(viewer.webinar, EVENING)
    core.registrations.move(
        viewer.place.registration_id,
        slot_id=slot.slot_id,
        starts_at=slot.starts_at,
        moved_by="viewer",
    )
    assert viewer.open(viewer.address).status_code == 303
    travel.move_to(EVENING)
    assert "recording" not in viewer.open(f"/autowebinar/{viewer.slug}/").headers.get(
        "Location", ""
    )
    assert viewer.open(viewer.address).status_code == 303
    travel.move_to(EVENING + timedelta(seconds=DURATION))
    assert viewer.address in viewer.open(f"/autowebinar/{viewer.slug}/").text
    assert viewer.open(viewer.address).status_code == 200
    travel.move_to(EVENING + timedelta(days=DAYS))
    assert viewer.open(viewer.address).status_code == 303


def test_author_who_offers_no_recording_shows_none(app: Flask, make: Make, travel: Any) -> None:
    viewer = Viewer(app, make)
    scheduled(viewer.webinar, at_once=True)
    viewer.open(f"/autowebinar/{viewer.slug}/")
    assert viewer.open(viewer.address).status_code == 303

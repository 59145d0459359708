"""Viewing sessions: begun once, bounded by the clock, each quarter told once."""

from datetime import timedelta

import pytest
from flask import Flask

from app import core
from app.autowebinar import CtaNotShown, PositionInvalid, sessions
from app.autowebinar.sessions import Kept
from tests.autowebinar.recording import CTA_FROM, DURATION, START, Watching, after, watching
from tests.fixtures.application import Make
from tests.fixtures.parallel import at_once

BEGINNING = ["autowebinar_session_created", "autowebinar_join"]
QUARTERS = [f"autowebinar_progress:{each}" for each in (25, 50, 75, 100)]


@pytest.fixture
def viewer(make: Make) -> Watching:
    return watching(make)


@pytest.mark.both_databases
def test_enter_begins_a_session_with_all_its_meta(viewer: Watching) -> None:
    assert viewer.enter(0) == Kept(began=True)
    assert viewer.meta() == {
        "autowebinar_session_id": viewer.registration.session_id,
        "autowebinar_version_id": viewer.version.version_id,
        "autowebinar_started_at": START,
        "autowebinar_last_position_sec": 0,
        "autowebinar_progress_percent": 0,
        "autowebinar_completed": False,
        "autowebinar_last_seen_at": START,
    }
    assert viewer.facts() == BEGINNING


def test_facts_name_the_viewer_and_who_invited_them(make: Make) -> None:
    partner = make.user("partner")
    viewer = watching(make)
    with core.transaction():
        ingested = make.ingest(source="signup", ref=partner.ref_code)
        user_id, _ = core.users.ensure_for_lead(ingested.lead_id, None, new_lead=True)
        registration, _ = core.registrations.register(
            ingested.lead_id, user_id, viewer.webinar.webinar_id, proven=True
        )
    Watching(viewer.webinar, viewer.version, registration).enter(0)
    joined = core.timeline.of_lead(ingested.lead_id)[0]
    assert joined.payload == {
        "event_id": joined.event_id,
        "user_id": user_id,
        "lead_id": ingested.lead_id,
        "ref_id": partner.user_id,
        "webinar_id": viewer.webinar.webinar_id,
        "session_id": registration.session_id,
        "timestamp": int(START.timestamp()),
    }


def test_coming_again_begins_nothing(viewer: Watching) -> None:
    viewer.enter(0)
    assert viewer.enter(5) == Kept()
    assert viewer.second(30) == 30
    assert viewer.facts() == BEGINNING


@pytest.mark.both_databases
def test_entering_twice_at_once_begins_one_session(app: Flask, viewer: Watching) -> None:
    kept = at_once(app, [lambda: viewer.enter(0)] * 4)
    assert sorted(each.began for each in kept) == [False, False, False, True]
    assert viewer.facts() == BEGINNING


def test_silence_beyond_a_minute_freezes_and_goes_on(viewer: Watching) -> None:
    viewer.enter(0)
    viewer.watch(10, 30)
    assert viewer.second(90) == 90
    assert viewer.second(91) == 30
    viewer.enter(600)
    assert viewer.meta()["autowebinar_started_at"] == after(570)
    assert viewer.second(605) == 35
    assert viewer.meta()["autowebinar_last_position_sec"] == 30


def test_frozen_session_goes_on_by_its_page_alone(viewer: Watching) -> None:
    """A laptop that slept: no page is opened, the first sign of life is an acknowledgement."""
    viewer.enter(0)
    viewer.watch(10, 30)
    step = sessions.acknowledge(viewer.registration, viewer.version, "95", after(600))
    sessions.keep(step)
    assert (step.place.seconds, step.place.frozen) == (30, True)
    assert viewer.meta()["autowebinar_last_position_sec"] == 31
    assert viewer.facts() == [*BEGINNING, QUARTERS[0]]


def test_freezing_resets_neither_progress_nor_completion(viewer: Watching) -> None:
    viewer.enter(0)
    viewer.watch(10, 100)
    viewer.enter(5000)
    viewer.acknowledge(3, 5001)
    assert viewer.meta()["autowebinar_progress_percent"] == 100
    assert viewer.meta()["autowebinar_completed"] is True
    assert viewer.second(5001) == DURATION


def test_slot_runs_by_its_start_and_never_freezes(make: Make) -> None:
    open_viewer = watching(make)
    with core.transaction():
        registration, _ = core.registrations.register(
            open_viewer.registration.lead_id,
            open_viewer.registration.user_id,
            open_viewer.webinar.webinar_id,
            proven=True,
            slot_id="slot",
            starts_at=START,
        )
    viewer = Watching(open_viewer.webinar, open_viewer.version, registration)
    viewer.enter(20)
    assert viewer.meta()["autowebinar_started_at"] == START
    assert viewer.second(20) == 20
    assert viewer.second(95) == 95


def test_quarters_are_told_as_the_page_acknowledges_them(viewer: Watching) -> None:
    viewer.enter(0)
    viewer.watch(10, 20)
    assert viewer.facts() == BEGINNING
    viewer.acknowledge(25, 25)
    assert viewer.meta()["autowebinar_progress_percent"] == 25
    viewer.watch(30, 90)
    assert viewer.facts() == [*BEGINNING, *QUARTERS[:3]]
    assert viewer.acknowledge(100, 100) == Kept(completed=True)
    assert viewer.facts() == [*BEGINNING, *QUARTERS, "autowebinar_completed"]
    assert viewer.meta()["autowebinar_completed"] is True


def test_repeated_acknowledgements_tell_nothing_again(viewer: Watching) -> None:
    viewer.enter(0)
    viewer.watch(10, 100)
    assert viewer.acknowledge(100, 101) == Kept()
    viewer.acknowledge(26, 102)
    assert viewer.facts() == [*BEGINNING, *QUARTERS, "autowebinar_completed"]
    assert viewer.meta()["autowebinar_last_position_sec"] == 100


@pytest.mark.both_databases
def test_acknowledging_at_once_tells_each_quarter_once(app: Flask, viewer: Watching) -> None:
    viewer.enter(0)
    viewer.watch(10, 20)
    works = [lambda second=second: viewer.acknowledge(second, 60) for second in (26, 51, 60, 55)]
    at_once(app, works)
    assert sorted(viewer.facts()) == sorted([*BEGINNING, *QUARTERS[:2]])
    assert viewer.meta()["autowebinar_progress_percent"] == 50


@pytest.mark.both_databases
def test_completing_at_once_completes_once(app: Flask, viewer: Watching) -> None:
    viewer.enter(0)
    viewer.watch(10, 90)
    kept = at_once(app, [lambda: viewer.acknowledge(100, 100)] * 4)
    assert sorted(each.completed for each in kept) == [False, False, False, True]


def test_page_is_believed_a_second_ahead_of_the_clock_and_no_more(viewer: Watching) -> None:
    viewer.enter(0)
    viewer.acknowledge(100, 10)
    assert viewer.facts() == BEGINNING
    viewer.acknowledge(25, 24)
    assert viewer.facts() == [*BEGINNING, QUARTERS[0]]


def test_acknowledgement_never_goes_back(viewer: Watching) -> None:
    viewer.enter(0)
    viewer.watch(10, 40)
    viewer.acknowledge(12, 45)
    viewer.enter(500)
    assert viewer.second(500) == 40


def test_page_that_stood_still_goes_on_from_what_it_showed(viewer: Watching) -> None:
    """Autoplay was blocked: the page was there, but nothing was seen."""
    viewer.enter(0)
    viewer.acknowledge(0, 10)
    viewer.acknowledge(0, 20)
    assert viewer.second(25) == 25
    assert viewer.second(300) == 0


GARBAGE = ["-1", "1e9", "NaN", "nan", "inf", "abc", "", " 5", "5 ", "+5", "0x10", "1_0", "٣", "5,5"]


@pytest.mark.parametrize("position", [*GARBAGE, "106", "999999", "1" * 400, "1.", ".5", "5\x00"])
def test_position_that_is_none_is_refused_and_changes_nothing(
    viewer: Watching, position: str
) -> None:
    viewer.enter(0)
    before = viewer.meta()
    with pytest.raises(PositionInvalid) as refusal:
        viewer.acknowledge(position, 10)
    assert refusal.value.name == "autowebinar_position_invalid"
    assert (viewer.meta(), viewer.facts()) == (before, BEGINNING)


@pytest.mark.parametrize(("text", "seconds"), [("0", 0), ("7", 7), ("7.99", 7), ("103", DURATION)])
def test_second_in_takes_whole_seconds(text: str, seconds: int) -> None:
    assert sessions.second_in(text, DURATION) == seconds


def test_acknowledgement_begins_a_session_that_no_page_began(viewer: Watching) -> None:
    assert viewer.acknowledge(0, 0) == Kept(began=True)
    assert viewer.facts() == BEGINNING


def cta_of(viewer: Watching) -> str:
    return viewer.version.cues[0].cue_id


def test_click_is_recorded_the_first_time_and_leads_on_each_time(viewer: Watching) -> None:
    viewer.enter(0)
    for seconds in (CTA_FROM, CTA_FROM + 5):
        cue = sessions.click_cta(
            viewer.registration, viewer.version, cta_of(viewer), after(seconds)
        )
        assert cue == viewer.version.cues[0]
    assert viewer.facts() == [*BEGINNING, "autowebinar_cta_click"]
    assert viewer.meta()["autowebinar_cta_clicked_at"] == after(CTA_FROM)


def test_click_before_its_second_is_refused(viewer: Watching) -> None:
    viewer.enter(0)
    with pytest.raises(CtaNotShown):
        sessions.click_cta(viewer.registration, viewer.version, cta_of(viewer), after(CTA_FROM - 2))
    assert viewer.facts() == BEGINNING
    assert "autowebinar_cta_clicked_at" not in viewer.meta()


def test_click_counts_once_it_was_shown_however_long_ago(make: Make) -> None:
    cues = [{"kind": "cta", "show_at": 20, "hide_at": 30, "text": "Рано"}]
    viewer = watching(make, cues=cues)
    viewer.enter(0)
    viewer.watch(10, 40)
    sessions.click_cta(
        viewer.registration, viewer.version, cta_of(viewer), START + timedelta(days=2)
    )
    assert "autowebinar_cta_click" in viewer.facts()


def test_click_of_one_who_never_entered_is_refused(viewer: Watching) -> None:
    with pytest.raises(CtaNotShown):
        sessions.click_cta(viewer.registration, viewer.version, cta_of(viewer), after(CTA_FROM))
    assert viewer.facts() == []

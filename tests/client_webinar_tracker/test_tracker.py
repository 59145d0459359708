"""Helpers that emit the client's webinar states: normalised, and nothing that was not given."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask

from app import client_webinar_tracker as tracker
from app import core
from app.core.errors import EventRefused

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
NOW = int(NOON.timestamp())
BASE = {"lead_id": 7, "webinar_id": "wb_1"}
FULL = BASE | {
    "webinar_type": "auto",
    "session_id": "s1",
    "slot_id": "slot-1",
    "source": "signup",
    "leave_reason": "network_loss",
    "form_id": "feedback",
    "form_payload": {"mark": 5},
    "timestamp": 1_700_000_000,
    "surprise": "never passed on",
}
Helper = Callable[[dict[str, Any]], str | None]
HELPERS: dict[str, tuple[Helper, str, str]] = {
    "register": (
        tracker.client_webinar_register,
        "client_webinar_registered",
        "registered_at",
    ),
    "enter": (tracker.client_webinar_enter, "client_webinar_entered", "timestamp"),
    "leave": (tracker.client_webinar_leave, "client_webinar_left", "left_at"),
    "complete": (tracker.client_webinar_complete, "client_webinar_completed", "completed_at"),
    "form": (
        tracker.client_webinar_form_submit,
        "client_webinar_form_submitted",
        "submitted_at",
    ),
}
PASSED_ON = {
    "register": {"webinar_type", "slot_id", "source"},
    "enter": {"session_id"},
    "leave": {"webinar_type", "session_id", "leave_reason"},
    "complete": {"webinar_type", "session_id"},
    "form": {"webinar_type", "session_id", "form_id", "form_payload"},
}
# What a helper needs beside the minimal context, and what it adds by itself.
NEEDS = {"form": {"form_id": "feedback"}}
ADDS = {"leave": {"leave_reason": "user_exit"}, "form": {"form_payload": {}}}
ALL = pytest.mark.parametrize("name", sorted(HELPERS))


def emitted() -> list[tuple[str, dict[str, Any]]]:
    return [(each.name, each.payload) for each in core.timeline.everything()]


def call(name: str, context: dict[str, Any]) -> str | None:
    return HELPERS[name][0](context)


@ALL
@pytest.mark.both_databases
def test_minimal_context_is_enough_and_nothing_is_added(app: Flask, name: str) -> None:
    _, event, moment = HELPERS[name]
    with time_machine.travel(NOON, tick=False):
        event_id = call(name, BASE | NEEDS.get(name, {}))
    expected = BASE | {moment: NOW} | NEEDS.get(name, {}) | ADDS.get(name, {})
    assert emitted() == [(event, expected)]
    assert [each.event_id for each in core.timeline.everything()] == [event_id]


@ALL
def test_known_members_are_passed_on_and_others_are_not(app: Flask, name: str) -> None:
    _, event, moment = HELPERS[name]
    call(name, FULL)
    passed = {member: FULL[member] for member in PASSED_ON[name]}
    assert emitted() == [(event, BASE | passed | {moment: 1_700_000_000})]


@ALL
def test_context_is_left_as_it_was(app: Flask, name: str) -> None:
    context = dict(FULL)
    call(name, context)
    assert context == FULL


@ALL
@pytest.mark.parametrize(
    ("given", "passed"),
    [
        ({"lead_id": "7"}, {"lead_id": 7}),
        ({"webinar_id": "  wb_1 "}, {"webinar_id": "wb_1"}),
        ({"timestamp": "1700000000"}, {"moment": 1_700_000_000}),
        ({"timestamp": None}, {"moment": NOW}),
        ({"session_id": None}, {}),
    ],
)
def test_context_is_normalised(
    app: Flask, name: str, given: dict[str, Any], passed: dict[str, Any]
) -> None:
    _, _, moment = HELPERS[name]
    expected = BASE | {moment: passed.get("moment", NOW)} | NEEDS.get(name, {}) | ADDS.get(name, {})
    with time_machine.travel(NOON, tick=False):
        call(name, BASE | NEEDS.get(name, {}) | given)
    ((_, payload),) = emitted()
    assert payload == expected | {key: passed[key] for key in passed.keys() & {"lead_id"}}


@ALL
def test_own_moment_counts_before_the_general_one(app: Flask, name: str) -> None:
    moment = HELPERS[name][2]
    call(name, FULL | {"timestamp": 5, moment: 6})
    ((_, payload),) = emitted()
    assert payload[moment] == 6


@ALL
@pytest.mark.parametrize(
    "wrong",
    [
        {"webinar_id": None},
        {"webinar_id": ""},
        {"webinar_id": "   "},
        {"webinar_id": "w" * 33},
        {"lead_id": "seven"},
        {"lead_id": -1},
        {"lead_id": 1.5},
        {"lead_id": 2**31},
        {"lead_id": True},
        {"timestamp": "yesterday"},
        {"timestamp": -5},
        {"timestamp": float("nan")},
        {"timestamp": 10**15},
    ],
)
@pytest.mark.both_databases
def test_context_that_will_not_do_is_refused_and_says_nothing(
    app: Flask, name: str, wrong: dict[str, Any]
) -> None:
    with pytest.raises(EventRefused) as refusal:
        call(name, BASE | NEEDS.get(name, {}) | wrong)
    assert refusal.value.name == "event_payload_invalid"
    assert emitted() == []


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("leave", {"leave_reason": "boredom"}),
        ("leave", {"webinar_type": "radio"}),
        ("form", {"form_id": ""}),
        ("form", {"form_id": None}),
        ("form", {"form_payload": {"nested": {"no": 1}}}),
        ("form", {"form_payload": [1, 2]}),
        ("register", {"lead_id": None}),
        ("register", {"slot_id": 5}),
        ("enter", {"session_id": 5}),
        ("enter", {"session_id": "s" * 65}),
        ("complete", {"session_id": "s" * 65}),
        ("leave", {"session_id": "s" * 65}),
    ],
)
@pytest.mark.both_databases
def test_member_of_the_wrong_kind_is_refused(app: Flask, name: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(EventRefused):
        call(name, BASE | NEEDS.get(name, {}) | wrong)
    assert emitted() == []


@pytest.mark.parametrize("name", ["enter", "leave", "complete"])
def test_session_says_each_state_once(app: Flask, name: str) -> None:
    context = BASE | {"session_id": "s1"}
    assert call(name, context)
    assert call(name, context | {"timestamp": 5}) is None
    assert call(name, context | {"session_id": "s2"})
    assert len(emitted()) == 2


def test_form_may_be_sent_again(app: Flask) -> None:
    context = BASE | {"session_id": "s1", "form_id": "feedback"}
    assert call("form", context) != call("form", context)
    assert len(emitted()) == 2


def test_registration_is_told_once(app: Flask) -> None:
    first = tracker.client_webinar_register(BASE, session_id="s1")
    assert first
    assert tracker.client_webinar_register(BASE, session_id="s1") is None
    assert tracker.client_webinar_register(BASE, session_id="s2")


@pytest.mark.parametrize("reason", ["user_exit", "session_end", "network_loss"])
def test_every_reason_to_leave_has_its_name(app: Flask, reason: str) -> None:
    call("leave", BASE | {"leave_reason": reason})
    ((_, payload),) = emitted()
    assert payload["leave_reason"] == reason


@pytest.mark.parametrize("name", ["enter", "leave", "complete", "form"])
def test_lead_that_is_not_known_is_not_made_up(app: Flask, name: str) -> None:
    call(name, {"webinar_id": "wb_1"} | NEEDS.get(name, {}))
    ((_, payload),) = emitted()
    assert "lead_id" not in payload

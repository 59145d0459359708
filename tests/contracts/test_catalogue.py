"""The catalogue in code is the contract: names, payloads, words, and JSON."""

import json
from typing import Any

import pytest

from app import core
from app.core.errors import EventRefused
from tests.contracts.canonical_events import CONTRACTS, payload_of

EVENTS = core.events.CATALOGUE
NAMES = sorted(CONTRACTS)


def test_catalogue_has_the_events_of_the_contract_and_no_others() -> None:
    assert sorted(EVENTS) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_event_is_reachable_by_its_name(name: str) -> None:
    assert getattr(core.events, name) is EVENTS[name]
    assert EVENTS[name].name == name


@pytest.mark.parametrize("name", NAMES)
def test_event_has_the_raisers_and_the_kind_of_the_contract(name: str) -> None:
    assert EVENTS[name].raisers == CONTRACTS[name].raisers
    assert EVENTS[name].kind == CONTRACTS[name].kind


@pytest.mark.parametrize("name", NAMES)
def test_event_has_exactly_the_members_of_the_contract(name: str) -> None:
    payload_type = EVENTS[name].payload_type
    assert payload_type.__required_keys__ == CONTRACTS[name].required
    assert payload_type.__optional_keys__ == CONTRACTS[name].optional


@pytest.mark.parametrize("name", NAMES)
def test_event_says_in_words_what_it_tells(name: str) -> None:
    words = " ".join((EVENTS[name].__doc__ or "").split())
    assert len(words) > 20
    assert words.endswith(".")


@pytest.mark.parametrize("optional", [True, False], ids=["full", "minimal"])
@pytest.mark.parametrize("name", NAMES)
def test_payload_goes_through_json_and_comes_back_the_same(name: str, optional: bool) -> None:
    payload = payload_of(name, optional=optional)
    checked = EVENTS[name].check(payload)
    assert checked == payload
    assert json.loads(json.dumps(checked)) == payload


@pytest.mark.parametrize("name", NAMES)
def test_payload_without_a_required_member_is_refused(name: str) -> None:
    for member in CONTRACTS[name].required:
        payload = payload_of(name)
        del payload[member]
        with pytest.raises(EventRefused, match=rf"{name}: .*{member}"):
            EVENTS[name].check(payload)


@pytest.mark.parametrize("name", NAMES)
def test_payload_with_an_unknown_member_is_refused(name: str) -> None:
    with pytest.raises(EventRefused):
        EVENTS[name].check(payload_of(name) | {"surprise": 1})


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("core_lead_created", {"lead_id": "1"}),
        ("core_user_login", {"timestamp": 1.5}),
        ("core_webinar_set_status", {"status": "pause"}),
        ("core_webinar_set_cta_visibility", {"visible": "yes"}),
        ("client_webinar_left", {"leave_reason": "boredom"}),
        ("client_webinar_registered", {"webinar_type": "radio"}),
        ("client_webinar_form_submitted", {"form_payload": {"nested": {"no": 1}}}),
        ("client_webinar_form_submitted", {"form_payload": {"list": [1]}}),
        ("autowebinar_progress", {"progress": 60}),
        ("autowebinar_progress", {"progress": 0}),
        ("post_webinar_route", {"route": "maybe"}),
        ("core_lead_updated", {"lead_meta": {"nested": {}}}),
    ],
)
def test_payload_of_the_wrong_type_is_refused(name: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(EventRefused):
        EVENTS[name].check(payload_of(name) | wrong)


def test_check_answers_with_a_copy_that_shares_nothing() -> None:
    given = payload_of("core_lead_updated")
    checked = EVENTS["core_lead_updated"].check(given)
    checked["lead_meta"]["lead_source"] = "changed"
    assert given["lead_meta"]["lead_source"] == "web_form"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_not_a_number_is_no_json_and_is_refused(value: float) -> None:
    payload = payload_of("scenario_start")
    payload["context"] = payload["context"] | {"payload": {"value": value}}
    with pytest.raises(EventRefused):
        EVENTS["scenario_start"].check(payload)


PERSONAL = {
    "core_ingest_event": {"name", "email", "phone", "ip", "user_agent"},
    "core_lead_created": {
        "payload.name",
        "payload.email",
        "payload.phone",
        "payload.ip",
        "payload.user_agent",
    },
    "core_lead_updated": {
        "lead_meta.name",
        "lead_meta.email",
        "lead_meta.phone",
        "lead_meta.consent_ip",
    },
    "core_lead_deleted": {
        "lead_meta.name",
        "lead_meta.email",
        "lead_meta.phone",
        "lead_meta.consent_ip",
    },
    "core_lead_merged": {
        "lead_meta.name",
        "lead_meta.email",
        "lead_meta.phone",
        "lead_meta.consent_ip",
    },
    "core_contact_message_received": {"text"},
    "client_webinar_form_submitted": {"form_payload"},
}


@pytest.mark.parametrize("name", sorted(PERSONAL))
def test_event_names_its_personal_members(name: str) -> None:
    assert set(EVENTS[name].personal) == PERSONAL[name]


def test_scenario_start_keeps_apart_whatever_was_personal_in_the_event_that_started_it() -> None:
    """A rule may start from any event about a lead, and its payload travels in the context."""
    inherited = {
        f"context.payload.{path.removeprefix('payload.')}"
        for name, paths in PERSONAL.items()
        for path in paths
        if name not in ("core_ingest_event", "core_contact_message_received")
    }
    assert set(EVENTS["scenario_start"].personal) == inherited

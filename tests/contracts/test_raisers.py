"""Each event is raised by its owner alone: refused at run time, and found nowhere else in code."""

import ast
import functools
from pathlib import Path

import pytest
from flask import Flask

from app import core
from app.core.errors import EventNotYours
from tests.contracts.canonical_events import CONTRACTS, payload_of

ROOT = Path(__file__).parents[2]
OWNERS = sorted({raiser for each in CONTRACTS.values() for raiser in each.raisers})
FACTS = sorted(name for name, each in CONTRACTS.items() if each.kind == "fact")
REQUESTS = sorted(name for name, each in CONTRACTS.items() if each.kind == "request")
# Where each raiser lives. Core records its own facts itself, without an emitter.
HOMES = {
    "scenario_engine": "app/scenario_engine",
    "messages": "app/messages",
    "client_webinar_tracker": "app/client_webinar_tracker",
    "attendance": "app/attendance",
    "autowebinar": "app/autowebinar",
    "integration_web_form": "app/blueprints/integration_web_form",
    "signup": "app/blueprints/signup",
    "studio": "app/blueprints/studio",
    "rules": "app/live",
}


def test_every_fact_has_one_raiser() -> None:
    assert {name: len(CONTRACTS[name].raisers) for name in FACTS} == dict.fromkeys(FACTS, 1)


@pytest.mark.parametrize("name", FACTS)
def test_fact_is_refused_to_everybody_but_its_owner(app: Flask, name: str) -> None:
    event = core.events.named(name)
    for stranger in [owner for owner in OWNERS if owner not in CONTRACTS[name].raisers]:
        with pytest.raises(EventNotYours) as refusal:
            core.emitter(stranger)(event, payload_of(name))
        assert refusal.value.name == "event_not_yours"
    assert list(core.timeline.everything()) == []


@pytest.mark.parametrize("name", REQUESTS)
def test_request_is_refused_to_everybody_but_its_raisers(app: Flask, name: str) -> None:
    event = core.events.named(name)
    for stranger in [owner for owner in OWNERS if owner not in CONTRACTS[name].raisers]:
        with pytest.raises(EventNotYours):
            core.request(event, payload_of(name), raiser=stranger)
    assert list(core.timeline.everything()) == []


@pytest.mark.parametrize("name", [name for name in FACTS if CONTRACTS[name].raisers != ("core",)])
def test_fact_is_recorded_for_its_owner_with_its_payload(app: Flask, name: str) -> None:
    (owner,) = CONTRACTS[name].raisers
    payload = payload_of(name)
    event_id = core.emitter(owner)(core.events.named(name), payload)
    (envelope,) = core.timeline.everything()
    own_id = {"event_id": event_id} if "event_id" in CONTRACTS[name].required else {}
    assert (envelope.event_id, envelope.name) == (event_id, name)
    assert envelope.payload == payload | own_id


@functools.cache
def sources() -> list[tuple[str, ast.Module]]:
    paths = [
        path for folder in ("app", "workers") for path in sorted((ROOT / folder).rglob("*.py"))
    ]
    return [(str(path.relative_to(ROOT)), ast.parse(path.read_text())) for path in paths]


def calls(function: str) -> list[tuple[str, ast.Call]]:
    """Calls of `anything.function(…)` or `function(…)`, with the file each stands in."""
    found = []
    for path, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _last_name(node.func) == function:
                found.append((path, node))
    return found


def _last_name(node: ast.expr) -> str | None:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


def text_of(node: ast.expr, path: str) -> str:
    """The text of a literal or of a constant of that module; "?" for what run time decides."""
    if isinstance(node, ast.Name):
        return constants(path).get(node.id, "?")
    return str(node.value) if isinstance(node, ast.Constant) else "?"


@functools.cache
def constants(path: str) -> dict[str, str]:
    return {
        target.id: node.value.value
        for node in ast.parse((ROOT / path).read_text()).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }


def test_emitters_are_made_in_the_rooms_that_own_them() -> None:
    made = {(text_of(call.args[0], path), path) for path, call in calls("emitter")}
    owners = {raiser for each in CONTRACTS.values() for raiser in each.raisers}
    facts_of_others = {CONTRACTS[name].raisers[0] for name in FACTS} - {"core"}
    assert {system for system, _ in made} == facts_of_others
    assert facts_of_others < owners
    assert [path for system, path in made if not path.startswith(f"{HOMES[system]}/")] == []


def test_emitters_do_not_leave_their_rooms() -> None:
    """`emit` is a module's own name: nobody imports it from another room."""
    taken = [
        (path, node.module)
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and any(each.name == "emit" for each in node.names)
        if not path.startswith((node.module or "").replace(".", "/").rpartition("/")[0] + "/")
    ]
    assert taken == []


def test_requests_name_a_raiser_that_lives_there() -> None:
    """The demo data stands for its visitors, and so for the doors that they came through."""
    found = [
        (text_of(keyword.value, path), path)
        for path, call in calls("request")
        for keyword in call.keywords
        if keyword.arg == "raiser" and not path.startswith("app/demo/")
    ]
    assert {raiser for raiser, _ in found} >= {"integration_web_form", "signup"}
    assert [each for each in found if not each[1].startswith(f"{HOMES.get(each[0], '-')}/")] == []


def test_nobody_sends_or_hears_past_the_bus() -> None:
    """blinker's own `send` stops at the first receiver that fails, and `connect` has no name."""
    past = [
        (path, ast.unparse(call.func))
        for verb in ("send", "connect")
        for path, call in calls(verb)
        if isinstance(call.func, ast.Attribute)
        if ast.unparse(call.func.value).split(".")[-1] in CONTRACTS and path != "app/core/bus.py"
    ]
    requests = [("app/core/__init__.py", f"events.{name}.connect") for name in REQUESTS]
    assert sorted(past) == sorted(requests)


def test_only_core_records_without_an_emitter() -> None:
    outside = [path for path, _ in calls("record") if not path.startswith("app/core/")]
    assert outside == []


def test_user_meta_writers_are_made_in_the_rooms_that_own_the_namespace() -> None:
    made = [
        (text_of(call.args[0], path), path)
        for path, call in calls("writer")
        if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) != "csv"
    ]
    assert {system for system, _ in made} == {"autowebinar"}
    assert [path for _, path in made if not path.startswith("app/autowebinar/")] == []

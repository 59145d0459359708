"""Every state and every action: what it becomes, or the name of the refusal, letter for letter."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from app import core
from app.core import WebinarRecord, webinar_states
from app.core.errors import EventRefused, Forbidden, NotFound, WebinarRefused
from app.core.models import Webinar
from app.extensions import db
from tests.fixtures.application import Make

pytestmark = pytest.mark.both_databases

NOW = 1_700_000_000
AT = datetime(2026, 12, 1, 16, tzinfo=UTC)
Act = Callable[[str, int | None], WebinarRecord]


def request_status(status: str) -> Act:
    def act(webinar_id: str, actor_id: int | None) -> WebinarRecord:
        context = {"actor_id": actor_id, "timestamp": NOW, "source": "studio"}
        answer: WebinarRecord = core.request(
            core.events.core_webinar_set_status,
            {"webinar_id": webinar_id, "status": status, "context": context},
            raiser="studio" if actor_id is not None else "rules",
        )
        return answer

    return act


def door(name: str) -> Act:
    return lambda webinar_id, actor_id: getattr(webinar_states, name)(webinar_id, actor_id=actor_id)


ACTIONS: dict[str, Act] = {
    "schedule": lambda webinar_id, actor_id: webinar_states.schedule(
        webinar_id, AT, actor_id=actor_id
    ),
    "start": request_status("start"),
    "stop": request_status("stop"),
    **{
        name: door(name)
        for name in ("pause", "resume", "cancel", "archive", "publish", "unpublish")
    },
}
# How a LIVE or AUTO webinar is brought to each state, from the draft that it is born as.
LIVE_WAYS = {
    "draft": (),
    "scheduled": ("schedule",),
    "live": ("schedule", "start"),
    "paused": ("schedule", "start", "pause"),
    "finished": ("schedule", "start", "stop"),
    "cancelled": ("schedule", "cancel"),
    "archived": ("schedule", "cancel", "archive"),
}
AUTO_WAYS = {"draft": (), "published": ("publish",), "archived": ("archive",)}

INVALID = "webinar_state_invalid_"
LOCKED = dict.fromkeys(ACTIONS, "webinar_state_locked")


def table(rows: str) -> dict[str, str]:
    """`action=outcome` pairs; a leading ! means a refusal of that kind."""
    pairs = (pair.split("=") for pair in rows.split())
    return {
        action: INVALID + outcome[1:] if outcome[0] == "!" else outcome for action, outcome in pairs
    }


# The contract: what each action does in each state. Written by hand.
LIVE_TABLE = {
    "draft": table(
        "schedule=scheduled start=!start stop=!stop pause=!pause resume=!resume cancel=!cancel"
        " archive=!archive publish=!publish unpublish=!unpublish"
    ),
    "scheduled": table(
        "schedule=!schedule start=live stop=!stop pause=!pause resume=!resume cancel=cancelled"
        " archive=!archive publish=!publish unpublish=!unpublish"
    ),
    "live": table(
        "schedule=!rewind start=!start stop=finished pause=paused resume=!resume cancel=!cancel"
        " archive=!archive publish=!publish unpublish=!unpublish"
    ),
    "paused": table(
        "schedule=!rewind start=!start stop=finished pause=!pause resume=live cancel=!cancel"
        " archive=!archive publish=!publish unpublish=!unpublish"
    ),
    "finished": table(
        "schedule=!schedule start=!restart stop=!stop pause=!pause resume=!restart cancel=!cancel"
        " archive=archived publish=!publish unpublish=!unpublish"
    ),
    "cancelled": table(
        "schedule=!schedule start=!start stop=!stop pause=!pause resume=!resume cancel=!cancel"
        " archive=archived publish=!publish unpublish=!unpublish"
    ),
    "archived": LOCKED,
}
AUTO_TABLE = {
    "draft": table(
        "schedule=!schedule start=!start stop=!stop pause=!pause resume=!resume cancel=!cancel"
        " archive=archived publish=published unpublish=!unpublish"
    ),
    "published": table(
        "schedule=!schedule start=!start stop=!stop pause=!pause resume=!resume cancel=!cancel"
        " archive=archived publish=!publish unpublish=draft"
    ),
    "archived": LOCKED,
}
CASES = [
    (type, state, action, outcome)
    for type, states in (("live", LIVE_TABLE), ("auto", AUTO_TABLE))
    for state, outcomes in states.items()
    for action, outcome in outcomes.items()
]


def webinar_in(make: Make, type: str, state: str) -> WebinarRecord:
    webinar = make.webinar(type, published=False)
    if type == "auto":
        make.something_to_show(webinar)
    for action in (LIVE_WAYS if type == "live" else AUTO_WAYS)[state]:
        webinar = ACTIONS[action](webinar.webinar_id, None)
    assert webinar.status == state
    return webinar


def changes() -> list[tuple[str, str]]:
    return [
        (each.payload["before"], each.payload["after"])
        for each in core.timeline.everything()
        if each.name == "core_webinar_status_changed"
    ]


def test_table_covers_every_state_and_every_action() -> None:
    assert set(LIVE_TABLE) == set(LIVE_WAYS)
    assert set(AUTO_TABLE) == set(AUTO_WAYS)
    assert all(outcomes.keys() == ACTIONS.keys() for outcomes in LIVE_TABLE.values())
    assert all(outcomes.keys() == ACTIONS.keys() for outcomes in AUTO_TABLE.values())


@pytest.mark.parametrize("type", ["live", "auto"])
def test_every_action_in_every_state_does_what_the_table_says(make: Make, type: str) -> None:
    for kind, state, action, outcome in CASES:
        if kind != type:
            continue
        webinar = webinar_in(make, type, state)
        before = len(changes())
        if outcome.startswith("webinar_state_"):
            with pytest.raises(WebinarRefused) as refusal:
                ACTIONS[action](webinar.webinar_id, None)
            assert (state, action, refusal.value.name) == (state, action, outcome)
            assert core.webinars.get(webinar.webinar_id) == webinar
            assert len(changes()) == before
        else:
            assert ACTIONS[action](webinar.webinar_id, None).status == outcome
            assert changes()[before:] == [(state, outcome)]


def test_change_is_told_with_its_context(make: Make) -> None:
    webinar = webinar_in(make, "live", "scheduled")
    speaker = make.user("speaker")
    ACTIONS["start"](webinar.webinar_id, speaker.user_id)
    *_, told = core.timeline.everything()
    assert told.payload == {
        "webinar_id": webinar.webinar_id,
        "before": "scheduled",
        "after": "live",
        "context": {"actor_id": speaker.user_id, "timestamp": NOW, "source": "studio"},
    }


def test_schedule_keeps_the_announced_hour(make: Make) -> None:
    assert webinar_in(make, "live", "scheduled").scheduled_at == AT


def test_request_refuses_what_is_neither_start_nor_stop(make: Make) -> None:
    webinar = webinar_in(make, "live", "live")
    for status in ("pause", "live", "finished", ""):
        with pytest.raises(EventRefused):
            request_status(status)(webinar.webinar_id, None)


def test_there_is_no_other_way_to_start_or_stop() -> None:
    assert not hasattr(webinar_states, "start")
    assert not hasattr(webinar_states, "stop")


def test_unknown_webinar_is_refused_by_name(app: Flask) -> None:
    for action in ACTIONS.values():
        with pytest.raises(NotFound):
            action("wb_none", None)


@pytest.mark.parametrize("field", ["status", "cta_visibility", "scheduled_at"])
def test_edit_does_not_write_states(make: Make, field: str) -> None:
    webinar = make.webinar("live")
    with pytest.raises(WebinarRefused) as refusal:
        core.webinars.edit(webinar.webinar_id, **{field: "live"})
    assert refusal.value.name == "webinar_status_mutation_forbidden"
    with pytest.raises(WebinarRefused) as refusal:
        core.webinars.create(type="live", slug="x", title="X", **{field: "live"})
    assert refusal.value.name == "webinar_status_mutation_forbidden"


@pytest.mark.parametrize("status", ["draft", "live", "finished", "archived", "nonsense"])
def test_direct_write_of_a_status_is_refused(make: Make, status: str) -> None:
    webinar = webinar_in(make, "live", "paused")
    with core.transaction() as session:
        row = session.get_one(Webinar, webinar.webinar_id)
        with pytest.raises(WebinarRefused) as refusal:
            row.status = status
        assert refusal.value.name == "webinar_status_mutation_forbidden"
    db.session.expire_all()
    assert core.webinars.get(webinar.webinar_id) == webinar


def test_webinar_is_not_born_in_another_state() -> None:
    with pytest.raises(WebinarRefused):
        Webinar(status="live")
    assert Webinar(status="draft").status == "draft"


def test_archived_webinar_changes_no_more(make: Make) -> None:
    webinar = webinar_in(make, "live", "archived")
    for change in (
        lambda: core.webinars.edit(webinar.webinar_id, title="Другое"),
        lambda: set_cta(webinar.webinar_id, True, None),
    ):
        with pytest.raises(WebinarRefused) as refusal:
            change()
        assert refusal.value.name == "webinar_state_locked"
    assert core.webinars.get(webinar.webinar_id) == webinar


NEEDS = {
    "webinar_manage_status": {"start": "scheduled", "stop": "live", "pause": "live"},
    "webinar_edit": {"schedule": "draft", "cancel": "scheduled", "archive": "finished"},
}


@pytest.mark.parametrize("capability", sorted(NEEDS))
def test_action_needs_its_capability(make: Make, capability: str) -> None:
    people = [make.user(role) for role in core.access.ROLES]
    for action, state in NEEDS[capability].items():
        for person in people:
            webinar = webinar_in(make, "live", state)
            if person.can(capability):
                assert ACTIONS[action](webinar.webinar_id, person.user_id).status != state
                continue
            with pytest.raises(Forbidden) as refusal:
                ACTIONS[action](webinar.webinar_id, person.user_id)
            assert refusal.value.name == "forbidden"
            assert core.webinars.get(webinar.webinar_id) == webinar


def test_nobody_of_that_number_may_do_nothing(make: Make) -> None:
    webinar = webinar_in(make, "live", "scheduled")
    with pytest.raises(Forbidden):
        ACTIONS["start"](webinar.webinar_id, 404)


def set_cta(webinar_id: str, visible: Any, actor_id: int | None) -> WebinarRecord:
    context = {"actor_id": actor_id, "timestamp": NOW, "source": "timeline"}
    answer: WebinarRecord = core.request(
        core.events.core_webinar_set_cta_visibility,
        {"webinar_id": webinar_id, "visible": visible, "context": context},
        raiser="timeline",
    )
    return answer


def test_call_to_action_is_hidden_at_first_and_told_when_it_changes(make: Make) -> None:
    webinar = make.webinar("live")
    assert webinar.cta_visibility == "hidden"
    seen = [set_cta(webinar.webinar_id, visible, None) for visible in (False, True, True, False)]
    assert [each.cta_visibility for each in seen] == ["hidden", "shown", "shown", "hidden"]
    told = [
        (each.payload["before"], each.payload["after"])
        for each in core.timeline.everything()
        if each.name == "core_webinar_cta_visibility_changed"
    ]
    assert told == [("hidden", "shown"), ("shown", "hidden")]


def test_call_to_action_needs_its_capability(make: Make) -> None:
    webinar = make.webinar("live")
    with pytest.raises(Forbidden):
        set_cta(webinar.webinar_id, True, make.user("leader").user_id)
    assert set_cta(webinar.webinar_id, True, make.user("speaker").user_id).cta_visibility == "shown"


def test_webinar_has_an_opaque_id_that_outlives_its_slug(make: Make) -> None:
    webinar = make.webinar(slug="first")
    edited = core.webinars.edit(webinar.webinar_id, slug="second", title="Второй")
    assert edited.webinar_id == webinar.webinar_id
    assert "first" not in webinar.webinar_id
    assert core.webinars.by_slug("first") is None
    assert core.webinars.by_slug("second") == edited


@pytest.mark.parametrize("slug", ["", "With Space", "Заголовок", "a--b", "-a", "a/b"])
def test_slug_that_is_no_address_is_refused(app: Flask, slug: str) -> None:
    with pytest.raises(WebinarRefused) as refusal:
        core.webinars.create(type="auto", slug=slug, title="Т")
    assert refusal.value.name == "webinar_invalid"


def test_taken_slug_is_refused_by_name(make: Make) -> None:
    make.webinar(slug="taken")
    with pytest.raises(WebinarRefused) as refusal:
        core.webinars.create(type="live", slug="taken", title="Т")
    assert refusal.value.name == "webinar_slug_taken"


def test_edit_to_a_taken_slug_is_refused_by_name(make: Make) -> None:
    make.webinar(slug="taken")
    other = make.webinar(slug="other")
    with pytest.raises(WebinarRefused) as refusal:
        core.webinars.edit(other.webinar_id, slug="taken")
    assert refusal.value.name == "webinar_slug_taken"


def test_schedule_shows_what_is_announced_and_published(make: Make) -> None:
    shown = {
        webinar_in(make, type, state).webinar_id
        for type, state in (("live", "scheduled"), ("live", "live"), ("auto", "published"))
    }
    webinar_in(make, "live", "draft")
    webinar_in(make, "live", "cancelled")
    webinar_in(make, "auto", "draft")
    assert {webinar.webinar_id for webinar in core.webinars.listed()} == shown


@pytest.mark.parametrize("slug", sorted(core.webinars.RESERVED))
def test_address_of_a_page_of_ours_is_nobodys(app: Flask, slug: str) -> None:
    with pytest.raises(WebinarRefused) as refusal:
        core.webinars.create(type="auto", slug=slug, title="Вебинар")
    assert refusal.value.name == "webinar_slug_taken"
    assert not core.webinars.is_free(slug)

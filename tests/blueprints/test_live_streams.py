"""What a broadcast is shown by, one kind of stream after another; and the way to it and out of it."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app import core, live, messages
from app.core import WebinarRecord
from tests.blueprints.test_live_room import Viewer, come  # noqa: F401
from tests.fixtures.visitor import Visitor
from tests.live.conftest import Studio, at, moment, studio, webinar  # noqa: F401
from workers import broadcasts as chores

Come = Callable[..., Viewer]
PLAYER = re.compile(r'<(\w+) id="player"[^>]*>')
EXTERNAL = "https://cdn.example.org/live/a.m3u8"
SHOWN = {
    "": ("video", "/hls/{stream}.m3u8", ""),
    EXTERNAL: ("video", EXTERNAL, ""),
    "https://youtu.be/dQw4w9WgXcQ": (
        "iframe",
        "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
        "frame-src https://www.youtube-nocookie.com",
    ),
    "https://vkvideo.ru/video-1_2?hash=ab12": (
        "iframe",
        "https://vkvideo.ru/video_ext.php?oid=-1&id=2",
        "frame-src https://vkvideo.ru",
    ),
}
OUTSIDE = {"zoom": "https://zoom.us/j/123", "telegram": "https://t.me/+abc"}


@pytest.mark.parametrize("source", SHOWN)
def test_obs_shows_our_stream_an_outside_one_or_an_embed(
    come: Come,  # noqa: F811
    studio: Studio,  # noqa: F811
    source: str,
) -> None:
    core.webinars.edit(studio.webinar_id, stream_type="obs", stream_source=source)
    studio.start(0)
    viewer = come()
    element, address, framed = SHOWN[source]
    player = PLAYER.search(viewer.page)
    assert player
    stream = live.broadcasts.of(studio.webinar_id).stream_id
    assert player[1] == element
    assert address.format(stream=stream) in html.unescape(player[0])
    policy = viewer.client.get("/live/on-air/").headers["Content-Security-Policy"]
    assert framed in policy
    assert ("frame-src https" in policy) == bool(framed)
    assert 'id="chat-form"' in viewer.page


@pytest.mark.both_databases
@pytest.mark.parametrize("kind", OUTSIDE)
def test_outside_platform_is_left_to_a_new_tab_and_the_room_that_stays_tells_who_attended(
    come: Come,  # noqa: F811
    studio: Studio,  # noqa: F811
    deliver: Callable[[], int],
    kind: str,
) -> None:
    core.webinars.edit(studio.webinar_id, stream_type=kind, stream_source=OUTSIDE[kind])
    stayed, left = come(), come()
    assert OUTSIDE[kind] not in stayed.page, "nobody is sent there before the start"
    studio.start(0)
    page = stayed.come()
    link = PLAYER.search(page)
    assert link
    assert link[1] == "a"
    assert f'href="{OUTSIDE[kind]}"' in link[0]
    assert 'target="_blank" rel="noopener noreferrer"' in link[0]
    assert 'id="chat"' not in page
    assert 'id="ask-form"' in page
    for second in range(10, 301, 10):
        studio.clock.move_to(at(second))
        assert stayed.post("beat/").status_code == 200
    studio.stop(300)
    studio.clock.move_to(at(375))
    chores.settle()
    deliver()
    assert [attended(each) for each in (stayed, left)] == [[True], [False]]


def attended(viewer: Viewer) -> list[bool]:
    found = core.timeline.of_lead(viewer.registration.lead_id)
    name = "client_webinar_attendance_classified"
    return [each.payload["attended"] for each in found if each.name == name]


@pytest.mark.both_databases
def test_page_that_says_farewell_left_by_itself_and_one_that_fell_silent_lost_its_network(
    come: Come,  # noqa: F811
    studio: Studio,  # noqa: F811
) -> None:
    studio.start(0)
    polite, lost = come(), come()
    for each in (polite, lost):
        each.post("beat/")
    polite.post("leave/")
    studio.clock.move_to(at(90))
    chores.tell_who_left()
    chores.tell_who_left()

    def facts(viewer: Viewer, name: str) -> list[dict[str, Any]]:
        found = core.timeline.of_lead(viewer.registration.lead_id)
        return [each.payload for each in found if each.name == name]

    for viewer, reason in ((polite, "user_exit"), (lost, "network_loss")):
        assert len(facts(viewer, "client_webinar_entered")) == 1
        (left,) = facts(viewer, "client_webinar_left")
        assert left["leave_reason"] == reason
        assert left["session_id"] == viewer.registration.session_id


def test_lobby_counts_down_to_the_announced_hour(
    come: Come,  # noqa: F811
    studio: Studio,  # noqa: F811
) -> None:
    core.webinar_states.reschedule(studio.webinar_id, at(600), actor_id=None)
    page = come().page
    assert 'data-scene="lobby"' in page
    countdown = re.search(r'id="countdown" data-starts="([^"]+)" data-now="([^"]+)"', page)
    assert countdown
    assert countdown[1].startswith("2026-11-23T16:10:00")
    assert countdown[2].startswith("2026-11-23T15:00:00")
    assert "Вот-вот начнём</p>" not in page
    studio.clock.move_to(at(601))
    assert "Вот-вот начнём</p>" in come().page


@pytest.mark.parametrize("early", [60, 86_400])
def test_signing_up_for_what_is_on_air_leads_straight_in(
    app: Flask,
    studio: Studio,  # noqa: F811
    early: int,
) -> None:
    """Even where the speaker began long before the announced hour."""
    studio.start(-early)
    answer = Visitor(app).sign_up("guest@example.org", webinar="on-air")
    (place,) = core.registrations.of_webinar(studio.webinar_id)
    assert (answer.status_code, answer.location) == (303, f"/r/{place.token}/")


@pytest.mark.both_databases
def test_signing_up_for_a_broadcast_takes_a_place_with_its_hour_calendar_and_reminders(
    app: Flask,
    webinar: WebinarRecord,  # noqa: F811
    moment: Any,  # noqa: F811
    deliver: Callable[[], int],
) -> None:
    moment.move_to(at(-3 * 86_400))
    visitor = Visitor(app)
    answer = visitor.sign_up("guest@example.org", webinar="on-air")
    assert answer.status_code == 303
    (place,) = core.registrations.of_webinar(webinar.webinar_id)
    assert place.starts_at == webinar.scheduled_at
    (told,) = [
        each.payload
        for each in core.timeline.of_lead(place.lead_id)
        if each.name == "client_webinar_registered"
    ]
    assert (told["webinar_type"], told["webinar_id"]) == ("live", webinar.webinar_id)
    assert f"/r/{place.token}/calendar.ics" in visitor.open("/signup/done/").text
    file = visitor.open(f"/r/{place.token}/calendar.ics")
    assert f"DTSTART:{at(0):%Y%m%dT%H%M%SZ}" in file.text
    deliver()
    kinds = {each.kind for each in messages.page(limit=50)}
    assert {"reminder_day", "reminder_hour", "reminder_minutes"} <= kinds

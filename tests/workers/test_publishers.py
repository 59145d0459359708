"""Who publishes is cut off when the broadcast is over or its key is another: by a real media server."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from app import clock, core, live, messages
from app.blueprints.studio import live_steps
from app.core import UserRecord, WebinarRecord
from app.extensions import db
from tests.fixtures import media_server, nginx, servers
from tests.fixtures.application import Make
from tests.fixtures.media_server import CameraApart, MediaServer
from tests.live.conftest import Studio, at, moment, studio, webinar  # noqa: F401
from tests.requirements import need
from workers import publishers

CUTS: dict[str, Callable[[str, UserRecord], Any]] = {
    "stop": lambda webinar_id, who: live_steps.take("stop", webinar_id, who),
    "cancel": lambda webinar_id, who: live_steps.cancel(webinar_id, who),
    "another key": lambda webinar_id, _who: live.broadcasts.new_key(webinar_id),
}


@pytest.fixture
def media(tmp_path: Path) -> MediaServer:
    need(nginx.binary() is not None, "nginx")
    need(media_server.module() is not None, "libnginx-mod-rtmp")
    return media_server.planned(tmp_path / "media-server")


@pytest.fixture
def settings_overrides(request: pytest.FixtureRequest) -> dict[str, Any]:
    if "media" not in request.fixturenames:
        nowhere = f"http://127.0.0.1:{servers.free_port()}/control"
        return {"media_server_control_url": nowhere}
    media: MediaServer = request.getfixturevalue("media")
    return {"media_server_control_url": media.control}


@pytest.fixture
def running(app: Flask, media: MediaServer) -> Iterator[MediaServer]:
    """The documented media server, which asks this application."""
    # The first answer takes long, and the server waits for seconds.
    app.test_client().get("/healthz")
    site = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=site.serve_forever, daemon=True)
    thread.start()
    with media_server.running(media, site.port):
        yield media
    site.shutdown()
    thread.join()
    site.server_close()


def key_of(webinar: WebinarRecord) -> str:  # noqa: F811
    kept = live.broadcasts.of(webinar.webinar_id)
    return f"{kept.stream_id}?key={kept.stream_key}"


def publishes(webinar_id: str) -> bool:
    db.session.rollback()
    return live.streams.publishing_since(webinar_id) is not None


def _ended(camera: CameraApart) -> bool:
    """Whoever was let in at that very moment comes through once; the second time is for them."""
    db.session.rollback()
    if publishers.is_due():
        publishers.cut_off()
    return camera.ended()


@pytest.mark.parametrize("why", CUTS)
def test_publisher_on_air_is_cut_off_and_does_not_come_back(
    running: MediaServer, make: Make, why: str
) -> None:
    speaker = make.user("speaker")
    made = make.webinar("live", published=False, speaker_id=speaker.user_id)
    webinar_id, key = made.webinar_id, key_of(made)
    live_steps.schedule(webinar_id, clock.now() + timedelta(hours=1), speaker, again=False)
    if why == "stop":
        live_steps.take("start", webinar_id, speaker)
    with CameraApart(running, key) as camera:
        servers.wait_until(lambda: publishes(webinar_id))
        assert not publishers.is_due()
        CUTS[why](webinar_id, speaker)
        db.session.rollback()
        assert not camera.ended()
        assert publishers.is_due()
        assert publishers.cut_off() == 1
        servers.wait_until(lambda: _ended(camera))
        servers.wait_until(lambda: not publishes(webinar_id))
    assert camera.refused
    with CameraApart(running, key) as again:
        servers.wait_until(again.ended)
    assert again.refused
    assert not publishes(webinar_id)
    if why == "another key":
        with CameraApart(running, key_of(made), again=1):
            servers.wait_until(lambda: publishes(webinar_id))


@pytest.mark.both_databases
def test_whoever_was_let_in_by_the_new_key_is_left_alone(
    app: Flask,
    studio: Studio,  # noqa: F811
) -> None:
    """The control address is down, and nobody has to ask it."""
    live.streams.began(studio.webinar_id, at(-600))
    live.broadcasts.new_key(studio.webinar_id)
    studio.clock.shift(10)
    live.streams.began(studio.webinar_id, clock.now())
    assert publishers.cut_off() == 1
    assert live.streams.publishing_since(studio.webinar_id) == clock.now()
    assert not publishers.is_due()


@pytest.mark.both_databases
def test_cut_that_fails_is_tried_again_told_once_and_never_holds_up_the_stop(
    app: Flask,
    studio: Studio,  # noqa: F811
    caplog: pytest.LogCaptureFixture,
) -> None:
    studio.start(0)
    studio.stop(60)
    webinar = core.webinars.get(studio.webinar_id)  # noqa: F811
    assert webinar is not None
    assert webinar.status == "finished"
    tried = 0
    for _ in range(150):
        if publishers.is_due():
            tried += 1
            assert publishers.cut_off() == 0
        studio.clock.shift(30)
    assert 110 < tried < 125
    loud = [each for each in caplog.records if each.levelname == "ERROR"]
    assert len(loud) == live.cutting.TOLD_AFTER
    assert not publishers.is_due()
    (told,) = messages.page()
    assert (told.kind, told.webinar_id) == ("live_not_cut", studio.webinar_id)


@pytest.mark.both_databases
def test_stop_is_carried_out_twice_for_whoever_came_through_meanwhile(
    app: Flask,
    studio: Studio,  # noqa: F811
) -> None:
    studio.start(0)
    studio.stop(60)
    now = clock.now()
    (cut,) = live.cutting.take(now)
    live.streams.began(studio.webinar_id, now + timedelta(seconds=1))
    assert not live.cutting.is_settled(cut)
    live.cutting.done(cut, now)
    assert not live.cutting.is_due(now)
    assert live.cutting.is_due(now + timedelta(seconds=3))
    (again,) = live.cutting.take(now + timedelta(seconds=3))
    live.cutting.done(again, now + timedelta(seconds=3))
    assert not live.cutting.is_due(now + timedelta(hours=1))


def test_without_a_control_address_nothing_is_asked_and_nothing_said(
    app: Flask,
    studio: Studio,  # noqa: F811
    caplog: pytest.LogCaptureFixture,
) -> None:
    app.config["SETTINGS"].media_server_control_url = ""
    studio.start(0)
    studio.stop(60)
    assert live.cutting.is_due(clock.now())
    assert not publishers.is_due()
    assert not caplog.records

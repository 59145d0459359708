"""What the media server wrote becomes a broadcast's recording: whole, once, from its folder alone."""

import fcntl
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app import clock, core, live, media
from tests.fixtures.recordings import recording
from tests.live.conftest import Studio, moment, studio, webinar  # noqa: F401
from workers import media as worker
from workers import recordings

pytestmark = pytest.mark.both_databases


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "recordings"
    made.mkdir()
    return made


@pytest.fixture
def settings_overrides(folder: Path) -> dict[str, Any]:
    return {"media_recordings_dir": folder}


@pytest.fixture
def tell(studio: Studio, folder: Path) -> Any:  # noqa: F811
    def told(name: str, data: bytes | None = None) -> str:
        if data is not None:
            (folder / name).write_bytes(data)
        path = str(folder / name)
        live.streams.recorded(studio.webinar_id, path, clock.now())
        return path

    return told


def states(studio: Studio) -> list[str]:  # noqa: F811
    return [each.state for each in live.streams.recordings_of(studio.webinar_id)]


def shown(studio: Studio) -> str:  # noqa: F811
    return live.broadcasts.of(studio.webinar_id).recording


def test_longest_file_is_the_recording_and_a_viewer_gets_it_after_the_end(
    client: FlaskClient,
    studio: Studio,  # noqa: F811
    tell: Any,
) -> None:
    studio.start(0)
    tell("x-1.flv", recording(3, form="flv"))
    assert worker.next_due_at() is not None
    worker.drain_here()
    first = shown(studio)
    tell("x-2.flv", recording(1, form="flv"))
    worker.drain_here()
    assert (states(studio), shown(studio)) == (["kept", "kept"], first)
    assert worker.next_due_at() is None
    asset = media.assets.by_address(studio.webinar_id, first)
    assert asset is not None
    assert (asset.mime, asset.duration_sec) == ("video/mp4", 3)
    assert client.get(first, buffered=True).status_code == 404
    studio.stop(10)
    assert client.get(first, buffered=True).status_code == 200


@pytest.mark.parametrize("taken_after_the_start", [True, False])
def test_stream_that_was_tried_before_the_start_is_no_recording(
    studio: Studio,  # noqa: F811
    tell: Any,
    taken_after_the_start: bool,
) -> None:
    tell("x-1.flv", recording(3, form="flv"))
    if not taken_after_the_start:
        worker.drain_here()
    studio.start(0)
    worker.drain_here()
    assert (states(studio), shown(studio)) == (["kept"], "")
    studio.clock.shift(60)
    tell("x-2.flv", recording(1, form="flv"))
    worker.drain_here()
    found = media.assets.by_address(studio.webinar_id, shown(studio))
    assert found is not None
    assert found.name == "x-2.flv"


def test_chosen_recording_stays(app: Flask, studio: Studio, tell: Any) -> None:  # noqa: F811
    live.broadcasts.set_up(studio.webinar_id, recording="https://youtu.be/dQw4w9WgXcQ")
    tell("x-1.flv", recording(1, form="flv"))
    worker.drain_here()
    assert shown(studio) == "https://youtu.be/dQw4w9WgXcQ"
    assert states(studio) == ["kept"]


@pytest.mark.parametrize("name", ["../secret.flv", "/etc/passwd"])
def test_file_outside_the_folder_is_never_read(
    app: Flask,
    studio: Studio,  # noqa: F811
    folder: Path,
    name: str,
) -> None:
    (folder.parent / "secret.flv").write_bytes(recording(1, form="flv"))
    live.streams.recorded(studio.webinar_id, name, clock.now())
    worker.drain_here()
    assert states(studio) == ["lost"]
    assert media.assets.of_webinar(studio.webinar_id) == []


def test_broken_file_is_told_of_and_stops_nothing(
    app: Flask,
    studio: Studio,  # noqa: F811
    tell: Any,
) -> None:
    studio.start(0)
    tell("broken.flv", b"not a video at all, whatever it is called")
    tell("good.flv", recording(1, form="flv"))
    worker.drain_here()
    assert states(studio) == ["lost", "kept"]
    assert live.streams.recordings_of(studio.webinar_id)[0].error.startswith("media_not_video")
    assert shown(studio)


def test_file_on_another_machine_is_left_to_it_for_a_day(
    app: Flask,
    studio: Studio,  # noqa: F811
    tell: Any,
) -> None:
    tell("elsewhere.flv")
    tell(".")
    worker.drain_here()
    assert states(studio) == ["new", "new"]
    with time_machine.travel(clock.now() + timedelta(days=1, minutes=1), tick=False):
        worker.drain_here()
    assert states(studio) == ["lost", "lost"]


def test_file_that_another_worker_takes_is_left_alone(
    app: Flask,
    studio: Studio,  # noqa: F811
    tell: Any,
) -> None:
    path = tell("x-1.flv", recording(1, form="flv"))
    with Path(path).open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        worker.drain_here()
        assert states(studio) == ["new"]
    worker.drain_here()
    assert states(studio) == ["kept"]
    assert len(media.assets.of_webinar(studio.webinar_id, kind="video")) == 1


def test_hook_rings_for_the_worker(client: FlaskClient, studio: Studio, folder: Path) -> None:  # noqa: F811
    (folder / "x-1.flv").write_bytes(recording(1, form="flv"))
    rung: list[str] = []
    core.bus.hang_doorbell(rung.append)
    broadcast = live.broadcasts.of(studio.webinar_id)
    told = {
        "call": "record_done",
        "name": broadcast.stream_id,
        "key": broadcast.stream_key,
        "path": str(folder / "x-1.flv"),
    }
    assert client.post("/hooks/rtmp/", data=told).status_code == 200
    assert "media" in rung


def test_recording_that_a_dead_server_left_is_found_after_the_end(
    studio: Studio,  # noqa: F811
    tell: Any,
    folder: Path,
) -> None:
    stream = live.broadcasts.of(studio.webinar_id).stream_id
    studio.start(0)
    whole = recording(3, form="flv")
    (folder / f"{stream}-1.flv").write_bytes(whole[: len(whole) * 9 // 10])
    (folder / "of-another-stream-1.flv").write_bytes(whole)
    tell(f"{stream}-2.flv", recording(1, form="flv"))
    studio.clock.move_to(clock.now() + timedelta(minutes=1))
    assert recordings.find_untold() == 0, "the broadcast is on"
    studio.stop(600)
    written_at = clock.now().timestamp()
    os.utime(folder / f"{stream}-1.flv", (written_at - 5, written_at - 5))
    assert recordings.find_untold() == 0, "it may be written still"
    studio.clock.move_to(clock.now() + timedelta(seconds=30))
    assert recordings.find_untold() == 1
    assert recordings.find_untold() == 0
    ends = [clock.unix(each.told_at) for each in live.streams.recordings_of(studio.webinar_id)]
    assert ends[1] == int(written_at - 5), "its seconds are counted back from its own end"
    worker.drain_here()
    assert states(studio) == ["kept", "kept"]
    longest = media.assets.by_address(studio.webinar_id, shown(studio))
    assert longest is not None
    assert (longest.duration_sec or 0) >= 2

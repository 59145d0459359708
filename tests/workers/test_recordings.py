"""What the media server wrote becomes a broadcast's recording: whole, once, from its folder alone."""

import fcntl
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import av
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app import clock, core, live, media
from tests.fixtures.recordings import recording
from tests.live.conftest import Studio, at, moment, studio, webinar  # noqa: F401
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
    studio.clock.shift(3)
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


def test_what_was_said_before_the_start_and_after_the_stop_is_cut_off(
    studio: Studio,  # noqa: F811
    tell: Any,
    folder: Path,
) -> None:
    """The camera ran from 3.6 s before the start (its sound is a little longer than its picture) until
    2.5 s after the stop; its keyframes are two seconds apart."""
    studio.start(0)
    studio.stop(3)
    studio.clock.move_to(at(5.5))
    tell("x-1.flv", recording(9, form="flv", keyframes=2))
    worker.drain_here()
    found = media.assets.by_address(studio.webinar_id, shown(studio))
    assert found is not None
    assert (found.name, found.mime, found.duration_sec) == ("x-1.flv", "video/mp4", 4)
    pictures, sound = contents(media.folder.path_of(found.sha256 or ""))
    assert pictures == pytest.approx([2.0, 6.7], abs=0.3), "of the file: the keyframe, the stop"
    assert sound == pytest.approx([1.6, 4.6], abs=0.2), "of what is kept: no word of before"
    (told,) = live.streams.recordings_of(studio.webinar_id)
    begins = (told.told_at - at(0)).total_seconds() - 4
    assert begins == pytest.approx(-1.6, abs=0.05), "the keyframe's moment"
    assert (folder / "x-1.flv").stat().st_size > 0, "the server's own file stays, whole"
    assert list((media.folder.root() / "incoming").iterdir()) == []


def test_of_a_file_that_ended_while_on_air_the_beginning_alone_is_cut_off(
    studio: Studio,  # noqa: F811
    tell: Any,
) -> None:
    studio.start(0)
    studio.clock.move_to(at(4))
    tell("x-1.flv", recording(7, form="flv", keyframes=1))
    worker.drain_here()
    found = media.assets.by_address(studio.webinar_id, shown(studio))
    assert found is not None
    pictures, _ = contents(media.folder.path_of(found.sha256 or ""))
    assert pictures == pytest.approx([3.0, 6.9], abs=0.3)
    assert found.duration_sec == 4


def contents(path: Path) -> tuple[list[float], list[float]]:
    """First and last second: of the picture by what is to be seen in it (see the fixture), of the
    sound by its own clock."""
    with av.open(str(path)) as opened:
        frames = [frame.to_image() for frame in opened.decode(video=0)]
    reds = [frames[each].getpixel((5, 5))[0] for each in (0, -1)]
    with av.open(str(path)) as opened:
        heard = [frame.time or 0.0 for frame in opened.decode(audio=0)]
    return [(red - 40) / 10 for red in reds], [heard[0], heard[-1]]


@pytest.mark.parametrize(
    "data",
    [b"", b"FLV\x01\x05\0\0\0\x09\0\0\0\0", "headers"],
    ids=["empty", "header", "settings"],
)
def test_file_with_nothing_in_it_is_no_recording_and_no_loss(
    studio: Studio,  # noqa: F811
    tell: Any,
    data: bytes | str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A second publisher who is refused leaves one."""
    studio.start(0)
    studio.clock.shift(10)
    tell("x-1.flv", headers_of(recording(1, form="flv")) if isinstance(data, str) else data)
    tell("x-2.flv", recording(1, form="flv"))
    worker.drain_here()
    assert states(studio) == ["aside", "kept"]
    assert "x-1.flv is put aside" in caplog.text
    assert worker.next_due_at() is None
    assert len(media.assets.of_webinar(studio.webinar_id, kind="video")) == 1


def headers_of(whole: bytes) -> bytes:
    """Up to the first picture or sound: what is known of the streams, and the codecs' settings."""
    place, settings = 13, {8: 0, 9: 0}
    while whole[place] == 18 or whole[place + 12] == 0:
        settings[whole[place]] = 1
        place += 15 + int.from_bytes(whole[place + 1 : place + 4], "big")
    assert settings[8] and settings[9]
    return whole[:place]


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
    studio.clock.shift(10)
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

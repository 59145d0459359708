"""Files that come in pieces: what is kept of them, when, and what happens when something breaks."""

import errno
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask

from app import clock, core, media
from app.core import UserRecord, WebinarRecord
from app.media import Asset, MediaRefused, OffsetWrong, UploadUnknown, settling, uploads
from tests.fixtures.application import Make
from tests.fixtures.recordings import image, recording
from workers import media as worker

pytestmark = pytest.mark.both_databases


class Broken(io.BytesIO):
    """A connection that ends with a word after so many bytes."""

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        if not data:
            raise ConnectionResetError
        return data


@pytest.fixture
def data() -> bytes:
    return recording(2)


@pytest.fixture
def author(make: Make) -> UserRecord:
    return make.user("speaker")


@pytest.fixture
def webinar(make: Make, author: UserRecord) -> WebinarRecord:
    return make.webinar(published=False, owner_id=author.user_id)


@pytest.fixture
def begin(author: UserRecord, webinar: WebinarRecord) -> Callable[[bytes], Asset]:
    def begun(data: bytes) -> Asset:
        whose = {"owner_id": author.user_id, "webinar_id": webinar.webinar_id}
        return uploads.begin("video", "C:\\video\\webinar.mp4", len(data), **whose)  # type: ignore[arg-type]

    return begun


Begin = Callable[[bytes], Asset]


def again(asset: Asset) -> Asset:
    found = media.assets.get(asset.asset_id)
    assert found is not None
    return found


def incoming() -> list[str]:
    return sorted(path.name for path in (media.folder.root() / "incoming").iterdir())


def test_pieces_make_the_file(app: Flask, begin: Begin, data: bytes) -> None:
    upload = begin(data)
    assert (upload.state, upload.received, upload.name) == ("receiving", 0, "webinar.mp4")
    upload = uploads.append(upload, 0, io.BytesIO(data[:5000]))
    assert (upload.state, upload.received) == ("receiving", 5000)
    upload = uploads.append(upload, 5000, io.BytesIO(data[5000:]))
    assert (upload.state, upload.received) == ("received", len(data))
    assert worker.drain_here() == 1
    assert again(upload).is_ready
    path = media.folder.path_of(str(again(upload).sha256))
    assert path.read_bytes() == data
    assert incoming() == []


def test_what_came_before_the_connection_broke_is_kept(
    app: Flask, begin: Begin, data: bytes
) -> None:
    upload = uploads.append(begin(data), 0, Broken(data[:7000]))
    assert upload.received == 7000
    upload = uploads.append(upload, 7000, io.BytesIO(data[7000:]))
    worker.drain_here()
    assert again(upload).is_ready


def test_piece_from_another_place_is_refused(app: Flask, begin: Begin, data: bytes) -> None:
    upload = uploads.append(begin(data), 0, io.BytesIO(data[:5000]))
    for offset in (0, 4999, 5001):
        with pytest.raises(OffsetWrong) as wrong:
            uploads.append(upload, offset, io.BytesIO(b"x" * 10))
        assert wrong.value.received == 5000
    assert media.folder.incoming(upload.asset_id).read_bytes() == data[:5000]
    assert incoming() == [f"{upload.asset_id}.part"]


def test_late_piece_of_a_dead_connection_cannot_mix_in(
    app: Flask, begin: Begin, data: bytes
) -> None:
    """The page thought the connection dead and sent the piece again, while the first still hung."""
    upload = uploads.append(begin(data), 0, io.BytesIO(data[:5000]))

    class Late(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() == 0:
                uploads.append(again(upload), 5000, io.BytesIO(data[5000:6000]))
            return super().read(size)

    with pytest.raises(OffsetWrong):
        uploads.append(upload, 5000, Late(b"\0" * 3000))
    assert media.folder.incoming(upload.asset_id).read_bytes() == data[:6000]


def test_more_than_was_announced_is_not_taken(app: Flask, begin: Begin, data: bytes) -> None:
    upload = uploads.append(begin(data), 0, io.BytesIO(data + b"more"))
    assert (upload.received, upload.state) == (len(data), "received")


def test_another_kind_of_file_is_refused_with_its_first_bytes(app: Flask, begin: Begin) -> None:
    page = b"<html>" + b" " * 100_000
    upload = begin(page)
    with pytest.raises(MediaRefused, match="media_not_video"):
        uploads.append(upload, 0, io.BytesIO(page[:1000]))
    assert media.assets.get(upload.asset_id) is None
    assert incoming() == []


def test_full_disk_is_told_and_keeps_what_was_there(
    app: Flask, begin: Begin, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = uploads.append(begin(data), 0, io.BytesIO(data[:5000]))

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(MediaRefused, match="media_disk_full"):
            uploads.append(upload, 5000, io.BytesIO(data[5000:]))
    assert again(upload).received == 5000
    upload = uploads.append(again(upload), 5000, io.BytesIO(data[5000:]))
    worker.drain_here()
    assert again(upload).is_ready


def test_disk_that_would_be_full_is_told_before_a_byte_is_sent(
    app: Flask, begin: Begin, data: bytes
) -> None:
    app.config["SETTINGS"].media_keep_free_mb = 10**9
    with pytest.raises(MediaRefused, match="media_disk_full"):
        begin(data)
    assert not (media.folder.root() / "incoming").exists()


def test_length_is_bounded(app: Flask, begin: Begin, author: UserRecord) -> None:
    app.config["SETTINGS"].media_max_video_mb = 1
    whose: dict[str, Any] = {"owner_id": author.user_id, "webinar_id": "wb_1"}
    with pytest.raises(MediaRefused, match="media_too_large"):
        uploads.begin("video", "big.mp4", 1_000_001, **whose)
    with pytest.raises(MediaRefused, match="media_empty"):
        uploads.begin("video", "none.mp4", 0, **whose)


def test_upload_is_its_beginners_alone(app: Flask, begin: Begin, data: bytes, make: Make) -> None:
    upload = begin(data)
    whose = {"owner_id": upload.owner_id, "webinar_id": upload.webinar_id}
    assert uploads.find(upload.asset_id, **whose) == upload  # type: ignore[arg-type]
    for wrong in ({"owner_id": make.user("speaker").user_id}, {"webinar_id": "wb_other"}):
        with pytest.raises(UploadUnknown):
            uploads.find(upload.asset_id, **(whose | wrong))  # type: ignore[arg-type]


def test_unfinished_upload_is_swept_after_its_time(app: Flask, begin: Begin, data: bytes) -> None:
    hours = app.config["SETTINGS"].media_upload_hours
    upload = uploads.append(begin(data), 0, io.BytesIO(data[:5000]))
    assert uploads.sweep(clock.now() + timedelta(hours=hours, minutes=-1)) == 0
    assert uploads.sweep(clock.now() + timedelta(hours=hours, minutes=1)) == 1
    assert media.assets.get(upload.asset_id) is None
    assert incoming() == []
    with pytest.raises(UploadUnknown):
        uploads.append(upload, 5000, io.BytesIO(data[5000:]))


def test_what_a_crash_left_lying_is_swept(app: Flask, begin: Begin, data: bytes) -> None:
    upload = uploads.append(begin(data), 0, io.BytesIO(data))
    left = [media.folder.incoming("0" * 32), media.folder.incoming("0" * 32, "1234.piece")]
    for path in left:
        path.write_bytes(b"left")
    uploads.sweep(clock.now() + timedelta(hours=1))
    assert len(incoming()) == 3
    uploads.sweep(clock.now() + timedelta(days=10))
    assert incoming() == [f"{upload.asset_id}.part"]


def test_video_goes_into_its_draft_with_its_length_and_picture(
    app: Flask, begin: Begin, webinar: WebinarRecord
) -> None:
    from app.autowebinar import drafts

    upload = uploads.append(begin(data := recording(3)), 0, io.BytesIO(data))
    worker.drain_here()
    ready = again(upload)
    assert drafts.get(webinar.webinar_id).content == {
        "video": ready.address,
        "duration_sec": 3,
        "poster": ready.poster,
    }
    found = core.webinars.get(webinar.webinar_id)
    assert found is not None
    assert found.poster == ready.poster


def test_picture_that_the_author_chose_stays(
    app: Flask, begin: Begin, data: bytes, webinar: WebinarRecord, author: UserRecord
) -> None:
    from app.autowebinar import drafts

    drafts.change(webinar.webinar_id, {"poster": "/own.jpg"}, actor=author)
    uploads.append(begin(data), 0, io.BytesIO(data))
    worker.drain_here()
    assert drafts.get(webinar.webinar_id).content["poster"] == "/own.jpg"


def test_video_that_will_not_do_is_refused_with_its_reason(app: Flask, begin: Begin) -> None:
    from app.autowebinar import drafts

    data = recording(1, codec="mpeg4")
    upload = uploads.append(begin(data), 0, io.BytesIO(data))
    worker.drain_here()
    refused = again(upload)
    assert (refused.state, refused.reason, refused.detail) == (
        "refused",
        "media_video_codec",
        "mpeg4",
    )
    assert drafts.get(upload.webinar_id).content == {}
    assert incoming() == []


def test_file_that_a_worker_died_over_is_taken_up_again(
    app: Flask, begin: Begin, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = uploads.append(begin(data), 0, io.BytesIO(data))

    class Killed(BaseException):
        pass

    settled = settling.taking.settled

    def die(asset_id: str, *rest: Any) -> Asset:
        if asset_id == upload.asset_id:
            raise Killed
        return settled(asset_id, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(settling.taking, "settled", die)
        with pytest.raises(Killed):
            settling.settle_next()
    assert settling.settle_next() is None
    with time_machine.travel(clock.now() + settling.LEASE + timedelta(seconds=1)):
        assert worker.drain_here() == 1
    assert again(upload).is_ready
    assert incoming() == []


def test_file_that_kills_is_refused_in_the_end(app: Flask, begin: Begin, data: bytes) -> None:
    upload = uploads.append(begin(data), 0, io.BytesIO(data))
    for attempt in range(settling.MOST_ATTEMPTS):
        with time_machine.travel(clock.now() + attempt * 2 * settling.LEASE):
            assert settling._claim(clock.now()) is not None
    with time_machine.travel(clock.now() + 10 * settling.LEASE):
        worker.drain_here()
    assert (again(upload).state, again(upload).reason) == ("refused", "media_broken")


def test_file_in_work_is_taken_by_no_other(app: Flask, begin: Begin, data: bytes) -> None:
    uploads.append(begin(data), 0, io.BytesIO(data))
    assert settling._claim(clock.now()) is not None
    assert settling._claim(clock.now()) is None
    due = settling.next_due_at()
    assert due is not None
    assert due > clock.now()


def test_image_that_is_known_is_not_kept_twice(app: Flask, webinar: WebinarRecord) -> None:
    whose: dict[str, Any] = {"owner_id": 1, "webinar_id": webinar.webinar_id}
    first = media.take(image(), kind="image", name="a.png", **whose)
    assert media.take(image(), kind="image", name="b.png", **whose).asset_id == first.asset_id


def test_file_lies_in_the_data_folder(app: Flask, tmp_path: Path) -> None:
    asset = media.take(image(), kind="image", name="a.png", owner_id=1, webinar_id="wb_1")
    assert asset.sha256 is not None
    assert (tmp_path / "media" / asset.sha256[:2] / asset.sha256).is_file()

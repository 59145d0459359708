"""A whole webinar that comes in pieces: larger than any form, made by the workers or not at all."""

import base64
import io
import re
import tracemalloc
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import clock, core, media
from app.autowebinar import drafts
from tests.blueprints.test_studio_timeline import Author, author  # noqa: F401
from tests.blueprints.test_studio_webinar_file import (
    _set,
    document,
    repacked,
    taken_out,
    whole,  # noqa: F401
)
from tests.fixtures.recordings import recording
from workers import media as worker

PAGE = "/studio/new/file/"
PIECE = {"Content-Type": "application/offset+octet-stream"}
CUT = 3000


class Bringer:
    """Sends a file as upload.js does, in two pieces."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(PAGE).text)
        assert found
        self.token = found[1]
        self.headers = {"Tus-Resumable": "1.0.0", "X-CSRFToken": found[1]}

    def begin(self, length: int, name: str = "Курс.zip") -> TestResponse:
        told = f"filename {base64.b64encode(name.encode()).decode()}"
        given = {"Upload-Length": str(length), "Upload-Metadata": told}
        return self.client.post(f"{PAGE}uploads/", headers=self.headers | given)

    def send(self, place: str, offset: int, data: bytes) -> TestResponse:
        given = self.headers | PIECE | {"Upload-Offset": str(offset)}
        return self.client.patch(place, data=data, headers=given)

    def bring(self, body: bytes) -> str:
        place: str = self.begin(len(body)).headers["Location"]
        for offset, piece in ((0, body[:CUT]), (CUT, body[CUT:])):
            if piece:
                assert self.send(place, offset, piece).status_code == 204
        return place

    def part(self) -> str:
        return self.client.get(PAGE, headers={"HX-Request": "true"}).text


@pytest.fixture
def bringer(whole: Author) -> Bringer:  # noqa: F811
    return Bringer(whole.client)


def known() -> set[str]:
    return {each.webinar_id for each in core.webinars.listed(everything=True)}


def leftovers() -> list[Any]:
    root = media.folder.root()
    return [*root.glob("unpacking-*"), *(root / "incoming").glob("*")]


@pytest.mark.both_databases
def test_it_becomes_the_same_webinar(whole: Author, bringer: Bringer) -> None:  # noqa: F811
    before, there = taken_out(whole), known()
    place = bringer.bring(before)
    assert "Проверяем «Курс.zip»" in bringer.part()
    assert "every 2s" in bringer.part()
    assert known() == there
    worker.drain_here()
    (made,) = known() - there
    twin = core.webinars.get(made)
    assert twin and (twin.status, twin.owner_id) == ("draft", whole.user.user_id)
    assert taken_out(whole, twin.slug) == before
    assert f'href="/studio/{twin.slug}/"' in bringer.part()
    assert "every 2s" not in bringer.part()
    assert leftovers() == []
    worker.drain_here()
    assert known() == there | {made}
    bringer.client.post(f"{place}forget/", data={"csrf_token": bringer.token})
    assert twin.slug not in bringer.part()
    assert core.webinars.get(made) is not None


def test_it_may_be_larger_than_a_form(app: Flask, bringer: Bringer) -> None:
    settings = app.config["SETTINGS"]
    most = settings.media_max_video_mb + settings.media_max_form_mb
    assert bringer.begin(most * 1_000_000).status_code == 201
    large = bringer.begin(most * 1_000_000 + 1)
    assert (large.status_code, large.text) == (413, f"Файл больше {most} МБ.")
    told = bringer.client.options(f"{PAGE}uploads/").headers
    assert int(told["Tus-Max-Size"]) == most * 1_000_000
    page = bringer.client.get(PAGE).text
    assert f'data-most="{most}"' in page
    assert f"одним куском: до {settings.media_max_form_mb} МБ" in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_set("webinar", "owner_id", to=1), "не подходит: webinar.owner_id"),
        (_set("content", "cues", to=[{"kind": "banner", "show_at": 1}]), "content.cues"),
        (_set("schedule", to={"just_in_time": {"minutes": 7}}), "schedule."),
    ],
)
def test_what_will_not_do_makes_nothing_and_says_why(
    whole: Author,  # noqa: F811
    bringer: Bringer,
    change: Any,
    words: str,
) -> None:
    there = known()
    place = bringer.bring(repacked(taken_out(whole), change))
    worker.drain_here()
    assert known() == there
    assert "ничего не создано" in bringer.part()
    assert words in bringer.part()
    assert leftovers() == []
    assert bringer.client.head(place, headers=bringer.headers).status_code == 410
    bringer.client.post(f"{place}forget/", data={"csrf_token": bringer.token})
    assert "ничего не создано" not in bringer.part()


def test_forged_media_are_named_in_words(whole: Author, bringer: Bringer) -> None:  # noqa: F811
    body, there = taken_out(whole), known()
    name = document(body)["content"]["video"]
    bringer.bring(repacked(body, less=(name,), more={name: b"no video"}))
    worker.drain_here()
    assert known() == there
    assert "Это не видео MP4 или WebM." in bringer.part()


def test_what_is_no_zip_is_let_go_at_its_first_piece(bringer: Bringer) -> None:
    place = bringer.begin(5000).headers["Location"]
    answer = bringer.send(place, 0, b"<html>" * 100)
    assert (answer.status_code, answer.text) == (415, "Это не zip-файл, или он повреждён.")
    assert leftovers() == []


def test_it_is_its_beginners_alone(bringer: Bringer, make: Any, sign_in: Any, app: Any) -> None:
    place = bringer.begin(5000).headers["Location"]
    stranger = app.test_client()
    sign_in(stranger, make.user("speaker"))
    other = Bringer(stranger)
    assert other.send(place, 0, b"PK\3\4" * 10).status_code == 404
    assert other.client.head(place, headers=other.headers).status_code == 404
    other.client.post(f"{place}forget/", data={"csrf_token": other.token})
    assert "Курс.zip" not in other.part()
    assert bringer.client.head(place, headers=bringer.headers).status_code == 200


def test_who_may_no_longer_make_webinars_gets_none(
    whole: Author,  # noqa: F811
    bringer: Bringer,
    make: Any,
) -> None:
    body, there = taken_out(whole), known()
    bringer.bring(body)
    core.users.revoke_role(whole.user.user_id, "speaker", actor=make.user("admin"))
    worker.drain_here()
    assert known() == there
    (upload,) = media.assets.archives(whole.user.user_id)
    assert (upload.state, upload.reason) == ("refused", "file_not_permitted")


def test_what_lies_about_is_cleared_away(whole: Author, bringer: Bringer) -> None:  # noqa: F811
    bringer.begin(5000)
    bringer.bring(taken_out(whole))
    worker.drain_here()
    (media.folder.root() / "unpacking-left").mkdir()
    media.uploads.sweep(clock.now())
    assert len(media.assets.archives(whole.user.user_id)) == 2
    with time_machine.travel(clock.now() + timedelta(hours=49)):
        media.uploads.sweep(clock.now())
    assert media.assets.archives(whole.user.user_id) == []
    assert leftovers() == []


def test_memory_does_not_grow_with_the_file(whole: Author, bringer: Bringer) -> None:  # noqa: F811
    video, size = recording(2), 48_000_000
    video += (size - len(video)).to_bytes(4, "big") + b"free" + bytes(size - len(video) - 8)
    held = {"owner_id": whole.user.user_id, "webinar_id": whole.webinar.webinar_id}
    asset = media.take(io.BytesIO(video), kind="video", name="Долгая.mp4", **held)
    drafts.change(whole.webinar.webinar_id, {"video": asset.address}, actor=whole.user)
    body, there = taken_out(whole), known()
    del video
    place = bringer.begin(len(body)).headers["Location"]
    for offset in range(0, len(body), 16_000_000):
        assert bringer.send(place, offset, body[offset : offset + 16_000_000]).status_code == 204
    tracemalloc.start()
    worker.drain_here()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(known() - there) == 1
    assert peak < 12_000_000

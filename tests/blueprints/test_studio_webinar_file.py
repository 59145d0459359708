"""A webinar as one file: out and in again the same; and everything that such a file may try."""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from app import chat, core, media
from app.autowebinar import drafts, schedule, schedule_rules, webinar_file
from app.autowebinar.webinar_file import DOCUMENT
from app.media import captions
from app.media.adopting import weigh
from app.media.errors import MediaRefused
from app.media.picture import encoded
from tests.blueprints.test_studio_timeline import Author, author  # noqa: F401
from tests.fixtures.recordings import recording

CAPTIONS = b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n"
CUES = [
    {"kind": "cta", "key": "cta0", "show_at": 10, "hide_at": 20, "text": "Кнопка", "note": "",
     "link": None},
    {"kind": "poll", "key": "poll0", "show_at": 30, "hide_at": 40, "text": "Где?", "note": "",
     "link": None, "options": ["Там", "Тут"], "results_at": 35},
    {"kind": "offer", "key": "offer0", "show_at": 50, "hide_at": None, "text": "Со скидкой",
     "note": "Ё", "link": "https://example.org/", "minutes": 15},
]  # fmt: skip
Change = Callable[[dict[str, Any]], None]


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 36), "teal").save(out, "PNG")
    return out.getvalue()


def picture_of_ours() -> bytes:
    return encoded(Image.open(io.BytesIO(picture())))


@pytest.fixture
def whole(author: Author) -> Author:  # noqa: F811
    """A webinar with media of its own, a schedule, cues and lines."""
    held = {"owner_id": author.user.user_id, "webinar_id": author.webinar.webinar_id}
    assets = {
        "video": media.take(recording(2), kind="video", name="Запись.mp4", **held),
        "poster": media.take(picture(), kind="image", name="poster.png", **held),
        "captions": media.take(CAPTIONS, kind="captions", name="ru.vtt", **held),
    }
    members = {name: asset.address for name, asset in assets.items()}
    content = members | {"duration_sec": 100, "cues": CUES}
    drafts.change(author.webinar.webinar_id, content, actor=author.user)
    core.webinars.edit(
        author.webinar.webinar_id, description="Описание\n«да»", poster=assets["poster"].address
    )
    rules = schedule_rules.checked({"just_in_time": {"minutes": 15}})
    schedule.save(author.webinar.webinar_id, rules, actor_id=None)
    talk = chat.rules.Rules(shared=True, slow_seconds=30)
    chat.rules.change(author.webinar.webinar_id, talk, actor=author.user)
    return author


def taken_out(author: Author, slug: str | None = None) -> bytes:  # noqa: F811
    path = f"/studio/{slug or author.webinar.slug}/timeline/export/webinar.zip"
    answer = author.client.get(path, buffered=True)
    assert answer.headers["Content-Type"] == "application/zip"
    return answer.data


def brought_in(author: Author, body: bytes) -> TestResponse:  # noqa: F811
    found = re.search(
        r'name="csrf_token"[^>]*value="([^"]+)"', author.client.get("/studio/new/file/").text
    )
    assert found
    data = {"csrf_token": found[1], "file": (io.BytesIO(body), "webinar.zip")}
    return author.client.post("/studio/new/file/", data=data)


def made(answer: TestResponse) -> str:
    """The slug of the webinar that was made."""
    assert answer.status_code == 303, re.findall(r'role="alert">([^<]*)', answer.text)
    return answer.headers["Location"].split("/")[2]


def document(body: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(body)) as file:
        found: dict[str, Any] = json.loads(file.read(DOCUMENT))
        return found


def repacked(
    body: bytes,
    change: Change = lambda _: None,
    *,
    more: dict[str, bytes] | None = None,
    less: tuple[str, ...] = (),
) -> bytes:
    """The file with its document changed, entries added or left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as file, zipfile.ZipFile(out, "w") as target:
        for name in file.namelist():
            data = file.read(name)
            if name == DOCUMENT:
                found = json.loads(data)
                change(found)
                data = webinar_file.canonical(found)
            if name not in less:
                target.writestr(name, data)
        for name, data in (more or {}).items():
            target.writestr(name, data)
    return out.getvalue()


@pytest.mark.both_databases
def test_file_out_and_in_again_is_the_same_byte_for_byte(whole: Author) -> None:
    before = taken_out(whole)
    slug = made(brought_in(whole, before))
    assert slug != whole.webinar.slug
    assert taken_out(whole, slug) == before
    twin = core.webinars.by_slug(slug)
    assert twin is not None
    assert (twin.type, twin.status, twin.owner_id) == ("auto", "draft", whole.user.user_id)
    assert chat.rules.of(twin.webinar_id) == chat.rules.Rules(shared=True, slow_seconds=30)
    version = drafts.publish(twin.webinar_id, actor=whole.user)
    assert [cue.key for cue in version.cues] == ["cta0", "poll0", "offer0"]
    assert whole.client.get(f"/studio/{slug}/timeline/").status_code == 200
    assert whole.client.get(version.video, buffered=True).status_code == 200


def test_file_is_open_and_canonical(whole: Author) -> None:
    body = taken_out(whole)
    with zipfile.ZipFile(io.BytesIO(body)) as file:
        names = file.namelist()
        text = file.read(DOCUMENT)
        for name in names[1:]:
            assert name == f"media/{hashlib.sha256(file.read(name)).hexdigest()}"
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert (names[0], len(names)) == (DOCUMENT, 4)
    found = json.loads(text)
    assert text == webinar_file.canonical(found)
    assert (found["format"], found["version"], found["kind"]) == ("efir-webinar", 1, "auto")
    assert "Запись.mp4" in text.decode()
    for secret in (whole.webinar.webinar_id, whole.webinar.slug, whole.user.email):
        assert secret not in text.decode()


def test_file_of_what_was_never_drafted_comes_back_too(author: Author) -> None:  # noqa: F811
    body = taken_out(author)
    slug = made(brought_in(author, body))
    assert taken_out(author, slug) == body


def test_file_says_whence_each_line_is_and_claims_nothing_else(author: Author) -> None:  # noqa: F811
    author.send("lines/new/", at="0:07", author="Анна", text="Сам", role="guest")

    def unsaid(found: dict[str, Any]) -> None:
        assert [line.get("source") for line in found["lines"]] == [
            "broadcast", "broadcast", "broadcast", "typed", "broadcast"
        ]  # fmt: skip
        del found["lines"][0]["source"]

    slug = made(brought_in(author, repacked(taken_out(author), unsaid)))
    twin = core.webinars.by_slug(slug)
    assert twin is not None
    version = drafts.publish(twin.webinar_id, actor=author.user)
    assert version.sources == {"imported": 1, "broadcast": 3, "typed": 1}
    with zipfile.ZipFile(io.BytesIO(taken_out(author, slug))) as file:
        first = json.loads(file.read(DOCUMENT))["lines"][0]
    assert "source" not in first


def test_recorded_broadcast_becomes_an_autowebinar(whole: Author) -> None:
    def live(found: dict[str, Any]) -> None:
        found["kind"], found["schedule"] = "live", None
        found["lines"] = [{"at": 5, "author": "Анна", "role": "guest", "text": "Слышно"}]

    slug = made(brought_in(whole, repacked(taken_out(whole), live)))
    twin = core.webinars.by_slug(slug)
    assert twin and twin.type == "auto"
    assert [line.text for line in drafts.lines(twin.webinar_id)] == ["Слышно"]


def _set(*path: str, to: Any) -> Change:
    def change(found: dict[str, Any]) -> None:
        for name in path[:-1]:
            found = found[name]
        found[path[-1]] = to

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_set("format", to="other"), "Это не файл вебинара."),
        (_set("version", to=2), "более новой программой"),
        (_set("kind", to="podcast"), "kind"),
        (_set("webinar", "title", to=""), "webinar.title"),
        (_set("webinar", "owner_id", to=1), "webinar.owner_id"),
        (_set("webinar", "guest_cta_link", to="javascript:alert(1)"), "webinar.guest_cta_link"),
        (_set("content", "duration_sec", to=-1), "content.duration_sec"),
        (_set("content", "cues", to=[{"kind": "banner", "show_at": 1}]), "content.cues"),
        (_set("content", "video", to="ftp://x"), "лишнее медиа"),
        (_set("content", "poster", to="media/" + "0" * 64), "не хватает медиа"),
        (_set("webinar", "poster", to="media/" + "f" * 64), "не хватает медиа"),
        (_set("lines", to=[{"at": 1, "author": "", "text": "x"}]), "lines.0.author"),
        (_set("lines", to=[{"at": 90000, "author": "A", "text": "x"}]), "lines.0.at"),
        (_set("schedule", to={"just_in_time": {"minutes": 7}}), "schedule."),
        (_set("media", to={"../../x": {"kind": "video"}}), "media"),
    ],
)
def test_document_that_will_not_do_makes_nothing(whole: Author, change: Change, words: str) -> None:
    known = {each.webinar_id for each in core.webinars.listed(everything=True)}
    answer = brought_in(whole, repacked(taken_out(whole), change))
    assert answer.status_code == 422
    assert words in answer.text
    assert {each.webinar_id for each in core.webinars.listed(everything=True)} == known


SHA = "0" * 64


@pytest.mark.parametrize(
    ("more", "less", "words"),
    [
        ({"../../etc/passwd": b"x"}, (), "чего в файле вебинара не бывает"),
        ({"/abs": b"x"}, (), "чего в файле вебинара не бывает"),
        ({"media/evil.py": b"x"}, (), "чего в файле вебинара не бывает"),
        ({f"media/{SHA}": b"x"}, (), "лишнее медиа"),
        ({}, (DOCUMENT,), "нет webinar.json"),
        ({f"media/{n:064x}": b"" for n in range(60)}, (), "не бывает"),
    ],
)
def test_entries_that_do_not_belong_make_nothing(
    whole: Author, more: dict[str, bytes], less: tuple[str, ...], words: str
) -> None:
    answer = brought_in(whole, repacked(taken_out(whole), more=more, less=less))
    assert answer.status_code == 422
    assert words in answer.text


def test_list_of_entries_that_is_too_long_is_not_even_read(whole: Author) -> None:
    more = {f"{n:0>60}": b"" for n in range(2_000)}
    answer = brought_in(whole, repacked(taken_out(whole), more=more))
    assert answer.status_code == 422
    assert "слишком много частей" in answer.text


def test_media_that_is_not_what_it_says_makes_nothing(whole: Author) -> None:
    body = taken_out(whole)
    sha256 = document(body)["content"]["captions"].removeprefix("media/")
    forged = repacked(body, less=(f"media/{sha256}",), more={f"media/{sha256}": b"WEBVTT\n"})
    answer = brought_in(whole, forged)
    assert answer.status_code == 422
    assert "Медиа не подходит" in answer.text
    missing = brought_in(whole, repacked(body, less=(f"media/{sha256}",)))
    assert "не хватает медиа" in missing.text
    left = media.folder.root().glob("unpacking-*")
    assert list(left) == []


@pytest.mark.parametrize("body", [b"", b"PK", b"not a zip", b"PK\x03\x04" + b"\0" * 100])
def test_what_is_no_zip_is_said_so(whole: Author, body: bytes) -> None:
    answer = brought_in(whole, body)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_broken_zip_is_said_so(whole: Author) -> None:
    body = bytearray(taken_out(whole))
    body[len(body) // 2] ^= 0xFF
    answer = brought_in(whole, bytes(body))
    assert answer.status_code == 422
    assert "повреждён" in answer.text or "Медиа не подходит" in answer.text


def test_bomb_is_let_go_at_the_first_byte_too_many(
    whole: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.autowebinar.webinar_file import unpacking

    monkeypatch.setattr(unpacking, "LARGEST_DOCUMENT", 100_000)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr(DOCUMENT, b'{"format": "' + b"x" * 50_000_000 + b'"}')
    assert len(out.getvalue()) < 100_000
    answer = brought_in(whole, out.getvalue())
    assert answer.status_code == 422
    assert "Слишком большая часть" in answer.text


def test_media_that_claims_to_be_small_is_let_go_too(tmp_path: Path, whole: Author) -> None:
    body = taken_out(whole)
    with pytest.raises(webinar_file.FileInvalid) as refusal:
        webinar_file.unpack(io.BytesIO(body), tmp_path, lambda kind: 10)
    assert refusal.value.why == "too_large"


class TestAdopted:
    def weighed(self, tmp_path: Path, data: bytes, kind: str) -> Any:
        path = tmp_path / "file"
        path.write_bytes(data)
        return weigh(path, kind, hashlib.sha256(data).hexdigest())

    @pytest.mark.parametrize(
        ("kind", "data"),
        [
            ("image", b"\xff\xd8\xff nothing"),
            ("image", picture()),
            ("captions", b"WEBVTT\r\n\r\n00:01.000 --> 00:02.000\r\nHello\r\n"),
            ("captions", b"<script>"),
            ("video", b"\0\0\0\x18ftypmp42" + b"\0" * 100),
            ("video", b""),
        ],
    )
    def test_what_would_have_to_be_made_fit_is_refused(
        self, app: Any, tmp_path: Path, kind: str, data: bytes
    ) -> None:
        with pytest.raises(MediaRefused):
            self.weighed(tmp_path, data, kind)

    def test_picture_that_hides_something_is_refused(self, app: Any, tmp_path: Path) -> None:
        out, exif = io.BytesIO(), Image.Exif()
        exif[0x010E] = "where it was taken"
        Image.new("RGB", (8, 8)).save(out, "JPEG", exif=exif)
        with pytest.raises(MediaRefused):
            self.weighed(tmp_path, out.getvalue(), "image")

    def test_what_we_serve_ourselves_is_taken(self, app: Any, tmp_path: Path) -> None:
        (tmp_path / "given").write_bytes(CAPTIONS)
        kept = captions.read(tmp_path / "given")
        assert self.weighed(tmp_path, kept, "captions").mime == "text/vtt"
        shown = picture_of_ours()
        assert self.weighed(tmp_path, shown, "image").width == 64


def test_stranger_takes_nothing_out(whole: Author, make: Any, sign_in: Any, app: Any) -> None:
    path = f"/studio/{whole.webinar.slug}/timeline/export/webinar.zip"
    client = app.test_client()
    sign_in(client, make.user("speaker"))
    assert client.get(path).status_code == 403

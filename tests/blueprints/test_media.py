"""Files over HTTP: uploads in pieces by tus, plain forms, and what is served to whom."""

import base64
import io
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.serving import make_server
from werkzeug.test import TestResponse, encode_multipart

from app import core, media
from app.autowebinar import drafts
from app.core import UserRecord, WebinarRecord
from tests.fixtures.application import Make
from tests.fixtures.recordings import image, recording
from workers import media as worker

SignIn = Callable[[FlaskClient, UserRecord], None]
Csrf = Callable[[FlaskClient, str], str]
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {"Content-Type": "application/offset+octet-stream"}


@pytest.fixture
def author(make: Make) -> UserRecord:
    return make.user("speaker")


@pytest.fixture
def webinar(make: Make, author: UserRecord) -> WebinarRecord:
    return make.webinar(slug="course", published=False, owner_id=author.user_id)


class Author:
    """A signed-in author's browser on the page of the video."""

    def __init__(self, client: FlaskClient, csrf: Csrf) -> None:
        self.client = client
        self.page = "/studio/course/video/"
        self.token = csrf(client, self.page)
        self.headers = TUS | {"X-CSRFToken": self.token}

    def begin(self, length: int, **headers: str) -> TestResponse:
        name = base64.b64encode("Мой вебинар.mp4".encode()).decode()
        given = {"Upload-Length": str(length), "Upload-Metadata": f"filename {name},is_secret"}
        return self.client.post("/studio/course/uploads/", headers=self.headers | given | headers)

    def send(self, place: str, offset: int, data: bytes, **headers: str) -> TestResponse:
        given = self.headers | PIECE | {"Upload-Offset": str(offset)}
        return self.client.patch(place, data=data, headers=given | headers)

    def state(self, place: str) -> TestResponse:
        return self.client.head(place, headers=TUS)

    def file(self, kind: str, data: bytes, name: str = "file") -> TestResponse:
        form = {"csrf_token": self.token, "file": FileStorage(io.BytesIO(data), name)}
        boundary, body = encode_multipart(form)
        sent_as = f"multipart/form-data; boundary={boundary}"
        return self.client.post(f"{self.page}{kind}/", data=body, content_type=sent_as)


@pytest.fixture
def at_work(
    client: FlaskClient, author: UserRecord, webinar: WebinarRecord, sign_in: SignIn, csrf: Csrf
) -> Author:
    sign_in(client, author)
    return Author(client, csrf)


def content(webinar: WebinarRecord) -> dict[str, Any]:
    return drafts.get(webinar.webinar_id).content


def test_upload_in_pieces_ends_in_the_draft(at_work: Author, webinar: WebinarRecord) -> None:
    data = recording(2)
    begun = at_work.begin(len(data))
    assert (begun.status_code, begun.headers["Upload-Offset"]) == (201, "0")
    place = begun.headers["Location"]
    first = at_work.send(place, 0, data[:3000])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "3000")
    state = at_work.state(place)
    assert (state.status_code, state.headers["Upload-Offset"]) == (200, "3000")
    assert state.headers["Upload-Length"] == str(len(data))
    assert state.headers["Cache-Control"] == "no-store"
    assert at_work.send(place, 3000, data[3000:]).status_code == 204
    assert "Проверяем «Мой вебинар.mp4»" in at_work.client.get(at_work.page).text
    part = at_work.client.get(at_work.page, headers={"HX-Request": "true"})
    assert "every 2s" in part.text
    assert "HX-Refresh" not in part.headers
    worker.drain_here()
    settled = at_work.client.get(at_work.page, headers={"HX-Request": "true"})
    assert settled.headers["HX-Refresh"] == "true"
    assert content(webinar)["duration_sec"] == 2
    assert content(webinar)["video"] in at_work.client.get(at_work.page).text


def test_what_the_server_speaks_is_told(at_work: Author) -> None:
    told = at_work.client.options("/studio/course/uploads/").headers
    assert told["Tus-Version"] == "1.0.0"
    assert told["Tus-Extension"] == "creation,termination"
    assert int(told["Tus-Max-Size"]) == 4_000_000_000
    other = at_work.begin(100, **{"Tus-Resumable": "0.2.2"})
    assert (other.status_code, other.headers["Tus-Version"]) == (412, "1.0.0")


def test_piece_that_does_not_fit_is_a_conflict(at_work: Author) -> None:
    place = at_work.begin(9000).headers["Location"]
    at_work.send(place, 0, recording(1)[:2000])
    wrong = at_work.send(place, 1000, b"x" * 10)
    assert (wrong.status_code, wrong.headers["Upload-Offset"]) == (409, "2000")
    assert at_work.send(place, 2000, b"x", **{"Content-Type": "text/plain"}).status_code == 415
    assert at_work.send(place, -1, b"x").status_code == 400
    assert at_work.state(place).headers["Upload-Offset"] == "2000"


def test_upload_that_cannot_be_is_refused_in_words(at_work: Author, app: Flask) -> None:
    large = at_work.begin(4_000_000_001)
    assert (large.status_code, large.text) == (413, "Файл больше 4000 МБ.")
    assert at_work.begin(0).status_code == 400
    assert at_work.begin(10, **{"Upload-Length": "ten"}).status_code == 400
    place = at_work.begin(5000).headers["Location"]
    page = at_work.send(place, 0, b"<html>" * 100)
    assert (page.status_code, page.text) == (415, "Это не видео MP4 или WebM.")
    assert at_work.state(place).status_code == 404
    app.config["SETTINGS"].media_keep_free_mb = 10**9
    full = at_work.begin(100)
    assert full.status_code == 507
    assert "кончается место" in full.text
    assert media.assets.of_webinar("wb_1") == []


def test_piece_is_bounded_and_forms_elsewhere_stay_so(at_work: Author) -> None:
    place = at_work.begin(30_000_000).headers["Location"]
    assert at_work.send(place, 0, b"\0" * 16_000_001).status_code == 413
    large = {"csrf_token": at_work.token, "title": "x" * 1_100_000}
    assert at_work.client.post("/studio/new/", data=large).status_code == 413


def test_upload_asks_for_the_token_each_time(at_work: Author) -> None:
    place = at_work.begin(9000).headers["Location"]
    for headers in ({"X-CSRFToken": ""}, {"X-CSRFToken": "forged"}):
        assert at_work.begin(9000, **headers).status_code == 400
        assert at_work.send(place, 0, recording(1)[:100], **headers).status_code == 400
        gone = at_work.client.delete(place, headers=at_work.headers | headers)
        assert gone.status_code == 400
    assert at_work.state(place).headers["Upload-Offset"] == "0"


def test_stranger_neither_writes_nor_probes(
    at_work: Author, app: Flask, make: Make, sign_in: SignIn, webinar: WebinarRecord
) -> None:
    """Even one who may open the same webinar."""
    place = at_work.begin(9000).headers["Location"]
    core.webinars.edit(webinar.webinar_id, speaker_id=(colleague := make.user("speaker")).user_id)
    for person, expected in ((colleague, 404), (make.user("speaker"), 403), (None, 401)):
        client = app.test_client()
        with client.session_transaction() as session:
            session["csrf_token"] = "theirs"
        if person is not None:
            sign_in(client, person)
        answers = [
            client.head(place, headers=TUS).status_code,
            client.patch(place, data=b"x", headers=_signed(app) | PIECE).status_code,
            client.delete(place, headers=_signed(app)).status_code,
        ]
        assert answers == [expected] * 3
    assert at_work.state(place).headers["Upload-Offset"] == "0"


def _signed(app: Flask) -> dict[str, str]:
    from itsdangerous import URLSafeTimedSerializer

    signer = URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="wtf-csrf-token")
    return TUS | {"X-CSRFToken": str(signer.dumps("theirs"))}


def test_upload_is_forgotten_by_a_button(at_work: Author) -> None:
    place = at_work.begin(9000).headers["Location"]
    page = at_work.client.get(at_work.page).text
    assert "«Мой вебинар.mp4» загружен на 0 %" in page
    left = at_work.client.post(f"{place}forget/", data={"csrf_token": at_work.token})
    assert (left.status_code, left.headers["Location"]) == (303, at_work.page)
    assert at_work.state(place).status_code == 404


@pytest.fixture
def server(app: Flask) -> Iterator[tuple[str, int]]:
    """The application behind a real socket."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield "127.0.0.1", server.server_port
    server.shutdown()
    thread.join()


def test_broken_connection_keeps_what_had_arrived(
    at_work: Author, server: tuple[str, int], webinar: WebinarRecord
) -> None:
    data = recording(3)
    place = at_work.begin(len(data)).headers["Location"]
    cookie = at_work.client.get_cookie("session")
    assert cookie is not None
    head = (
        f"PATCH {place} HTTP/1.1\r\nHost: 127.0.0.1\r\nTus-Resumable: 1.0.0\r\n"
        f"X-CSRFToken: {at_work.token}\r\nCookie: session={cookie.value}\r\n"
        f"Content-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\n"
        f"Content-Length: {len(data)}\r\n\r\n"
    )
    with socket.create_connection(server) as wire:
        wire.sendall(head.encode() + data[:4321])
        wire.shutdown(socket.SHUT_WR)
        wire.recv(100)
    assert at_work.state(place).headers["Upload-Offset"] == "4321"
    assert at_work.send(place, 4321, data[4321:]).status_code == 204
    worker.drain_here()
    assert content(webinar)["duration_sec"] == 3


def test_video_by_a_plain_form(at_work: Author, webinar: WebinarRecord) -> None:
    data = recording(2, size=(640, 360))
    assert at_work.file("video", data, "webinar.mp4").status_code == 303
    worker.drain_here()
    asset = media.assets.by_address(webinar.webinar_id, content(webinar)["video"])
    assert asset is not None
    assert (asset.duration_sec, asset.width) == (2, 640)


def test_plain_form_takes_more_than_other_forms_do(at_work: Author, app: Flask) -> None:
    """A megabyte and more; and no more than the setting says."""
    app.config["SETTINGS"].media_max_form_mb = 2
    padded = recording(1) + b"\0" * 1_500_000
    assert at_work.file("video", padded, "webinar.mp4").status_code == 303
    too_much = at_work.client.post(
        f"{at_work.page}video/",
        data=b"\0" * 3_100_000,
        headers={"X-CSRFToken": at_work.token},
        content_type="multipart/form-data; boundary=x",
    )
    assert too_much.status_code == 413


def test_poster_and_captions_are_kept_at_once(at_work: Author, webinar: WebinarRecord) -> None:
    assert at_work.file("image", image("PNG")).status_code == 303
    vtt = b"WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nHello\n"
    assert at_work.file("captions", vtt).status_code == 303
    found = content(webinar)
    assert found["poster"].endswith("/image.jpg")
    assert found["captions"].endswith("/captions.vtt")
    form = {"csrf_token": at_work.token}
    assert at_work.client.post(f"{at_work.page}image/remove/", data=form).status_code == 303
    assert "poster" not in content(webinar)


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        ("image", b"<svg/>", "Это не картинка JPEG, PNG или WebP."),
        ("captions", b"WEBVTT\n", "Это не субтитры WebVTT или SRT"),
        ("video", b"hello" * 100, "Это не видео MP4 или WebM."),
        ("video", b"", "Файл пуст."),
    ],
)
def test_file_that_will_not_do_is_refused_in_words(
    at_work: Author, webinar: WebinarRecord, kind: str, data: bytes, words: str
) -> None:
    answer = at_work.file(kind, data, "name.mp4")
    assert answer.status_code == 422
    assert words in answer.text
    assert 'role="alert"' in answer.text
    assert content(webinar) == {}
    assert media.assets.of_webinar(webinar.webinar_id) == []


def test_form_without_a_file_says_so(at_work: Author) -> None:
    answer = at_work.client.post(f"{at_work.page}image/", data={"csrf_token": at_work.token})
    assert answer.status_code == 422
    assert "Выберите файл." in answer.text


def save_address(at_work: Author, **fields: str) -> TestResponse:
    return at_work.client.post(at_work.page, data={"csrf_token": at_work.token} | fields)


def test_video_elsewhere_is_kept_with_its_length(at_work: Author, webinar: WebinarRecord) -> None:
    address = "https://cdn.example.org/webinar.mp4"
    assert save_address(at_work, address=address, duration="1:05:30").status_code == 303
    assert content(webinar) == {"video": address, "duration_sec": 3930}


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("https://cdn.example.org/webinar.mp4", ("Файл .mp4 или .webm", "Полный контроль")),
        ("https://cdn.example.org/live.m3u8", ("Поток .m3u8", "CORS")),
        ("https://youtu.be/dQw4w9WgXcQ", ("YouTube", "логотип и реклама остаются")),
        ("https://vkvideo.ru/video-1_2", ("VK Видео", "нажать на кнопки")),
        ("https://rutube.ru/video/9e4cd81a6b2566e9d949881dbb53905e/", ("Rutube", "догонит часы")),
        ("http://cdn.example.org/webinar.mp4", ("Нужен https://",)),
        ("https://youtube.com/feed", ("Это адрес площадки, но не видео",)),
        ("https://example.org/page", ("Не понимаем этот адрес",)),
    ],
)
def test_what_a_source_allows_is_told_before_and_after(
    at_work: Author, address: str, words: tuple[str, ...]
) -> None:
    """On the page for whoever looks, while it is being typed, and of what was chosen."""
    page = at_work.client.get(at_work.page).text
    typed = at_work.client.get(f"{at_work.page}source/", query_string={"address": address}).text
    kept = save_address(at_work, address=address, duration="45:00")
    after = at_work.client.get(at_work.page).text if kept.status_code == 303 else kept.text
    state = after[after.index('id="video-state"') :]
    for each in words:
        assert each in typed
        assert each in state
        if kept.status_code == 303:
            assert each in page


@pytest.mark.parametrize(
    ("address", "duration"),
    [
        ("https://cdn.example.org/webinar.mp4", ""),
        ("https://cdn.example.org/webinar.mp4", "45"),
        ("https://cdn.example.org/webinar.mp4", "45:61"),
        ("https://cdn.example.org/webinar.mp4", "99:59:59"),
        ("", "45:00"),
        ("javascript:alert(1)", "45:00"),
    ],
)
def test_address_or_length_that_will_not_do_changes_nothing(
    at_work: Author, webinar: WebinarRecord, address: str, duration: str
) -> None:
    answer = save_address(at_work, address=address, duration=duration)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert content(webinar) == {}


@pytest.fixture
def video(at_work: Author, webinar: WebinarRecord) -> str:
    """The address of a video in the draft."""
    at_work.file("video", recording(2), "webinar.mp4")
    worker.drain_here()
    return str(content(webinar)["video"])


def test_file_of_a_draft_is_its_authors_alone(
    at_work: Author, video: str, app: Flask, make: Make, sign_in: SignIn
) -> None:
    own = at_work.client.get(video, buffered=True)
    assert own.status_code == 200
    assert own.headers["Cache-Control"] == "private, max-age=0, must-revalidate"
    assert app.test_client().get(video, buffered=True).status_code == 404
    for role, expected in (("speaker", 404), ("partner", 404), ("admin", 200)):
        other = app.test_client()
        sign_in(other, make.user(role))
        assert other.get(video, buffered=True).status_code == expected


def test_published_file_is_everybodys_and_stays(
    at_work: Author, video: str, app: Flask, webinar: WebinarRecord, author: UserRecord
) -> None:
    drafts.publish(webinar.webinar_id, actor=author)
    stranger = app.test_client()
    answer = stranger.get(video, buffered=True)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    core.webinar_states.unpublish(webinar.webinar_id, actor_id=author.user_id)
    assert stranger.get(video, buffered=True).status_code == 200


def test_file_is_served_in_ranges(at_work: Author, video: str) -> None:
    whole = at_work.client.get(video, buffered=True)
    data, etag = whole.data, whole.headers["ETag"]
    assert whole.headers["Accept-Ranges"] == "bytes"

    def ask(value: str, **headers: str) -> TestResponse:
        return at_work.client.get(video, buffered=True, headers={"Range": value} | headers)

    part = ask("bytes=100-199")
    assert (part.status_code, part.data) == (206, data[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(data)}"
    assert ask("bytes=-50").data == data[-50:]
    assert ask(f"bytes={len(data) - 10}-").data == data[-10:]
    beyond = ask(f"bytes={len(data)}-")
    assert beyond.status_code == 416
    assert beyond.headers["Content-Range"] == f"bytes */{len(data)}"
    assert ask("bytes=0-9", **{"If-Range": etag}).status_code == 206
    assert ask("bytes=0-9", **{"If-Range": '"other"'}).status_code == 200
    head = at_work.client.head(video, buffered=True)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(len(data))
    assert (
        at_work.client.get(video, buffered=True, headers={"If-None-Match": etag}).status_code == 304
    )


def test_no_other_name_and_no_other_place_is_served(at_work: Author, video: str) -> None:
    sha256 = video.split("/")[2]
    for address in (
        f"/media/{sha256}/video.webm",
        f"/media/{sha256}/other.mp4",
        f"/media/{sha256.upper()}/video.mp4",
        f"/media/{'0' * 64}/video.mp4",
        "/media/../efir.db",
        f"/media/{'..%2f' * 12}efir/video.mp4",
        f"/media/{sha256}/..%2f..%2fefir.db",
    ):
        assert at_work.client.get(address).status_code == 404


def test_nginx_is_told_where_the_file_is(at_work: Author, video: str, app: Flask) -> None:
    app.config["SETTINGS"].media_accel_prefix = "/protected-media/"
    sha256 = video.split("/")[2]
    answer = at_work.client.get(video, buffered=True)
    assert answer.headers["X-Accel-Redirect"] == f"/protected-media/{sha256[:2]}/{sha256}"
    assert (answer.data, answer.headers["Content-Type"]) == (b"", "video/mp4")
    assert "X-Accel-Redirect" not in app.test_client().get(video, buffered=True).headers


def test_new_webinar_has_the_address_of_its_title(
    client: FlaskClient, make: Make, sign_in: SignIn, csrf: Csrf
) -> None:
    sign_in(client, author := make.user("speaker"))
    form = {"csrf_token": csrf(client, "/studio/new/"), "title": "Щедрый хозяин: 5 шагов"}
    made = client.post("/studio/new/", data=form)
    assert (made.status_code, made.headers["Location"]) == (
        303,
        "/studio/shchedryi-khoziain-5-shagov/",
    )
    found = core.webinars.by_slug("shchedryi-khoziain-5-shagov")
    assert found is not None
    assert (found.owner_id, found.speaker_id, found.status) == (
        author.user_id,
        author.user_id,
        "draft",
    )
    again = client.post("/studio/new/", data=form)
    assert again.headers["Location"] == "/studio/shchedryi-khoziain-5-shagov-2/"
    proposed = client.get("/studio/new/slug/?title=Щедрый хозяин: 5 шагов").text
    assert 'value="shchedryi-khoziain-5-shagov-3"' in proposed


def test_taken_or_wrong_address_is_said_in_words(
    client: FlaskClient, make: Make, sign_in: SignIn, csrf: Csrf
) -> None:
    make.webinar(slug="course")
    sign_in(client, make.user("admin"))
    form = {"csrf_token": csrf(client, "/studio/new/"), "title": "Курс", "slug": "course"}
    taken = client.post("/studio/new/", data=form)
    assert taken.status_code == 422
    assert "Свободен, например, course-2" in taken.text
    wrong = client.post("/studio/new/", data=form | {"slug": "Мой курс"})
    assert wrong.status_code == 422
    assert "Только строчные латинские буквы" in wrong.text
    assert client.post("/studio/new/", data=form | {"title": " "}).status_code == 422
    assert len(core.webinars.listed(everything=True)) == 1

"""The recording of a broadcast that is over: brought as a file, chosen among files, by an address."""

import base64
import io
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from app import core, live, media
from app.core import UserRecord
from tests.fixtures.application import TOKEN, Make
from tests.fixtures.recordings import recording
from tests.live.conftest import Studio, at, moment  # noqa: F401
from workers import media as worker

PANEL = "/studio/talk/broadcast/"
ELSEWHERE = "https://example.org/talk.mp4"


@pytest.fixture
def settings_overrides(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "recordings").mkdir()
    return {"media_recordings_dir": tmp_path / "recordings"}


@pytest.fixture
def speaker(make: Make) -> UserRecord:
    return make.user("speaker", name="Андрей Соколов")


@pytest.fixture
def studio(make: Make, speaker: UserRecord, moment: Any) -> Studio:  # noqa: F811
    made = make.webinar("live", published=False, slug="talk", speaker_id=speaker.user_id)
    core.webinar_states.schedule(made.webinar_id, at(0), actor_id=None)
    return Studio(made.webinar_id, speaker, moment)


@pytest.fixture
def over(studio: Studio) -> Studio:
    studio.start(0)
    studio.stop(60)
    return studio


@pytest.fixture
def client(app: Flask, speaker: UserRecord, sign_in: Any, moment: Any) -> FlaskClient:  # noqa: F811
    made = app.test_client()
    sign_in(made, speaker)
    return made


def token(client: FlaskClient) -> str:
    answer = client.get(PANEL)
    found = TOKEN.search(answer.text)
    assert found
    return found[1]


def send(client: FlaskClient, action: str = "recording/", **data: Any) -> TestResponse:
    return client.post(f"{PANEL}{action}", data={"csrf_token": token(client), **data})


def upload(client: FlaskClient, data: bytes) -> TestResponse:
    """As upload.js sends it, in two pieces."""
    name = base64.b64encode("Запись из Zoom.mp4".encode()).decode()
    headers = {"Tus-Resumable": "1.0.0", "X-CSRFToken": token(client)}
    told = {"Upload-Length": str(len(data)), "Upload-Metadata": f"filename {name}"}
    begun = client.post("/studio/talk/uploads/", headers=headers | told)
    if begun.status_code != 201:
        return begun
    place, half = begun.headers["Location"], len(data) // 2
    for offset, piece in ((0, data[:half]), (half, data[half:])):
        kind = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
        assert client.patch(place, data=piece, headers=headers | kind).status_code == 204
    return begun


def tell(tmp_path: Path, studio: Studio, seconds: int, name: str = "x-1.flv") -> None:
    path = tmp_path / "recordings" / name
    path.write_bytes(recording(seconds, form="flv"))
    live.streams.recorded(studio.webinar_id, str(path), at(60))
    worker.drain_here()


def shown(studio: Studio) -> str:
    return live.broadcasts.of(studio.webinar_id).recording


@pytest.mark.both_databases
def test_uploaded_file_is_the_recording_and_the_viewers_after_the_end(
    app: Flask, client: FlaskClient, over: Studio
) -> None:
    assert "data-upload=" in client.get(PANEL).text
    assert upload(client, recording(2)).status_code == 201
    assert "Проверяем «Запись из Zoom.mp4»" in client.get(PANEL).text
    worker.drain_here()
    address = shown(over)
    assert address.startswith("/media/")
    assert app.test_client().get(address, buffered=True).status_code == 200
    page = client.get(PANEL).text
    assert "загружена в студии" in page
    assert "Сделать автовебинар" in page


def test_uploaded_file_becomes_an_autowebinar(client: FlaskClient, over: Studio) -> None:
    upload(client, recording(2))
    worker.drain_here()
    answer = send(client, "recording/auto/")
    assert answer.status_code == 303
    (made,) = [each for each in core.webinars.worked_on(None) if each.type == "auto"]
    assert media.assets.by_address(made.webinar_id, shown(over)) is not None


def test_upload_stays_when_the_media_server_s_longer_file_comes(
    client: FlaskClient, over: Studio, tmp_path: Path
) -> None:
    tell(tmp_path, over, 3)
    first = shown(over)
    assert "с нашего сервера эфира" in client.get(PANEL).text
    upload(client, recording(2))
    worker.drain_here()
    uploaded = shown(over)
    assert uploaded not in ("", first)
    tell(tmp_path, over, 5, "x-2.flv")
    assert shown(over) == uploaded
    page = client.get(PANEL).text
    assert page.count("Показывать эту") == 2
    assert send(client, recording=first, seen=uploaded).status_code == 303
    assert shown(over) == first


def test_file_without_scripts_goes_by_a_form(client: FlaskClient, over: Studio) -> None:
    file = FileStorage(io.BytesIO(recording(1)), "talk.mp4")
    assert send(client, "recording/file/", file=file).status_code == 303
    worker.drain_here()
    assert shown(over).startswith("/media/")
    wrong = FileStorage(io.BytesIO(b"not a video at all, no"), "talk.mp4")
    answer = send(client, "recording/file/", file=wrong)
    assert (answer.status_code, "Это не видео" in answer.text) == (422, True)


def test_stale_page_does_not_clear_what_came_meanwhile(
    client: FlaskClient, over: Studio, tmp_path: Path
) -> None:
    tell(tmp_path, over, 1)
    came = shown(over)
    for given in ("", ELSEWHERE):
        answer = send(client, recording=given, seen="")
        assert answer.status_code == 409
        assert "запись эфира сменилась" in answer.text
        assert shown(over) == came
    assert send(client, recording="", seen=came).status_code == 303
    assert shown(over) == ""


def test_settings_are_closed_when_it_is_over_and_touch_no_recording(
    client: FlaskClient, over: Studio, tmp_path: Path
) -> None:
    tell(tmp_path, over, 1)
    before = live.broadcasts.of(over.webinar_id)
    settings = {"planned_minutes": "75", "cta_text": "Другая", "speaker": "0", "recording": ""}
    answer = send(client, "", **settings)
    assert answer.status_code == 409
    assert "его настройки больше не меняются" in answer.text
    assert live.broadcasts.of(over.webinar_id) == before
    page = client.get(PANEL).text
    assert 'name="planned_minutes"' not in page
    assert "Эфир позади" in page


def test_recording_that_was_taken_away_stays_away(
    client: FlaskClient, over: Studio, tmp_path: Path
) -> None:
    tell(tmp_path, over, 1)
    send(client, recording="", seen=shown(over))
    tell(tmp_path, over, 2, "x-2.flv")
    assert shown(over) == ""


def test_address_is_checked(client: FlaskClient, over: Studio) -> None:
    answer = send(client, recording="http://example.org/a.mp4", seen="")
    assert (answer.status_code, "Нужен https://" in answer.text) == (422, True)
    assert send(client, recording=ELSEWHERE, seen="").status_code == 303
    assert shown(over) == ELSEWHERE


def test_nothing_is_chosen_before_the_end(client: FlaskClient, studio: Studio) -> None:
    studio.start(0)
    page = client.get(PANEL).text
    assert "data-upload=" not in page
    answer = upload(client, recording(1))
    assert (answer.status_code, "когда эфир завершён" in answer.text) == (422, True)
    assert send(client, recording=ELSEWHERE, seen="").status_code == 409
    file = FileStorage(io.BytesIO(recording(1)), "talk.mp4")
    assert send(client, "recording/file/", file=file).status_code == 409
    assert (shown(studio), media.assets.of_webinar(studio.webinar_id)) == ("", [])


def test_archived_webinar_takes_no_recording_any_more(client: FlaskClient, over: Studio) -> None:
    upload(client, recording(1))
    core.webinar_states.archive(over.webinar_id, actor_id=None)
    worker.drain_here()
    assert shown(over) == ""
    assert send(client, recording=ELSEWHERE, seen="").status_code == 409


def test_refused_file_says_why_and_is_forgotten(client: FlaskClient, over: Studio) -> None:
    upload(client, recording(1, codec=None))
    worker.drain_here()
    page = client.get(PANEL).text
    assert "только звук" in page
    forget = re.search(r'action="(/studio/talk/uploads/[^"]+/forget/)"', page)
    assert forget
    answer = client.post(forget[1], data={"csrf_token": token(client)})
    assert (answer.status_code, answer.location) == (303, PANEL)
    assert media.assets.of_webinar(over.webinar_id) == []


def test_another_speaker_brings_nothing(app: Flask, over: Studio, make: Make, sign_in: Any) -> None:
    stranger = app.test_client()
    sign_in(stranger, make.user("speaker"))
    found = TOKEN.search(stranger.get("/studio/new/").text)
    assert found
    given = {"csrf_token": found[1], "recording": ELSEWHERE, "seen": ""}
    assert stranger.post(f"{PANEL}recording/", data=given).status_code == 403
    headers = {"Tus-Resumable": "1.0.0", "X-CSRFToken": found[1], "Upload-Length": "10"}
    assert stranger.post("/studio/talk/uploads/", headers=headers).status_code == 403

"""A broadcast that is over becomes an AutoWebinar: its recording, its lines, its call to action."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import autowebinar, chat, clock, core, live, media
from app.autowebinar import drafts
from app.core import UserRecord, WebinarRecord
from tests.fixtures.application import TOKEN, Make
from tests.fixtures.recordings import image, recording
from tests.live.conftest import Studio, at, moment  # noqa: F401
from workers import media as worker


@pytest.fixture
def settings_overrides(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "recordings").mkdir()
    return {"media_recordings_dir": tmp_path / "recordings"}


@pytest.fixture
def speaker(make: Make) -> UserRecord:
    return make.user("speaker", name="Андрей Соколов")


@pytest.fixture
def webinar(make: Make, speaker: UserRecord, moment: Any) -> WebinarRecord:  # noqa: F811
    moment.move_to(at(-3600))
    made = make.webinar("live", published=False, slug="talk", speaker_id=speaker.user_id)
    core.webinar_states.schedule(made.webinar_id, at(0), actor_id=None)
    return made


@pytest.fixture
def studio(webinar: WebinarRecord, speaker: UserRecord, moment: Any) -> Studio:  # noqa: F811
    return Studio(webinar.webinar_id, speaker, moment)


@pytest.fixture
def client(app: Flask, speaker: UserRecord, sign_in: Callable[..., Any]) -> FlaskClient:
    made = app.test_client()
    sign_in(made, speaker)
    return made


def say(
    studio: Studio,
    make: Make,
    text: str,
    second: int,
    *,
    origin: str = "viewer",
    author: str = "Мария",
) -> None:
    """At a second of the recording, which began two before the broadcast."""
    studio.clock.move_to(at(second - 2))
    chat.write(
        f"live:{studio.webinar_id}",
        text,
        author=author if origin == "viewer" else "Андрей",
        origin=origin,
        at_sec=studio.air.second(clock.now()),
        registration_id=None,
        webinar_id=studio.webinar_id,
        shared=True,
    )


def cta(studio: Studio, second: int, *, visible: bool) -> None:
    studio.clock.move_to(at(second - 2))
    payload = {
        "webinar_id": studio.webinar_id,
        "visible": visible,
        "context": {
            "actor_id": studio.speaker.user_id,
            "timestamp": clock.unix(clock.now()),
            "source": "studio",
        },
    }
    core.request(core.events.core_webinar_set_cta_visibility, payload, raiser="studio")


@pytest.fixture
def over(studio: Studio, make: Make, tmp_path: Path) -> Studio:
    """The camera ran from 2 s before the start until the stop: 10 s, of which 8 are kept."""
    say(studio, make, "До записи", 0)
    studio.start(0)
    live.broadcasts.set_up(studio.webinar_id, cta_text="Купить", cta_link="https://example.org/")
    say(studio, make, "Здравствуйте", 3)
    cta(studio, 4, visible=True)
    say(studio, make, "Отвечаю", 5, origin="team")
    cta(studio, 7, visible=False)
    cta(studio, 9, visible=True)
    studio.stop(8)
    path = tmp_path / "recordings" / "x-1.flv"
    path.write_bytes(recording(10, form="flv"))
    live.streams.recorded(studio.webinar_id, str(path), at(8))
    worker.drain_here()
    return studio


def press(client: FlaskClient) -> Any:
    page = client.get("/studio/talk/broadcast/").text
    token = TOKEN.search(page)
    assert token
    return client.post("/studio/talk/broadcast/recording/auto/", data={"csrf_token": token[1]})


@pytest.mark.both_databases
def test_one_button_makes_the_draft(over: Studio, client: FlaskClient) -> None:
    assert "Сделать автовебинар" in client.get("/studio/talk/broadcast/").text
    answer = press(client)
    assert answer.status_code == 303
    slug = answer.headers["Location"].strip("/").split("/")[-1]
    made = core.webinars.by_slug(slug)
    assert made is not None
    assert (made.type, made.status, made.owner_id) == ("auto", "draft", over.speaker.user_id)
    content = drafts.get(made.webinar_id).content
    assert content["video"] == live.broadcasts.of(over.webinar_id).recording
    assert content["duration_sec"] == 8
    assert content["speaker"]["name"] == "Андрей Соколов"
    cues = [(each["show_at"], each["hide_at"], each["text"]) for each in content["cues"]]
    assert cues == [(2, 5, "Купить"), (7, None, "Купить")]
    lines = [(each.at, each.role, each.text) for each in drafts.lines(made.webinar_id)]
    assert lines == [
        (1, "guest", "Здравствуйте"),
        (3, "team", "Отвечаю"),
    ]
    published = drafts.publish(made.webinar_id, actor=over.speaker)
    assert published.sources == {"broadcast": 2}
    assert autowebinar.versions.shows(made.webinar_id, published.video)


def test_file_is_the_open_one(over: Studio, client: FlaskClient) -> None:
    answer = client.get("/studio/talk/broadcast/recording/webinar.zip", buffered=True)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as opened:
        document = json.loads(opened.read("webinar.json"))
        kinds = {each["kind"] for each in document["media"].values()}
        sizes = [len(opened.read(f"media/{sha256}")) for sha256 in document["media"]]
        assert kinds == {"video", "image"}
        assert min(sizes) > 500
    assert (document["kind"], len(document["lines"])) == ("live", 2)


@pytest.mark.both_databases
def test_cover_comes_along_and_the_recording_s_picture_where_there_is_none(
    over: Studio, client: FlaskClient
) -> None:
    press(client)
    (made,) = [each for each in core.webinars.worked_on(None) if each.type == "auto"]
    found = media.assets.by_address(over.webinar_id, live.broadcasts.of(over.webinar_id).recording)
    assert found is not None and found.poster
    assert (made.poster, drafts.get(made.webinar_id).content["poster"]) == (found.poster,) * 2
    given = {"kind": "image", "name": "Обложка.png", "owner_id": over.speaker.user_id}
    cover = media.take(image(), webinar_id=over.webinar_id, **given).address
    core.webinars.edit(over.webinar_id, poster=cover)
    press(client)
    (second,) = [
        each
        for each in core.webinars.worked_on(None)
        if each.type == "auto" and each.webinar_id != made.webinar_id
    ]
    assert (second.poster, drafts.get(second.webinar_id).content["poster"]) == (cover, cover)
    assert media.assets.by_address(second.webinar_id, cover) is not None, "it is its own file"


@pytest.mark.both_databases
def test_long_name_is_cut_to_what_a_recorded_line_has_room_for(
    studio: Studio, make: Make, request: pytest.FixtureRequest, client: FlaskClient
) -> None:
    """A place may be taken by a name of a hundred letters."""
    say(studio, make, "Здравствуйте", 5, author="Ж" * 100)
    request.getfixturevalue("over")
    assert press(client).status_code == 303
    (made,) = [each for each in core.webinars.worked_on(None) if each.type == "auto"]
    assert "Ж" * 80 in [each.author for each in drafts.lines(made.webinar_id)]


def test_hidden_line_does_not_come_along(over: Studio, client: FlaskClient) -> None:
    chat.moderation.delete(f"live:{over.webinar_id}", 2, actor=over.speaker)
    assert press(client).status_code == 303
    (made,) = [each for each in core.webinars.worked_on(None) if each.type == "auto"]
    assert [each.at for each in drafts.lines(made.webinar_id)] == [3]


def test_nothing_is_made_before_there_is_a_recording(studio: Studio, client: FlaskClient) -> None:
    studio.start(0)
    live.broadcasts.set_up(studio.webinar_id, recording="https://example.org/x.mp4")
    assert press(client).status_code == 409
    live.broadcasts.set_up(studio.webinar_id, recording="")
    studio.stop(60)
    answer = press(client)
    assert answer.status_code == 409
    assert "Записи эфира пока нет" in answer.text
    assert client.get("/studio/talk/broadcast/recording/webinar.zip").status_code == 404
    assert [each.type for each in core.webinars.worked_on(None)] == ["live"]


def test_recording_of_another_site_goes_by_the_seconds_on_air(
    studio: Studio, make: Make, client: FlaskClient
) -> None:
    studio.start(0)
    say(studio, make, "Здравствуйте", 12)
    studio.clock.move_to(at(30))
    studio.stop(60)
    live.broadcasts.set_up(
        studio.webinar_id, recording="https://www.youtube.com/watch?v=dQw4w9WgXcQ"
    )
    assert press(client).status_code == 303
    (made,) = [each for each in core.webinars.worked_on(None) if each.type == "auto"]
    content = drafts.get(made.webinar_id).content
    assert (content["video"], content["duration_sec"]) == (
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        60,
    )
    assert [each.at for each in drafts.lines(made.webinar_id)] == [10]
    assert clock.now() - at(60) < timedelta(seconds=1)

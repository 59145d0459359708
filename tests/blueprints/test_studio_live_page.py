"""A broadcast's landing page in the studio: its words, its speaker, its picture, its address."""

import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from app import core, live
from app.core import UserRecord, WebinarRecord
from tests.fixtures.application import TOKEN, Make
from tests.fixtures.recordings import image
from tests.live.conftest import Studio, at, moment  # noqa: F401

PAGE = {
    "title": "Разговор о главном",
    "description": "Вводный абзац.\n\n## Что будет\n\n- Первое",
    "cta_text": "Приду",
    "speaker_name": "Ольга Мирная",
    "speaker_role": "Ведущая",
    "slug": "main-talk",
}


@pytest.fixture
def speaker(make: Make) -> UserRecord:
    return make.user("speaker", name="Андрей Соколов")


@pytest.fixture
def webinar(make: Make, speaker: UserRecord, moment: Any) -> WebinarRecord:  # noqa: F811
    made = make.webinar("live", published=False, slug="talk", speaker_id=speaker.user_id)
    return core.webinar_states.schedule(made.webinar_id, at(0), actor_id=None)


@pytest.fixture
def client(app: Flask, speaker: UserRecord, webinar: WebinarRecord, sign_in: Any) -> FlaskClient:
    made = app.test_client()
    sign_in(made, speaker)
    return made


def send(client: FlaskClient, action: str = "page/", **data: Any) -> TestResponse:
    found = TOKEN.search(client.get("/studio/talk/page/").text)
    assert found
    return client.post(f"/studio/talk/{action}", data={"csrf_token": found[1], **data})


@pytest.mark.both_databases
def test_page_is_saved_under_its_new_address(app: Flask, client: FlaskClient) -> None:
    saved = send(client, **PAGE)
    assert (saved.status_code, saved.location) == (303, "/studio/main-talk/page/")
    page = app.test_client().get("/webinars/main-talk/").text
    for words in (PAGE["title"], "Вводный абзац.", "Что будет", "Приду", "Ольга Мирная", "Ведущая"):
        assert words in page
    assert "Андрей Соколов" not in page
    assert app.test_client().get("/webinars/talk/").location == "/webinars/main-talk/"
    assert "Ольга Мирная" in app.test_client().get("/webinars/").text


def test_panel_is_among_the_tabs_and_filled_in(client: FlaskClient) -> None:
    assert 'href="/studio/talk/page/"' in client.get("/studio/talk/").text
    send(client, **PAGE)
    page = client.get("/studio/main-talk/page/").text
    assert 'value="Ольга Мирная"' in page
    assert 'value="main-talk"' in page


def test_without_a_name_the_account_speaks(app: Flask, client: FlaskClient) -> None:
    send(client, **(PAGE | {"speaker_name": "", "slug": "talk"}))
    assert "Андрей Соколов" in app.test_client().get("/webinars/talk/").text


def article(page: str) -> str:
    return page[page.index("<article") : page.index("</article>")]


def test_preview_is_the_page_itself_and_keeps_nothing(
    app: Flask, client: FlaskClient, webinar: WebinarRecord
) -> None:
    given = PAGE | {"slug": "talk"}
    preview = send(client, "page/preview/", **given).text
    assert core.webinars.get(webinar.webinar_id) == webinar
    assert live.broadcasts.of(webinar.webinar_id).speaker_name == ""
    send(client, **given)
    assert article(preview) == article(app.test_client().get("/webinars/talk/").text)


def test_page_that_will_not_do_changes_nothing(
    client: FlaskClient, webinar: WebinarRecord, make: Make
) -> None:
    make.webinar(slug="taken")
    for wrong, words in (
        ({"slug": "taken"}, "Свободен, например, taken-2"),
        ({"slug": "Курс"}, "Только строчные латинские буквы"),
        ({"title": " "}, "Заполните это поле."),
    ):
        answer = send(client, **(PAGE | wrong))
        assert (answer.status_code, words in answer.text) == (422, True)
    assert core.webinars.get(webinar.webinar_id) == webinar
    assert live.broadcasts.of(webinar.webinar_id).speaker_name == ""


def test_address_stays_while_on_air_and_the_words_do_not(
    client: FlaskClient,
    webinar: WebinarRecord,
    speaker: UserRecord,
    moment: Any,  # noqa: F811
) -> None:
    Studio(webinar.webinar_id, speaker, moment).start(0)
    answer = send(client, **PAGE)
    assert answer.status_code == 422
    assert "Идёт эфир: адрес сейчас не изменить" in answer.text
    assert send(client, **(PAGE | {"slug": "talk"})).status_code == 303
    changed = core.webinars.get(webinar.webinar_id)
    assert changed is not None
    assert (changed.slug, changed.title) == ("talk", PAGE["title"])


def test_cover_is_everybodys_once_announced(app: Flask, client: FlaskClient) -> None:
    file = FileStorage(io.BytesIO(image()), "cover.png")
    assert send(client, "page/poster/", file=file).status_code == 303
    webinar = core.webinars.by_slug("talk")
    assert webinar is not None
    assert app.test_client().get(webinar.poster, buffered=True).status_code == 200
    assert webinar.poster in app.test_client().get("/webinars/talk/").text


def test_archived_page_changes_no_more(
    client: FlaskClient, webinar: WebinarRecord, make: Make
) -> None:
    core.webinar_states.cancel(webinar.webinar_id, actor_id=None)
    core.webinar_states.archive(webinar.webinar_id, actor_id=None)
    answer = send(client, **PAGE)
    assert (answer.status_code, answer.location) == (303, "/studio/talk/")
    kept = core.webinars.get(webinar.webinar_id)
    assert kept is not None
    assert (kept.title, kept.slug) == (webinar.title, "talk")
    assert live.broadcasts.of(webinar.webinar_id).speaker_name == ""


def test_another_speaker_s_page_is_closed(
    app: Flask, client: FlaskClient, make: Make, sign_in: Any
) -> None:
    stranger = app.test_client()
    sign_in(stranger, make.user("speaker"))
    assert stranger.get("/studio/talk/page/").status_code == 403

"""The studio's first pages: whose webinars a person finds there."""

from collections.abc import Callable

from flask.testing import FlaskClient

from app.core import UserRecord
from tests.fixtures.application import Make

SignIn = Callable[[FlaskClient, UserRecord], None]


def test_speaker_finds_own_webinars_alone(client: FlaskClient, make: Make, sign_in: SignIn) -> None:
    speaker = make.user("speaker")
    make.webinar(title="Своё ведение", speaker_id=speaker.user_id)
    make.webinar(title="Чужое", slug="foreign")
    sign_in(client, speaker)
    page = client.get("/studio/").text
    assert "Своё ведение" in page
    assert "Чужое" not in page
    assert client.get("/studio/foreign/").status_code == 403


def test_admin_finds_drafts_too(client: FlaskClient, make: Make, sign_in: SignIn) -> None:
    make.webinar(title="Ещё черновик", slug="draft", published=False)
    sign_in(client, make.user("admin"))
    assert "Ещё черновик" in client.get("/studio/").text
    assert "ещё не опубликован" in client.get("/studio/draft/").text


def test_unknown_webinar_is_not_found(client: FlaskClient, make: Make, sign_in: SignIn) -> None:
    sign_in(client, make.user("admin"))
    assert client.get("/studio/nothing/").status_code == 404

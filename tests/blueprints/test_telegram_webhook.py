"""Telegram's door: who may post, what is kept, and what is said when nothing can be kept."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import Settings, create_app, messages
from app.extensions import db
from tests.fixtures.parallel import at_once

SECRET = "a-secret-of-the-webhook"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
DOOR = "/telegram/webhook/"
UPDATE = {"update_id": 7, "message": {"chat": {"id": 42, "type": "private"}, "text": "/start"}}


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    return {"telegram_bot_token": "1:TEST", "telegram_webhook_secret": SECRET}


def post(client: FlaskClient, body: Any, secret: str | None = SECRET, **more: Any) -> Any:
    given = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {} if secret is None else {HEADER: secret}
    return client.post(DOOR, data=given, headers=headers, content_type="application/json", **more)


def kept() -> list[tuple[int, str]]:
    db.session.remove()
    rows = db.session.execute(db.metadata.tables["inbox_update"].select()).mappings()
    return sorted((row["update_id"], row["state"]) for row in rows)


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", "неверный"])
def test_without_the_secret_nothing_is_kept(client: FlaskClient, secret: str | None) -> None:
    wanted = secret if secret is None else secret.encode().decode("latin-1")
    assert post(client, UPDATE, wanted).status_code == 403
    assert kept() == []


class TestWithoutASecretInTheSettings:
    @pytest.fixture
    def settings_overrides(self) -> dict[str, Any]:
        return {"telegram_bot_token": "1:TEST"}

    @pytest.mark.parametrize("secret", [None, "", "x"])
    def test_nobody_may_post(self, client: FlaskClient, secret: str | None) -> None:
        assert post(client, UPDATE, secret).status_code == 403


@pytest.mark.both_databases
def test_update_is_kept_unread_and_once(client: FlaskClient) -> None:
    assert [post(client, UPDATE).status_code for _ in range(3)] == [200] * 3
    assert kept() == [(7, "new")]


@pytest.mark.both_databases
def test_same_update_five_times_at_once_is_kept_once(app: Flask) -> None:
    statuses = at_once(app, [lambda: post(app.test_client(), UPDATE).status_code] * 5)
    assert statuses == [200] * 5
    assert kept() == [(7, "new")]


def test_two_megabytes_are_refused(client: FlaskClient) -> None:
    body = b'{"update_id": 7, "x": "' + b"x" * 2_000_000 + b'"}'
    assert post(client, body).status_code == 413
    assert kept() == []


def test_two_megabytes_without_a_length_are_refused(client: FlaskClient) -> None:
    """Chunked: no Content-Length to look at. The server says where the stream ends."""
    body = b'{"update_id": 7, "x": "' + b"x" * 2_000_000 + b'"}'
    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    answer = post(client, body, environ_overrides=chunked | {"CONTENT_LENGTH": ""})
    assert answer.status_code == 413
    assert kept() == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"null",
        b"[]",
        b'"x"',
        b"{}",
        b'{"update_id": "7"}',
        b'{"update_id": true}',
        b'{"update_id": 7.5}',
        b'{"update_id": -1}',
        b'{"update_id": 9223372036854775808}',
        b'{"update_id": 7, "x": NaN}',
        b'{"update_id": 7, "x": 1e999}',
        b"[" * 100_000,
        b"\xff\xfe\x00",
        b'{"x": "\\u0000"}',
    ],
)
@pytest.mark.both_databases
def test_what_is_no_update_is_put_aside_and_answered(client: FlaskClient, body: bytes) -> None:
    """An error would have Telegram repeat it for a day, with all that follows waiting behind."""
    assert post(client, body).status_code == 200
    ((number, state),) = kept()
    assert (number < 0, state) == (True, "dead")
    assert post(client, UPDATE).status_code == 200
    assert (7, "new") in kept()


@pytest.mark.parametrize(
    "raw",
    [
        {"update_id": 7, "chat_boost": {"chat": {"id": 1}}},
        {"update_id": 7, "something_new": {"chat": {"id": "x"}}},
        {"update_id": 7, "message": {"text": "\u0000\ud83d"}},
        {"update_id": 7, "message": {"chat": {"id": 10**30}}},
    ],
)
@pytest.mark.both_databases
def test_unknown_and_strange_updates_are_kept(client: FlaskClient, raw: dict[str, Any]) -> None:
    assert post(client, raw).status_code == 200
    assert kept() == [(7, "new")]


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_only_a_post_comes_in(client: FlaskClient, method: str) -> None:
    assert getattr(client, method)(DOOR, headers={HEADER: SECRET}).status_code == 405


@pytest.fixture
def without_database(tmp_path: Any) -> FlaskClient:
    settings = Settings(
        _env_file=None,
        database_url="postgresql://efir@127.0.0.1:1/none",
        efir_data_dir=tmp_path,
        telegram_bot_token="1:TEST",
        telegram_webhook_secret=SECRET,
    )
    return create_app(settings).test_client()


def test_database_that_is_away_is_503_so_that_telegram_repeats(
    without_database: FlaskClient,
) -> None:
    answer = post(without_database, UPDATE)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


def test_conversation_is_found_wherever_an_update_names_it() -> None:
    found = messages.inbox.conversation_of
    assert found({"update_id": 1, "message": {"chat": {"id": 42}, "from": {"id": 1}}}) == 42
    assert found({"callback_query": {"from": {"id": 42}}}) == 42
    assert found({"my_chat_member": {"chat": {"id": -5}}}) == -5
    for strange in ({}, [], None, {"message": None}, {"message": {"chat": {"id": True}}}):
        assert found(strange) is None

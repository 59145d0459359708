"""A webinar that moved to another address: links that people have, and pages that are open, still work."""

import html
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import chat, core, live
from app.autowebinar.linting import leads_to_nothing
from app.core import WebinarRecord
from app.core.errors import WebinarRefused
from tests.blueprints.test_live_room import POLL, Viewer, come  # noqa: F401
from tests.fixtures.application import Make
from tests.live.conftest import Studio, moment, studio, webinar  # noqa: F401

pytestmark = pytest.mark.both_databases
Come = Callable[..., Viewer]


def move(webinar: WebinarRecord, slug: str) -> None:  # noqa: F811
    core.webinars.edit(webinar.webinar_id, slug=slug)


PAGES = {
    "/webinars/on-air/?ref=ABC&utm_source=mail": "/webinars/talk/?ref=ABC&utm_source=mail",
    "/signup/?webinar=on-air&ref=ABC": "/signup/?webinar=talk&ref=ABC",
    "/form/on-air/?embed=1": "/form/talk/?embed=1",
    "/live/on-air/": "/live/talk/",
}


@pytest.mark.parametrize("address", PAGES)
def test_links_that_people_have_lead_on_with_all_that_they_say(
    client: FlaskClient,
    webinar: WebinarRecord,  # noqa: F811
    address: str,
) -> None:
    move(webinar, "third")
    move(webinar, "talk")
    answer = client.get(address)
    assert answer.status_code == 302, "not for ever: it may come back"
    assert answer.location == PAGES[address]
    assert client.get(address.replace("on-air", "third")).location == PAGES[address]
    assert client.get(answer.location).status_code in (200, 303)
    move(webinar, "on-air")
    assert client.get(address).status_code in (200, 303)
    assert client.get(PAGES[address]).status_code == 302


def test_lobby_that_is_open_goes_on_until_the_end(
    come: Come,  # noqa: F811
    webinar: WebinarRecord,  # noqa: F811
    studio: Studio,  # noqa: F811
) -> None:
    """By the pass alone, as a personal link leaves it, and without an account."""
    viewer = come()
    assert viewer.scene() == "lobby"
    move(webinar, "talk")
    assert viewer.post("beat/").status_code == 200
    assert viewer.poll().status_code == 204
    studio.start(0)
    news = viewer.poll()
    assert news.status_code == 200
    assert 'data-scene="picture"' in news.text
    assert viewer.poll().status_code == 204
    assert viewer.post("chat/", message="Слышно").status_code == 200
    assert viewer.post("question/", message="Будет запись?").status_code == 200
    assert len(chat.recent(live.places.room_key(webinar.webinar_id))) == 1
    sent = viewer.post("chat/", htmx=False, message="И без скриптов")
    assert sent.location == "/live/on-air/"
    led = viewer.client.get(sent.location)
    assert led.location == "/live/talk/"
    there = viewer.client.get(led.location)
    assert there.status_code == 200
    assert "И без скриптов" in there.text
    found = POLL.search(there.text)
    assert found
    assert viewer.client.get(html.unescape(found[1])).status_code == 204
    assert viewer.post("leave/").status_code == 204


def test_sign_up_that_was_open_is_taken(
    app: Flask,
    client: FlaskClient,
    webinar: WebinarRecord,  # noqa: F811
    csrf: Callable[[FlaskClient, str], str],
) -> None:
    token = csrf(client, "/signup/?webinar=on-air")
    move(webinar, "talk")
    given = {"name": "Анна", "email": "anna@example.org", "consent": "y", "webinar": "on-air"}
    assert client.post("/signup/", data=given | {"csrf_token": token}).status_code == 303
    assert core.registrations.count(webinar.webinar_id) == 1


def test_studio_that_is_open_at_the_old_address_goes_on(
    app: Flask,
    webinar: WebinarRecord,  # noqa: F811
    make: Make,
    sign_in: Any,
) -> None:
    client, stranger = app.test_client(), app.test_client()
    sign_in(client, make.user("admin"))
    sign_in(stranger, make.user("speaker"))
    move(webinar, "talk")
    answer = client.get("/studio/on-air/live/news/?state=1")
    assert answer.location == "/studio/talk/live/news/?state=1"
    refused = stranger.get("/studio/on-air/live/")
    assert refused.status_code == 403
    assert "talk" not in refused.text


def test_nobody_else_takes_an_address_of_before(
    app: Flask,
    webinar: WebinarRecord,  # noqa: F811
    make: Make,
) -> None:
    other = make.webinar("auto", slug="other")
    move(webinar, "talk")
    assert not core.webinars.is_free("on-air")
    tries: list[Callable[[], object]] = [
        lambda: make.webinar("live", published=False, slug="on-air"),
        lambda: move(other, "on-air"),
    ]
    for attempt in tries:
        with pytest.raises(WebinarRefused) as refusal:
            attempt()
        assert refusal.value.name == "webinar_slug_taken"
    move(webinar, "on-air")
    found = core.webinars.by_slug("on-air")
    assert found is not None
    assert found.webinar_id == webinar.webinar_id
    assert core.webinars.by_former_slug("on-air") is None
    assert not core.webinars.is_free("talk")


def test_recording_that_moved_keeps_its_room_and_its_links(
    app: Flask, client: FlaskClient, make: Make
) -> None:
    recorded = make.webinar("auto", slug="recorded")
    place = make.registration(recorded)
    client.get(f"/r/{place.token}/")
    move(recorded, "anew")
    led = client.get("/autowebinar/recorded/")
    assert led.location == "/autowebinar/anew/"
    assert client.get(led.location).status_code == 200
    assert not leads_to_nothing("/webinars/recorded/")
    assert leads_to_nothing("/webinars/never/")


def test_address_of_before_tells_nothing_of_what_is_not_shown(
    client: FlaskClient, make: Make
) -> None:
    draft = make.webinar("live", published=False, slug="was")
    move(draft, "secret")
    for address in ("/webinars/was/", "/live/was/", "/form/was/", "/signup/?webinar=was"):
        assert client.get(address).status_code == 404, address

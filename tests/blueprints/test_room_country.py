"""The country that a viewer shows in a room of either kind: chosen there, without an account, and
withdrawn again."""

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import chat, core
from app.autowebinar import schedule_slots
from app.chat.rules import Rules
from app.core import RegistrationRecord, WebinarRecord
from app.core.errors import NotFound
from tests.autowebinar.recording import publish
from tests.fixtures.application import Make
from tests.fixtures.queries import asked
from tests.live.conftest import AT, Studio, at, moment, studio, webinar  # noqa: F401

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
POLL = re.compile(r'hx-get="([^"]*/poll/[^"]*)"')
SELECTED = re.compile(r"<option selected[^>]*>([^<]*)</option>")
NOTHING = "не показывать"


class Viewer:
    """A browser that has the personal link alone."""

    def __init__(self, app: Flask, room: str, place: RegistrationRecord) -> None:
        self.place, self.room = place, room
        self.client, self.stranger = app.test_client(), app.test_client()
        self.client.get(f"/r/{place.token}/")
        self.page = self.client.get(room).text

    def hidden(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page)
        return html.unescape(found[1]) if found else ""

    def people(self) -> str:
        return self.client.get(f"{self.room}people/", headers={"HX-Request": "true"}).text

    def choose(self, code: str, *, htmx: bool = True) -> TestResponse:
        data = {"csrf_token": self.hidden("csrf_token"), "country": code}
        headers = {"HX-Request": "true"} if htmx else {}
        return self.client.post(f"{self.room}people/", data=data, headers=headers)

    def say(self, text: str) -> None:
        data = {name: self.hidden(name) for name in ("csrf_token", "viewer")}
        answer = self.client.post(f"{self.room}chat/", data=data | {"message": text})
        assert answer.status_code == 303, answer.text

    def poll(self) -> str:
        found = POLL.search(self.page)
        assert found
        return self.stranger.get(html.unescape(found[1])).text

    def shown(self) -> str:
        """Of the form: what would be saved if nothing were touched."""
        found = SELECTED.search(self.people())
        return found[1] if found else NOTHING


@pytest.fixture(params=["live", "auto"])
def come(
    request: pytest.FixtureRequest,
    app: Flask,
    make: Make,
    moment: Any,  # noqa: F811
) -> Callable[..., Viewer]:
    """To a broadcast, or to a session of a recording whose chat is shared."""
    if request.param == "live":
        studio: Studio = request.getfixturevalue("studio")
        studio.start(0)
        room: WebinarRecord | None = core.webinars.get(studio.webinar_id)
        start: dict[str, Any] = {}
    else:
        room = publish(make)[0]
        chat.rules.change(room.webinar_id, Rules(shared=True), actor=make.user("admin"))
        slot = schedule_slots.slot_of(room.webinar_id, AT)
        start = {"slot_id": slot.slot_id, "starts_at": slot.starts_at}
        moment.move_to(at(5))
    assert room is not None
    address = f"/live/{room.slug}/" if request.param == "live" else f"/autowebinar/{room.slug}/"

    def arrive(**more: Any) -> Viewer:
        return Viewer(app, address, make.registration(room, **start, **more))

    return arrive


def lines(page: str) -> dict[str, bool]:
    """By its words: whether a line shows the country."""
    found = re.split(r'<div class="message"', page)[1:]
    texts = [re.search(r'class="message__text">([^<]*)', each) for each in found]
    return {
        text[1]: "Казахстан" in each
        for each, text in zip(found, texts, strict=True)
        if text and text[1].startswith("Я")
    }


@pytest.mark.both_databases
def test_viewer_without_an_account_shows_a_country_and_takes_it_back(
    come: Callable[..., Viewer],
) -> None:
    me, other = come(), come()
    assert "Моя страна: не показана" in me.people()
    assert me.shown() == NOTHING
    me.say("Я молчу")
    answer = me.choose("KZ")
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<details id="people"')
    assert "Моя страна: Казахстан" in answer.text
    me.say("Я из страны")
    assert "участник, Казахстан" in other.people()
    assert lines(other.poll()) == {"Я молчу": False, "Я из страны": True}
    assert me.choose("").status_code == 200
    me.say("Я передумал")
    assert "Казахстан</span>" not in other.people()
    assert lines(other.poll())["Я передумал"] is False
    assert me.shown() == NOTHING


def test_choice_goes_by_a_plain_form(come: Callable[..., Viewer]) -> None:
    me = come()
    answer = me.choose("KZ", htmx=False)
    assert (answer.status_code, answer.location) == (303, f"{me.room}people/")
    page = me.client.get(f"{me.room}people/").text
    assert "Моя страна: Казахстан" in page
    wrong = me.choose("??", htmx=False)
    assert (wrong.status_code, "Вернуться в комнату" in wrong.text) == (422, True)


@pytest.mark.parametrize("code", ["ZZ", "EU", "XX", "kazakhstan", "К", "<b>", "kz"])
def test_country_that_is_none_changes_nothing(come: Callable[..., Viewer], code: str) -> None:
    me = come()
    me.choose("KZ")
    answer = me.choose(code)
    assert (answer.status_code, "Выберите из списка." in answer.text) == (422, True)
    assert '<details class="people__more" open>' in answer.text
    assert core.registrations.get(me.place.registration_id).country == "KZ"


def test_room_s_choice_goes_before_the_account_s_and_leaves_it_alone(
    come: Callable[..., Viewer],
) -> None:
    me, other = come(), come()
    core.users.choose_country(me.place.user_id, "KZ")
    assert me.shown() == "Казахстан"
    assert "участник, Казахстан" in other.people()
    me.choose("")
    assert "Казахстан</span>" not in other.people()
    user = core.users.get(me.place.user_id)
    assert user is not None
    assert user.country == "KZ"


def test_unproven_place_shows_its_own_choice_and_nothing_of_the_account_s(
    come: Callable[..., Viewer], make: Make
) -> None:
    owner = make.user("partner", email="partner@example.org", name="Анна")
    core.users.choose_country(owner.user_id, "KZ")
    me = come(email="partner@example.org", proven=False)
    assert me.shown() == NOTHING
    me.choose("AM")
    assert me.shown() == "Армения"
    fresh = core.users.get(owner.user_id)
    assert fresh is not None
    assert fresh.country == "KZ"


def test_the_choice_is_in_no_page_until_it_is_asked_for(come: Callable[..., Viewer]) -> None:
    """The room's weight does not grow by a list of all countries."""
    me = come()
    assert "Казахстан" not in me.page
    assert me.people().count("<option") > 200


@pytest.mark.both_databases
def test_choice_costs_no_query_of_list_or_poll(come: Callable[..., Viewer]) -> None:
    me, other = come(), come()
    with asked() as before:
        me.people()
    for each in (me, other):
        each.choose("KZ")
    other.say("Я из страны")
    with asked() as after:
        me.people()
    assert len(after) == len(before)
    with asked() as polled:
        assert lines(me.poll()) == {"Я из страны": True}
    assert list(polled) == []


@pytest.mark.both_databases
def test_erased_and_withdrawn_places_keep_no_country(come: Callable[..., Viewer]) -> None:
    me = come()
    me.choose("KZ")
    core.leads.erase(me.place.lead_id)
    assert core.registrations.get(me.place.registration_id).country is None
    with pytest.raises(NotFound):
        core.registrations.choose_country(me.place.registration_id, "KZ")


def test_own_data_tells_the_choice(
    come: Callable[..., Viewer], app: Flask, sign_in: Callable[..., Any]
) -> None:
    me = come()
    me.choose("KZ")
    client, user = app.test_client(), core.users.get(me.place.user_id)
    sign_in(client, user)
    told = json.loads(client.get("/account/data.json").text)
    assert [each["country"] for each in told["registrations"]] == ["KZ"]

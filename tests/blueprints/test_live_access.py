"""LIVE, every page and every action, by everybody: what is answered, and that a refusal changes nothing.

Beside the six roles stand a speaker of other webinars, and, in the room, who holds a place: there a
role opens nothing and a place everything that a viewer has.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

from app import chat, clock, core, live
from app.blueprints.studio import live_steps
from app.chat import presence
from app.core import RegistrationRecord, UserRecord, WebinarRecord
from tests.blueprints.test_access import OF_LIVE, TABLE, short
from tests.fixtures.application import Make
from tests.live.conftest import AT, moment  # noqa: F401

WHO = ("guest", "candidate", "partner", "leader", "stranger", "speaker", "admin")
"""`stranger` is a speaker, of other webinars; `speaker` the webinar's own."""
RUN_IT = ("speaker", "admin")
STATES: dict[str, tuple[str, ...]] = {
    "draft": (),
    "scheduled": ("schedule",),
    "live": ("schedule", "start"),
    "paused": ("schedule", "start", "pause"),
    "finished": ("schedule", "start", "stop"),
}


@dataclass(frozen=True)
class Try:
    """An action that whoever may do it does: in which state, with what, and the answer."""

    state: str = "scheduled"
    data: dict[str, Any] = field(default_factory=dict)
    answer: int = 303
    may: tuple[str, ...] = RUN_IT
    changes: bool = True


SETTINGS = {"planned_minutes": "60", "speaker": "0"}
PLACE = {"stream_type": "obs", "stream_source": "https://example.org/a.m3u8"}
STUDIO: dict[str, Try] = {
    "GET broadcast/": Try(answer=200),
    "POST broadcast/": Try(data=SETTINGS),
    "POST broadcast/hour/": Try(data={"at": "2026-12-01T19:00", "zone": "Europe/Moscow"}),
    "GET broadcast/cancel/": Try(answer=200),
    "POST broadcast/cancel/": Try(),
    "GET broadcast/archive/": Try("finished", answer=200),
    "POST broadcast/archive/": Try("finished", {"sure": "y"}),
    "GET broadcast/stream/": Try(answer=200),
    "POST broadcast/stream/": Try(may=("admin",)),
    "POST broadcast/stream/place/": Try(data=PLACE, may=("admin",)),
    "POST broadcast/recording/": Try("finished", {"recording": "https://example.org/a.mp4"}),
    "POST broadcast/recording/file/": Try("finished", answer=422, changes=False),
    "POST broadcast/recording/auto/": Try("recorded"),
    "POST broadcast/recording/start/": Try(
        "recorded", {"start": "-0:30", "seen": "https://example.org/a.mp4"}
    ),
    "POST broadcast/recording/start/look/": Try(
        "recorded",
        {"start": "-0:30", "seen": "https://example.org/a.mp4"},
        answer=200,
        changes=False,
    ),
    "GET broadcast/recording/webinar.zip": Try("recorded", answer=200),
    "GET live/": Try("live", answer=200),
    "GET live/news/": Try("live", answer=200),
    "POST live/check/": Try(answer=409, changes=False),
    "POST live/<step>/ start": Try(),
    "POST live/<step>/ pause": Try("live"),
    "POST live/<step>/ resume": Try("paused"),
    "POST live/<step>/ stop": Try("live"),
    "POST live/cta/": Try("live", {"visible": "1"}),
    "POST live/note/": Try("live", {"note": "Слайды ниже"}),
    "POST live/poll/": Try("live", {"question": "Слышно?", "option": ["Да", "Нет"]}),
    "POST live/poll/<poll_id>/<ending>/ close": Try("live"),
    "POST live/poll/<poll_id>/<ending>/ hide": Try("live"),
    "POST live/question/<question_id>/<verdict>/ answered": Try("live"),
    "POST live/question/<question_id>/<verdict>/ again": Try("live"),
    "POST live/question/<question_id>/<verdict>/ hide": Try("live"),
    "POST live/question/<question_id>/<verdict>/ show": Try("live"),
    "POST live/chat/": Try("live", {"message": "Добрый вечер!"}),
    "POST live/chat/<number>/<deed>/ delete": Try("live"),
    "POST live/chat/<number>/<deed>/ mute": Try("live"),
    "POST live/chat/<number>/<deed>/ ban": Try("live"),
}
"""Under `/studio/<slug>/`; the word after the rule is its last variable's value."""

HAS_A_PLACE: dict[str, tuple[dict[str, str], int]] = {
    "GET ": ({}, 200),
    "GET calendar.ics": ({}, 200),
    "GET contact/": ({}, 200),
    "POST contact/": ({"message": ""}, 422),
    "GET earlier/<token>/": ({}, 200),
    "GET go/": ({}, 303),
    "GET people/": ({}, 200),
    "POST people/": ({"named": "y"}, 303),
    "GET poll/<token>/": ({}, 204),
    "POST beat/": ({}, 200),
    "POST chat/": ({"message": "Слышно отлично"}, 303),
    "POST leave/": ({}, 204),
    "POST poll/<poll_id>/vote/": ({"choice": "0"}, 303),
    "POST question/": ({"message": "Будет запись?"}, 303),
    "POST question/<question_id>/vote/": ({}, 303),
}
"""Under `/live/<slug>/`, for whoever holds a place there: form, answer."""
TICKET = re.compile(r'name="viewer" value="([^"]+)"')
POLL = re.compile(r'hx-get="[^"]*/poll/([^/"?]+)/\?([^"]+)"')
VALUE = re.compile(r"<\w+>")


class House:
    """Somebody in every role; a webinar for each try."""

    def __init__(self, app: Flask, make: Make, sign_in: Any) -> None:
        self.app, self.make, self.sign_in = app, make, sign_in
        roles = {"stranger": "speaker"}
        self.people: dict[str, UserRecord] = {
            who: make.user(roles.get(who, who), email=f"{who}@example.org") for who in WHO[1:]
        }

    def browser(self, who: str) -> FlaskClient:
        client = self.app.test_client()
        with client.session_transaction() as session:
            session["csrf_token"] = "a token of this session"
        if who in self.people:
            self.sign_in(client, self.people[who])
        return client

    @property
    def token(self) -> str:
        signer = URLSafeTimedSerializer(self.app.config["SECRET_KEY"], salt="wtf-csrf-token")
        return str(signer.dumps("a token of this session"))

    def webinar(self, state: str) -> WebinarRecord:
        """In that state, with a line, a question and a poll where the room is open."""
        speaker = self.people["speaker"]
        made = self.make.webinar("live", published=False, speaker_id=speaker.user_id)
        live.broadcasts.of(made.webinar_id)
        for step in STATES["finished" if state == "recorded" else state]:
            if step == "schedule":
                live_steps.schedule(made.webinar_id, AT, speaker, again=False)
            else:
                live_steps.take(step, made.webinar_id, speaker)  # type: ignore[arg-type]
        if state == "recorded":
            live.broadcasts.set_up(made.webinar_id, recording="https://example.org/a.mp4")
        return core.webinars.get(made.webinar_id) or made

    def viewer(self, webinar: WebinarRecord, who: str = "viewer") -> RegistrationRecord:
        return self.make.registration(webinar, f"{who}@example.org", starts_at=AT)


@pytest.fixture
def house(app: Flask, make: Make, sign_in: Any, moment: Any) -> House:  # noqa: F811
    return House(app, make, sign_in)


def everything(webinar: WebinarRecord) -> object:
    """What an action could change of a webinar, its room and the facts about them."""
    places = core.registrations.of_webinar(webinar.webinar_id)
    return (
        [each.webinar_id for each in core.webinars.worked_on(None)],
        core.webinars.get(webinar.webinar_id),
        chat.people.standings(each.registration_id for each in places),
        live.broadcasts.of(webinar.webinar_id),
        live.recording_starts.of(webinar.webinar_id, "https://example.org/a.mp4"),
        live.state.of(webinar.webinar_id),
        chat.recent(live.places.room_key(webinar.webinar_id)),
        [each.event_id for each in core.timeline.everything()],
    )


def talk(house: House, webinar: WebinarRecord) -> dict[str, str]:
    """A viewer's line and question, and a poll: their numbers by the variable of an address."""
    viewer = house.viewer(webinar)
    line = chat.write(
        live.places.room_key(webinar.webinar_id),
        "Здравствуйте",
        author="Гость",
        at_sec=0,
        registration_id=viewer.registration_id,
        webinar_id=webinar.webinar_id,
        shared=True,
    )
    asked = live.questions.ask(viewer, "Сколько стоит?", at_sec=0, form_key=None)
    poll_id = live.polls.open_poll(webinar.webinar_id, "Где?", ["Там", "Тут"])
    return {
        "<number>": str(line.number),
        "<question_id>": str(asked),
        "<poll_id>": str(poll_id),
    }


def of_live(app: Flask) -> set[str]:
    """«METHOD rule» of every address that is LIVE's alone."""
    return {
        f"{method} {rule}"
        for each in app.url_map.iter_rules()
        for method in (each.methods or set()) - {"HEAD", "OPTIONS"}
        if OF_LIVE.match(rule := short(each.rule))
    }


def test_no_page_and_no_action_of_live_is_left_out(app: Flask) -> None:
    studio = {f"{verb} /studio/<slug>/{rest}" for verb, rest in map(split, STUDIO)}
    room = {f"{verb} /live/<slug>/{rest}" for verb, rest in map(split, HAS_A_PLACE)}
    assert of_live(app) == studio | room
    assert of_live(app) <= TABLE.keys()


def split(action: str) -> tuple[str, str]:
    verb, rest = action.split(" ", 1)
    return verb, rest.split(" ")[0]


@pytest.mark.parametrize("action", STUDIO)
def test_studio_answers_by_right_and_a_refusal_changes_nothing(house: House, action: str) -> None:
    tried = STUDIO[action]
    answers, changed = {}, {}
    for who in WHO:
        webinar = house.webinar(tried.state)
        values = talk(house, webinar) if tried.state != "recorded" else {}
        before = everything(webinar)
        path = f"/studio/{webinar.slug}/{_path(action, values)}"
        answers[who] = _send(house, who, split(action)[0], path, tried.data)
        changed[who] = everything(webinar) != before
    refused = {who: 303 if who == "guest" else 403 for who in WHO if who not in tried.may}
    assert answers == refused | dict.fromkeys(tried.may, tried.answer)
    does = action.startswith("POST") and tried.changes
    assert changed == {who: does and who in tried.may for who in WHO}


def _path(action: str, values: dict[str, str]) -> str:
    _, rest = split(action)
    last = action.split(" ")[2:]
    for name, value in values.items():
        rest = rest.replace(name, value)
    return VALUE.sub(last[0], rest) if last else rest


def _send(house: House, who: str, verb: str, path: str, data: dict[str, Any]) -> int:
    given = data | {"csrf_token": house.token} if verb == "POST" else None
    client = house.browser(who)
    with client.open(path, method=verb, data=given, buffered=True) as answer:
        if who == "guest":
            assert answer.location.startswith("/login/"), answer.location
        return int(answer.status_code)


@pytest.mark.parametrize("who", WHO)
def test_whoever_holds_a_place_has_all_that_a_viewer_has(house: House, who: str) -> None:
    """Whatever the role: each page and each action of the room."""
    webinar = house.webinar("live")
    values = talk(house, webinar)
    live_steps.show_cta(webinar.webinar_id, house.people["speaker"], visible=True)
    here, client = f"/live/{webinar.slug}/", house.browser(who)
    place = house.viewer(webinar, who)
    if who == "guest":
        client.get(f"/r/{place.token}/")
    page = client.get(here)
    assert page.status_code == 200
    poll, ticket = POLL.search(page.text), TICKET.search(page.text)
    assert poll
    assert ticket
    values["<token>"] = poll[1]
    answers = {}
    for action, (data, _) in HAS_A_PLACE.items():
        verb, rest = split(action)
        for name, value in values.items():
            rest = rest.replace(name, value)
        given = {**data, "csrf_token": house.token, "viewer": ticket[1]} if verb == "POST" else None
        query = poll[2].replace("&amp;", "&") if "poll/<token>" in action else None
        answer = client.open(here + rest, method=verb, data=given, query_string=query)
        answers[action] = answer.status_code
    assert answers == {action: status for action, (_, status) in HAS_A_PLACE.items()}


@pytest.mark.parametrize("who", WHO)
def test_room_knows_the_team_from_its_viewers(house: House, who: str) -> None:
    """The team counts for no viewer; who runs this webinar speaks for the team, no other speaker."""
    webinar = house.webinar("live")
    place, client = house.viewer(webinar, who), house.browser(who)
    if who == "guest":
        client.get(f"/r/{place.token}/")
    ticket = TICKET.search(client.get(f"/live/{webinar.slug}/").text)
    assert ticket
    given = {"csrf_token": house.token, "viewer": ticket[1], "message": "Здравствуйте"}
    client.post(f"/live/{webinar.slug}/beat/", data=given)
    client.post(f"/live/{webinar.slug}/chat/", data=given)
    room = live.places.room_key(webinar.webinar_id)
    (line,) = chat.recent(room)
    team = who in RUN_IT
    assert line.origin == ("team" if team else "viewer")
    counted = presence.count(room, clock.now())
    assert counted == (0 if who in ("stranger", *RUN_IT) else 1)


@pytest.mark.parametrize("who", [each for each in WHO if each != "guest"])
def test_a_place_elsewhere_opens_no_other_room(house: House, who: str) -> None:
    mine, other = house.webinar("live"), house.webinar("live")
    house.viewer(mine, who)
    client = house.browser(who)
    ticket = TICKET.search(client.get(f"/live/{mine.slug}/").text)
    assert ticket
    assert client.get(f"/live/{other.slug}/").location == f"/signup/?webinar={other.slug}"
    before = everything(other)
    for path in ("beat/", "chat/", "leave/", "question/"):
        given = {"csrf_token": house.token, "viewer": ticket[1], "message": "Эй"}
        assert client.post(f"/live/{other.slug}/{path}", data=given).status_code == 403, path
    assert everything(other) == before


@pytest.mark.parametrize("who", WHO)
def test_announced_and_finished_are_everybodys_to_read_and_a_draft_nobodys(
    house: House, who: str
) -> None:
    client = house.browser(who)
    read: dict[str, Callable[[WebinarRecord], int]] = {
        "landing": lambda each: client.get(f"/webinars/{each.slug}/").status_code,
        "signup": lambda each: client.get(f"/signup/?webinar={each.slug}").status_code,
        "room": lambda each: client.get(f"/live/{each.slug}/").status_code,
    }
    draft, announced, over = (house.webinar(each) for each in ("draft", "scheduled", "finished"))
    assert [ask(draft) for ask in read.values()] == [404, 404, 404]
    assert [ask(announced) for ask in read.values()] == [200, 200, 303]
    assert [ask(over) for ask in read.values()] == [200, 303, 404]
    schedule = client.get("/webinars/").text
    assert f"/webinars/{announced.slug}/" in schedule
    assert f"/webinars/{draft.slug}/" not in schedule

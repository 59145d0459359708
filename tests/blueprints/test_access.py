"""Who may do what: every address and every action, for every kind of person.

The table is the contract. An address without a row fails, so a new page cannot be forgotten.
Forms are sent empty and with a good CSRF token: 422 or 400 says that the person came through.
"""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

from app import autowebinar, chat, clock, core, messages, scenario_engine
from app.autowebinar import schedule, schedule_rules
from app.core import UserRecord
from app.extensions import db
from app.web import consent
from tests.autowebinar.recording import CONTENT

A_DAY = timedelta(days=1)
ROLES = ("guest", "candidate", "partner", "leader", "speaker", "admin")
OF_LIVE = re.compile(r"/live/|/studio/<slug>/(live|broadcast)/")
VARIABLE = re.compile(r"<(?:[^<>:]+:)?(\w+)>")

Expected = tuple[int, int, int, int, int, int]


def everybody(status: int) -> Expected:
    return (status,) * 6


def signed_in(status: int) -> Expected:
    """Guests are led to the log-in."""
    return (303, *(status,) * 5)  # type: ignore[return-value]


def only(status: int, *roles: str, otherwise: int = 403) -> Expected:
    """Guests are led to the log-in; who is not named is refused."""
    return tuple(  # type: ignore[return-value]
        303 if role == "guest" else status if role in roles else otherwise for role in ROLES
    )


SEES_LEADS = ("partner", "leader", "admin")
MAKES_WEBINARS = ("speaker", "admin")

TABLE: dict[str, Expected] = {
    # public pages
    "GET /": everybody(200),
    "GET /webinars/": everybody(200),
    "GET /webinars/<slug>/": everybody(200),
    "GET /webinars/<slug>/times/": everybody(200),
    "GET /policy/": everybody(200),
    "GET /policy/<version>/": everybody(200),
    "GET /policy/consent/": everybody(200),
    "GET /policy/consent/<version>/": everybody(200),
    "GET /policy/withdraw/": everybody(200),
    "POST /policy/withdraw/": everybody(303),
    "GET /signup/": everybody(200),
    "POST /signup/": everybody(422),
    "GET /signup/done/": everybody(303),
    "GET /signup/slots/": everybody(404),
    "GET /form/": everybody(200),
    "POST /form/": everybody(422),
    "GET /form/<slug>/": everybody(200),
    "POST /form/<slug>/": everybody(422),
    "GET /r/<token>/": everybody(303),
    "GET /r/<token>/calendar.ics": everybody(404),
    "GET /static/<path:filename>": everybody(200),
    # in and out
    "GET /login/": (200, 303, 303, 303, 303, 303),
    "POST /login/": everybody(422),
    "GET /login/link/": everybody(200),
    "POST /login/link/": everybody(422),
    "GET /login/link/sent/": everybody(200),
    "GET /login/<token>/": everybody(200),
    "POST /login/<token>/": everybody(410),
    "GET /logout/": everybody(200),
    "POST /logout/": everybody(303),
    # the account
    "GET /account/": signed_in(200),
    "GET /account/contacts/": signed_in(200),
    "GET /account/data.json": signed_in(200),
    "POST /account/name/": signed_in(422),
    "POST /account/country/": signed_in(303),
    "POST /account/password/": signed_in(422),
    "POST /account/telegram/": signed_in(200),
    "GET /account/erase/": signed_in(200),
    "POST /account/erase/": signed_in(422),
    # the room: for who has a place, by a pass or a signed ticket; a role opens nothing
    "GET /autowebinar/<slug>/": everybody(303),
    "GET /autowebinar/<slug>/contact/": everybody(303),
    "GET /autowebinar/<slug>/left/": everybody(200),
    "GET /autowebinar/<slug>/recording/": everybody(303),
    "POST /autowebinar/<slug>/recording/beat/": everybody(403),
    "GET /autowebinar/<slug>/time/": everybody(303),
    "POST /autowebinar/<slug>/time/": everybody(303),
    "GET /autowebinar/<slug>/time/slots/": everybody(303),
    "POST /autowebinar/<slug>/contact/": everybody(303),
    "GET /autowebinar/<slug>/feedback/": everybody(303),
    "POST /autowebinar/<slug>/feedback/": everybody(303),
    "GET /autowebinar/<slug>/go/<cue_id>/": everybody(303),
    "GET /autowebinar/<slug>/poll/<token>/": everybody(404),
    "GET /autowebinar/<slug>/earlier/<token>/": everybody(404),
    "GET /autowebinar/<slug>/people/": everybody(303),
    "POST /autowebinar/<slug>/people/": everybody(303),
    "POST /autowebinar/<slug>/answer/<cue_id>/": everybody(403),
    "POST /autowebinar/<slug>/beat/": everybody(403),
    "POST /autowebinar/<slug>/chat/": everybody(403),
    "POST /autowebinar/<slug>/leave/": everybody(403),
    # the room previewed: for who may edit the webinar, and nobody else, a place or not
    "GET /autowebinar/<slug>/preview/": only(200, *MAKES_WEBINARS),
    "GET /autowebinar/<slug>/preview/earlier/": only(200, *MAKES_WEBINARS),
    "GET /autowebinar/<slug>/preview/nothing/<what>": only(200, *MAKES_WEBINARS),
    "POST /autowebinar/<slug>/preview/nothing/<what>": only(200, *MAKES_WEBINARS),
    # a broadcast's room: a guest is led to sign up, and so is everybody without a place
    "GET /live/<slug>/": everybody(303),
    "GET /live/<slug>/calendar.ics": everybody(404),
    "GET /live/<slug>/contact/": everybody(303),
    "POST /live/<slug>/contact/": everybody(303),
    "GET /live/<slug>/earlier/<token>/": everybody(404),
    "GET /live/<slug>/go/": everybody(303),
    "GET /live/<slug>/people/": everybody(303),
    "POST /live/<slug>/people/": everybody(303),
    "GET /live/<slug>/poll/<token>/": everybody(404),
    "POST /live/<slug>/beat/": everybody(403),
    "POST /live/<slug>/chat/": everybody(403),
    "POST /live/<slug>/leave/": everybody(403),
    "POST /live/<slug>/poll/<poll_id>/vote/": everybody(403),
    "POST /live/<slug>/question/": everybody(403),
    "POST /live/<slug>/question/<question_id>/vote/": everybody(403),
    # the desk
    "GET /dashboard/": only(200, *SEES_LEADS),
    "GET /dashboard/backlog/": only(200, *SEES_LEADS),
    "GET /dashboard/leads/": only(200, *SEES_LEADS),
    "GET /dashboard/leads/<lead_id>/": only(200, *SEES_LEADS),
    "POST /dashboard/leads/<lead_id>/name/": only(422, "admin"),
    "GET /dashboard/leads/<lead_id>/merge/": only(200, "admin"),
    "POST /dashboard/leads/<lead_id>/merge/": only(422, "admin"),
    "POST /dashboard/leads/<lead_id>/merge/<merge_id>/undo/": only(303, "admin"),
    "GET /dashboard/leads/<lead_id>/erase/": only(200, "admin"),
    "POST /dashboard/leads/<lead_id>/erase/": only(422, "admin"),
    "GET /dashboard/messages/": only(200, "admin"),
    "GET /dashboard/messages/again/": only(200, "admin"),
    "POST /dashboard/messages/again/": only(400, "admin"),
    "GET /dashboard/messages/incoming/": only(200, "admin"),
    "POST /dashboard/messages/incoming/again/": only(400, "admin"),
    "GET /dashboard/bot/": only(200, "admin"),
    "POST /dashboard/bot/check/": only(303, "admin"),
    "GET /dashboard/messages/<message_id>/": only(200, "admin"),
    "POST /dashboard/messages/<message_id>/again/": only(303, "admin"),
    "POST /dashboard/messages/<message_id>/sent/": only(303, "admin"),
    "GET /dashboard/texts/": only(200, "admin"),
    "GET /dashboard/texts/<kind>/<recipient>/<locale>/": only(200, "admin"),
    "POST /dashboard/texts/<kind>/<recipient>/<locale>/": only(422, "admin"),
    "POST /dashboard/texts/<kind>/<recipient>/<locale>/preview/": only(422, "admin"),
    "GET /dashboard/scenarios/": only(200, "admin"),
    "POST /dashboard/scenarios/<rule_id>/switch/": only(303, "admin"),
    "GET /dashboard/partners/": only(200, "admin"),
    "GET /dashboard/partners/<user_id>/": only(200, "admin"),
    "POST /dashboard/partners/<user_id>/roles/": only(400, "admin"),
    "GET /dashboard/link/": only(200, *SEES_LEADS),
    # the studio: a speaker's own webinars, an admin's all
    "GET /studio/": only(200, *MAKES_WEBINARS),
    "GET /studio/<slug>/": only(200, *MAKES_WEBINARS),
    "GET /studio/new/": only(200, *MAKES_WEBINARS),
    "POST /studio/new/": only(422, *MAKES_WEBINARS),
    "GET /studio/new/slug/": only(200, *MAKES_WEBINARS),
    # the chats and the questions in them: a speaker's own, an admin's all
    "GET /studio/questions/": only(200, *MAKES_WEBINARS),
    "GET /studio/questions/new/": only(200, *MAKES_WEBINARS),
    "POST /studio/questions/answer/": only(422, *MAKES_WEBINARS),
    "POST /studio/questions/mark/": only(422, *MAKES_WEBINARS),
    "GET /studio/<slug>/questions/": only(200, *MAKES_WEBINARS),
    "GET /studio/<slug>/chat/": only(200, *MAKES_WEBINARS),
    "GET /studio/<slug>/chat/journal/": only(200, *MAKES_WEBINARS),
    "POST /studio/<slug>/chat/rules/": only(422, *MAKES_WEBINARS),
    "GET /studio/<slug>/chat/<channel>/": only(200, *MAKES_WEBINARS),
    "GET /studio/<slug>/chat/<channel>/news/": only(200, *MAKES_WEBINARS),
    "POST /studio/<slug>/chat/<channel>/say/": only(422, *MAKES_WEBINARS),
    "POST /studio/<slug>/chat/<channel>/<number>/<line_action>/": only(303, *MAKES_WEBINARS),
    "POST /studio/<slug>/chat/people/<registration_id>/<person_action>/": only(
        303, *MAKES_WEBINARS
    ),
    "GET /studio/<slug>/video/": only(200, *MAKES_WEBINARS),
    "POST /studio/<slug>/video/": only(422, *MAKES_WEBINARS),
    "GET /studio/<slug>/video/source/": only(200, *MAKES_WEBINARS),
    "POST /studio/<slug>/video/documents/<asset_id>/remove/": only(303, *MAKES_WEBINARS),
    "POST /studio/<slug>/video/<kind_of_file>/": only(422, *MAKES_WEBINARS),
    "POST /studio/<slug>/video/<kind_of_file>/remove/": only(303, *MAKES_WEBINARS),
    "POST /studio/<slug>/publish/": only(303, *MAKES_WEBINARS),
    "POST /studio/<slug>/unpublish/": only(303, *MAKES_WEBINARS),
    "GET /studio/<slug>/archive/": only(200, *MAKES_WEBINARS),
    "POST /studio/<slug>/archive/": only(422, *MAKES_WEBINARS),
    "POST /studio/<slug>/duplicate/": only(303, *MAKES_WEBINARS),
    "GET /studio/<slug>/versions/": only(200, *MAKES_WEBINARS),
    "POST /studio/<slug>/versions/<version_id>/publish/": only(303, *MAKES_WEBINARS),
    "GET /studio/<slug>/page/": only(200, *MAKES_WEBINARS),
    "POST /studio/<slug>/page/": only(422, *MAKES_WEBINARS),
    "POST /studio/<slug>/page/preview/": only(200, *MAKES_WEBINARS),
    "POST /studio/<slug>/page/poster/": only(422, *MAKES_WEBINARS),
    "GET /studio/<slug>/texts/": only(200, *MAKES_WEBINARS),
    "POST /studio/<slug>/texts/": only(303, *MAKES_WEBINARS),
    # uploads: a stranger is told nothing, whoever may edit is asked for the protocol's header
    "POST /studio/<slug>/video/length/": only(422, *MAKES_WEBINARS),
    "POST /studio/new/file/uploads/": (401, 403, 403, 403, 412, 412),
    "PATCH /studio/new/file/uploads/<upload_id>/": (401, 403, 403, 403, 412, 412),
    "DELETE /studio/new/file/uploads/<upload_id>/": (401, 403, 403, 403, 412, 412),
    "POST /studio/new/file/uploads/<upload_id>/forget/": only(303, *MAKES_WEBINARS),
    "POST /studio/<slug>/uploads/": (401, 403, 403, 403, 412, 412),
    "PATCH /studio/<slug>/uploads/<upload_id>/": (401, 403, 403, 403, 412, 412),
    "DELETE /studio/<slug>/uploads/<upload_id>/": (401, 403, 403, 403, 412, 412),
    "POST /studio/<slug>/uploads/<upload_id>/forget/": only(303, *MAKES_WEBINARS),
    "GET /studio/<slug>/preview/": only(200, *MAKES_WEBINARS),
    "GET /studio/<slug>/schedule/": only(200, *MAKES_WEBINARS),
    "POST /studio/<slug>/schedule/": only(422, *MAKES_WEBINARS),
    "POST /studio/<slug>/schedule/preview/": only(422, *MAKES_WEBINARS),
    # files: everybody's once a webinar shows them
    "GET /media/<sha256>/<name>": everybody(404),
    "GET /studio/<slug>/timeline/": only(200, *MAKES_WEBINARS),
    "GET /studio/<slug>/answers/": only(200, *MAKES_WEBINARS),
    "GET /studio/<slug>/timeline/check/": only(200, *MAKES_WEBINARS),
    "GET /studio/<slug>/timeline/export/webinar.zip": only(200, *MAKES_WEBINARS),
    "GET /studio/new/file/": only(200, *MAKES_WEBINARS),
    "POST /studio/new/file/": only(422, *MAKES_WEBINARS),
    "GET /studio/<slug>/timeline/export/": only(200, *MAKES_WEBINARS),
    "GET /studio/<slug>/timeline/export/<csv_format>.csv": only(200, *MAKES_WEBINARS),
    "GET /studio/<slug>/timeline/import/": only(200, *MAKES_WEBINARS),
    "POST /studio/<slug>/timeline/import/": only(422, *MAKES_WEBINARS),
    "GET /studio/<slug>/timeline/import/mapping/": only(303, *MAKES_WEBINARS),
    "POST /studio/<slug>/timeline/import/mapping/": only(303, *MAKES_WEBINARS),
    "GET /studio/<slug>/timeline/new/<cue_kind>/": only(200, *MAKES_WEBINARS),
    "POST /studio/<slug>/timeline/new/<cue_kind>/": only(422, *MAKES_WEBINARS),
    "GET /studio/<slug>/timeline/cues/<key>/": only(200, *MAKES_WEBINARS),
    "POST /studio/<slug>/timeline/cues/<key>/": only(422, *MAKES_WEBINARS),
    "POST /studio/<slug>/timeline/cues/<key>/move/": only(422, *MAKES_WEBINARS),
    "POST /studio/<slug>/timeline/cues/<key>/delete/": only(303, *MAKES_WEBINARS),
    "GET /studio/<slug>/timeline/lines/": only(200, *MAKES_WEBINARS),
    "GET /studio/<slug>/timeline/lines/new/": only(200, *MAKES_WEBINARS),
    "POST /studio/<slug>/timeline/lines/new/": only(422, *MAKES_WEBINARS),
    "GET /studio/<slug>/timeline/lines/<line_id>/": only(200, *MAKES_WEBINARS),
    "POST /studio/<slug>/timeline/lines/<line_id>/": only(422, *MAKES_WEBINARS),
    "POST /studio/<slug>/timeline/lines/<line_id>/delete/": only(303, *MAKES_WEBINARS),
    "GET /studio/<slug>/timeline/lines/delete/": only(200, *MAKES_WEBINARS),
    "POST /studio/<slug>/timeline/lines/delete/": only(303, *MAKES_WEBINARS),
    # a broadcast in the studio: the speaker's own, an admin's all; who comes second finds it done
    "GET /studio/<slug>/broadcast/": only(200, *MAKES_WEBINARS),
    "POST /studio/<slug>/broadcast/": only(422, *MAKES_WEBINARS),
    "POST /studio/<slug>/broadcast/hour/": only(422, *MAKES_WEBINARS),
    "GET /studio/<slug>/broadcast/cancel/": only(200, *MAKES_WEBINARS),
    "POST /studio/<slug>/broadcast/cancel/": (303, 403, 403, 403, 303, 409),
    "GET /studio/<slug>/broadcast/archive/": only(200, *MAKES_WEBINARS),
    "POST /studio/<slug>/broadcast/archive/": only(409, *MAKES_WEBINARS),
    "GET /studio/<slug>/broadcast/stream/": only(200, *MAKES_WEBINARS),
    "POST /studio/<slug>/broadcast/stream/": only(303, "admin"),
    "POST /studio/<slug>/broadcast/stream/place/": only(303, "admin"),
    "POST /studio/<slug>/broadcast/recording/": only(409, *MAKES_WEBINARS),
    "POST /studio/<slug>/broadcast/recording/file/": only(422, *MAKES_WEBINARS),
    "POST /studio/<slug>/broadcast/recording/auto/": only(409, *MAKES_WEBINARS),
    "POST /studio/<slug>/broadcast/recording/start/": only(409, *MAKES_WEBINARS),
    "POST /studio/<slug>/broadcast/recording/start/look/": only(404, *MAKES_WEBINARS),
    "GET /studio/<slug>/broadcast/recording/webinar.zip": only(404, *MAKES_WEBINARS),
    "GET /studio/<slug>/live/": only(200, *MAKES_WEBINARS),
    "GET /studio/<slug>/live/news/": only(200, *MAKES_WEBINARS),
    "POST /studio/<slug>/live/<step>/": (303, 403, 403, 403, 303, 409),
    "POST /studio/<slug>/live/cta/": only(303, *MAKES_WEBINARS),
    "POST /studio/<slug>/live/check/": only(409, *MAKES_WEBINARS),
    "POST /studio/<slug>/live/note/": only(303, *MAKES_WEBINARS),
    "POST /studio/<slug>/live/poll/": only(422, *MAKES_WEBINARS),
    "POST /studio/<slug>/live/poll/<poll_id>/<ending>/": only(303, *MAKES_WEBINARS),
    "POST /studio/<slug>/live/question/<question_id>/<verdict>/": only(303, *MAKES_WEBINARS),
    "POST /studio/<slug>/live/chat/": only(422, *MAKES_WEBINARS),
    "POST /studio/<slug>/live/chat/<number>/<deed>/": only(404, *MAKES_WEBINARS),
    # machines
    "POST /telegram/webhook/": everybody(403),
    "POST /hooks/rtmp/": everybody(403),
    "GET /healthz": everybody(200),
    "GET /readyz": everybody(200),
    "GET /metrics": everybody(200),
}

WITHOUT_TOKEN = {
    "POST /telegram/webhook/": "Telegram proves itself by a header",
    "POST /hooks/rtmp/": "the media server passes on the publisher's key",
}
"""Actions that ask for no CSRF token, and what stands in its place."""


def short(rule: str) -> str:
    """The rule with its variables' names alone: `<int:lead_id>` is `<lead_id>`."""
    return rule if rule.startswith("/static/") else VARIABLE.sub(r"<\1>", rule)


def actions(app: Flask) -> set[str]:
    """«METHOD rule» of every address that the application answers at."""
    return {
        f"{method} {short(rule.rule)}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


@dataclass(frozen=True)
class House:
    """An application with somebody in every role, and something at every address."""

    app: Flask
    people: dict[str, UserRecord]
    places: dict[str, Any]

    def browser(self, role: str) -> FlaskClient:
        client = self.app.test_client()
        with client.session_transaction() as session:
            session["csrf_token"] = "a token of this session"
            if role != "guest":
                record = core.users.get(self.people[role].user_id)
                assert record is not None
                session["_user_id"] = f"{record.user_id}.{record.epoch}"
                session["_fresh"] = True
        return client

    def token(self) -> str:
        signer = URLSafeTimedSerializer(self.app.config["SECRET_KEY"], salt="wtf-csrf-token")
        return str(signer.dumps("a token of this session"))

    def path(self, rule: str) -> str:
        places = self.places | self.places["live"] if OF_LIVE.match(rule) else self.places
        return re.sub(r"<(?:path:)?(\w+)>", lambda found: str(places[found[1]]), rule)

    def act(self, role: str, action: str, **data: str) -> int:
        method, rule = action.split(" ", 1)
        path = self.path(rule)
        given = {"method": method, "data": data or None, "buffered": True}
        with self.browser(role).open(path, **given) as answer:
            return int(answer.status_code)


@dataclass
class Built:
    """The house as it was built once, and its database."""

    people: dict[str, UserRecord]
    places: dict[str, Any]
    database: Path


@pytest.fixture(scope="session")
def built() -> list[Built]:
    return []


@pytest.fixture
def house(
    app: Flask,
    make: Any,
    deliver: Callable[[], int],
    built: list[Built],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> House:
    """Built for the first test; each has a copy of it, to which it may do as it likes."""
    own = tmp_path / "efir.db"
    if built:
        db.engine.dispose()
        shutil.copy(built[0].database, own)
    else:
        people = _people(make)
        places = _places(make, deliver, people)
        db.session.remove()
        db.engine.dispose()
        kept = tmp_path_factory.mktemp("house") / "efir.db"
        built.append(Built(people, places, Path(shutil.copy(own, kept))))
    return House(app, built[0].people, built[0].places)


def _people(make: Any) -> dict[str, UserRecord]:
    """Everybody is a lead with an account; the partner came by the leader's link."""
    people: dict[str, UserRecord] = {}
    for role in reversed(ROLES[1:]):
        leader = people.get("leader")
        code = leader.ref_code if leader and role == "partner" else None
        make.lead(f"{role}@example.org", ref=code)
        people[role] = make.user(role, email=f"{role}@example.org")
    return people


def _places(make: Any, deliver: Callable[[], int], people: dict[str, UserRecord]) -> dict[str, Any]:
    """The webinar is the speaker's own."""
    partner = people["partner"]
    webinar = make.webinar(slug="partner-channel", speaker_id=people["speaker"].user_id)
    rules = schedule_rules.checked({"at_once": True, "just_in_time": {"minutes": 15}})
    schedule.save(webinar.webinar_id, rules, actor_id=None)
    version = autowebinar.create_version(webinar.webinar_id, CONTENT)
    autowebinar.publish(webinar.webinar_id, version.version_id)
    lead = make.lead(ref=partner.ref_code)
    merge_id = core.leads.merge(lead.lead_id, make.lead().lead_id, actor=people["admin"])
    deliver()
    messages.heartbeat.beat("ticker")
    speaker_id = people["speaker"].user_id
    broadcast = make.webinar("live", published=False, slug="on-air", speaker_id=speaker_id)
    core.webinar_states.schedule(broadcast.webinar_id, clock.now() + A_DAY, actor_id=None)
    viewer = make.registration(webinar)
    channel = f"auto:{viewer.session_id}"
    said = {"registration_id": viewer.registration_id, "webinar_id": webinar.webinar_id}
    chat.write(channel, "Когда старт?", author="Мария", at_sec=1, **said)
    return {
        "slug": webinar.slug,
        "channel": channel,
        "number": 1,
        "line_action": "delete",
        "registration_id": viewer.registration_id,
        "person_action": "mute",
        "live": {"slug": broadcast.slug, "poll_id": 1, "question_id": 1, "token": "forged"},
        "token": viewer.token,
        "step": "start",
        "ending": "close",
        "verdict": "answered",
        "deed": "delete",
        "version": consent.CURRENT,
        "cue_id": 1,
        "cue_kind": "cta",
        "csv_format": "plain",
        "version_id": version.version_id,
        "key": version.cues[0].key,
        "line_id": 1,
        "filename": "img/mark.svg",
        "what": "chat",
        "kind_of_file": "image",
        "upload_id": "0" * 32,
        "asset_id": "0" * 32,
        "sha256": "0" * 64,
        "name": "video.mp4",
        "lead_id": lead.lead_id,
        "merge_id": merge_id,
        "message_id": messages.page()[0].message_id,
        "kind": "welcome",
        "recipient": "lead",
        "locale": "ru",
        "rule_id": scenario_engine.all_rules()[0].rule_id,
        "user_id": partner.user_id,
    }


def test_every_address_has_a_row_and_every_row_an_address(app: Flask) -> None:
    assert actions(app) == TABLE.keys()


@pytest.mark.parametrize("action", TABLE)
def test_action_is_answered_by_role(house: House, action: str) -> None:
    data = {} if action.startswith("GET") else {"csrf_token": house.token()}
    answered = {role: house.act(role, action, **data) for role in ROLES}
    assert answered == dict(zip(ROLES, TABLE[action], strict=True))


@pytest.mark.parametrize("action", [each for each in TABLE if each.startswith("POST")])
def test_action_without_a_token_is_refused(house: House, action: str) -> None:
    expected = 403 if action in WITHOUT_TOKEN else 400
    assert {role: house.act(role, action) for role in ROLES} == dict.fromkeys(ROLES, expected)

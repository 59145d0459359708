"""What happens when two processes change a broadcast at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
import redis
from flask import Flask

from app import core, live
from app.blueprints.signup import joining
from app.blueprints.signup.forms import SignupForm
from app.core import RegistrationRecord, WebinarRecord
from app.extensions import db
from app.live import polls
from app.live.errors import PollClosed
from tests.fixtures.application import Make
from tests.fixtures.visitor import PERSON
from tests.live.conftest import at

T = TypeVar("T")
pytestmark = pytest.mark.both_databases


def begun_within(app: Flask, change: Callable[[], object], work: Callable[[], T]) -> T:
    """`work` of another process begins when `change` is made and not committed: it waits."""

    def elsewhere() -> T:
        with app.app_context():
            try:
                return work()
            finally:
                db.session.remove()

    with ThreadPoolExecutor(1) as beside:
        with core.transaction():
            change()
            answer = beside.submit(elsewhere)
            with pytest.raises(TimeoutError):
                answer.result(1)
        return answer.result(30)


@pytest.mark.parametrize("ending", [polls.close, polls.hide])
def test_vote_that_comes_while_the_poll_closes_is_not_counted(
    app: Flask, webinar: WebinarRecord, make: Make, ending: Callable[[str, int], None]
) -> None:
    viewer = make.registration(webinar)
    poll_id = polls.open_poll(webinar.webinar_id, "Слышно?", ["Да", "Нет"])
    with pytest.raises(PollClosed):
        begun_within(
            app,
            lambda: ending(webinar.webinar_id, poll_id),
            lambda: polls.vote(webinar.webinar_id, poll_id, viewer.registration_id, 0),
        )
    assert polls.vote_of(poll_id, viewer.registration_id) is None


def signed_up(app: Flask, seen: WebinarRecord) -> RegistrationRecord | None:
    """With the webinar as the page had read it."""
    given = PERSON | {"email": "anna@example.org", "webinar": seen.slug}
    with app.test_request_context("/signup/", method="POST", data=given):
        return joining.join(SignupForm(meta={"csrf": False}), seen)


def test_place_taken_while_the_hour_moves_has_the_new_hour(
    app: Flask, webinar: WebinarRecord
) -> None:
    seen, later = core.webinars.get(webinar.webinar_id), at(7200)
    assert seen is not None
    assert seen.scheduled_at != later
    place = begun_within(
        app,
        lambda: core.webinar_states.reschedule(webinar.webinar_id, later, actor_id=None),
        lambda: signed_up(app, seen),
    )
    assert place is not None
    assert core.registrations.get(place.registration_id).starts_at == later


def test_no_place_is_taken_on_what_is_cancelled_meanwhile(
    app: Flask, webinar: WebinarRecord, make: Make
) -> None:
    seen = core.webinars.get(webinar.webinar_id)
    assert seen is not None
    core.webinar_states.cancel(webinar.webinar_id, actor_id=None)
    with pytest.raises(joining.PlacesClosed):
        signed_up(app, seen)
    assert core.registrations.count(webinar.webinar_id) == 0
    assert core.leads.page(make.user("admin"), search="anna") == []


def test_room_is_not_put_back_to_what_it_was_by_who_read_earlier(
    webinar: WebinarRecord, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.broadcasts.pin(webinar.webinar_id, "Раньше")
    earlier = live.state.of(webinar.webinar_id)
    live.broadcasts.pin(webinar.webinar_id, "Позже")
    with monkeypatch.context() as late:
        late.setattr(live.state, "of", lambda _: earlier)
        live.state.put(webinar.webinar_id)
    server = redis.Redis.from_url(redis_url)
    held = live.state.decoded(server.get(live.state.KEY.format(webinar.webinar_id)))
    assert held is not None
    assert held.note == "Позже"
    assert 0 < server.ttl(live.state.KEY.format(webinar.webinar_id)) <= 86_400

"""A broadcast's row: what the studio tells it, what it hears of afterwards, the forgotten one."""

from collections.abc import Callable
from typing import Any

import pytest
import redis

from app import clock, core, live, messages
from app.core import UserRecord, WebinarRecord
from app.core.errors import Forbidden, WebinarRefused
from app.live.errors import NoteInvalid
from tests.fixtures.application import Make
from tests.live.conftest import AT, Studio, at
from workers import broadcasts as chores

pytestmark = pytest.mark.both_databases
Deliver = Callable[[], int]


def test_broadcast_is_made_once_with_a_key_that_its_address_does_not_show(
    webinar: WebinarRecord,
) -> None:
    made = live.broadcasts.of(webinar.webinar_id)
    assert live.broadcasts.of(webinar.webinar_id) == made
    assert made.stream_key not in made.stream_id
    assert live.broadcasts.by_stream(made.stream_id) == made
    assert live.broadcasts.by_stream(made.stream_key) is None
    assert live.broadcasts.new_key(webinar.webinar_id) != made.stream_key


def test_pauses_are_no_part_of_the_broadcast(studio: Studio) -> None:
    studio.start(0)
    studio.pause(100)
    studio.resume(160)
    studio.stop(300)
    assert studio.air.length == 240


def test_state_that_nobody_told_is_heard_of(
    webinar: WebinarRecord, studio: Studio, deliver: Deliver, moment: Any
) -> None:
    """A command asks Core and does not know this room."""
    moment.move_to(at(5))
    studio._ask("start")
    deliver()
    assert studio.air.on_air_at == at(5)
    moment.move_to(at(65))
    studio._ask("stop")
    deliver()
    assert studio.air.length == 60
    assert live.state.of(webinar.webinar_id).status == "finished"


@pytest.mark.both_databases
def test_pause_that_nobody_told_is_heard_of(
    webinar: WebinarRecord, studio: Studio, deliver: Deliver, moment: Any
) -> None:
    studio.start(0)
    actor = studio.speaker.user_id
    moment.move_to(at(100))
    core.webinar_states.pause(webinar.webinar_id, actor_id=actor)
    deliver()
    assert studio.air.paused_at == at(100)
    moment.move_to(at(160))
    core.webinar_states.resume(webinar.webinar_id, actor_id=actor)
    deliver()
    assert studio.air.paused_at is None
    studio.stop(300)
    assert studio.air.length == 240


def test_late_word_of_a_pause_that_was_told_pauses_nothing(
    studio: Studio, deliver: Deliver
) -> None:
    """Its fact arrives when the broadcast goes on, and again when it is paused anew."""
    studio.start(0)
    studio.pause(100)
    studio.resume(160)
    deliver()
    assert studio.air.paused_at is None
    studio.pause(200)
    studio.resume(210)
    studio.pause(220)
    deliver()
    assert studio.air.paused_at == at(220)
    studio.stop(300)
    assert studio.air.length == 300 - 60 - 10 - 80


def test_the_fact_changes_nothing_that_was_told(studio: Studio, deliver: Deliver) -> None:
    studio.start(7)
    deliver()
    studio.stop(67)
    deliver()
    assert studio.air.length == 60


def test_forgotten_broadcast_is_warned_of_and_then_stopped_once(
    webinar: WebinarRecord, studio: Studio, moment: Any, deliver: Deliver
) -> None:
    studio.start(0)
    planned = 90 * 60
    for minutes, done in ((40, 0), (46, 1), (50, 0), (61, 1), (70, 0)):
        moment.move_to(at(planned + minutes * 60))
        assert chores.see_to_forgotten() == done, minutes
    found = core.webinars.get(webinar.webinar_id)
    assert found is not None
    assert found.status == "finished"
    assert studio.air.off_air_at == at(planned + 61 * 60)
    kinds = [message.kind for message in messages.page()]
    assert kinds == ["live_stopped", "live_overdue"]
    (changed,) = [
        each.payload
        for each in core.timeline.everything()
        if each.name == "core_webinar_status_changed" and each.payload["after"] == "finished"
    ]
    assert changed["context"] == {
        "actor_id": None,
        "timestamp": clock.unix(at(planned + 61 * 60)),
        "source": "rule",
    }


def test_broadcast_that_nobody_begins_is_told_of_twice_and_once_more_when_it_was_moved(
    webinar: WebinarRecord, studio: Studio, moment: Any
) -> None:
    told = []
    for minutes in (-10, 4, 5, 20, 30, 60, 89, 91):
        moment.move_to(at(minutes * 60))
        told.append((minutes, chores.see_to_unstarted()))
    assert [minutes for minutes, count in told if count] == [5, 30]
    assert [each.kind for each in messages.page()] == ["live_not_started"] * 2
    core.webinar_states.reschedule(webinar.webinar_id, at(7200), actor_id=None)
    assert chores.see_to_unstarted() == 0
    moment.move_to(at(7200 + 300))
    assert chores.see_to_unstarted() == 1
    studio.start(7200 + 310)
    moment.move_to(at(7200 + 1900))
    assert chores.see_to_unstarted() == 0


def test_step_and_its_notice_stand_or_fall_together(
    webinar: WebinarRecord, studio: Studio, moment: Any
) -> None:
    studio.start(0)
    moment.move_to(at((live.broadcasts.of(webinar.webinar_id).planned_minutes + 46) * 60))

    def fails(_: Any) -> None:
        raise RuntimeError

    assert live.rules.look(clock.now(), fails) == 0
    assert chores.see_to_forgotten() == 1
    assert [message.kind for message in messages.page()] == ["live_overdue"]


def test_one_broadcast_that_fails_holds_up_none_of_the_others(
    webinar: WebinarRecord, studio: Studio, make: Make, moment: Any
) -> None:
    other = make.webinar("live", published=False, slug="other", speaker_id=studio.speaker.user_id)
    core.webinar_states.schedule(other.webinar_id, at(0), actor_id=None)
    studio.start(0)
    Studio(other.webinar_id, studio.speaker, moment).start(1)
    moment.move_to(at((live.broadcasts.of(webinar.webinar_id).planned_minutes + 46) * 60))
    told = []

    def first_fails(overdue: Any) -> None:
        if overdue.webinar_id == webinar.webinar_id:
            raise RuntimeError
        told.append(overdue.webinar_id)

    assert live.rules.look(clock.now(), first_fails) == 1
    assert told == [other.webinar_id]


def test_broadcast_that_was_stopped_is_not_forgotten(studio: Studio, moment: Any) -> None:
    studio.start(0)
    studio.stop(100)
    moment.move_to(at(90_000))
    assert chores.see_to_forgotten() == 0


def test_another_hour_moves_every_place_with_it(webinar: WebinarRecord, make: Make) -> None:
    place = make.registration(webinar)
    elsewhere = make.registration(make.webinar("live", published=False))
    speaker = make.user("speaker")
    for _ in range(2):
        core.webinar_states.reschedule(webinar.webinar_id, at(7200), actor_id=speaker.user_id)
    assert core.registrations.get(place.registration_id).starts_at == at(7200)
    assert core.registrations.get(elsewhere.registration_id).starts_at is None
    moved = [
        each.payload
        for each in core.timeline.everything()
        if each.name == "core_webinar_status_changed" and each.payload["before"] == "scheduled"
    ]
    assert [(each["before"], each["after"]) for each in moved] == [("scheduled", "scheduled")]


def test_another_hour_is_refused_on_air_and_to_strangers(
    webinar: WebinarRecord, studio: Studio, make: Make
) -> None:
    with pytest.raises(Forbidden):
        core.webinar_states.reschedule(webinar.webinar_id, AT, actor_id=make.user().user_id)
    studio.start(0)
    with pytest.raises(WebinarRefused) as refusal:
        core.webinar_states.reschedule(webinar.webinar_id, at(1), actor_id=None)
    assert refusal.value.name == "webinar_state_invalid_rewind"


def test_note_is_pinned_and_taken_away(webinar: WebinarRecord) -> None:
    live.broadcasts.pin(webinar.webinar_id, "  Материалы в описании  ")
    assert live.state.of(webinar.webinar_id).note == "Материалы в описании"
    with pytest.raises(NoteInvalid):
        live.broadcasts.pin(webinar.webinar_id, "а" * 501)
    live.broadcasts.pin(webinar.webinar_id, "")
    assert live.state.of(webinar.webinar_id).note == ""


def test_state_that_redis_lost_comes_back(webinar: WebinarRecord, redis_url: str) -> None:
    live.broadcasts.pin(webinar.webinar_id, "Заметка")
    server = redis.Redis.from_url(redis_url)
    key = live.state.KEY.format(webinar.webinar_id)
    before = live.state.decoded(server.get(key))
    server.flushall()
    live.state.mend(webinar.webinar_id, live.broadcasts.of(webinar.webinar_id).revision)
    after = live.state.decoded(server.get(key))
    assert before is not None
    assert after is not None
    assert after.version == before.version


def test_state_of_an_older_release_is_made_anew(webinar: WebinarRecord, redis_url: str) -> None:
    server = redis.Redis.from_url(redis_url)
    key = live.state.KEY.format(webinar.webinar_id)
    for held in (b"not json", b'{"webinar_id": "x"}', b"[]"):
        server.set(key, held)
        assert live.state.decoded(held) is None
        live.state.mend(webinar.webinar_id, 0)
        found = live.state.decoded(server.get(key))
        assert found is not None
        assert found.webinar_id == webinar.webinar_id


def test_speaker_is_who_may(make: Make, webinar: WebinarRecord) -> None:
    partner: UserRecord = make.user("partner")
    context = {"actor_id": partner.user_id, "timestamp": 1, "source": "studio"}
    payload = {"webinar_id": webinar.webinar_id, "status": "start", "context": context}
    with pytest.raises(Forbidden):
        core.request(core.events.core_webinar_set_status, payload, raiser="studio")

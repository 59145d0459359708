"""Who was there: entered, left with the reason, completed, classified — by the rule, not by luck."""

from collections.abc import Callable
from typing import Any

import pytest
import redis
from flask import Flask

from app import clock, core, live, messages
from app.core import RegistrationRecord, WebinarRecord
from app.extensions import db
from app.live.models import LivePresence
from tests.fixtures import queries
from tests.fixtures.application import Make
from tests.live.conftest import Studio, at
from workers import broadcasts as chores
from workers import ticker
from workers.executors import recording_ready_telegram

pytestmark = pytest.mark.both_databases
Deliver = Callable[[], int]
LENGTH = 1000
SETTLED = LENGTH + 75


def facts(registration: RegistrationRecord, name: str) -> list[dict[str, Any]]:
    found = core.timeline.of_lead(registration.lead_id)
    return [each.payload for each in found if each.name == name]


def verdicts(registration: RegistrationRecord) -> list[bool]:
    found = facts(registration, "client_webinar_attendance_classified")
    routes = [each["route"] for each in facts(registration, "post_webinar_route")]
    attended = [bool(each["attended"]) for each in found]
    assert routes == ["attended" if each else "not_attended" for each in attended]
    return attended


@pytest.fixture
def viewer(make: Make, webinar: WebinarRecord) -> RegistrationRecord:
    return make.registration(webinar)


@pytest.fixture
def over(studio: Studio, deliver: Deliver) -> Callable[[], None]:
    """The broadcast stops, the workers settle it, and all is delivered."""

    def end(at_second: int = LENGTH) -> None:
        studio.stop(at_second)
        studio.clock.move_to(at(at_second + 75))
        deliver()
        assert chores.settle() == 1
        deliver()
        assert chores.settle() == 0

    return end


def test_viewer_present_at_the_stop_has_completed(
    studio: Studio, viewer: RegistrationRecord, over: Callable[[], None]
) -> None:
    studio.start(0)
    studio.enter(viewer, 900)
    studio.watch(viewer, 910, LENGTH - 10)
    over()
    assert verdicts(viewer) == [True]
    (left,) = facts(viewer, "client_webinar_left")
    assert (left["leave_reason"], left["left_at"]) == ("session_end", int(at(LENGTH).timestamp()))
    (completed,) = facts(viewer, "client_webinar_completed")
    assert completed["completed_at"] == int(at(LENGTH).timestamp())


@pytest.mark.parametrize(("until", "attended"), [(790, False), (800, True)])
def test_four_fifths_on_air_are_enough(
    studio: Studio,
    viewer: RegistrationRecord,
    over: Callable[[], None],
    until: int,
    attended: bool,
) -> None:
    studio.start(0)
    studio.enter(viewer, 0)
    studio.watch(viewer, 10, until)
    over()
    assert verdicts(viewer) == [attended]


def test_time_in_the_lobby_and_in_pauses_is_not_on_air(
    studio: Studio, viewer: RegistrationRecord, over: Callable[[], None]
) -> None:
    studio.enter(viewer, -600)
    studio.watch(viewer, -590, 0)
    studio.start(0)
    studio.watch(viewer, 10, 300)
    studio.pause(300)
    studio.watch(viewer, 310, 800)
    studio.resume(800)
    over(1300)
    row = db.session.get_one(LivePresence, viewer.session_id, populate_existing=True)
    assert row.seconds == 300
    assert verdicts(viewer) == [False]


def test_silence_of_a_minute_is_a_stall_and_a_longer_one_is_absence(
    studio: Studio, viewer: RegistrationRecord, make: Make, webinar: WebinarRecord
) -> None:
    other = make.registration(webinar)
    studio.start(0)
    for each in (viewer, other):
        studio.enter(each, 0)
    studio.watch(viewer, 60, 60)
    studio.watch(other, 61, 61)
    live.presence.bring_all_home(webinar.webinar_id)
    found = {row.session_id: row.seconds for row in db.session.query(LivePresence)}
    assert found == {viewer.session_id: 60, other.session_id: 0}


def test_phone_that_slept_through_the_end_is_classified_by_the_rule(
    studio: Studio,
    make: Make,
    webinar: WebinarRecord,
    over: Callable[[], None],
    deliver: Deliver,
) -> None:
    """One watched nearly all and slept; one came for a moment; both wake long after the end."""
    faithful, passing, back = (make.registration(webinar) for _ in range(3))
    studio.start(0)
    for each in (faithful, passing, back):
        studio.enter(each, 0)
    studio.watch(faithful, 10, 850)
    studio.watch(passing, 10, 100)
    over()
    for each in (faithful, passing):
        studio.watch(each, 5000, 5000)
    deliver()
    assert (verdicts(faithful), verdicts(passing)) == ([True], [False])


def test_who_comes_back_after_the_stop_was_not_there_at_the_stop(
    studio: Studio, viewer: RegistrationRecord, make: Make, webinar: WebinarRecord, deliver: Deliver
) -> None:
    newcomer = make.registration(webinar)
    studio.start(0)
    studio.enter(viewer, 0)
    studio.watch(viewer, 10, 50)
    studio.stop(LENGTH)
    studio.watch(viewer, LENGTH + 5, LENGTH + 60)
    studio.enter(newcomer, LENGTH + 20)
    studio.clock.move_to(at(SETTLED))
    chores.settle()
    deliver()
    assert (verdicts(viewer), verdicts(newcomer)) == ([False], [False])


def test_phone_that_slept_just_before_the_stop_is_judged_alike_whenever_it_wakes(
    studio: Studio, make: Make, webinar: WebinarRecord, deliver: Deliver
) -> None:
    """Silent for less than a minute at the stop, each was there: waking takes nothing away."""
    asleep, awake = make.registration(webinar), make.registration(webinar)
    studio.start(0)
    for each in (asleep, awake):
        studio.enter(each, LENGTH - 100)
        studio.watch(each, LENGTH - 90, LENGTH - 30)
    studio.stop(LENGTH)
    studio.watch(awake, LENGTH + 40, LENGTH + 60)
    studio.clock.move_to(at(SETTLED))
    chores.settle()
    deliver()
    assert (verdicts(asleep), verdicts(awake)) == ([True], [True])


def test_who_registered_and_never_came_has_not_attended(
    studio: Studio, viewer: RegistrationRecord, over: Callable[[], None]
) -> None:
    studio.start(0)
    over()
    assert verdicts(viewer) == [False]
    assert facts(viewer, "client_webinar_left") == []


def test_leaving_is_told_once_with_its_reason(
    studio: Studio, make: Make, webinar: WebinarRecord, deliver: Deliver
) -> None:
    polite, lost = make.registration(webinar), make.registration(webinar)
    studio.start(0)
    for each in (polite, lost):
        studio.enter(each, 0)
    studio.watch(polite, 10, 30)
    live.presence.farewell(polite.session_id)
    studio.clock.move_to(at(100))
    assert chores.tell_who_left() == 2
    assert chores.tell_who_left() == 0
    reasons = [facts(each, "client_webinar_left")[0]["leave_reason"] for each in (polite, lost)]
    assert reasons == ["user_exit", "network_loss"]
    studio.watch(polite, 110, 400)
    studio.clock.move_to(at(500))
    assert chores.tell_who_left() == 0


@pytest.mark.parametrize("completed", ["first", "second", "none"])
def test_lead_with_two_places_has_one_verdict(
    studio: Studio,
    make: Make,
    webinar: WebinarRecord,
    over: Callable[[], None],
    completed: str,
) -> None:
    """Nobody is thanked for coming and told to have missed it."""
    lead = make.lead("anna@example.org")
    first, second = (make.registration(webinar, lead.email) for _ in range(2))
    studio.start(0)
    if completed != "none":
        seat = first if completed == "first" else second
        studio.enter(seat, 0)
        studio.watch(seat, 10, LENGTH)
    over()
    assert verdicts(first) == [completed != "none"]
    told = [each for each in messages.page() if each.kind.startswith("post_")]
    link = first if completed == "first" else second
    assert [each.registration_id for each in told] == [link.registration_id]


def test_place_of_a_typed_address_takes_no_verdict_from_the_persons_own(
    studio: Studio, make: Make, webinar: WebinarRecord, over: Callable[[], None]
) -> None:
    lead = make.lead("anna@example.org")
    own = make.registration(webinar, lead.email)
    typed = make.registration(webinar, lead.email, proven=False)
    studio.start(0)
    studio.enter(typed, 0)
    studio.watch(typed, 10, LENGTH)
    over()
    assert sorted(verdicts(own)) == [False, True]


def test_look_into_the_lobby_is_no_leaving(
    studio: Studio, make: Make, webinar: WebinarRecord, over: Callable[[], None]
) -> None:
    """The leaving is told once: of who came back, that from the broadcast; of who did not, then."""
    came, curious = make.registration(webinar), make.registration(webinar)
    for each in (came, curious):
        studio.enter(each, -86_400)
        live.presence.farewell(each.session_id)
    studio.clock.move_to(at(-86_000))
    assert chores.tell_who_left() == 0
    studio.start(0)
    assert chores.tell_who_left() == 0
    studio.watch(came, 300, 400)
    chores.flush_presence()
    studio.clock.move_to(at(470))
    assert chores.tell_who_left() == 1
    (left,) = facts(came, "client_webinar_left")
    assert (left["left_at"], left["leave_reason"]) == (int(at(400).timestamp()), "network_loss")
    over()
    assert chores.tell_who_left() == 1
    (left,) = facts(curious, "client_webinar_left")
    early = int(at(-86_400).timestamp())
    assert (left["left_at"], left["leave_reason"]) == (early, "user_exit")


def test_coming_back_within_a_minute_is_no_leaving(
    studio: Studio, viewer: RegistrationRecord
) -> None:
    studio.start(0)
    studio.enter(viewer, 0)
    live.presence.farewell(viewer.session_id)
    studio.watch(viewer, 50, 50)
    studio.clock.move_to(at(105))
    assert chores.tell_who_left() == 0


def test_presence_survives_a_flush_of_redis(
    studio: Studio, viewer: RegistrationRecord, redis_url: str, over: Callable[[], None]
) -> None:
    studio.start(0)
    studio.enter(viewer, 0)
    studio.watch(viewer, 10, 400)
    assert chores.flush_presence() == 1
    redis.Redis.from_url(redis_url).flushall()
    studio.watch(viewer, 410, 820)
    over()
    assert verdicts(viewer) == [True]


def test_settling_that_was_interrupted_tells_nothing_twice(
    studio: Studio, viewer: RegistrationRecord, webinar: WebinarRecord, deliver: Deliver
) -> None:
    studio.start(0)
    studio.enter(viewer, 0)
    studio.watch(viewer, 10, LENGTH)
    studio.stop(LENGTH)
    studio.clock.move_to(at(SETTLED))
    chores._tell_outcomes(webinar.webinar_id)
    chores.settle()
    deliver()
    names = ("client_webinar_completed", "client_webinar_left", "webinar_completed")
    assert [len(facts(viewer, name)) for name in names] == [1, 1, 1]
    assert verdicts(viewer) == [True]


def test_early_guest_is_not_settled_before_the_broadcast(
    studio: Studio, viewer: RegistrationRecord, deliver: Deliver
) -> None:
    """Who opened the room two days before is no viewer who failed to complete within a day."""
    studio.enter(viewer, -3 * 86_400)
    core.emitter("client_webinar_tracker")(
        core.events.client_webinar_entered,
        {
            "lead_id": viewer.lead_id,
            "webinar_id": viewer.webinar_id,
            "session_id": viewer.session_id,
            "timestamp": 1,
        },
    )
    deliver()
    studio.clock.move_to(at(-60))
    for chore in ticker.chores():
        if chore.name == "classify attendance":
            assert chore.work() == 0


def test_queries_of_settling_grow_with_pages_alone(
    app: Flask, studio: Studio, make: Make, webinar: WebinarRecord, deliver: Deliver
) -> None:
    people = [make.registration(webinar) for _ in range(7)]
    studio.start(0)
    for each in people:
        studio.enter(each, 0)
        studio.watch(each, 10, 50)
    studio.stop(LENGTH)
    first = live.settling.outcomes(webinar.webinar_id, limit=3)
    rest = live.settling.outcomes(webinar.webinar_id, first[-1].session_id, limit=10)
    told = [each.session_id for each in [*first, *rest]]
    assert told == sorted(each.session_id for each in people)


def test_partner_is_told_how_many_came_and_nobody_is_named(
    studio: Studio, make: Make, webinar: WebinarRecord, over: Callable[[], None]
) -> None:
    partner = make.user("partner", email="partner@example.org")
    lead = make.lead("partner@example.org")
    core.users.ensure_for_lead(lead.lead_id, None, new_lead=False)
    partner = core.users.by_email("partner@example.org") or partner
    came, missed = (
        make.registration(webinar, make.lead(ref=partner.ref_code).email) for _ in range(2)
    )
    studio.start(0)
    studio.enter(came, 0)
    studio.watch(came, 10, LENGTH)
    over()
    (told,) = [each for each in messages.page() if each.kind == "partner_attendance"]
    assert told.lead_id == partner.lead_id
    assert "Пришли: 1" in told.text
    assert "Не пришли: 1" in told.text
    for person in (came, missed):
        assert core.leads.get(person.lead_id).name not in told.text


def test_chat_that_is_linked_long_after_brings_no_old_news(
    studio: Studio, make: Make, webinar: WebinarRecord, over: Callable[[], None]
) -> None:
    """What waits for a Telegram that a person does not have waits a week, and then says why not."""
    partner = make.user("partner", email="partner@example.org")
    make.lead("partner@example.org")
    core.users.ensure_for_lead(make.lead("partner@example.org").lead_id, None, new_lead=False)
    make.registration(webinar, make.lead(ref=partner.ref_code).email)
    studio.start(0)
    over()
    kinds = ("partner_attendance", "post_not_attended")
    waiting = [each for each in messages.page() if each.kind in kinds]
    assert sorted((each.kind, each.state) for each in waiting) == [(k, "waiting") for k in kinds]
    studio.clock.move_to(at(6 * 86_400))
    assert messages.close_expired() == 0
    studio.clock.move_to(at(8 * 86_400))
    assert messages.close_expired() == 2


def test_after_the_webinar_each_gets_what_fits(
    studio: Studio, make: Make, webinar: WebinarRecord, over: Callable[[], None]
) -> None:
    """The recording is offered where there is one."""
    came, missed = make.registration(webinar), make.registration(webinar)
    live.broadcasts.set_up(webinar.webinar_id, recording="/media/x/webinar.mp4")
    studio.start(0)
    studio.enter(came, 0)
    studio.watch(came, 10, LENGTH)
    over()
    sent = {each.lead_id: each for each in messages.page() if each.kind.startswith("post_")}
    assert sent[came.lead_id].kind == "post_attended"
    assert sent[missed.lead_id].kind == "post_not_attended"
    assert f"/r/{missed.token}/" in sent[missed.lead_id].text
    assert sent[missed.lead_id].rule == "post_webinar_not_attended"


def test_no_recording_is_promised_where_there_is_none(
    studio: Studio, make: Make, webinar: WebinarRecord, over: Callable[[], None]
) -> None:
    missed = make.registration(webinar)
    studio.start(0)
    over()
    (message,) = [each for each in messages.page() if each.kind == "post_not_attended"]
    assert message.lead_id == missed.lead_id
    assert "/r/" not in message.text


def offered() -> list[messages.MessageRecord]:
    return [each for each in messages.page() if each.kind == "recording_ready"]


def test_recording_that_comes_later_is_offered_once_to_who_missed_it(
    studio: Studio, make: Make, webinar: WebinarRecord, over: Callable[[], None], deliver: Deliver
) -> None:
    came, missed, other = (make.registration(webinar) for _ in range(3))
    studio.start(0)
    studio.enter(came, 0)
    studio.watch(came, 10, LENGTH)
    over()
    studio.clock.move_to(at(SETTLED + 600))
    assert recording_ready_telegram.tell() == 0
    live.broadcasts.set_up(webinar.webinar_id, recording="/media/x/webinar.mp4")
    assert recording_ready_telegram.tell() == 2
    assert recording_ready_telegram.tell() == 0
    assert {each.registration_id for each in offered()} == {
        missed.registration_id,
        other.registration_id,
    }
    (told,) = [each for each in offered() if each.registration_id == missed.registration_id]
    assert f"/r/{missed.token}/" in told.text
    assert (told.rule, told.about_webinar) == ("post_webinar_not_attended", True)


def test_recording_that_was_offered_with_the_first_message_is_not_offered_again(
    studio: Studio, make: Make, webinar: WebinarRecord, over: Callable[[], None]
) -> None:
    make.registration(webinar)
    live.broadcasts.set_up(webinar.webinar_id, recording="/media/x/webinar.mp4")
    studio.start(0)
    over()
    studio.clock.move_to(at(SETTLED + 600))
    assert recording_ready_telegram.tell() == 0
    assert offered() == []


def test_recordings_are_offered_by_the_ticker_in_pages(
    studio: Studio,
    make: Make,
    webinar: WebinarRecord,
    over: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recording_ready_telegram, "PAGE", 2)
    for _ in range(3):
        make.registration(webinar)
    studio.start(0)
    over()
    live.broadcasts.set_up(webinar.webinar_id, recording="/media/x/webinar.mp4")
    studio.clock.move_to(at(SETTLED + 600))
    (chore,) = [each for each in ticker.chores() if each.name == "offer recordings that have come"]
    assert [chore.work() for _ in range(3)] == [2, 1, 0]
    assert len(offered()) == 3


def test_recordings_that_are_known_are_read_in_pages_and_not_written_again(
    studio: Studio,
    make: Make,
    webinar: WebinarRecord,
    over: Callable[[], None],
) -> None:
    make.registration(webinar)
    studio.start(0)
    over()
    studio.clock.move_to(at(SETTLED + 600))
    now = clock.now()
    others = [make.webinar("live", published=False) for _ in range(4)]
    for each in (webinar, *others):
        live.broadcasts.set_up(each.webinar_id, recording="/media/x/a.mp4", settled_at=at(SETTLED))
    page = live.settling.recorded(now, limit=3)
    rest = live.settling.recorded(now, after=page[-1], limit=3)
    assert [len(page), len(rest)] == [3, 2]
    assert {*page, *rest} == {each.webinar_id for each in (webinar, *others)}
    assert recording_ready_telegram.tell() == 1
    recording_ready_telegram.tell()
    with queries.asked() as asked:
        assert recording_ready_telegram.tell() == 0
    assert [each for each in asked if not each.startswith("SELECT")] == []


@pytest.mark.parametrize("entry", ["[1764000000, 5, 5, false]", '{"air_second": 5}', "no JSON"])
def test_presence_of_another_release_is_as_good_as_lost(
    studio: Studio, viewer: RegistrationRecord, redis_url: str, entry: str
) -> None:
    studio.start(0)
    studio.enter(viewer, 0)
    studio.watch(viewer, 10, 50)
    assert chores.flush_presence() == 1
    server = redis.Redis.from_url(redis_url)
    server.set(live.presence.ENTRY.format(viewer.session_id), entry)
    server.sadd(live.presence.DIRTY, viewer.session_id)
    chores.flush_presence()
    seen = live.presence.seen(viewer.session_id, studio.air, at(60))
    assert seen is not None
    assert seen.seconds == 60

"""Who is gone: silent for more than a minute, told once, with the reason."""

from collections.abc import Iterator

import pytest

from app import autowebinar, core
from app import client_webinar_tracker as tracker
from app.autowebinar import Gone, departures
from tests.autowebinar.recording import Watching, after, forget_redis, watching
from tests.fixtures.application import Make


@pytest.fixture(autouse=True)
def _no_sweep_before() -> Iterator[None]:
    departures._Sweeps.last = None
    yield
    departures._Sweeps.last = None


@pytest.fixture
def viewer(make: Make) -> Watching:
    return watching(make)


def seconds(moment: float) -> int:
    return int(after(moment).timestamp())


def reasons(moment: float) -> list[tuple[str, int]]:
    return [(each.reason, each.left_at) for each in autowebinar.gone(after(moment))]


def tell_all(moment: float) -> int:
    """What the ticker does."""
    found = autowebinar.gone(after(moment))
    for each in found:
        tracker.client_webinar_leave(
            {
                "lead_id": each.lead_id,
                "webinar_id": each.webinar_id,
                "session_id": each.session_id,
                "left_at": each.left_at,
                "leave_reason": each.reason,
            }
        )
    autowebinar.mark_left([each.session_id for each in found])
    return len(found)


def left(viewer: Watching) -> list[dict]:
    found = core.timeline.of_lead(viewer.registration.lead_id)
    return [each.payload for each in found if each.name == "client_webinar_left"]


def test_session_is_gone_after_a_stall_and_not_before(viewer: Watching) -> None:
    viewer.enter(0)
    viewer.acknowledge(10, 10)
    assert autowebinar.gone(after(70)) == []
    registration = viewer.registration
    assert autowebinar.gone(after(71)) == [
        Gone(
            registration_id=registration.registration_id,
            session_id=registration.session_id,
            lead_id=registration.lead_id,
            webinar_id=registration.webinar_id,
            left_at=seconds(10),
            reason="network_loss",
        )
    ]


def test_farewell_is_the_viewers_own_leaving(viewer: Watching) -> None:
    viewer.enter(0)
    autowebinar.farewell(viewer.registration.session_id)
    assert reasons(100) == [("user_exit", seconds(0))]


def test_coming_back_takes_the_farewell_back(viewer: Watching) -> None:
    viewer.enter(0)
    autowebinar.farewell(viewer.registration.session_id)
    viewer.enter(5)
    assert reasons(100) == [("network_loss", seconds(5))]


def test_completed_session_ends_by_itself(viewer: Watching) -> None:
    viewer.enter(0)
    viewer.watch(10, 100)
    autowebinar.farewell(viewer.registration.session_id)
    assert reasons(200) == [("session_end", seconds(100))]


def test_marked_session_is_not_named_again(viewer: Watching) -> None:
    viewer.enter(0)
    assert tell_all(100) == 1
    assert tell_all(105) == 0
    assert tell_all(400) == 0
    assert len(left(viewer)) == 1


def test_who_comes_back_and_leaves_again_has_left_once(viewer: Watching) -> None:
    viewer.enter(0)
    tell_all(100)
    viewer.enter(200)
    assert tell_all(300) == 1
    assert [each["left_at"] for each in left(viewer)] == [seconds(0)]


@pytest.mark.both_databases
def test_flush_of_redis_forgets_nobody(viewer: Watching, redis_url: str) -> None:
    viewer.enter(0)
    forget_redis(redis_url)
    assert tell_all(100) == 1
    assert [each["leave_reason"] for each in left(viewer)] == ["network_loss"]
    assert tell_all(161) == 0


def test_sweep_does_not_name_who_is_present_in_redis(viewer: Watching) -> None:
    """User meta was not flushed for a while; the viewer is there all the same."""
    viewer.enter(0)
    viewer.watch(10, 90)
    assert autowebinar.gone(after(100)) == []


def test_sweep_looks_back_a_day_and_no_further(viewer: Watching, redis_url: str) -> None:
    viewer.enter(0)
    forget_redis(redis_url)
    assert autowebinar.gone(after(86_500)) == []


def test_limit_bounds_what_is_named(make: Make) -> None:
    first = watching(make)
    for _ in range(3):
        Watching(first.webinar, first.version, make.registration(first.webinar)).enter(0)
    assert len(autowebinar.gone(after(100), limit=2)) == 2


class TestWithoutRedis:
    @pytest.fixture
    def settings_overrides(self) -> dict[str, str]:
        return {"redis_url": ""}

    def test_user_meta_alone_tells_who_is_gone(self, viewer: Watching) -> None:
        viewer.enter(0)
        assert autowebinar.gone(after(60)) == []
        assert tell_all(100) == 1
        assert tell_all(101) == 0

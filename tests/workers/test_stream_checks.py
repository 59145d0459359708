"""A stream from elsewhere is looked at before the start: what is found, and where nobody is led."""

import gzip
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from flask import Flask

from app import clock, live
from app.live.checks import Check
from tests.fixtures import servers, streams
from tests.fixtures.streams import Answer, Elsewhere
from tests.live.conftest import Studio, at, moment, studio, webinar  # noqa: F401
from workers import outside, stream_checks

pytestmark = pytest.mark.both_databases
SITE = "https://site.example.org"
VARIANTS = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=800000\n{}\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    with streams.elsewhere(tmp_path_factory.mktemp("elsewhere")) as running:
        yield running


@pytest.fixture
def there(server: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> Elsewhere:
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    server.says.clear()
    server.asked.clear()
    return server


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    return {"public_url": SITE, "stream_check_networks": "127.0.0.0/8"}


def ask(studio: Studio, address: str, second: float = -1800) -> None:  # noqa: F811
    studio.clock.move_to(at(second))
    live.checks.ask(studio.webinar_id, address, clock.now())


def check_of(studio: Studio, address: str) -> Check:  # noqa: F811
    found = live.checks.of(studio.webinar_id, address)
    assert found is not None
    return found


def found_at(studio: Studio, address: str) -> dict[str, Any]:  # noqa: F811
    """Looked at as often as it takes, two times at most."""
    ask(studio, address)
    assert stream_checks.look() == 1
    if check_of(studio, address).found is None:
        studio.clock.shift(timedelta(seconds=13))
        assert stream_checks.look() == 1
    found = check_of(studio, address)
    assert found.found is not None
    assert found.done_at == clock.now()
    return found.found


def test_list_that_grew_between_two_looks_is_a_broadcast_that_runs(
    app: Flask,
    studio: Studio,  # noqa: F811
    there: Elsewhere,
) -> None:
    there.lists(7)
    ask(studio, there.url())
    assert live.checks.is_due(clock.now())
    assert stream_checks.look() == 1
    assert check_of(studio, there.url()).found is None, "one look cannot tell"
    there.lists(8)
    studio.clock.shift(timedelta(seconds=1))
    assert not live.checks.is_due(clock.now())
    studio.clock.shift(timedelta(seconds=3))
    assert stream_checks.look() == 1
    found = check_of(studio, there.url())
    assert found.found == {"is": "live", "open": True, "pieces": 3}
    assert not live.checks.is_due(clock.now() + timedelta(days=1))
    assert {origin for _, origin in there.asked} == {SITE}
    assert ("/live/10.ts", SITE) in there.asked, "the newest piece is looked at too"


def test_stream_that_stands_still_and_a_recording_are_told_apart(
    app: Flask,
    studio: Studio,  # noqa: F811
    there: Elsewhere,
) -> None:
    there.lists(7)
    assert found_at(studio, there.url())["is"] == "still"
    there.lists(7, ended=True)
    assert found_at(studio, there.url())["is"] == "recording"


def test_variants_are_followed_to_the_pieces(
    app: Flask,
    studio: Studio,  # noqa: F811
    there: Elsewhere,
) -> None:
    there.lists(1, ended=True)
    there.says["/all.m3u8"] = Answer(VARIANTS.format("live/a.m3u8").encode())
    assert found_at(studio, there.url("/all.m3u8"))["is"] == "recording"
    there.says["/all.m3u8"] = Answer(VARIANTS.format("live/none.m3u8").encode())
    unreachable = {"is": "unreachable", "why": "status", "status": 404}
    assert found_at(studio, there.url("/all.m3u8")) == unreachable
    there.says["/all.m3u8"] = Answer(VARIANTS.format("http://127.0.0.1/a.m3u8").encode())
    assert found_at(studio, there.url("/all.m3u8")) == {"is": "insecure"}


@pytest.mark.parametrize("closed", ["/live/a.m3u8", "/live/3.ts"])
def test_what_scripts_of_the_site_may_not_read_is_found(
    app: Flask,
    studio: Studio,  # noqa: F811
    there: Elsewhere,
    closed: str,
) -> None:
    there.lists(1, ended=True, headers={"Access-Control-Allow-Origin": SITE})
    assert found_at(studio, there.url())["open"] is True
    there.says[closed].headers = {"Access-Control-Allow-Origin": "https://other.example.org"}
    assert found_at(studio, there.url())["open"] is False


LISTS = {
    "a page": (b"<!doctype html><title>Player</title>", "foreign"),
    "a broken list": (b"#EXTM3U\n#EXT-X-TARGETDURATION:soon\n", "foreign"),
    "nothing": (b"", "foreign"),
    "a list of nothing": (b"#EXTM3U\n#EXT-X-TARGETDURATION:2\n", "empty"),
    "a piece by http": (b"#EXTM3U\n#EXTINF:2,\nhttp://127.0.0.1/1.ts\n", "insecure"),
}


@pytest.mark.parametrize("name", LISTS)
def test_what_is_no_stream_is_said_to_be_none(
    app: Flask,
    studio: Studio,  # noqa: F811
    there: Elsewhere,
    name: str,
) -> None:
    body, verdict = LISTS[name]
    there.says["/live/a.m3u8"] = Answer(body)
    assert found_at(studio, there.url()) == {"is": verdict}


def test_list_in_a_parcel_is_opened_and_no_further_than_it_may_grow(
    app: Flask,
    studio: Studio,  # noqa: F811
    there: Elsewhere,
) -> None:
    there.lists(1, ended=True)
    said = there.says["/live/a.m3u8"]
    said.headers = streams.OPEN | {"Content-Encoding": "gzip"}
    said.body = gzip.compress(said.body)
    assert found_at(studio, there.url())["is"] == "recording"
    said.body = gzip.compress(b"#EXTM3U\n" + b"#" * 50_000_000)
    assert found_at(studio, there.url()) == {"is": "empty"}


def unreachable(why: str, status: int = 0) -> dict[str, Any]:
    return {"is": "unreachable", "why": why, "status": status}


def test_why_a_stream_is_out_of_reach_is_told(
    app: Flask,
    studio: Studio,  # noqa: F811
    there: Elsewhere,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nobody = f"https://127.0.0.1:{servers.free_port()}/a.m3u8"
    assert found_at(studio, nobody) == unreachable("connect")
    assert found_at(studio, "https://no-such-name.invalid/a.m3u8") == unreachable("name")
    assert found_at(studio, there.url("/none.m3u8")) == unreachable("status", 404)
    monkeypatch.delenv("SSL_CERT_FILE")
    assert found_at(studio, there.url()) == unreachable("certificate")


def test_redirects_are_followed_as_a_browser_would_and_not_for_ever(
    app: Flask,
    studio: Studio,  # noqa: F811
    there: Elsewhere,
) -> None:
    def leads_to(address: str) -> Answer:
        return Answer(status=302, headers=streams.OPEN | {"Location": address})

    there.lists(1, ended=True)
    there.says["/go.m3u8"] = leads_to("/live/a.m3u8")
    assert found_at(studio, there.url("/go.m3u8"))["open"] is True
    there.says["/go.m3u8"] = leads_to("http://127.0.0.1/a.m3u8")
    assert found_at(studio, there.url("/go.m3u8")) == {"is": "insecure"}
    there.says["/go.m3u8"] = leads_to("/go.m3u8")
    assert found_at(studio, there.url("/go.m3u8")) == unreachable("redirects")
    there.says["/go.m3u8"] = leads_to(f"https://localhost:{there.port}/live/a.m3u8")
    for path in ("/live/a.m3u8", "/live/3.ts"):
        there.says[path].headers = {"Access-Control-Allow-Origin": SITE}
    assert found_at(studio, there.url("/go.m3u8"))["open"] is False, "the origin is lost on the way"


INSIDE = ("127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "64:ff9b::a00:1")


@pytest.mark.parametrize("number", [*INSIDE, "fe80::1", "fd00::1", "0.0.0.0", "224.0.1.1"])
def test_inside_numbers_are_nobodys_to_reach(number: str) -> None:
    assert not outside.may_reach(ip_address(number))


def test_open_numbers_and_named_networks_may_be_reached() -> None:
    assert outside.may_reach(ip_address("93.184.215.14"))
    assert outside.may_reach(ip_address("2606:2800:21f:cb07:6820:80da:af6b:8b2c"))
    assert outside.may_reach(ip_address("10.20.0.7"), [ip_network("10.20.0.0/16")])
    assert outside.may_reach(ip_address("::ffff:10.20.0.7"), [ip_network("10.20.0.0/16")])
    assert not outside.may_reach(ip_address("10.21.0.7"), [ip_network("10.20.0.0/16")])


@pytest.mark.parametrize("way", ["itself", "a name", "a redirect", "a variant"])
def test_nobody_is_led_inside(
    app: Flask,
    studio: Studio,  # noqa: F811
    there: Elsewhere,
    way: str,
) -> None:
    """127.0.0.1 alone is allowed; ::1 is inside, and so is what no setting names."""
    hidden = f"https://[::1]:{there.port}/live/a.m3u8"
    there.says["/go.m3u8"] = Answer(status=302, headers=streams.OPEN | {"Location": hidden})
    there.says["/all.m3u8"] = Answer(VARIANTS.format(hidden).encode())
    if way == "a name":
        app.config["SETTINGS"].stream_check_networks = ()
    addresses = {
        "itself": hidden,
        "a name": f"https://localhost:{there.port}/live/a.m3u8",
        "a redirect": there.url("/go.m3u8"),
        "a variant": there.url("/all.m3u8"),
    }
    assert found_at(studio, addresses[way]) == unreachable("inside")
    assert "/live/a.m3u8" not in [path for path, _ in there.asked]


def test_check_asked_twice_is_one_and_another_address_is_another(
    app: Flask,
    studio: Studio,  # noqa: F811
    there: Elsewhere,
) -> None:
    there.lists(1)
    ask(studio, there.url())
    stream_checks.look()
    ask(studio, there.url(), -1795)
    assert check_of(studio, there.url()).asked_at == at(-1800)
    assert check_of(studio, there.url()).first is not None
    other = there.url("/other.m3u8")
    ask(studio, other, -1794)
    assert live.checks.of(studio.webinar_id, there.url()) is None
    assert check_of(studio, other).first is None


def test_answer_to_a_question_of_before_is_dropped(
    app: Flask,
    studio: Studio,  # noqa: F811
    there: Elsewhere,
) -> None:
    ask(studio, there.url())
    (taken,) = live.checks.take(clock.now())
    ask(studio, there.url("/other.m3u8"), -1790)
    live.checks.settle(taken, {"is": "live", "open": True}, clock.now())
    assert check_of(studio, there.url("/other.m3u8")).found is None


def test_look_that_was_lost_is_taken_again_when_its_lease_is_over(
    app: Flask,
    studio: Studio,  # noqa: F811
    there: Elsewhere,
) -> None:
    there.lists(1, ended=True)
    ask(studio, there.url())
    assert len(live.checks.take(clock.now())) == 1
    assert stream_checks.look() == 0
    studio.clock.shift(live.checks.LEASE)
    assert stream_checks.look() == 1
    assert check_of(studio, there.url()).found == {"is": "recording", "open": True, "pieces": 3}

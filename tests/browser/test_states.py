"""What a room looks like when something has happened: it was opened twice, it has ended, its sound
was turned off, its stream needs a library."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from app.autowebinar import Rules, schedule, seen
from app.extensions import db
from tests.autowebinar.recording import publish
from tests.browser.rooms import NO_STREAMS, Room, in_step, plays
from tests.browser.screens import Screen
from tests.browser.slow_video import RECORDING
from tests.fixtures.application import Make
from tests.requirements import need

pytestmark = pytest.mark.browser

OPEN_TO_ALL = {"Access-Control-Allow-Origin": "*"}
CUES = [{"kind": "cta", "show_at": 40, "hide_at": None, "text": "Получить разбор"}]


@pytest.fixture
def place(make: Make, site: str, redis_url: str) -> Callable[..., Room]:
    def made(**changes: object) -> Room:
        webinar, _ = publish(make, lines=[], duration_sec=160, **({"cues": CUES} | changes))
        registration = make.registration(webinar)
        db.session.remove()
        return Room(site, registration, redis_url)

    return made


def test_older_page_says_so_and_takes_the_room_back(
    place: Callable[..., Room], both: list[Screen]
) -> None:
    """The same link on a desk and on a phone: where it was, and each in its turn the older one."""
    desk, phone = both
    room = place()
    room.rewind(50)
    room.open(desk.page)
    plays(desk.page, 50)
    room.open(phone.page)
    plays(phone.page, 50)
    in_step(phone.page, room)
    for older, newer in ((desk, phone), (phone, desk)):
        is_elsewhere(older)
        plays(newer.page, 50)
        older.press(older.link("Смотреть здесь"))
        plays(older.page, 50)
        in_step(older.page, room)
        expect(older.page.locator("#elsewhere")).to_be_hidden()


def is_elsewhere(older: Screen) -> None:
    """Kindly said, and the page is quiet from then on."""
    page = older.page
    page.evaluate("htmx.trigger('#beat', 'beat')")
    veil = page.locator("#elsewhere")
    expect(veil).to_contain_text("Вы смотрите в другом окне")
    expect(veil).to_contain_text("в другой вкладке или на другом устройстве")
    older.fits()
    assert page.locator("#player").evaluate("player => player.paused") is True
    expect(page.locator(".room__start")).to_be_hidden()
    beats: list[str] = []
    page.on("request", lambda request: "/beat/" in request.url and beats.append(request.url))
    page.evaluate("htmx.trigger('#beat', 'beat')")
    page.wait_for_timeout(1_200)
    assert beats == []
    assert page.locator("#player").evaluate("player => player.paused") is True


def test_who_comes_back_on_another_device_goes_on_where_they_were(
    place: Callable[..., Room], both: list[Screen]
) -> None:
    for screen, other in (both, both[::-1]):
        room = place()
        room.rewind(40)
        room.open(screen.page)
        plays(screen.page, 40)
        screen.page.goto("about:blank")
        room.rewind(30, unseen_for=7200)
        room.open(other.page)
        expect(other.page.locator("#moved")).to_contain_text("Продолжаем с 00:30")
        plays(other.page, 30)
        in_step(other.page, room)
        assert room.second() < 40


def test_closing_screens_follow_each_other_by_keyboard(
    place: Callable[..., Room], visitor: Page
) -> None:
    room = place(closing={"next": "Пишите мне в личные сообщения."})
    schedule.save(
        room.registration.webinar_id, Rules(at_once=True, recording_days=3), actor_id=None
    )
    db.session.remove()
    room.rewind(156)
    room.open(visitor)
    first, second, third = (visitor.locator(f"#{name}") for name in ("ended", "next", "choice"))
    expect(first).to_be_visible()
    expect(visitor.locator(".room__screen")).to_be_hidden()
    assert (second.is_visible(), third.is_visible()) == (False, False)
    expect(second.get_by_text("Получить разбор")).to_have_count(1)
    first.get_by_role("button", name="Что дальше").press("Enter")
    expect(second).to_be_focused()
    expect(second).to_contain_text("Пишите мне в личные сообщения.")
    assert (first.is_visible(), third.is_visible()) == (False, False)
    visitor.keyboard.press("Tab")
    visitor.keyboard.press("Tab")
    visitor.keyboard.press("Enter")
    expect(third).to_be_focused()
    expect(third.get_by_role("link", name="Оставить отзыв")).to_be_visible()
    expect(third.get_by_role("link", name="Пересмотреть запись")).to_be_visible()
    third.get_by_role("button", name="Назад").press("Enter")
    expect(second).to_be_focused()
    assert room.meta()[seen.COMPLETED] is True


def test_what_is_offered_at_the_end_is_not_in_the_page_before(
    place: Callable[..., Room], visitor: Page
) -> None:
    room = place()
    room.open(visitor)
    plays(visitor)
    assert "Получить разбор" not in visitor.content()


def test_silence_is_remembered_for_the_session(place: Callable[..., Room], visitor: Page) -> None:
    room = place()
    room.open(visitor)
    plays(visitor)
    visitor.get_by_role("button", name="Выключить звук").click()
    visitor.reload()
    plays(visitor)
    assert visitor.locator("#player").evaluate("player => player.muted") is True
    visitor.get_by_role("button", name="Включить звук").click()
    assert visitor.locator("#player").evaluate("player => player.muted") is False


def test_keys_work_on_the_picture_and_nowhere_else(
    place: Callable[..., Room], visitor: Page
) -> None:
    room = place()
    room.open(visitor)
    plays(visitor)
    player = visitor.locator("#player")
    visitor.locator("#message").press("m")
    assert player.evaluate("player => player.muted") is False
    expect(visitor.locator("#message")).to_have_value("m")
    visitor.locator("[data-sound]").focus()
    visitor.keyboard.press("m")
    assert player.evaluate("player => player.muted") is True
    visitor.keyboard.press("c")
    assert player.evaluate("player => player.textTracks[0].mode") == "showing"


def test_full_screen_keeps_the_offer_and_says_that_it_is_a_recording(
    place: Callable[..., Room], visitor: Page
) -> None:
    room = place()
    room.rewind(50)
    room.open(visitor)
    plays(visitor, 50)
    visitor.get_by_role("button", name="Весь экран").click()
    visitor.wait_for_function("() => document.fullscreenElement?.id === 'room'")
    for part in ("#player", "#cta", "#badge"):
        expect(visitor.locator(part)).to_be_visible()
    expect(visitor.locator("#chat")).to_be_hidden()
    in_step(visitor, room)


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recording cut into a playlist and its pieces."""
    need(shutil.which("ffmpeg") is not None, "ffmpeg")
    folder = tmp_path_factory.mktemp("stream")
    cut = ["ffmpeg", "-v", "error", "-i", str(RECORDING), "-c", "copy", "-hls_time", "4"]
    cut += ["-hls_playlist_type", "vod", str(folder / "index.m3u8")]
    subprocess.run(cut, check=True)
    return folder


@pytest.mark.parametrize("reads_streams", [True, False], ids=["by itself", "by hls.js"])
def test_stream_plays_in_step(
    place: Callable[..., Room], both: list[Screen], stream: Path, reads_streams: bool
) -> None:
    def serve(route: Route) -> None:
        path = stream / route.request.url.rpartition("/")[2]
        kind = "application/vnd.apple.mpegurl" if path.suffix == ".m3u8" else "video/mp2t"
        route.fulfill(body=path.read_bytes(), content_type=kind, headers=OPEN_TO_ALL)

    for screen in both:
        page = screen.page
        page.context.route("https://cdn.example/**", serve)
        if not reads_streams:
            page.context.add_init_script(NO_STREAMS)
            page.reload()
        native = page.evaluate(
            "document.createElement('video').canPlayType('application/vnd.apple.mpegurl')"
        )
        need(bool(native) or not reads_streams, "a Chromium that reads streams")
        loaded: list[str] = []
        page.on("request", lambda request, loaded=loaded: loaded.append(request.url))
        room = place(video="https://cdn.example/index.m3u8")
        room.rewind(40)
        room.open(page)
        plays(page, 39)
        in_step(page, room)
        assert any("hls.min.js" in url for url in loaded) is not reads_streams


def test_file_of_another_site_plays_in_step(place: Callable[..., Room], both: list[Screen]) -> None:
    whole = RECORDING.read_bytes()

    def serve(route: Route) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", route.request.headers.get("range", "bytes=0-"))
        assert asked
        first, last = int(asked[1]), int(asked[2] or len(whole) - 1)
        told = {"Content-Range": f"bytes {first}-{last}/{len(whole)}", "Accept-Ranges": "bytes"}
        body = whole[first : last + 1]
        route.fulfill(status=206, body=body, content_type="video/mp4", headers=OPEN_TO_ALL | told)

    for screen in both:
        screen.page.context.route("https://cdn.example/**", serve)
        room = place(video="https://cdn.example/webinar.mp4")
        room.rewind(70)
        room.open(screen.page)
        plays(screen.page, 69)
        in_step(screen.page, room)
        screen.fits()

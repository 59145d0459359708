"""A broadcast from the camera to the AutoWebinar made of it: real media server, real browsers."""

import re
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.rooms import NO_STREAMS
from tests.fixtures import media_server, nginx, servers
from tests.fixtures import stack as product
from tests.fixtures.media_server import Camera, MediaServer
from tests.fixtures.stack import DESK, PHONE, Stack
from tests.journeys.test_main_path import login, until
from tests.requirements import need

pytestmark = pytest.mark.browser
KEY = re.compile(r"[0-9a-f]{16}\?key=[\w-]+")
ZONE = "Europe/Moscow"


@dataclass(frozen=True)
class Place:
    stack: Stack
    media: MediaServer
    process: subprocess.Popen[bytes]


@pytest.fixture
def place(redis_stack: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    need(nginx.binary() is not None, "nginx")
    need(media_server.module() is not None, "libnginx-mod-rtmp")
    server = media_server.planned(tmp_path_factory.mktemp("media-server"))
    settings = {
        "MEDIA_SERVER_URL": server.url,
        "MEDIA_SERVER_CONTROL_URL": server.control,
        "MEDIA_RECORDINGS_DIR": str(server.recordings),
    }
    with (
        servers.redis_server() as redis_url,
        product.running(tmp_path_factory.mktemp("live"), redis_url, **settings) as stack,
        media_server.running(server, int(stack.environment["PORT"])) as process,
    ):
        yield Place(stack, server, process)


@pytest.fixture
def speaker(chromium: Browser, place: Place) -> Iterator[Page]:
    context = chromium.new_context(viewport=DESK, locale="ru-RU", timezone_id=ZONE)
    context.set_default_timeout(20_000)
    page = context.new_page()
    login(page, place.stack, "speaker")
    yield page
    context.close()


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport=PHONE, locale="ru-RU", timezone_id=ZONE)
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def without_hls(chromium: Browser) -> Iterator[Page]:
    """A browser that reads no streams by itself, as most on desks do not."""
    context = chromium.new_context(viewport=DESK, locale="ru-RU", timezone_id=ZONE)
    context.set_default_timeout(20_000)
    context.add_init_script(NO_STREAMS)
    yield context.new_page()
    context.close()


def announced(page: Page, url: str) -> str:
    """A broadcast half an hour ahead; its address in the studio."""
    page.goto(f"{url}/studio/new/")
    page.locator("input[value=live]").check()
    page.get_by_label("Название").fill("Эфир с камеры")
    page.locator("[name=slug]").fill("efir-s-kamery")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/studio/efir-s-kamery/**")
    base = f"{url}/studio/efir-s-kamery"
    page.goto(f"{base}/broadcast/")
    hour = datetime.now(ZoneInfo(ZONE)) + timedelta(minutes=30)
    page.locator("[name=zone]").select_option(ZONE)
    page.locator("[name=at]").fill(f"{hour:%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Назначить эфир").click()
    expect(page.get_by_text("Эфир назначен.")).to_be_visible()
    return base


def key_of(page: Page, base: str) -> str:
    page.goto(f"{base}/broadcast/stream/")
    found = KEY.search(page.content())
    assert found
    return found[0]


def join(page: Page, url: str) -> None:
    page.goto(f"{url}/signup/?webinar=efir-s-kamery")
    page.get_by_label("Имя").fill("Анна Вольная")
    page.get_by_label("E-mail").fill("anna.volnaya@example.org")
    page.locator("input[name=consent]").check()
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/live/efir-s-kamery/")


def played(page: Page) -> float:
    script = "(() => { const v = document.querySelector('video'); return v ? v.currentTime : 0 })()"
    seconds: float = page.evaluate(script)
    return seconds


def test_camera_room_recording_and_the_autowebinar_made_of_it(
    place: Place, speaker: Page, phone: Page
) -> None:
    url = place.stack.url
    base = announced(speaker, url)
    key = key_of(speaker, base)
    with Camera(place.media, key.partition("?")[0] + "?key=wrong") as stranger:
        until(speaker, stranger.ended)
    assert stranger.refused

    with Camera(place.media, key) as camera:
        speaker.goto(f"{base}/live/")
        expect(speaker.locator("#console-meter")).to_contain_text("Картинка приходит")
        speaker.locator("#console-controls button").first.click()
        expect(speaker.locator("#console-controls")).to_contain_text("Пауза")
        join(phone, url)
        until(phone, lambda: played(phone) > 1)
        assert key.partition("=")[2] not in phone.content()
        phone.locator("#message").fill("Слышно хорошо")
        phone.locator("#chat-form button[type=submit]").click()
        expect(speaker.locator("#console-talk")).to_contain_text("Слышно хорошо")
        speaker.get_by_role("button", name="Показать кнопку").click()
        expect(phone.locator("#cta")).to_be_visible()
        shown = played(phone)
        until(phone, lambda: played(phone) > shown + 2)
        speaker.locator("#console-controls").get_by_text("Завершить").click()
        speaker.get_by_role("button", name="Да, завершить").click()
        expect(speaker.locator("#console-controls")).to_contain_text("Эфир завершён")
        until(speaker, camera.ended)

    make_auto = speaker.get_by_role("button", name="Сделать автовебинар")

    def recorded() -> bool:
        speaker.goto(f"{base}/broadcast/")
        return make_auto.is_visible()

    until(speaker, recorded)
    phone.goto(f"{url}/live/efir-s-kamery/")
    expect(phone.locator("video")).to_have_count(1)
    make_auto.click()
    expect(speaker.get_by_text("Автовебинар создан.")).to_be_visible()
    speaker.goto(f"{speaker.url.rstrip('/')}/timeline/")
    expect(speaker.locator("main")).to_contain_text("Слышно хорошо")
    expect(speaker.locator("main")).to_contain_text("Обсудить с тем, кто пригласил")


def test_picture_moves_by_hls_js_and_comes_back_after_the_media_server_died(
    place: Place, speaker: Page, without_hls: Page
) -> None:
    """The room says what it waits for, by itself and in words, and takes them back."""
    page, url = without_hls, place.stack.url
    base = announced(speaker, url)
    key = key_of(speaker, base)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with Camera(place.media, key, again=1.0):
        speaker.goto(f"{base}/live/")
        expect(speaker.locator("#console-meter")).to_contain_text("Картинка приходит")
        speaker.locator("#console-controls button").first.click()
        expect(speaker.locator("#console-controls")).to_contain_text("Пауза")
        join(page, url)
        until(page, lambda: played(page) > 1)
        assert any("hls.min.js" in each for each in asked)
        assert page.evaluate("document.querySelector('video').src").startswith("blob:")
        until(page, lambda: heard(place) > 0)

        media_server.kill(place.process)
        expect(page.locator("#no-picture")).to_contain_text("сейчас нет", timeout=60_000)
        expect(page.locator(".room__wait")).to_have_text("Ждём картинку от спикера…")
        expect(page.locator(".room__wait")).to_be_visible(timeout=30_000)
        expect(speaker.locator("#console-meter")).to_contain_text("Картинки нет")
        page.locator("#message").fill("Картинка пропала")
        page.locator("#chat-form button[type=submit]").click()
        expect(speaker.locator("#console-talk")).to_contain_text("Картинка пропала")

        with media_server.running(place.media, int(place.stack.environment["PORT"])):
            expect(page.locator("#no-picture")).to_be_hidden(timeout=60_000)
            expect(page.locator(".room__wait")).to_be_hidden(timeout=60_000)
            before = played(page)
            until(page, lambda: played(page) != before and played(page) > 1)
            expect(speaker.locator("#console-meter")).to_contain_text("Картинка приходит")


def heard(place: Place) -> int:
    """Whether the workers have seen the stream run."""
    question = "SELECT count(*) FROM live_broadcast WHERE stream_heard_at IS NOT NULL"
    with closing(sqlite3.connect(place.stack.folder / "efir.db", timeout=20)) as file:
        return int(file.execute(question).fetchone()[0])

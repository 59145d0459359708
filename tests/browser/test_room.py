"""The room in a real browser, over a real server: what a viewer sees, hears and may do."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import redis
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app import autowebinar, clock
from app.autowebinar import seen
from app.extensions import db
from tests.autowebinar.recording import publish
from tests.browser.rooms import (
    BLOCK_AUTOPLAY,
    Room,
    current_time,
    in_step,
    look_out,
    plays,
    second_of,
)
from tests.browser.screens import Screen
from tests.fixtures.application import Make
from tests.fixtures.stack import DESK, PHONE

# A scroll is told of with the next frame.
FRAMES = "() => new Promise((on) => requestAnimationFrame(() => requestAnimationFrame(on)))"
pytestmark = pytest.mark.browser

LINES = [
    {"at": 3, "author": "Ирина", "text": "Звук есть", "source": "broadcast"},
    {"at": 5, "author": "Олег", "text": "И картинка", "source": "broadcast"},
    *[{"at": 20 + n, "author": "Тимур", "text": f"Строка {n} из записи"} for n in range(15)],
]
CUES = [{"kind": "cta", "show_at": 40, "hide_at": None, "text": "Получить разбор"}]
DURATION = 160
Viewer = tuple[Screen, Page, Room]
SUBTITLED = "() => document.querySelector('#player').textTracks[0].activeCues?.[0]?.text"
MOST_REQUESTS = 8
MOST_BYTES = 120_000


@pytest.fixture
def places(make: Make, site: str, redis_url: str) -> Callable[[], Room]:
    webinar, _ = publish(make, lines=LINES, cues=CUES, duration_sec=DURATION)

    def place() -> Room:
        registration = make.registration(webinar)
        db.session.remove()
        return Room(site, registration, redis_url)

    return place


@pytest.fixture
def room(places: Callable[[], Room]) -> Room:
    return places()


@pytest.fixture
def viewers(places: Callable[[], Room], both: list[Screen]) -> list[Viewer]:
    """Two people at a desk and at a phone, each with a place of their own."""
    return [(screen, screen.page, places()) for screen in both]


def test_video_plays_at_the_servers_second(viewers: list[Viewer]) -> None:
    for _, page, room in viewers:
        room.open(page)
        plays(page)
        in_step(page, room)
    for screen, page, room in viewers:
        room.rewind(70)
        page.reload()
        plays(page, 70)
        in_step(page, room)
        screen.fits()


def test_recorded_lines_come_at_their_second(viewers: list[Viewer]) -> None:
    for _, page, room in viewers:
        room.open(page)
    lines = {f"#chat .message|{text}": at for text, at in (("Звук есть", 3), ("И картинка", 5))}
    for _, page, room in viewers:
        room.rewind(0)
        page.reload()
        look_out(page, *lines)
    for _, page, room in viewers:
        for line, second in lines.items():
            assert second - 0.3 <= second_of(page, room, line) < second + 1.8
            text = line.partition("|")[2]
            expect(page.locator("#chat .message", has_text=text)).to_contain_text("из записи")


def test_cta_comes_at_its_second_and_leaves_the_room_alone(viewers: list[Viewer]) -> None:
    for screen, page, room in viewers:
        room.rewind(37)
        room.open(page)
        expect(page.locator("#cta")).to_have_count(0)
        look_out(page, "#timeline #cta")
        cta = page.locator("#timeline #cta")
        expect(cta).to_be_visible()
        assert 38.7 <= second_of(page, room, "#timeline #cta") < 43
        screen.fits()
        with page.expect_popup() as opened:
            screen.press(cta)
        expect(opened.value.locator("h1")).to_contain_text("командой вебинара")
        before = current_time(page)
        page.bring_to_front()
        plays(page, before)
        assert room.meta()[seen.CTA_CLICKED_AT]


@pytest.mark.usefixtures("quick_polls")
def test_own_line_is_sent_and_shown_once(viewers: list[Viewer]) -> None:
    """By Enter where there is a keyboard: a phone's makes a new line, and a button sends."""
    for screen, page, room in viewers:
        room.open(page)
        plays(page)
        field = page.locator("#message")
        for text in ("Как считать партнёров?", "<b>И когда</b>"):
            field.fill(text)
            field.press("Enter")
            if screen.name == "phone":
                expect(field).to_have_value(f"{text}\n")
                screen.press(screen.button("Отправить"))
            own = page.locator('#chat .message[data-origin="viewer"]', has_text=text)
            expect(own).to_be_visible()
            expect(field).to_have_value("")
    for _, page, _ in viewers:
        with page.expect_response("**/poll/**"):
            pass
        with page.expect_response("**/poll/**"):
            pass
        expect(page.locator('#chat .message[data-origin="viewer"]')).to_have_count(2)


def test_line_that_is_too_long_stays_in_its_field(room: Room, visitor: Page) -> None:
    said: list[str] = []
    visitor.on("console", lambda message: said.append(message.text))
    room.open(visitor)
    visitor.locator("#message").evaluate("field => field.removeAttribute('maxlength')")
    visitor.locator("#message").fill("я" * 1500)
    visitor.locator("#chat-form button").click()
    expect(visitor.locator("#chat-form [role=alert]:visible")).to_contain_text("Слишком длинно")
    expect(visitor.locator("#message")).to_have_value("я" * 1500)
    visitor.locator("#message").fill("Короче")
    visitor.locator("#chat-form button").click()
    expect(visitor.locator('#chat .message[data-origin="viewer"]')).to_contain_text("Короче")
    expect(visitor.locator("#chat-form [role=alert]:visible")).to_have_count(0)
    assert [text for text in said if "422" not in text] == []


def test_line_sent_without_a_network_is_not_lost(room: Room, visitor: Page) -> None:
    room.open(visitor)
    visitor.context.set_offline(True)
    visitor.locator("#message").fill("Вы здесь?")
    visitor.locator("#chat-form button").click()
    expect(visitor.locator("#unsent")).to_be_visible()
    expect(visitor.locator("#message")).to_have_value("Вы здесь?")
    visitor.context.set_offline(False)
    visitor.locator("#chat-form button").click()
    expect(visitor.locator('#chat .message[data-origin="viewer"]')).to_have_count(1)
    expect(visitor.locator("#unsent")).to_be_hidden()


@pytest.mark.usefixtures("quick_polls")
def test_answer_of_the_team_comes_and_is_announced(viewers: list[Viewer]) -> None:
    for _, page, room in viewers:
        room.open(page)
        plays(page)
        room.answer("Отвечаю вам")
    for _, page, _ in viewers:
        answer = page.locator('#chat .message[data-origin="team"]')
        expect(answer).to_contain_text("Отвечаю вам", timeout=10_000)
        expect(answer).to_contain_text("команда")
        expect(page.locator("#announcement")).to_contain_text("Отвечаю вам")


@pytest.mark.usefixtures("quick_polls")
def test_who_reads_earlier_lines_is_left_there(room: Room, visitor: Page) -> None:
    room.rewind(36)
    room.open(visitor)
    place = "document.querySelector('#chat').scrollTop"
    visitor.wait_for_function(f"() => {place} > 0")
    visitor.evaluate(f"{place} = 0")
    visitor.evaluate(FRAMES)
    room.answer("Отвечаю вам")
    expect(visitor.locator('#chat .message[data-origin="team"]')).to_have_count(1)
    assert visitor.evaluate(place) == 0


def test_nobody_gets_ahead_of_the_clock(viewers: list[Viewer]) -> None:
    for _, page, room in viewers:
        room.open(page)
        plays(page, 1)
    viewers[-1][1].wait_for_timeout(2600)
    for _, page, room in viewers:
        page.evaluate(
            "const p = document.querySelector('#player'); p.currentTime = 120; p.playbackRate = 2"
        )
        page.wait_for_function("() => document.querySelector('#player').currentTime < 60")
        in_step(page, room)
        assert page.evaluate("document.querySelector('#player').playbackRate") <= 1.05
        assert not page.locator("#player").evaluate("player => player.controls")


def test_who_was_away_goes_on_where_they_were(viewers: list[Viewer]) -> None:
    for _, page, room in viewers:
        room.rewind(50)
        room.open(page)
        plays(page, 50)
        room.rewind(20, unseen_for=300)
        page.evaluate("dispatchEvent(new Event('online'))")
        page.wait_for_function("() => document.querySelector('#player').currentTime < 35")
        in_step(page, room)
        assert 20 <= room.second() < 30
        expect(page.locator("#moved")).to_contain_text("Продолжаем с 00:20")


def test_one_button_starts_where_autoplay_is_blocked(viewers: list[Viewer]) -> None:
    for screen, page, room in viewers:
        page.context.add_init_script(BLOCK_AUTOPLAY)
        room.open(page)
        start = screen.button("Начать просмотр")
        expect(start).to_be_visible()
        screen.fits()
        screen.press(start)
        plays(page)
        expect(start).to_be_hidden()
        in_step(page, room)


def test_end_is_said_and_told(viewers: list[Viewer]) -> None:
    for screen, page, room in viewers:
        room.rewind(157)
        room.open(page)
        expect(page.locator("#ended")).to_be_hidden()
        with page.expect_response("**/beat/") as beat:
            expect(page.locator("#ended")).to_contain_text("Запись закончилась")
        assert beat.value.status == 200
        expect(page.locator("#cta")).to_be_visible()
        expect(page.locator(".room__start")).to_be_hidden()
        assert room.meta()[seen.COMPLETED] is True
        screen.fits()


def test_closing_the_page_is_a_farewell(room: Room, visitor: Page) -> None:
    room.open(visitor)
    plays(visitor)
    visitor.goto("about:blank")
    server = redis.Redis.from_url(room.redis_url)
    for _ in range(50):
        if server.sismember(seen.FAREWELL, room.registration.session_id):
            break
        visitor.wait_for_timeout(100)
    later = clock.now() + timedelta(seconds=90)
    assert [each.reason for each in autowebinar.gone(later)] == ["user_exit"]


def test_count_of_viewers_is_true(viewers: list[Viewer]) -> None:
    """Who watches is counted, and nobody else."""
    (_, desk, one), (_, phone, other) = viewers
    one.open(desk)
    expect(desk.locator("#viewers")).to_have_text("1")
    other.open(phone)
    expect(phone.locator("#viewers")).to_have_text("2")
    desk.evaluate("htmx.trigger('#beat', 'beat')")
    expect(desk.locator("#viewers")).to_have_text("2")


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_room_is_one_viewport_with_nothing_over_the_video(
    room: Room, chromium: Browser, size: dict[str, int], theme: str
) -> None:
    context = chromium.new_context(viewport=size, has_touch=size is PHONE)  # type: ignore[arg-type]
    context.add_init_script(f"localStorage.setItem('efir-theme', '{theme}')")
    page = context.new_page()
    room.rewind(50)
    room.open(page)
    plays(page)
    root = "document.documentElement"
    assert page.evaluate(f"[{root}.scrollWidth, {root}.scrollHeight]") == [*size.values()]
    for part in ("#player", "#badge", "#viewers", ".room__trust", "#cta", "#chat", "#message"):
        box = page.locator(part).bounding_box()
        assert box, part
        assert box["height"] > 10, part
        assert box["x"] >= 0, part
        assert box["x"] + box["width"] <= size["width"], part
        assert box["y"] + box["height"] <= size["height"], part
    covered = page.evaluate(
        """() => {
          const box = document.querySelector('#player').getBoundingClientRect();
          const found = [];
          for (let x = 1; x < 10; x++) for (let y = 1; y < 10; y++)
            found.push(document.elementFromPoint(
              box.x + box.width * x / 10, box.y + box.height * y / 10).id);
          return [...new Set(found)];
        }"""
    )
    assert covered == ["player"]
    context.close()


def test_page_keeps_its_budget(room: Room, context: BrowserContext) -> None:
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    addresses: dict[str, str] = {}
    weights: dict[str, int] = {}
    network.on(
        "Network.requestWillBeSent",
        lambda event: addresses.update({event["requestId"]: event["request"]["url"]}),
    )
    network.on(
        "Network.loadingFinished",
        lambda event: weights.update({event["requestId"]: event["encodedDataLength"]}),
    )
    with page.expect_response("**/poll/**"):
        page.goto(room.link)
    page.wait_for_timeout(500)
    loaded = {each: url for each, url in addresses.items() if not url.endswith("since=0&line=0")}
    counted = {each: url for each, url in loaded.items() if "/demo/webinar.mp4" not in url}
    assert [url for url in loaded.values() if not url.startswith(room.url)] == []
    assert len(set(counted.values())) <= MOST_REQUESTS, sorted(counted.values())
    weight = sum(weights.get(each, 0) for each in counted)
    assert weight <= MOST_BYTES, {url: weights.get(each) for each, url in counted.items()}


def test_nothing_is_refused_and_nothing_fails(viewers: list[Viewer]) -> None:
    said: list[str] = []
    for screen, page, room in viewers:
        page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on(
            "response", lambda each: each.status >= 400 and said.append(f"{each.status} {each.url}")
        )
        room.rewind(38)
        room.open(page)
        plays(page)
        screen.press(screen.button("Субтитры"))
        page.locator("#message").fill("Вопрос")
        screen.press(screen.button("Отправить"))
        expect(page.locator("#cta")).to_be_visible()
        expect(screen.button("Субтитры")).to_have_attribute("aria-pressed", "true")
        assert page.evaluate("document.querySelector('#player').textTracks[0].mode") == "showing"
        page.wait_for_function(SUBTITLED)
        screen.press(screen.button("Субтитры"))
        assert page.evaluate("document.querySelector('#player').textTracks[0].mode") == "disabled"
    assert said == []


def test_chat_works_without_scripts(room: Room, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    room.open(page)
    room.rewind(36)
    page.reload()
    expect(page.locator("#chat .message", has_text="Звук есть")).to_be_visible()
    page.locator("#message").fill("Без скриптов")
    page.locator("#chat-form button").click()
    expect(page.locator('#chat .message[data-origin="viewer"]')).to_contain_text("Без скриптов")
    context.close()

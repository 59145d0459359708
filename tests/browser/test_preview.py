"""Time travel in a real browser: an author looks through the seconds, by mouse, keyboard and without
scripts, on a phone and on a desk, and whatever is pressed inside does nothing."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Locator, Page, expect
from sqlalchemy import func, select

from app.autowebinar import drafts
from app.chat.models import ChatLine
from app.core import WebinarRecord
from app.core.models import Registration
from app.extensions import db
from app.web.preview_form import LOCAL
from tests.autowebinar.recording import publish
from tests.browser.embeds import VIDEOS, StandIn
from tests.browser.test_axe import faults
from tests.fixtures.application import PASSWORD, Make
from tests.fixtures.schedules import EVENINGS, scheduled
from tests.fixtures.stack import DESK, PHONE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

LINES = [{"at": n, "author": "Ирина", "text": f"Строка {n}."} for n in range(0, 160, 10)]
CUES = [
    {
        "kind": "poll",
        "show_at": 30,
        "hide_at": 90,
        "text": "Где теряете?",
        "options": ["Тут", "Там"],
    },
    {"kind": "cta", "show_at": 60, "hide_at": None, "text": "Получить разбор"},
]
VIEWPORTS = [pytest.param(DESK, id="desk"), pytest.param(PHONE, id="phone")]


@pytest.fixture
def webinar(make: Make, site: str) -> WebinarRecord:
    made, _ = publish(make, lines=LINES, cues=CUES, duration_sec=160)
    make.user("admin", email="admin@example.org")
    db.session.remove()
    return made


@pytest.fixture
def author(chromium: Browser, site: str, webinar: WebinarRecord) -> Iterator[Callable[..., Page]]:
    """A page of the studio, with somebody signed in who may edit the webinar."""
    opened: list[BrowserContext] = []

    def at(path: str, viewport: Any = DESK, **more: Any) -> Page:
        context = chromium.new_context(viewport=viewport, locale="ru-RU", **more)
        opened.append(context)
        context.set_default_timeout(15_000)
        context.set_default_navigation_timeout(60_000)
        page = context.new_page()
        page.goto(f"{site}/login/")
        page.locator("[name=email]").fill("admin@example.org")
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("form:has([name=password]) button").click()
        page.wait_for_url(re.compile(r"^(?!.*/login/)"))
        page.goto(f"{site}/studio/{webinar.slug}/{path}")
        return page

    yield at
    for each in opened:
        each.close()


def sight(page: Page) -> FrameLocator:
    return page.frame_locator("#viewfinder")


def stands_at(page: Page, second: int) -> None:
    room = sight(page).locator("#room")
    expect(room).to_have_attribute("data-position", str(second))


@pytest.mark.parametrize("viewport", VIEWPORTS)
def test_author_looks_through_the_seconds(author: Callable[..., Page], viewport: Any) -> None:
    page = author("preview/?start=now", viewport)
    said: list[str] = []
    page.on("console", lambda message: message.type == "error" and said.append(message.text))
    stands_at(page, 0)
    expect(sight(page).locator(".preview-bar")).to_contain_text("Предпросмотр: 00:00")
    page.locator("[rel=next]").click()
    stands_at(page, 30)
    expect(sight(page).get_by_text("Где теряете?")).to_be_visible()
    expect(sight(page).locator("#chat")).to_contain_text("Строка 30.")
    expect(sight(page).locator("#chat")).not_to_contain_text("Строка 40.")
    expect(page).to_have_url(re.compile("second=00"))
    page.locator("#line").focus()
    page.keyboard.press("ArrowRight")
    stands_at(page, 31)
    expect(page.locator("#line")).to_be_focused()
    expect(page.locator("#line")).to_have_attribute("aria-valuetext", "00:31")
    page.locator("#second").fill("1:40")
    page.keyboard.press("Enter")
    stands_at(page, 100)
    expect(sight(page).locator("#cta")).to_be_visible()
    expect(sight(page).get_by_text("Где теряете?")).to_have_count(0)
    picture = sight(page).locator("#player")
    page.wait_for_timeout(300)
    assert abs(picture.evaluate("video => video.currentTime") - 100) < 1.5
    assert picture.evaluate("video => video.paused") is True
    assert said == []


@pytest.mark.parametrize("viewport", VIEWPORTS)
def test_author_looks_through_days_and_hours(
    author: Callable[..., Page], webinar: WebinarRecord, viewport: Any
) -> None:
    """Who comes early waits, who comes in the midst is there, who comes after chooses again."""
    scheduled(webinar, recurring=[EVENINGS], late_minutes=1)
    db.session.remove()
    page = author("preview/", viewport)
    page.get_by_role("link", name="За 10 минут до начала").click()
    expect(sight(page).locator("#waiting")).to_contain_text("Комната откроется сама")
    expect(page.get_by_label("В день и час")).to_be_checked()
    before = datetime.fromisoformat(page.locator("#at").input_value())
    for minutes, words in (
        (1, ""),
        (2, "Этот сеанс уже идёт без вас"),
        (9, "Этот сеанс закончился"),
    ):
        starts_at = before + timedelta(minutes=10)
        page.locator("#at").fill((starts_at + timedelta(minutes=minutes)).strftime(LOCAL))
        page.get_by_role("button", name="Показать").click()
        if words:
            expect(sight(page).locator("h1")).to_have_text(words)
        else:
            stands_at(page, 60)
            expect(sight(page).locator("#cta")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    counts = (func.count(Registration.id), func.count(ChatLine.id))
    assert [db.session.scalar(select(each)) for each in counts] == [0, 0]


def test_frame_is_as_wide_as_what_it_stands_for(author: Callable[..., Page]) -> None:
    page = author("preview/?start=now&second=60")
    wide = "document.documentElement.clientWidth"
    assert sight(page).locator("#room").evaluate(f"() => {wide}") == 1280
    page.get_by_label("Телефон").check()
    expect(page.locator(".viewfinder--phone")).to_be_visible()
    stands_at(page, 60)
    assert sight(page).locator("#room").evaluate(f"() => {wide}") == 390
    box = page.locator("#viewfinder").bounding_box()
    assert box and box["width"] <= 391


def test_whatever_is_pressed_does_nothing_and_says_so(author: Callable[..., Page]) -> None:
    page = author("preview/?start=now&second=70")
    said = sight(page).locator("#preview-said")
    sight(page).locator("#message").fill("Вопрос из предпросмотра")
    sight(page).locator("#chat-form button").click()
    expect(said).to_contain_text("ничего не записано")
    sight(page).get_by_label("Тут").check()
    sight(page).get_by_role("button", name="Ответить").click()
    expect(sight(page).get_by_text("Где теряете?")).to_be_visible()
    with page.context.expect_page() as opened:
        sight(page).locator("#cta").click()
    expect(opened.value.locator("h1")).to_have_text("Это предпросмотр")
    stands_at(page, 70)
    db.session.remove()
    assert db.session.scalar(select(func.count()).select_from(ChatLine)) == 0


def test_time_may_be_let_run(author: Callable[..., Page]) -> None:
    page = author("preview/?start=now&second=28")
    stands_at(page, 28)
    poll = sight(page).get_by_text("Где теряете?")
    expect(poll).to_have_count(0)
    sight(page).get_by_role("button", name="Пустить время").click()
    expect(poll).to_be_visible(timeout=20_000)
    expect(sight(page).locator("#chat")).to_contain_text("Строка 30.")
    expect(sight(page).locator(".preview-bar")).to_contain_text(
        re.compile("Предпросмотр: 00:3[1-9]")  # past the poll, so that it lies behind
    )
    expect(page.locator("#second")).to_have_value(re.compile("^00:3"))
    sight(page).get_by_role("button", name="Остановить время").click()
    expect(sight(page).get_by_role("button", name="Пустить время")).to_be_visible()
    expect(sight(page).locator("#room")).to_have_attribute("data-position", re.compile("^3"))
    expect(page.locator("[rel=prev]")).to_contain_text("00:30")


def test_time_that_runs_comes_to_the_closing_screens(author: Callable[..., Page]) -> None:
    page = author("preview/?start=now&second=158")
    sight(page).get_by_role("button", name="Пустить время").click()
    expect(sight(page).locator("#ended")).to_be_visible(timeout=20_000)
    stands_at(page, 160)


@pytest.fixture
def embedded(
    make: Make, author: Callable[..., Page], webinar: WebinarRecord
) -> Callable[..., tuple[Page, StandIn]]:
    """A preview of a recording that lies elsewhere, and what stands in for its player."""

    def opened(kind: str, path: str, wishes: str = "") -> tuple[Page, StandIn]:
        draft = {"video": VIDEOS[kind][1]}
        drafts.change(webinar.webinar_id, draft, actor=make.user("admin", email="b@example.org"))
        db.session.remove()
        page = author("timeline/")
        stand_in = StandIn(kind, page.context, wishes)
        page.goto(page.url.replace("timeline/", path))
        return page, stand_in

    return opened


def film_of(page: Page) -> Locator:
    """What the other site's player is there, once it is."""
    return sight(page).frame_locator("#player").locator("html")


@pytest.mark.parametrize("kind", VIDEOS)
def test_time_may_be_let_run_in_a_player_of_another_site(
    kind: str, embedded: Callable[..., tuple[Page, StandIn]]
) -> None:
    page, stand_in = embedded(kind, "preview/?start=now&second=27")
    sent: list[str] = []
    page.on("request", lambda each: each.method == "POST" and sent.append(each.url))
    run = sight(page).get_by_role("button", name="Пустить время")
    poll = sight(page).get_by_text("Где теряете?")
    expect(run).to_be_visible()
    film_of(page).wait_for(state="attached")
    page.wait_for_timeout(2_500)  # longer than it takes to meet any of them
    film = stand_in.frame(page)
    assert film.evaluate("film.since") is None
    run.click()
    film.wait_for_function("() => film.since !== null && filmTime() >= 27 && filmTime() < 50")
    assert film.evaluate("film.muted") is False
    expect(poll).to_be_visible(timeout=20_000)
    expect(sight(page).locator("#chat")).to_contain_text("Строка 30.")
    expect(page.locator("#second")).to_have_value(re.compile("^00:3"))
    sight(page).get_by_role("button", name="Остановить время").click()
    expect(sight(page).locator("#room")).to_have_attribute("data-position", re.compile("^3"))
    assert film_of(page).evaluate("() => film.since") is None
    assert sent == []


def test_player_of_another_site_that_may_not_sound_plays_silently_and_says_so(
    embedded: Callable[..., tuple[Page, StandIn]],
) -> None:
    page, stand_in = embedded("vk", "preview/?start=now&second=31", "window.holdsSound = true;")
    sight(page).get_by_role("button", name="Пустить время").click()
    expect(sight(page).locator("#preview-said")).to_contain_text("без звука", timeout=20_000)
    stand_in.frame(page).wait_for_function("() => film.since !== null && film.muted")
    expect(page.locator("#second")).to_have_value(re.compile("^00:3[3-9]"))


def test_player_of_another_site_that_may_not_play_lets_no_time_run(
    embedded: Callable[..., tuple[Page, StandIn]],
) -> None:
    page, stand_in = embedded("vk", "preview/?start=now&second=31", "window.shut = true;")
    run = sight(page).get_by_role("button", name="Пустить время")
    run.click()
    expect(sight(page).locator("#preview-said")).to_contain_text("не начал", timeout=30_000)
    expect(run).to_be_visible()
    expect(page.locator("#second")).to_have_value("31")
    stand_in.frame(page).evaluate("window.shut = false")
    run.click()
    expect(page.locator("#second")).to_have_value(re.compile("^00:3[2-9]"), timeout=20_000)


@pytest.mark.parametrize("viewport", VIEWPORTS)
def test_closing_screens_turn(author: Callable[..., Page], viewport: Any) -> None:
    page = author("preview/?start=now&second=160", viewport)
    for name, title in (("ended", "Запись закончилась"), ("next", "Что дальше")):
        screen = sight(page).locator(f"#{name}")
        expect(screen.get_by_role("heading", name=title)).to_be_visible()
        expect(sight(page).locator("#choice")).to_be_hidden()
        screen.locator("[data-next]").last.click()
    expect(sight(page).locator("#choice")).to_be_visible()


def test_works_without_scripts(author: Callable[..., Page]) -> None:
    page = author("preview/?start=now", java_script_enabled=False)
    expect(page.locator("#line")).to_be_hidden()
    page.locator("#second").fill("1:10")
    page.get_by_role("button", name="Показать").click()
    stands_at(page, 70)
    expect(sight(page).locator("#cta")).to_be_visible()
    sight(page).locator("#message").fill("Вопрос")
    with page.context.expect_page() as opened:
        sight(page).locator("#chat-form button").click()
    expect(opened.value.locator("main")).to_contain_text("Ничего не записано")


def test_editor_leads_to_the_second_it_stands_at(author: Callable[..., Page]) -> None:
    page = author("timeline/")
    page.evaluate("document.getElementById('editor-video').currentTime = 42")
    page.wait_for_function("document.getElementById('editor-video').currentTime > 41")
    page.get_by_role("link", name="Глазами зрителя на этой секунде").click()
    stands_at(page, 42)


@pytest.mark.parametrize("viewport", VIEWPORTS)
def test_no_serious_fault_by_axe(author: Callable[..., Page], viewport: Any) -> None:
    page = author(
        "preview/?start=now&second=70", viewport, bypass_csp=True, reduced_motion="reduce"
    )
    stands_at(page, 70)
    found = {"panel": faults(page)}
    address = page.locator("#viewfinder").get_attribute("src")
    assert address
    for name, query in (("room", ""), ("guest", "&who=guest"), ("recording", "&start=recording")):
        page.goto(
            page.url[: page.url.index("/", 9)]
            + address.replace("start=now", "start=now" if "start" not in query else "")
            + query
        )
        found[name] = faults(page)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}

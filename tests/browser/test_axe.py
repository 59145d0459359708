"""No serious fault of accessibility on any page, as axe-core sees it: narrow and wide, light and
dark, in each state of a room, and at the desk and in the studio for an admin."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app import clock, core
from app.autowebinar import Rules, imports, schedule
from app.extensions import db
from tests.autowebinar.recording import publish
from tests.blueprints.test_access import House, built, house, short  # noqa: F401
from tests.browser.rooms import Room, plays
from tests.browser.studios import enter
from tests.fixtures.application import Make
from tests.fixtures.stack import DESK, PHONE

# A browser that goes on to the next page leaves a video half read: the server drops its file.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

# Handles on the studio's track lie where their seconds are, and fields beside it do the same:
# the size of a target has an exception for both (WCAG 2.5.8, «essential» and «equivalent»).
AXE = Path(__file__).parent / "vendored" / "axe.min.js"
RULES = """
    () => axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      resultTypes: ['violations'], iframes: false, preload: false,
    }).then((found) => found.violations
      .filter((each) => ['serious', 'critical'].includes(each.impact))
      .map((each) => [each.id, each.nodes.map((node) => node.html.slice(0, 200))
        .filter((html) => !(each.id === 'target-size' && /^<div class="track__/.test(html)))])
      .filter(([, nodes]) => nodes.length))
"""
LINES = [{"at": n, "author": "Ирина", "text": f"Строка {n}"} for n in range(3)]
CUES = [
    {"kind": "cta", "show_at": 5, "hide_at": None, "text": "Получить разбор"},
    {"kind": "poll", "show_at": 5, "text": "Сколько партнёров?", "options": ["Один", "Два"]},
    {"kind": "note", "show_at": 5, "text": "Материалы придут в Telegram"},
    {"kind": "question", "show_at": 9, "hide_at": 10, "text": "Что мешает начать?"},
]
LOOKS = [
    pytest.param(DESK, "light", id="desk-light"),
    pytest.param(DESK, "dark", id="desk-dark"),
    pytest.param(PHONE, "light", id="phone-light"),
    pytest.param(PHONE, "dark", id="phone-dark"),
]


def faults(page: Page) -> list[Any]:
    """What is seriously wrong with the page as it stands; motion has come to rest."""
    page.evaluate(AXE.read_text("utf-8"))
    found: list[Any] = page.evaluate(RULES)
    return found


@pytest.fixture
def look(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    opened: list[BrowserContext] = []

    def context(size: Any, theme: str, **more: Any) -> BrowserContext:
        made = chromium.new_context(
            viewport=size, locale="ru-RU", reduced_motion="reduce", bypass_csp=True, **more
        )
        made.add_init_script(f"localStorage.setItem('efir-theme', '{theme}')")
        opened.append(made)
        return made

    yield context
    for each in opened:
        each.close()


@pytest.fixture
def room(make: Make, site: str, redis_url: str) -> Room:
    webinar, _ = publish(make, lines=LINES, cues=CUES, duration_sec=160)
    registration = make.registration(webinar)
    db.session.remove()
    return Room(site, registration, redis_url)


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_room(size: Any, theme: str, room: Room, look: Callable[..., BrowserContext]) -> None:
    found = {}
    context = look(size, theme)
    page = context.new_page()
    room.rewind(20)
    room.open(page)
    plays(page, 20)
    expect(page.locator("#cta")).to_be_visible()
    page.locator("#honest summary").click()
    found["playing"] = faults(page)
    newer = context.new_page()
    room.open(newer)
    newer.close()
    page.evaluate("htmx.trigger('#beat', 'beat')")
    expect(page.locator("#elsewhere")).to_be_visible()
    found["elsewhere"] = faults(page)
    room.rewind(165)
    room.open(page)
    expect(page.locator("#ended")).to_be_visible()
    found["ended"] = faults(page)
    page.locator("#ended [data-next]").click()
    found["next"] = faults(page)
    page.locator("#next [data-next]").click()
    found["choice"] = faults(page)
    assert {state: wrong for state, wrong in found.items() if wrong} == {}


NOT_PAGES = {
    "/account/data.json": "a file",
    "/autowebinar/<slug>/earlier/<token>/": "a part of the room's chat",
    "/autowebinar/<slug>/go/<cue_id>/": "to where the cue leads",
    "/autowebinar/<slug>/left/": "a number, for the waiting page",
    "/autowebinar/<slug>/poll/<token>/": "what is new in the room",
    "/autowebinar/<slug>/preview/earlier/": "a part of the preview's chat",
    "/autowebinar/<slug>/time/slots/": "a part of the form",
    "/dashboard/bot/": "a part of the desk",
    "/dashboard/backlog/": "a part of the desk",
    "/healthz": "for machines",
    "/live/<slug>/calendar.ics": "a file",
    "/live/<slug>/earlier/<token>/": "a part of the room's chat",
    "/live/<slug>/go/": "to where the call to action leads",
    "/live/<slug>/poll/<token>/": "what is new in the room",
    "/media/<sha256>/<name>": "a file",
    "/metrics": "for machines",
    "/r/<token>/calendar.ics": "a file",
    "/readyz": "for machines",
    "/signup/slots/": "a part of the form",
    "/static/<path:filename>": "files",
    "/studio/<slug>/broadcast/recording/webinar.zip": "a file",
    "/studio/<slug>/chat/<channel>/news/": "what is new in the chat",
    "/studio/<slug>/live/news/": "what is new at the console",
    "/studio/<slug>/timeline/export/<csv_format>.csv": "a file",
    "/studio/<slug>/timeline/export/webinar.zip": "a file",
    "/studio/<slug>/versions/": "a part of the overview",
    "/studio/<slug>/video/source/": "a part of the form",
    "/studio/new/slug/": "a part of the form",
    "/studio/questions/new/": "what is new in the inbox",
    "/webinars/<slug>/times/": "a part of the landing page",
}
LEADS_ON = {
    "/autowebinar/<slug>/recording/": "into the room; `test_recording` comes by another door",
    "/r/<token>/": "into the room",
    "/signup/done/": "after a sign-up alone: `test_thank_you` looks at it",
}


@pytest.mark.parametrize(("size", "theme"), [LOOKS[0], LOOKS[3]])
def test_every_page(
    size: Any,
    theme: str,
    house: House,  # noqa: F811
    make: Make,
    site: str,
    look: Callable[..., BrowserContext],
) -> None:
    """Each address of the product that shows a page, by whoever may see it: a new one is looked at
    by being there."""
    admin, viewer, guest = look(size, theme), look(size, theme), look(size, theme)
    enter(admin, house.app, site, house.people["admin"])
    _come(viewer, make, house, site)
    pages = {"admin": admin.new_page(), "viewer": viewer.new_page(), "guest": guest.new_page()}
    found, answered, led_on = {}, {}, set()
    for rule in sorted(rules(house.app) - NOT_PAGES.keys()):
        page = pages[_who(rule)]
        path = house.path(rule)
        answer = page.goto(site + path)
        if urlsplit(page.url).path != path:
            led_on.add(rule)
            continue
        assert answer is not None
        told = (answer.status, answer.headers["content-type"].partition(";")[0])
        answered[rule] = told if told != (200, "text/html") else None
        found[rule] = faults(page)
    assert {rule: wrong for rule, wrong in found.items() if wrong} == {}
    assert {rule: told for rule, told in answered.items() if told} == {}
    assert led_on == LEADS_ON.keys()


def rules(app: Flask) -> set[str]:
    return {short(each.rule) for each in app.url_map.iter_rules() if "GET" in (each.methods or ())}


def _who(rule: str) -> str:
    desk = ("/dashboard/", "/studio/", "/account/", "/logout/", "/autowebinar/<slug>/preview/")
    if rule.startswith(desk):
        return "admin"
    return "viewer" if rule.startswith(("/autowebinar/", "/live/", "/r/")) else "guest"


def _come(context: BrowserContext, make: Make, house: House, site: str) -> None:  # noqa: F811
    """A viewer with a place in the AutoWebinar and in the broadcast; an author with a file of chat
    lines that is brought and not yet taken in."""
    broadcast = core.webinars.by_slug(house.places["live"]["slug"])
    webinar = core.webinars.by_slug(house.places["slug"])
    assert broadcast is not None
    assert webinar is not None
    imports.bring(webinar.webinar_id, "chat.csv", b"1;A;B\n", actor=house.people["admin"])
    page = context.new_page()
    for token in (house.places["token"], make.registration(broadcast).token):
        db.session.remove()
        page.goto(f"{site}/r/{token}/")
    page.close()


@pytest.mark.parametrize(("size", "theme"), [LOOKS[0], LOOKS[3]])
def test_thank_you(size: Any, theme: str, room: Room, look: Callable[..., BrowserContext]) -> None:
    page = look(size, theme).new_page()
    page.goto(f"{room.url}/signup/")
    page.fill("[name=name]", "Мария")
    page.fill("[name=email]", "maria@example.org")
    page.check("[name=consent]")
    page.click("form#signup button[type=submit]")
    page.wait_for_url("**/signup/done/**")
    assert faults(page) == []


@pytest.mark.parametrize(("size", "theme"), [LOOKS[0], LOOKS[3]])
def test_recording(
    size: Any, theme: str, make: Make, site: str, look: Callable[..., BrowserContext]
) -> None:
    webinar, _ = publish(make, lines=LINES, cues=CUES, duration_sec=160)
    schedule.save(webinar.webinar_id, Rules(at_once=True, recording_days=3), actor_id=None)
    ends = clock.now() + timedelta(days=3)
    place = make.registration(webinar, mode="recording", expires_at=ends)
    db.session.remove()
    page = look(size, theme).new_page()
    page.goto(f"{site}/r/{place.token}/")
    page.goto(f"{site}/autowebinar/{webinar.slug}/recording/")
    expect(page.locator("#rewind")).to_be_visible()
    assert faults(page) == []

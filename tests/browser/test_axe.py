"""No serious fault of accessibility on any page, as axe-core sees it: narrow and wide, light and
dark, in each state of a room, and at the desk and in the studio for an admin."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app import core
from app.core import RegistrationRecord, WebinarRecord
from app.extensions import db
from tests.autowebinar.recording import publish
from tests.browser.rooms import Room, plays
from tests.fixtures.application import PASSWORD, Make
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


def webinar_of(registration: RegistrationRecord) -> WebinarRecord:
    return core.registrations.webinar_of(registration)


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_public_pages(
    size: Any, theme: str, room: Room, look: Callable[..., BrowserContext]
) -> None:
    slug = webinar_of(room.registration).slug
    paths = ["/", f"/webinars/{slug}/", f"/signup/?webinar={slug}", "/signup/", "/form/"]
    paths += ["/policy/", "/login/", "/nothing-here/"]
    page = look(size, theme).new_page()
    found = {}
    for path in paths:
        page.goto(room.url + path)
        found[path] = faults(page)
    page.goto(room.link)
    for part in ("contact", "feedback"):
        page.goto(f"{room.url}/autowebinar/{slug}/{part}/")
        found[part] = faults(page)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


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


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_desk_and_studio(
    size: Any,
    theme: str,
    app: Flask,
    make: Make,
    room: Room,
    look: Callable[..., BrowserContext],
) -> None:
    """Every page that an admin reaches by a link, of each address once."""
    admin = make.user("admin", email="admin@example.org")
    db.session.remove()
    page = look(size, theme).new_page()
    page.goto(f"{room.url}/login/")
    page.locator("[name=email]").fill(str(admin.email))
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form:has([name=password]) button").click()
    page.wait_for_url(re.compile(r"^(?!.*/login/)"))
    adapter = app.url_map.bind("127.0.0.1")
    found, seen_rules = {}, set()
    waiting = ["/dashboard/", "/studio/", "/account/"]
    while waiting:
        path = waiting.pop(0)
        rule = str(adapter.match(path.partition("?")[0], return_rule=True)[0])
        if rule in seen_rules:
            continue
        seen_rules.add(rule)
        answer = page.goto(room.url + path)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        found[path] = faults(page)
        waiting += _further(page, adapter)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
    assert len(found) > 15, sorted(found)


def _further(page: Page, adapter: Any) -> list[str]:
    """Links of the desk, the studio and the account that lead to pages."""
    links: list[str] = page.eval_on_selector_all(
        "a[href]:not([download])", "links => links.map((each) => each.getAttribute('href'))"
    )
    return [
        link
        for link in links
        if re.match(r"^/(dashboard|studio|account)/", link)
        and not re.search(r"export|download|\.csv|\.zip", link)
        and adapter.test(link.partition("?")[0].partition("#")[0], method="GET")
    ]

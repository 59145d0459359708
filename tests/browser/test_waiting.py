"""Before the room and after it, in a real browser: zones, the countdown, the way in, winding back."""

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.fixtures.stack import PHONE, Stack

pytestmark = pytest.mark.browser
WIND_FORWARD = """() => new Promise((back) => {
    const player = document.getElementById("player");
    player.addEventListener("seeked", () => player.currentTime < 20 && back());
    player.currentTime = 100;
})"""
SIGN_UP = "/signup/?webinar=partner-channel"


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """Somebody in Omsk."""
    context = chromium.new_context(viewport=PHONE, locale="ru-RU", timezone_id="Asia/Omsk")
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def sign_up(page: Page, stack: Stack, email: str, slot: int) -> None:
    page.goto(stack.url + SIGN_UP)
    expect(page.locator(".slots")).to_contain_text("пояса: Омск")
    page.fill("[name=name]", "Мария")
    page.fill("[name=email]", email)
    page.check("[name=consent]")
    page.locator("input[name=slot]").nth(slot).check()
    page.click("form#signup button[type=submit]")
    page.wait_for_url("**/autowebinar/**")


def begins_in(stack: Stack, email: str, seconds: int) -> None:
    starts_at = datetime.now(UTC) + timedelta(seconds=seconds)
    with contextlib.closing(sqlite3.connect(stack.folder / "efir.db", timeout=20)) as file:
        file.execute(
            "UPDATE registration SET starts_at = ? WHERE user_id ="
            ' (SELECT id FROM "user" WHERE email = ?)',
            (f"{starts_at:%Y-%m-%d %H:%M:%S}.000000", email),
        )
        file.commit()


def test_who_waits_goes_into_the_room_by_itself(stack: Stack, phone: Page) -> None:
    sign_up(phone, stack, "waits@example.org", 1)
    expect(phone.locator("#waiting")).to_be_visible()
    begins_in(stack, "waits@example.org", 5)
    phone.reload()
    expect(phone.locator("[data-countdown]")).to_contain_text("00:00:0")
    expect(phone.locator("#room")).to_be_visible(timeout=15_000)
    assert int(phone.locator("#room").get_attribute("data-position") or 99) < 10


def test_who_waits_checks_the_sound_takes_the_date_along_and_chooses_another(
    stack: Stack, phone: Page
) -> None:
    sign_up(phone, stack, "moves@example.org", 1)
    before = phone.locator("#waiting .lead time").get_attribute("datetime")
    phone.get_by_role("button", name="Проверить").click()
    with phone.expect_download() as calendar:
        phone.get_by_role("link", name="Добавить в календарь").click()
    assert "BEGIN:VEVENT" in calendar.value.path().read_text("utf-8")
    expect(phone.locator("[data-check-result]")).to_contain_text("Ролик проигран.")
    link = phone.locator("[data-room-link]").get_attribute("href")
    phone.locator(".waiting__move summary").click()
    phone.locator("input[name=slot]").nth(2).check()
    phone.get_by_role("button", name="Перенести").click()
    expect(phone.locator("#waiting .lead time")).not_to_have_attribute("datetime", before or "")
    assert phone.locator("[data-room-link]").get_attribute("href") == link
    begins_in(stack, "moves@example.org", -3)
    phone.goto(link or "")
    expect(phone.locator("#room")).to_be_visible()
    assert 3 <= int(phone.locator("#room").get_attribute("data-position") or 0) < 15


def test_recording_is_wound_forward_only_to_what_was_seen(stack: Stack, phone: Page) -> None:
    phone.goto(f"{stack.url}{SIGN_UP}&slot=recording")
    last = phone.locator("input[name=slot]").count() - 1
    sign_up(phone, stack, "recording@example.org", last)
    phone.click("[data-play]")
    expect(phone.locator("[data-time]")).to_contain_text("00:02 /")
    phone.evaluate(WIND_FORWARD)
    line = phone.locator("#rewind")
    line.fill("150")
    assert int(line.input_value()) < 20
    expect(phone.locator("#chat")).to_have_count(0)

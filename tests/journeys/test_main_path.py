"""From a partner's link to the partner: the whole path, in a real browser over real processes."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
import redis
from playwright.sync_api import BrowserContext, Page, expect

from app.demo.seed import LOGINS, PASSWORD
from tests.browser.screens import PHONE_SCREEN
from tests.fixtures.stack import TEAM_CHAT, Stack

pytestmark = pytest.mark.browser
NAME = "Ольга Северова"
EMAIL = "olga.severova@example.org"
FIRST_LINE = "Добрый день. Звук и картинка есть"
CTA_SECOND = 96
CHAT = 500_100


def position(page: Page) -> float:
    seconds: float = page.evaluate("document.querySelector('#player').currentTime")
    return seconds


def until(page: Page, true: Callable[[], bool], seconds: int = 30) -> None:
    """The page goes on while we wait; its strict policy forbids Playwright's own evaluation."""
    for _ in range(seconds * 10):
        if true():
            return
        page.wait_for_timeout(100)
    raise TimeoutError


def login(page: Page, stack: Stack, role: str) -> None:
    account = next(each for each in LOGINS if each.role == role)
    page.goto(f"{stack.url}/login/")
    page.get_by_label("E-mail").fill(account.email)
    page.get_by_label("Пароль", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Войти", exact=True).click()
    page.wait_for_url(lambda url: "/login/" not in url)


def sign_up(page: Page, stack: Stack, *, name: str = NAME, email: str = EMAIL) -> None:
    page.goto(f"{stack.url}/webinars/partner-channel/?ref=ANNA")
    page.get_by_role("link", name="Забронировать место").first.click()
    page.wait_for_url("**/signup/**")
    page.get_by_label("Имя").fill(name)
    page.get_by_label("E-mail").fill(email)
    page.locator("input[name=consent]").check()
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/autowebinar/partner-channel/")


def test_main_path_leads_from_the_link_to_the_partner(
    stack: Stack, visitor: Page, context: BrowserContext
) -> None:
    sign_up(visitor, stack)
    room = visitor.locator("#room")
    expect(room).to_have_attribute("data-kind", "recorded")
    expect(visitor.locator("#badge")).to_have_text("Запись")
    expect(visitor.locator("#viewers")).to_have_text("1")
    until(visitor, lambda: position(visitor) > 2)
    expect(visitor.locator('#chat .message[data-origin="recording"]').first).to_contain_text(
        FIRST_LINE
    )

    visitor.locator("#chat-form [name=message]").fill("Как считать партнёров?")
    visitor.locator("#chat-form button[type=submit]").click()
    expect(visitor.locator('#chat .message[data-origin="viewer"]')).to_contain_text(
        "Как считать партнёров?"
    )
    room_link = visitor.locator("a[data-room-link]").get_attribute("href")
    deep_link = visitor.locator("a[data-telegram-link]").get_attribute("href")
    assert room_link
    assert deep_link

    token = re.search(r"start=([A-Za-z0-9_-]{1,64})", deep_link)
    assert token
    stack.sandbox.tell("start", user_id=CHAT, payload=token[1], first_name="Ольга")

    def texts(chat: int) -> list[str]:
        return [each["text"] for each in stack.sandbox.messages(chat)]

    until(visitor, lambda: any("Новый лид" in t and EMAIL in t for t in texts(TEAM_CHAT)))
    until(visitor, lambda: any(NAME in text for text in texts(CHAT)))
    until(visitor, lambda: any("если вопросы остались" in text for text in texts(CHAT)))
    assert any("Анна Лебедева" in text for text in texts(TEAM_CHAT) if EMAIL in text)
    until(visitor, lambda: any("Как считать партнёров?" in text for text in texts(TEAM_CHAT)))

    left_at = position(visitor)
    visitor.close()
    team = context.browser.new_context(**PHONE_SCREEN)  # type: ignore[union-attr]
    answer_who_has_gone(team.new_page(), stack)
    until(team.pages[0], lambda: any("По итогам месяца" in text for text in texts(CHAT)))
    team.close()
    assert urlsplit(room_link).path.startswith("/r/")
    again = context.new_page()
    again.goto(room_link)
    expect(again.locator("#room")).to_have_attribute("data-kind", "recorded")
    resumed = int(again.locator("#room").get_attribute("data-position") or 0)
    assert left_at - 2 <= resumed <= left_at + 30
    expect(again.locator('#chat .message[data-origin="viewer"]')).to_contain_text("партнёров")


def answer_who_has_gone(page: Page, stack: Stack) -> None:
    """At the team's inbox; half a minute after the last sign of life somebody is gone."""
    login(page, stack, "admin")
    redis.Redis.from_url(stack.environment["REDIS_URL"]).flushall()
    page.goto(f"{stack.url}/studio/questions/")
    card = page.locator("article.question", has_text="Как считать партнёров?")
    expect(card).to_contain_text(NAME)
    card.locator("textarea").fill("По итогам месяца.")
    card.get_by_role("button", name="Ответить").tap()
    expect(page.locator(".question--done")).to_contain_text("ответ уйдёт в Telegram")


def test_cta_comes_at_its_second_and_leads_on(stack: Stack, visitor: Page) -> None:
    """The server's clock is moved by moving the session's start, as ninety seconds would."""
    sign_up(visitor, stack, name="Спешащий", email="hurry@example.org")
    expect(visitor.locator("#cta")).to_have_count(0)
    session_id = visitor.locator("#room").get_attribute("data-session")
    stack.rewind(session_id, CTA_SECOND + 1)
    visitor.reload()
    cta = visitor.locator("#cta")
    expect(cta).to_be_visible()
    with visitor.context.expect_page() as opened:
        cta.click()
    expect(opened.value.locator("main")).to_contain_text("Анна Лебедева")


def test_desk_shows_the_lead_and_why_each_message_went(stack: Stack, visitor: Page) -> None:
    login(visitor, stack, "admin")
    visitor.goto(f"{stack.url}/dashboard/leads/?q=maria.ilina@example.org")
    visitor.get_by_role("link", name="Мария Ильина").first.click()
    main = visitor.locator("main")
    expect(main).to_contain_text("Анна Лебедева")

    def explained() -> bool:
        visitor.reload()
        return "ждёт привязки Telegram" in main.inner_text()

    until(visitor, explained)


def test_admin_makes_a_candidate_a_partner_who_sees_code_link_and_own_leads(
    stack: Stack, visitor: Page, context: BrowserContext
) -> None:
    candidate = next(each for each in LOGINS if each.role == "candidate")
    login(visitor, stack, "admin")
    visitor.goto(f"{stack.url}/dashboard/partners/?q={candidate.email}")
    row = visitor.locator("main").get_by_role("row", name=re.compile(candidate.email)).first
    row.get_by_role("button", name=re.compile("партнёр", re.I)).first.click()
    expect(visitor.locator("main")).to_contain_text("партнёр")

    other = context.browser.new_context()  # type: ignore[union-attr]
    page = other.new_page()
    login(page, stack, "candidate")
    page.goto(f"{stack.url}/dashboard/link/")
    link = page.locator("input[readonly]").first.input_value()
    assert "ref=" in link
    page.goto(f"{stack.url}/dashboard/leads/")
    expect(page.locator("main")).not_to_contain_text("Мария Ильина")
    other.close()

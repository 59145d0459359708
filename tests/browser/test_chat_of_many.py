"""A chat among those who watch together, in two real browsers, with the team in a third."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app import chat, clock, core
from app.autowebinar import schedule_slots
from app.chat.rules import Rules
from app.core import UserRecord, WebinarRecord
from app.extensions import db
from tests.autowebinar.recording import publish
from tests.browser.rooms import Room
from tests.browser.screens import Opens, Screen
from tests.browser.test_axe import faults
from tests.fixtures.application import PASSWORD, Make
from tests.fixtures.stack import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("quick_polls")]
ONE_POLL = 7_000
QUESTIONS = {
    "desk": ("Сколько стоит курс?", "А сколько стоит курс?"),
    "phone": ("Когда начинается обучение?", "И когда начинается обучение?"),
}


@dataclass
class Session:
    """One session of a webinar that began a minute ago, and those who came to it."""

    webinar: WebinarRecord
    host: UserRecord
    slot: Any
    make: Make
    site: str
    redis_url: str

    def place(self) -> Room:
        at = {"slot_id": self.slot.slot_id, "starts_at": self.slot.starts_at}
        registration = self.make.registration(self.webinar, **at)
        db.session.remove()
        return Room(self.site, registration, self.redis_url)

    @property
    def channel(self) -> str:
        return f"auto:{self.webinar.webinar_id}:{self.slot.slot_id}"

    @property
    def desk(self) -> str:
        return f"{self.site}/studio/{self.webinar.slug}/chat/{self.channel}/"

    def team_says(self, text: str, **more: Any) -> None:
        chat.write(
            self.channel,
            text,
            author="Ольга",
            at_sec=60,
            origin="team",
            role="speaker",
            webinar_id=self.webinar.webinar_id,
            shared=True,
            **more,
        )
        db.session.remove()


@pytest.fixture
def session(make: Make, site: str, redis_url: str) -> Session:
    host = make.user("speaker", name="Ольга Смирнова")
    webinar = publish(make, lines=[], cues=[], duration_sec=160)[0]
    webinar = core.webinars.edit(webinar.webinar_id, speaker_id=host.user_id)
    chat.rules.change(webinar.webinar_id, Rules(shared=True), actor=host)
    slot = schedule_slots.slot_of(webinar.webinar_id, clock.now() - timedelta(seconds=60))
    return Session(webinar, host, slot, make, site, redis_url)


@pytest.fixture
def browsers(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """People with browsers of their own."""
    opened: list[BrowserContext] = []

    def page(viewport: Any = DESK) -> Page:
        context = chromium.new_context(viewport=viewport, locale="ru-RU")
        context.set_default_timeout(15_000)
        opened.append(context)
        return context.new_page()

    yield page
    for context in opened:
        context.close()


def say(page: Page, text: str) -> None:
    page.fill("#message", text)
    page.press("#message", "Enter")
    expect(page.locator(".message__text", has_text=text)).to_have_count(1)


def sign_in(page: Page, session: Session) -> Page:
    page.goto(f"{session.site}/login/")
    page.fill("input[name=email]", session.host.email)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/account/**")
    return page


def act(page: Page, number: int, button: str) -> None:
    line = page.locator(f"#line-{number}")
    if not line.locator("details").evaluate("each => each.open"):
        line.locator("summary").click()
    line.get_by_role("button", name=button, exact=True).click()


def test_moderation_reaches_another_browser_within_a_poll(
    session: Session, browsers: Callable[..., Page]
) -> None:
    one, other, desk = browsers(), browsers(PHONE), sign_in(browsers(), session)
    writer, reader = session.place(), session.place()
    writer.open(one)
    reader.open(other)
    say(one, "Первая реплика")
    say(one, "Вторая реплика")
    own = one.locator('.message[data-message-id="c1"] .message__author')
    expect(own).to_have_text("Вы")
    seen = other.locator('.message[data-message-id="c1"]')
    expect(seen).to_be_visible(timeout=ONE_POLL)
    expect(seen.locator(".message__author")).to_have_text(writer.registration.name)

    desk.goto(session.desk)
    act(desk, 1, "Удалить")
    expect(desk.locator("#line-1")).to_contain_text("удалено")
    for page in (one, other):
        expect(page.locator('[data-message-id="c1"]')).to_have_count(0, timeout=ONE_POLL)

    act(desk, 1, "Вернуть")
    for page in (one, other):
        expect(page.locator(".message").first).to_contain_text("Первая реплика", timeout=ONE_POLL)
        expect(page.locator('[data-message-id="c1"]')).to_have_count(1)
    desk.locator("#line-2 summary").click()
    desk.fill("#edit-2", "Исправленная реплика")
    desk.locator("#line-2").get_by_role("button", name="Изменить текст").click()
    for page in (one, other):
        edited = page.locator('[data-message-id="c2"]')
        expect(edited).to_contain_text("Исправленная реплика", timeout=ONE_POLL)
        expect(edited).to_contain_text("изменено")
        expect(edited).to_have_count(1)


def test_team_answers_once_and_it_is_read_by_all_who_asked(
    session: Session, both: list[Screen], screen: Opens
) -> None:
    """Who asks the same stands on one card; on a desk and on a phone."""
    session.team_says("Добро пожаловать")
    for viewer in both:
        session.place().open(viewer.page)
    for at, (name, question) in enumerate(QUESTIONS.items()):
        team = screen(name)
        sign_in(team.page, session)
        team.page.goto(session.desk)
        for viewer, text in zip(both, question, strict=True):
            write(viewer, text)
        for number in (2, 3):
            line = team.page.locator(f"#line-{number + 3 * at}")
            expect(line).to_contain_text(question[number - 2], timeout=ONE_POLL)
        team.fits()
        team.page.goto(f"{session.site}/studio/questions/")
        card = team.page.locator("article.question")
        expect(card).to_have_count(1)
        expect(card.get_by_role("checkbox", checked=True)).to_have_count(2)
        expect(card).to_contain_text("Один ответ на все вопросы: 2")
        team.fits()
        card.locator("textarea").fill(f"Десять тысяч: https://pay.example/{name}")
        team.press(card.get_by_role("button", name="Ответить"))
        expect(team.page.locator(".question--done")).to_contain_text("в комнату")
        for viewer in both:
            answer = viewer.page.locator('.message[data-origin="team"]', has_text=f"/{name}")
            expect(answer).to_be_visible(timeout=ONE_POLL)
            expect(answer).to_contain_text("команда")
            expect(answer.locator("blockquote")).to_contain_text(question[0])
            link = answer.locator("a")
            assert link.get_attribute("href") == f"https://pay.example/{name}"
            assert link.get_attribute("rel") == "noopener nofollow"
            viewer.fits()


def write(viewer: Screen, text: str) -> None:
    viewer.page.fill("#message", text)
    viewer.press(viewer.button("Отправить"))
    expect(viewer.page.locator(".message__text", has_text=text)).to_have_count(1)


def test_private_line_is_read_by_the_team_alone(
    session: Session, both: list[Screen], browsers: Callable[..., Page]
) -> None:
    """And its answer by who asked."""
    chat.rules.change(session.webinar.webinar_id, Rules(shared=False), actor=session.host)
    db.session.remove()
    for viewer in both:
        session.place().open(viewer.page)
        write(viewer, f"Мне {viewer.name} подойдёт?")
    desk = sign_in(browsers(), session)
    for viewer, other in (both, both[::-1]):
        desk.goto(f"{session.site}/studio/questions/")
        card = desk.locator("article.question", has_text=f"Мне {viewer.name} подойдёт?")
        card.locator("textarea").fill(f"Подойдёт и {viewer.name}.")
        card.get_by_role("button", name="Ответить").click()
        answer = viewer.page.locator('.message[data-origin="team"]')
        expect(answer).to_contain_text(f"Подойдёт и {viewer.name}.", timeout=ONE_POLL)
        expect(other.page.locator(".message", has_text=viewer.name)).to_have_count(0)
    for viewer in both:
        expect(viewer.page.locator(".message")).to_have_count(2)


def test_what_the_chat_does_not_take_is_said_and_stays_in_the_field(
    session: Session, both: list[Screen], browsers: Callable[..., Page]
) -> None:
    """A viewer's link, a line too soon after another, a line of somebody who was told to be silent."""
    desk = sign_in(browsers(), session)
    for viewer in both:
        page = viewer.page
        session.place().open(page)
        refused(viewer, "Смотрите: https://spam.example", "Ссылки здесь ставит только команда")
        write(viewer, f"Всем привет, {viewer.name}")
        chat.rules.change(
            session.webinar.webinar_id, Rules(shared=True, slow_seconds=60), actor=session.host
        )
        db.session.remove()
        refused(viewer, "И ещё раз привет", "Слишком часто. Подождите немного")
        desk.goto(session.desk)
        line = desk.locator(".team-line", has_text=f"Всем привет, {viewer.name}")
        line.locator("summary").click()
        line.get_by_role("button", name="Запретить писать").click()
        expect(desk.locator(".team-line", has_text=viewer.name)).to_contain_text("молчит до")
        page.evaluate("htmx.trigger('#beat', 'beat')")
        expect(page.locator("#chat-standing")).to_contain_text("Вам временно нельзя писать в чат")
        viewer.fits()
        chat.rules.change(session.webinar.webinar_id, Rules(shared=True), actor=session.host)
        db.session.remove()


def refused(viewer: Screen, text: str, why: str) -> None:
    page = viewer.page
    page.fill("#message", text)
    viewer.press(viewer.button("Отправить"))
    expect(page.locator("#chat-form [role=alert]:visible")).to_contain_text(why)
    expect(page.locator("#message")).to_have_value(text)
    expect(page.locator(".message__text", has_text=text)).to_have_count(0)
    viewer.fits()


def test_banned_viewer_is_told_and_the_others_see_the_lines_go(
    session: Session, browsers: Callable[..., Page]
) -> None:
    one, other, desk = browsers(), browsers(), sign_in(browsers(), session)
    writer = session.place()
    writer.open(one)
    session.place().open(other)
    say(one, "Купите у меня")
    expect(other.locator(".message", has_text="Купите у меня")).to_be_visible(timeout=ONE_POLL)
    desk.goto(session.desk)
    act(desk, 1, "Исключить из чата")
    expect(other.locator(".message", has_text="Купите у меня")).to_have_count(0, timeout=ONE_POLL)
    one.evaluate("htmx.trigger('#beat', 'beat')")
    expect(one.locator("#chat-standing")).to_contain_text("исключила вас")
    expect(one.locator("#chat-form")).to_be_hidden()


def test_who_comes_late_reads_the_newest_and_scrolls_back(
    session: Session, both: list[Screen]
) -> None:
    """By the keyboard, and by a finger."""
    for number in range(130):
        session.team_says(f"Строка {number}.")
    for viewer in both:
        page = viewer.page
        session.place().open(page)
        expect(page.locator(".message")).to_have_count(60)
        expect(page.locator(".message").last).to_be_in_viewport()
        for expected in (120, 130):
            top = page.locator(".message").first.inner_text()
            if viewer.name == "desk":
                page.locator("#chat").focus()
                page.keyboard.press("Tab")
                expect(page.locator("#earlier button")).to_be_focused()
                page.keyboard.press("Enter")
            else:
                viewer.press(page.locator("#earlier button"))
            expect(page.locator(".message")).to_have_count(expected)
            expect(page.locator(".message", has_text=top.split("\n")[-1])).to_be_in_viewport()
            expect(page.locator("#chat")).to_be_focused()
        assert "Строка 0." in page.locator(".message").first.inner_text()
        expect(page.locator("#earlier")).to_have_count(0)
        viewer.fits()


def test_list_of_people_opens_and_a_name_may_be_withheld(
    session: Session, browsers: Callable[..., Page]
) -> None:
    one, other = browsers(), browsers(PHONE)
    session.place().open(one)
    shy = session.place()
    shy.open(other)
    one.get_by_role("link", name="Кто смотрит").click()
    expect(one.locator("#people")).to_contain_text(shy.registration.name)
    other.get_by_role("link", name="Кто смотрит").click()
    other.get_by_role("button", name="Не показывать моё имя в списке").click()
    expect(other.locator("#people")).to_contain_text("И ещё: 1")
    one.get_by_role("link", name="Кто смотрит").click()
    expect(one.locator("#people")).not_to_contain_text(shy.registration.name)


def test_country_is_chosen_in_the_room_and_seen_by_the_others(
    session: Session, browsers: Callable[..., Page]
) -> None:
    """With nothing but the personal link."""
    one, other = browsers(PHONE), browsers()
    session.place().open(one)
    session.place().open(other)
    one.get_by_role("link", name="Кто смотрит").click()
    one.get_by_text("Моя страна: не показана").click()
    assert faults(one) == []
    one.get_by_label("Страна").select_option(label="Казахстан")
    root = "document.documentElement"
    assert one.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
    one.locator(".people__form").get_by_role("button", name="Сохранить").click()
    expect(one.get_by_text("Моя страна: Казахстан")).to_be_visible()
    say(one, "Привет из Алматы")
    seen = other.locator(".message", has_text="Привет из Алматы")
    expect(seen).to_contain_text("Казахстан", timeout=ONE_POLL)
    other.get_by_role("link", name="Кто смотрит").click()
    expect(other.locator("#people")).to_contain_text("участник, Казахстан")

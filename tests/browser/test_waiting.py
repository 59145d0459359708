"""Before the room and after it, on a desk in Moscow and on a phone in Omsk: the hour in one's own zone,
the countdown, the way in, late by the author's rule, another time, the recording and its end."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, expect

from app import clock, core, messages
from app.autowebinar import schedule, schedule_rules, schedule_slots
from app.core import RegistrationRecord, WebinarRecord
from app.extensions import db
from tests.autowebinar.recording import publish
from tests.browser.rooms import Room, current_time, plays
from tests.browser.screens import SCREENS, Screen
from tests.fixtures.application import Make
from tests.fixtures.schedules import DAILY
from workers.telegram import updates

pytestmark = pytest.mark.browser
MOSCOW = ZoneInfo("Europe/Moscow")
BOT = "efir_demo_bot"
CHAT = 700
TIMES = {"weekdays": DAILY, "times": ["09:00", "19:00"]}
RULES = {"just_in_time": {"minutes": 30}, "recurring": [TIMES]}
COUNTDOWN = "[document.querySelector('[data-countdown]').textContent, Date.now()]"
WIND_FORWARD = """() => new Promise((back) => {
    const player = document.getElementById("player");
    player.addEventListener("seeked", () => player.currentTime < 20 && back());
    player.currentTime = 100;
})"""


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    return {"telegram_bot_username": BOT}


@dataclass
class Hall:
    """A webinar with sessions at hours of the clock, and places in it."""

    webinar: WebinarRecord
    make: Make
    site: str
    redis_url: str

    def rules(self, **rules: Any) -> None:
        checked = schedule_rules.checked(RULES | rules)
        schedule.save(self.webinar.webinar_id, checked, actor_id=None)
        db.session.remove()

    def place(self, begun: int, zone: str = "Europe/Moscow", **more: Any) -> Room:
        """In a session that began so many seconds ago."""
        slot = schedule_slots.slot_of(
            self.webinar.webinar_id, clock.now() - timedelta(seconds=begun)
        )
        at = {"slot_id": slot.slot_id, "starts_at": slot.starts_at}
        found = self.make.registration(self.webinar, zone=zone, **(at | more))
        db.session.remove()
        return Room(self.site, found, self.redis_url)

    def begins_in(self, place: RegistrationRecord, seconds: int) -> None:
        slot = schedule_slots.slot_of(
            self.webinar.webinar_id, clock.now() + timedelta(seconds=seconds)
        )
        core.registrations.move(
            place.registration_id, slot_id=slot.slot_id, starts_at=slot.starts_at, moved_by="viewer"
        )
        db.session.remove()


@pytest.fixture
def hall(make: Make, site: str, redis_url: str) -> Hall:
    webinar, _ = publish(make, lines=[], cues=[], duration_sec=160)
    found = Hall(webinar, make, site, redis_url)
    found.rules()
    return found


def sign_up(screen: Screen, hall: Hall, slot: int, who: str = "maria") -> RegistrationRecord:
    """As a newcomer does, from the form to where it leads."""
    page = screen.page
    page.goto(f"{hall.site}/signup/?webinar={hall.webinar.slug}")
    city = {"desk": "Москва", "phone": "Омск"}[screen.name]
    expect(page.locator(".slots")).to_contain_text(f"пояса: {city}")
    screen.fits()
    page.fill("[name=name]", "Мария")
    page.fill("[name=email]", f"{who}.{screen.name}@example.org")
    page.check("[name=consent]")
    page.locator("input[name=slot]").nth(slot).check()
    screen.press(page.locator("form#signup button[type=submit]"))
    page.wait_for_url(re.compile("/(signup/done|autowebinar/.+)/"))
    if "/signup/done/" in page.url:
        expect(page.locator("h1")).to_have_text("Вы записаны")
        screen.fits()
        screen.press(screen.link("Открыть по ссылке"))
        page.wait_for_url("**/autowebinar/**")
    return of(screen)


def of(screen: Screen) -> RegistrationRecord:
    """Whose page that is, by the personal link on it."""
    link = screen.page.locator("[data-room-link]").first.get_attribute("href") or ""
    db.session.remove()
    found = core.registrations.by_token(link.rstrip("/").rpartition("/")[2])
    assert found is not None
    return found


def told_start(screen: Screen) -> datetime:
    """The hour that the waiting page names."""
    value = screen.page.locator("#waiting .lead time").get_attribute("datetime")
    return datetime.fromisoformat(value or "")


def counted(clockwork: str) -> int:
    hours, minutes, seconds = (int(part) for part in clockwork.rpartition(" ")[2].split(":"))
    days = int(clockwork.split()[0]) if " " in clockwork else 0
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def position(screen: Screen) -> int:
    room = screen.page.locator("#room")
    expect(room).to_be_visible()
    return int(room.get_attribute("data-position") or 0)


def test_who_waits_counts_truly_checks_the_sound_and_goes_in_by_themselves(
    hall: Hall, both: list[Screen]
) -> None:
    places = {screen.name: sign_up(screen, hall, 1) for screen in both}
    for screen in both:
        page, place = screen.page, places[screen.name]
        screen.fits()
        assert told_start(screen) == place.starts_at
        assert place.starts_at is not None
        where = ZoneInfo(SCREENS[screen.name]["timezone_id"])
        hour = f"{place.starts_at.astimezone(where):%H:%M}"
        expect(page.locator("#waiting .lead time")).to_contain_text(hour)
        screen.press(screen.button("Проверить"))
        shown, at = page.evaluate(COUNTDOWN)
        assert abs(counted(shown) - (place.starts_at.timestamp() - at / 1000)) < 2
        with page.expect_download() as calendar:
            screen.press(screen.link("Добавить в календарь"))
        begins = f"DTSTART:{place.starts_at:%Y%m%dT%H%M%SZ}"
        assert begins in calendar.value.path().read_text("utf-8")
        telegram = screen.link("Напомнить в Telegram").get_attribute("href") or ""
        assert telegram.startswith(f"https://t.me/{BOT}?start=")
    for screen in both:
        expect(screen.page.locator("[data-check-result]")).to_contain_text("Ролик проигран.")
        hall.begins_in(places[screen.name], 4)
        screen.page.reload()
        expect(screen.page.locator("[data-countdown]")).to_contain_text("00:00:0")
    for screen in both:
        assert position(screen) < 10
        screen.fits()


def test_each_kind_of_start_is_chosen_at_the_sign_up(hall: Hall, both: list[Screen]) -> None:
    """Just in time, at an hour of another zone, at once."""
    now = clock.now()
    evening = (now.astimezone(MOSCOW) + timedelta(days=2)).replace(hour=19, minute=0)
    fixed = {"at": evening.strftime("%Y-%m-%dT%H:%M"), "zone": "Europe/Moscow"}
    hall.rules(recurring=[], fixed=[fixed], at_once=True)
    for screen in both:
        page = screen.page
        soon = sign_up(screen, hall, 1).starts_at
        assert soon is not None
        assert soon.minute in (0, 30)
        assert soon - now <= timedelta(minutes=31)
        assert told_start(screen) == soon
        later = sign_up(screen, hall, 2, "later").starts_at
        assert later == evening.replace(second=0, microsecond=0)
        hour = {"desk": "19:00", "phone": "22:00"}[screen.name]
        expect(page.locator("#waiting .lead time")).to_contain_text(hour)
        sign_up(screen, hall, 0, "now")
        assert position(screen) < 5
        plays(page)
        screen.fits()


def test_another_time_is_chosen_in_one_step(hall: Hall, both: list[Screen]) -> None:
    """While waiting, out of the room, and in Telegram with the waiting page open; the link stays,
    and what was planned moves along."""
    for screen in both:
        page = screen.page
        place = sign_up(screen, hall, 1)
        messages.reminders.plan(place, rule="reminders_slot")
        screen.press(page.locator(".waiting__move summary"))
        first = told_start(screen)
        choose(screen, 3, "Перенести")
        expect(page.locator("#waiting .lead time")).not_to_have_attribute(
            "datetime", first.strftime("%Y-%m-%dT%H:%M:%SZ")
        )
        moved = is_moved(screen, place)
        assert moved.starts_at is not None
        assert moved.starts_at > first
        screen.fits()

        hall.begins_in(moved, -3)
        page.goto(page.locator("[data-room-link]").get_attribute("href") or "")
        assert 3 <= position(screen) < 15
        screen.press(screen.link("Другое время"))
        screen.shows("Сейчас вы записаны на")
        screen.fits()
        choose(screen, 2, "Перенести")
        expect(page.locator("#waiting")).to_be_visible()
        is_moved(screen, place)

        by_telegram(place, 1)
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(page.locator("#waiting .lead time")).to_have_attribute(
            "datetime", re.compile(f"^{of(screen).starts_at:%Y-%m-%dT%H:%M}")
        )
        is_moved(screen, place)


def choose(screen: Screen, number: int, press: str) -> None:
    screen.page.locator("input[name=slot]").nth(number).check()
    screen.press(screen.button(press))


def is_moved(screen: Screen, place: RegistrationRecord) -> RegistrationRecord:
    """It is the same place by the same link, and reminders are planned for where it is now."""
    expect(screen.page.locator("#waiting")).to_be_visible()
    now = of(screen)
    assert now.registration_id == place.registration_id
    assert told_start(screen) == now.starts_at
    planned = {
        each.not_after
        for each in messages.page(limit=100)
        if each.kind == "reminder_minutes"
        and each.state in ("planned", "waiting")
        and each.lead_id == place.lead_id
    }
    assert planned == {now.starts_at}
    return now


def by_telegram(place: RegistrationRecord, number: int) -> None:
    """By the button under a reminder, and by that of a time."""
    chat = CHAT + place.lead_id
    core.contacts.link_telegram(
        place.lead_id, chat, "@maria", registration_id=place.registration_id, proven=False
    )
    _press_in_telegram(f"move:{place.registration_id}", chat)
    asked = [each for each in messages.page(limit=100) if each.kind == "move_times"]
    (times,) = (each for each in asked if each.lead_id == place.lead_id)
    _press_in_telegram(times.buttons[number][0]["data"], chat)
    db.session.remove()


def _press_in_telegram(data: str, chat: int) -> None:
    pressed = {"id": "1", "from": {"id": chat}, "data": data}
    updates.handle({"callback_query": pressed}, f"{chat}:{data}")


def test_who_is_late_comes_in_at_the_present_second_or_to_another_session(
    hall: Hall, both: list[Screen]
) -> None:
    """By the author's rule: here within a minute of the start."""
    hall.rules(late_minutes=1)
    for screen in both:
        page = screen.page
        page.goto(hall.place(30).link)
        assert 30 <= position(screen) < 45
        plays(page, 30)
        for begun, words in (
            (100, "Этот сеанс уже идёт без вас"),
            (1000, "Этот сеанс закончился"),
        ):
            late = hall.place(begun)
            page.goto(late.link)
            expect(page.locator("h1")).to_have_text(words)
            expect(page.locator("#room")).to_have_count(0)
            screen.fits()
            choose(screen, 0, "Прийти на этот сеанс")
            expect(page.locator("#waiting")).to_be_visible()
            assert of(screen).registration_id == late.registration.registration_id
            assert told_start(screen) > clock.now()


def test_what_stays_after_the_end(hall: Hall, both: list[Screen]) -> None:
    """Three closing screens, the recording, and a page that says that its days are over."""
    hall.rules(at_once=True, just_in_time=None, recurring=[], recording_days=3)
    for screen in both:
        page = screen.page
        room = Room(hall.site, hall.make.registration(hall.webinar), hall.redis_url)
        db.session.remove()
        room.rewind(165)
        room.open(page)
        for name, words, on in (
            ("ended", "Запись закончилась", "Что дальше"),
            ("next", "Что дальше", "Дальше"),
        ):
            part = page.locator(f"#{name}")
            expect(part.get_by_role("heading", name=words)).to_be_visible()
            seen_whole(screen, part)
            screen.press(part.get_by_role("button", name=on, exact=True))
        seen_whole(screen, page.locator("#choice"))
        screen.press(page.locator("#choice").get_by_role("link", name="Пересмотреть запись"))
        expect(page.locator("#rewind")).to_be_visible()
        expect(page.locator("#chat")).to_have_count(0)
        screen.fits()
        page.locator("#rewind").fill("90")
        screen.press(page.locator("[data-play]"))
        plays(page, 90)


def seen_whole(screen: Screen, part: Locator) -> None:
    box = part.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= screen.width
    screen.fits()


def test_recording_is_wound_to_what_was_seen_until_its_days_are_over(
    hall: Hall, both: list[Screen]
) -> None:
    hall.rules(recording_days=3)
    for screen in both:
        page = screen.page
        page.goto(f"{hall.site}/signup/?webinar={hall.webinar.slug}&slot=recording")
        last = page.locator("input[name=slot]").count() - 1
        place = sign_up(screen, hall, last)
        screen.press(page.locator("[data-play]"))
        expect(page.locator("[data-time]")).to_contain_text("00:02 /")
        page.evaluate(WIND_FORWARD)
        line = page.locator("#rewind")
        line.fill("150")
        assert int(line.input_value()) < 20
        page.evaluate("document.getElementById('player').pause()")
        before = current_time(page)
        line.fill("0")
        page.wait_for_function("() => document.getElementById('player').currentTime < 1")
        assert before > 1
        over(place)
        page.goto(f"{hall.site}/r/{place.token}/")
        expect(page.locator("h1")).to_have_text("Срок записи вышел")
        expect(page.locator("video")).to_have_count(0)
        screen.fits()
        choose(screen, 0, "Прийти на этот сеанс")
        expect(page.locator("#waiting")).to_be_visible()


def over(place: RegistrationRecord) -> None:
    """The days of that recording are over."""
    core.registrations.move(place.registration_id, slot_id=None, starts_at=None, moved_by="viewer")
    core.registrations.move(
        place.registration_id,
        slot_id=None,
        starts_at=None,
        moved_by="viewer",
        mode=core.registrations.RECORDING,
        expires_at=clock.now() - timedelta(minutes=1),
    )
    db.session.remove()

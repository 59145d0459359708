"""The studio's schedule: what an author fills in, what is kept, what the preview shows."""

import html
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from app.autowebinar import Rules, schedule
from app.autowebinar.schedule_rules import AT_ONCE, checked
from app.core import WebinarRecord
from tests.fixtures.application import Make
from tests.fixtures.schedules import DAILY, NOW, scheduled

Csrf = Callable[[FlaskClient, str], str]
EVERYTHING: dict[str, Any] = {
    "at_once": True,
    "just_in_time": {"minutes": 30, "hours": {"opens": "09:00", "closes": "21:00"}},
    "recurring": [
        {"weekdays": [0, 2], "times": ["10:00", "19:30"], "zone": "Asia/Omsk"},
        {"weekdays": [5], "times": ["12:00"], "every_weeks": 2, "begins": "2026-11-28",
         "until": "2027-03-01"},
    ],
    "fixed": [
        {"at": "2026-12-01T18:00", "zone": "Europe/Moscow"},
        {"at": "2026-12-02T18:00", "zone": "Asia/Omsk"},
    ],
    "left_out": ["2026-12-31", "2027-01-01"],
    "recording_days": 5,
    "late_minutes": 15,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _afternoon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def studio(app: Flask, make: Make, client: FlaskClient, sign_in: Any, csrf: Csrf) -> "Studio":
    speaker = make.user("speaker")
    webinar = make.webinar(speaker_id=speaker.user_id)
    sign_in(client, speaker)
    return Studio(client, webinar, csrf)


class Studio:
    """The panel of one webinar, opened and sent by its speaker."""

    def __init__(self, client: FlaskClient, webinar: WebinarRecord, csrf: Csrf) -> None:
        self.client, self.webinar = client, webinar
        self.address = f"/studio/{webinar.slug}/schedule/"
        self.csrf = csrf

    def rules(self) -> Rules:
        return schedule.load(self.webinar.webinar_id)

    def page(self) -> str:
        return self.client.get(self.address).text

    def send(self, fields: Any, *, preview: bool = False, **more: Any) -> TestResponse:
        data = MultiDict(fields)
        data["csrf_token"] = self.csrf(self.client, self.address)
        address = f"{self.address}preview/" if preview else self.address
        return self.client.post(address, data=data, **more)

    def filled(self) -> MultiDict:
        """What a browser would send of the page as it is."""
        page, data = self.page(), MultiDict()
        for tag in re.findall(r"<input[^>]*>", page):
            values = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
            kind = values.get("type", "text")
            if "name" in values and (kind not in ("checkbox", "radio") or " checked" in tag):
                data.add(values["name"], values.get("value", "y"))
        for name, body in re.findall(
            r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', page, re.S
        ):
            data.add(name, body.strip())
        for name, body in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', page, re.S):
            chosen = re.search(r'<option selected value="([^"]*)"', body)
            first = re.search(r'value="([^"]*)"', body)
            data.add(name, (chosen or first)[1])
        return data


DAILY_ROW = [("recurring-0-weekdays", str(day)) for day in DAILY] + [
    ("recurring-0-times", "19:00"),
    ("recurring-0-every_weeks", "1"),
]


@pytest.mark.both_databases
def test_panel_sent_as_it_was_shown_changes_nothing(studio: Studio) -> None:
    for rules in (AT_ONCE, checked(EVERYTHING)):
        schedule.save(studio.webinar.webinar_id, rules, actor_id=None)
        answer = studio.send(studio.filled())
        assert answer.status_code == 303, answer.text
        assert studio.rules() == rules


def test_daily_sessions_are_kept(studio: Studio) -> None:
    assert studio.send(DAILY_ROW).status_code == 303
    assert studio.rules() == checked({"recurring": [{"weekdays": DAILY, "times": ["19:00"]}]})
    assert "Расписание сохранено" in studio.page()


def test_rule_is_taken_away_by_emptying_it(studio: Studio) -> None:
    scheduled(studio.webinar)
    fields = [("at_once", "y"), ("recurring-0-times", ""), ("recurring-0-every_weeks", "1")]
    assert studio.send(fields).status_code == 303
    assert studio.rules() == AT_ONCE


def test_there_is_always_a_row_to_fill_in(studio: Studio) -> None:
    assert "Новое правило" in studio.page()
    scheduled(studio.webinar)
    assert studio.page().count("<legend>Правило 1</legend>") == 1
    assert "Новое правило" in studio.page()


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ([], "Предложите хоть что-нибудь"),
        ([("recurring-0-times", "19:00")], "Отметьте хотя бы один день"),
        ([("recurring-0-weekdays", "1")], "Напишите время"),
        ([*DAILY_ROW[:-2], ("recurring-0-times", "7 вечера")], "Часы пишут так"),
        ([*DAILY_ROW[:-2], ("recurring-0-times", "25:00")], "Часы пишут так"),
        ([*DAILY_ROW[:-1], ("recurring-0-every_weeks", "2")],
         "нужен первый день"),
        ([*DAILY_ROW, ("recurring-0-begins", "31.02.2026")], "Дату пишут так"),
        ([*DAILY_ROW, ("recurring-0-begins", "02.12.2026"), ("recurring-0-until", "01.12.2026")],
         "Последний день раньше первого"),
        ([*DAILY_ROW, ("recurring-0-zone", "Mars/Base")], "Такого часового пояса нет"),
        ([("minutes", "15"), ("opens", "09:00")], "Заполните оба времени"),
        ([("minutes", "15"), ("opens", "09:00"), ("closes", "09:00")], "не могут совпадать"),
        ([("minutes", "20")], 'role="alert"'),
        ([("fixed", "завтра в семь")], "По одному сеансу в строке"),
        ([("fixed", "01.12.2026 18:00 Mars")], "По одному сеансу в строке"),
        ([("fixed", "31.12.9999 23:59")], "По одному сеансу в строке"),
        ([*DAILY_ROW, ("recurring-0-begins", "01.01.0001")], "Дату пишут так"),
        ([("at_once", "y"), ("left_out", "скоро")], "По одной дате в строке"),
        ([("at_once", "y"), ("recording_days", "0")], "от 1 до 365"),
        ([("at_once", "y"), ("recording_days", "много")], "от 1 до 365"),
        ([("at_once", "y"), ("late", "up_to")], "от 0 до 1440"),
        ([("at_once", "y"), ("late", "up_to"), ("late_minutes", "-5")], "от 0 до 1440"),
    ],
)  # fmt: skip
def test_slip_is_told_in_words_and_keeps_nothing(
    studio: Studio, fields: list[tuple[str, str]], says: str
) -> None:
    before = scheduled(studio.webinar) and studio.rules()
    answer = studio.send(fields)
    assert answer.status_code == 422
    assert says in answer.text
    assert "Not a valid" not in answer.text
    assert studio.rules() == before


def test_preview_lists_ten_sessions_in_both_zones_and_keeps_nothing(studio: Studio) -> None:
    fields = [*DAILY_ROW, ("viewer_zone", "Asia/Omsk")]
    answer = studio.send(fields, preview=True, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<div id="sessions"')
    assert answer.text.count('data-label="У вас') == 10
    assert "пн, 23 ноября, 19:00" in answer.text
    assert "пн, 23 ноября, 16:00" in answer.text
    assert "У зрителя, Омск" in answer.text
    assert "У вас, Москва" in answer.text
    assert studio.rules() == AT_ONCE


@pytest.mark.both_databases
def test_session_that_is_not_saved_is_seen_through_a_viewers_eyes(studio: Studio) -> None:
    fields = [*DAILY_ROW, ("recording_days", "3"), ("viewer_zone", "Asia/Omsk")]
    listed = studio.send(fields, preview=True, headers={"HX-Request": "true"}).text
    links = [html.unescape(link) for link in re.findall(r'<a href="([^"]+)"', listed)]
    assert len(links) == 11
    assert all("rules=" in link for link in links)
    panel = studio.client.get(links[1]).text
    assert "Это расписание ещё не сохранено" in panel
    assert '<option selected value="sl_' in panel
    frame = html.unescape(re.search(r'<iframe[^>]*src="([^"]+)"', panel)[1])
    waiting = studio.client.get(frame).text
    assert 'data-left="600"' in waiting
    assert "23 ноября, 19:00 (Омск)" in waiting
    assert "Открыл запись" in studio.client.get(links[0]).text
    assert studio.rules() == AT_ONCE


def test_session_that_is_saved_is_seen_by_the_rules_that_are_kept(studio: Studio) -> None:
    studio.send(DAILY_ROW)
    links = [
        html.unescape(link)
        for link in re.findall(r'<a href="([^"]+start=sl_[^"]+)"', studio.page())
    ]
    assert len(links) == 10
    panel = studio.client.get(links[0]).text
    assert "rules=" not in "".join(links) + panel
    assert "ещё не сохранено" not in panel


def test_preview_without_scripts_is_the_page_as_it_was_filled_in(studio: Studio) -> None:
    answer = studio.send(DAILY_ROW, preview=True)
    assert answer.status_code == 200
    assert "<html" in answer.text
    assert 'value="19:00"' in answer.text
    assert answer.text.count('data-label="У вас') == 10


def test_preview_of_just_in_time_alone_lists_ten(studio: Studio) -> None:
    answer = studio.send([("minutes", "15")], preview=True)
    assert answer.text.count('data-label="У вас') == 10
    assert "пн, 23 ноября, 15:15" in answer.text


def test_preview_of_mixed_options_has_the_nearest_once(studio: Studio) -> None:
    answer = studio.send([*DAILY_ROW, ("minutes", "15")], preview=True)
    assert answer.text.count('data-label="У вас') == 10
    assert "15:15" in answer.text
    assert "15:30" not in answer.text


def test_preview_leaves_out_what_is_left_out(studio: Studio) -> None:
    answer = studio.send([*DAILY_ROW, ("left_out", "24.11.2026\n2026-11-25")], preview=True)
    assert "вт, 24 ноября" not in answer.text
    assert "ср, 25 ноября" not in answer.text
    assert "чт, 26 ноября" in answer.text


def test_preview_of_slips_names_them(studio: Studio) -> None:
    headers = {"HX-Request": "true"}
    answer = studio.send([("recurring-0-times", "19:00")], preview=True, headers=headers)
    assert answer.status_code == 422
    assert "Отметьте хотя бы один день" in answer.text


def test_rules_that_make_nothing_more_are_said_to(studio: Studio) -> None:
    answer = studio.send([("fixed", "01.11.2026 19:00")], preview=True)
    assert "Ближайших сеансов эти правила не дают" in answer.text


def test_fixed_days_of_several_zones(studio: Studio) -> None:
    lines = "01.12.2026 18:00\n2026-12-02 18:00 Asia/Omsk"
    studio.send([("fixed", lines), ("fixed_zone", "Europe/Moscow")])
    assert [rule.zone for rule in studio.rules().fixed] == ["Europe/Moscow", "Asia/Omsk"]
    assert "02.12.2026 18:00 Asia/Omsk" in studio.page()


def test_a_session_in_the_viewers_own_zone_stays_so_beside_one_of_a_fixed_zone(
    studio: Studio,
) -> None:
    lines = "01.12.2026 18:00 Europe/Moscow\n02.12.2026 18:00"
    studio.send([("fixed", lines), ("fixed_zone", "")])
    rules = studio.rules()
    assert [rule.zone for rule in rules.fixed] == ["Europe/Moscow", ""]
    assert studio.send(studio.filled()).status_code == 303
    assert studio.rules() == rules


def test_broadcast_has_no_schedule_of_sessions(
    studio: Studio, client: FlaskClient, make: Make, sign_in: Any
) -> None:
    make.webinar("live", slug="broadcast")
    sign_in(client, make.user("admin"))
    assert client.get("/studio/broadcast/schedule/").status_code == 404


def test_somebody_elses_schedule_is_not_ones_own(
    studio: Studio, client: FlaskClient, make: Make, sign_in: Any
) -> None:
    sign_in(client, make.user("speaker"))
    assert client.get(studio.address).status_code == 403
    assert client.post(studio.address).status_code in (400, 403)

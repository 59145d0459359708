"""Time travel: the room as any viewer would see it, at any second and any moment, and nothing of it
is kept. What a preview shows is compared with what the room shows to a viewer of flesh and blood."""

import base64
import html
import re
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import pytest
import redis
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from app import autowebinar, core
from app.autowebinar import Version, answers, draft_cues, drafts, schedule_rules
from app.core import UserRecord, WebinarRecord
from app.extensions import db
from app.web import preview_rules
from tests.autowebinar.recording import CONTENT, DURATION, START, after, forget_redis
from tests.fixtures.application import TOKEN, Make
from tests.fixtures.schedules import EVENING, EVENINGS, scheduled, slot_at

HTMX = {"HX-Request": "true"}
CUES: list[dict[str, Any]] = [
    {"kind": "note", "key": "note1", "show_at": 10, "hide_at": 50, "text": "Материалы придут"},
    {
        "kind": "poll",
        "key": "poll1",
        "show_at": 20,
        "text": "Где?",
        "results_at": 60,
        "options": ["Там", "Тут"],
    },
    {
        "kind": "handout",
        "key": "file1",
        "show_at": 30,
        "text": "План",
        "link": "https://a.example/p",
    },
    {"kind": "cta", "key": "cta1", "show_at": 40, "hide_at": 70, "text": "Получить разбор"},
    {"kind": "offer", "key": "offer1", "show_at": 70, "text": "Со скидкой", "minutes": 15},
]
RULES: dict[str, Any] = {"at_once": True, "recurring": [EVENINGS], "recording_days": 3}


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    """Limits are counted in Redis: a preview must not even leave its mark there."""
    return {"ratelimit_enabled": True}


@pytest.fixture(autouse=True)
def _at_the_start() -> Iterator[None]:
    with time_machine.travel(START, tick=False):
        yield


class Seen(HTMLParser):
    """What of a page a person sees: its elements with the attributes that say what is shown, and
    its words; without its addresses, tokens, and what asks for news."""

    KEPT = frozenset(
        [
            "class",
            "id",
            "hidden",
            "data-at",
            "data-origin",
            "data-message-id",
            "data-position",
            "data-clock",
            "data-state",
            "data-duration",
            "data-left",
            "data-reached",
            "datetime",
            "checked",
        ]
    )
    LEFT_OUT = frozenset({"poll", "beat"})
    VOID = frozenset(["input", "img", "br", "meta", "link", "source", "track"])

    def __init__(self, page: str) -> None:
        super().__init__()
        self.shown: list[Any] = []
        self._skipping = 0
        self.feed(page[page.index("<main") : page.index("</main>")])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if self._skipping or values.get("id") in self.LEFT_OUT:
            self._skipping += tag not in self.VOID
        elif values.get("type") != "hidden":
            kept = {k: v for k, v in values.items() if k in self.KEPT and not self._is_way(v)}
            self.shown.append((tag, kept))

    @staticmethod
    def _is_way(value: str | None) -> bool:
        return value is not None and value.startswith("/")

    def handle_endtag(self, tag: str) -> None:
        self._skipping = max(0, self._skipping - 1)

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._skipping:
            self.shown.append(" ".join(data.split()))


class Author:
    """Whoever works on the webinar, looking at it as somebody else."""

    def __init__(self, client: FlaskClient, webinar: WebinarRecord, user: UserRecord) -> None:
        self.client, self.webinar, self.user = client, webinar, user
        self.frame_path = f"/autowebinar/{webinar.slug}/preview/"
        self.panel_path = f"/studio/{webinar.slug}/preview/"

    def frame(self, **query: Any) -> TestResponse:
        return self.client.get(f"{self.frame_path}?{urlencode(query)}")

    def panel(self, **query: Any) -> TestResponse:
        return self.client.get(f"{self.panel_path}?{urlencode(query)}")


@pytest.fixture
def published(make: Make) -> tuple[WebinarRecord, Version, UserRecord]:
    speaker = make.user("speaker", name="Андрей")
    webinar = make.webinar(slug="channel", title="Канал", speaker_id=speaker.user_id)
    version = autowebinar.create_version(webinar.webinar_id, CONTENT | {"cues": CUES})
    autowebinar.publish(webinar.webinar_id, version.version_id)
    return scheduled(webinar, **RULES), version, speaker


@pytest.fixture
def author(app: Flask, sign_in: Any, published: Any) -> Author:
    webinar, _, speaker = published
    client = app.test_client()
    sign_in(client, speaker)
    return Author(client, webinar, speaker)


@pytest.fixture
def come(app: Flask, make: Make, author: Author) -> Callable[..., Callable[..., str]]:
    """A real viewer with such a place; what they see of an address at a moment."""

    def viewer(**place: Any) -> Callable[..., str]:
        registration = make.registration(author.webinar, zone="Europe/Moscow", **place)
        client = app.test_client()
        client.get(f"/r/{registration.token}/")

        def see(at: datetime, path: str = "") -> str:
            with time_machine.travel(at, tick=False):
                return client.get(f"/autowebinar/{author.webinar.slug}/{path}").text

        return see

    return viewer


def in_the_evening(author: Author) -> dict[str, Any]:
    slot = slot_at(author.webinar, EVENING)
    return {"slot_id": slot.slot_id, "starts_at": slot.starts_at}


def local(at: datetime) -> str:
    """What a Moscow clock shows."""
    return (at + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M")


def words(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


class TestTheSamePage:
    """The preview and the room are one."""

    @pytest.mark.both_databases
    @pytest.mark.parametrize("second", [0, 5, 20, 40, 69, 70, 99, DURATION])
    def test_room_at_a_second_of_who_began_at_once(
        self, author: Author, come: Any, second: int
    ) -> None:
        see = come()
        see(START)
        for seen in range(0, second, 50):
            see(after(seen))
        if second == DURATION:  # the offer began when it was shown
            see(after(70))
        theirs = see(after(second))
        with time_machine.travel(after(second), tick=False):
            shown = author.frame(
                start="now", second=second, offer="in_time" if second == DURATION else "now"
            ).text
        assert Seen(shown).shown == Seen(theirs).shown

    @pytest.mark.parametrize("second", [0, 33, 75, DURATION])
    def test_room_at_a_second_of_a_session(self, author: Author, come: Any, second: int) -> None:
        place = in_the_evening(author)
        see = come(**place)
        see(EVENING)
        at = EVENING + timedelta(seconds=second)
        theirs = see(at)
        with time_machine.travel(at, tick=False):
            shown = author.frame(start=place["slot_id"], second=second, offer="now").text
        assert Seen(shown).shown == Seen(theirs).shown

    def test_waiting_page(self, author: Author, come: Any) -> None:
        place = in_the_evening(author)
        at = EVENING - timedelta(minutes=25)
        theirs = come(**place)(at)
        shown = author.frame(start=place["slot_id"], by="moment", at=local(at)).text
        assert 'data-left="1500"' in shown
        assert Seen(shown).shown == Seen(theirs).shown

    def test_who_is_late_by_the_rule(self, author: Author, come: Any) -> None:
        scheduled(author.webinar, **(RULES | {"late_minutes": 0}))
        place = in_the_evening(author)
        at = EVENING + timedelta(minutes=1)
        theirs = come(**place)(at)
        asked = {"start": place["slot_id"], "by": "moment", "at": local(at)}
        shown = author.frame(**asked).text
        assert "Этот сеанс уже идёт без вас" in shown
        assert Seen(shown).shown == Seen(theirs).shown
        assert 'data-position="60"' in author.frame(**asked, been="y").text

    def test_who_comes_after_the_end(self, author: Author, come: Any) -> None:
        place = in_the_evening(author)
        at = EVENING + timedelta(minutes=5)
        theirs = come(**place)(at)
        shown = author.frame(start=place["slot_id"], by="moment", at=local(at)).text
        assert "Этот сеанс закончился" in shown
        assert Seen(shown).shown == Seen(theirs).shown

    def test_who_comes_back_after_a_break(self, author: Author, come: Any) -> None:
        see = come()
        see(START)
        see(after(30))
        at = START + timedelta(hours=2)
        theirs = see(at)
        shown = author.frame(
            start="now", by="moment", at=local(at), been="y", second=30, offer="now"
        ).text
        assert "Продолжаем с 00:30" in shown
        assert Seen(shown).shown == Seen(theirs).shown

    def test_recording(self, author: Author, come: Any) -> None:
        expires_at = START + timedelta(days=3)
        see = come(mode="recording", expires_at=expires_at)
        theirs = see(START, "recording/")
        shown = author.frame(start="recording", second=0).text
        assert Seen(shown).shown == Seen(theirs).shown
        gone = START + timedelta(days=3, minutes=1)
        shown = author.frame(start="recording", by="moment", at=local(gone)).text
        assert "Срок записи вышел" in shown
        with time_machine.travel(gone, tick=False):
            offered_then = come(mode="recording", expires_at=expires_at)(gone)
        assert Seen(shown).shown == Seen(offered_then).shown

    def test_guest_is_shown_what_sign_up_would_offer(self, author: Author) -> None:
        at = EVENING + timedelta(minutes=1)
        shown = words(author.frame(who="guest", by="moment", at=local(at)).text)
        assert "Гость увидит форму записи" in shown
        assert "Завтра, 19:00" in shown and "Сегодня, 19:00" not in shown


class TestWhoLooks:
    def test_zone_and_language_are_the_viewers(self, author: Author) -> None:
        slot = in_the_evening(author)["slot_id"]
        asked = {"start": slot, "second": 75, "zone": "Asia/Vladivostok"}
        shown = words(author.frame(**asked).text)
        assert "как увидит зритель: Владивосток, 24 ноября, 02:01" in shown
        assert "Для вас действует до 24 ноября, 02:16" in shown
        english = author.frame(**asked, language="en").text
        assert '<html lang="en"' in english and "Recording" in words(english)
        assert "Предпросмотр: 01:15" in words(english)  # the author's own words
        assert "lang" not in author.frame(**asked, language="en").headers.get("Set-Cookie", "")

    @pytest.mark.parametrize(
        ("first_shown", "left"), [("in_time", 880), ("now", 900), ("long_ago", 0)]
    )
    def test_offer_runs_from_when_it_was_first_shown(
        self, author: Author, first_shown: str, left: int
    ) -> None:
        shown = author.frame(start="now", second=90, offer=first_shown).text
        assert f'data-left="{left}"' in shown
        assert ("Предложение закончилось" in shown) is True
        assert ('id="cta"' in shown) is (left > 0)

    @pytest.mark.both_databases
    def test_results_are_the_true_ones_with_redis_or_without(
        self, author: Author, make: Make, redis_url: str
    ) -> None:
        version = autowebinar.published(author.webinar.webinar_id)
        assert version is not None
        (poll,) = [cue for cue in version.cues if cue.kind == "poll"]
        for answer in (0, 1, 1, 1):
            answers.keep(make.registration(author.webinar), poll, poll.options[answer])
        for _ in range(2):
            shown = words(author.frame(start="now", second=60).text)
            assert "Там 25 % · 1 Тут 75 % · 3" in shown
            forget_redis(redis_url)

    def test_unpublished_webinar_has_no_page_for_a_guest(
        self, author: Author, published: Any
    ) -> None:
        core.webinar_states.unpublish(author.webinar.webinar_id, actor_id=None)
        shown = words(author.frame(who="guest").text)
        assert "Вебинар не опубликован" in shown
        assert 'data-position="7"' in author.frame(second=7, start="now").text


@pytest.mark.parametrize(
    ("browser", "width"),
    [
        ("Mozilla/5.0 (Linux; Android 14) Mobile Safari/537.36", "phone"),
        ("Mozilla/5.0 (X11)", "desk"),
    ],
)
def test_frame_is_at_first_as_wide_as_the_screen_it_is_looked_at_on(
    author: Author, browser: str, width: str
) -> None:
    shown = author.client.get(author.panel_path, headers={"User-Agent": browser}).text
    assert f"viewfinder--{width}" in shown


class TestScheduleThatIsNotSaved:
    """It stands in the address, and is that of all who are looked at."""

    @pytest.fixture
    def asked(self) -> Callable[..., str]:
        return lambda **rules: preview_rules.packed(schedule_rules.checked(rules))

    @pytest.mark.parametrize(("minutes", "comes_in"), [(0, False), (30, True)])
    def test_late_rule_decides(
        self, author: Author, asked: Callable[..., str], minutes: int, comes_in: bool
    ) -> None:
        rules = asked(recurring=[EVENINGS], late_minutes=minutes)
        at = local(EVENING + timedelta(minutes=1))
        slot = in_the_evening(author)["slot_id"]
        shown = author.frame(start=slot, by="moment", at=at, rules=rules).text
        assert ('id="room"' in shown) is comes_in

    def test_other_times_are_those_that_it_makes(
        self, author: Author, asked: Callable[..., str]
    ) -> None:
        rules = asked(recurring=[EVENINGS | {"times": ["21:15"]}])
        shown = words(author.frame(who="guest", rules=rules).text)
        assert "21:15" in shown
        assert "19:00" not in shown
        assert "Посмотреть запись" not in shown

    def test_choices_of_the_panel_keep_it(self, author: Author, asked: Callable[..., str]) -> None:
        rules = asked(recurring=[EVENINGS | {"times": ["21:15"]}])
        shown = author.panel(rules=rules).text
        assert f'name="rules" type="hidden" value="{rules}"' in shown
        assert "21:15" in shown
        stops = re.findall(r'rel="next" href="([^"]+)"', shown)
        assert all(f"rules={rules}" in stop for stop in stops)
        assert stops
        kept = html.unescape(re.search(r'href="([^"]+)"[^>]*>Показать сохранённое', shown)[1])  # type: ignore[index]
        assert "ещё не сохранено" not in author.client.get(kept).text

    @pytest.mark.parametrize("given", ["x", "AAAA", "жё", "eJyrVgIAAvUBeQ==" * 200, "e30="])
    def test_what_is_no_schedule_is_refused_in_words(self, author: Author, given: str) -> None:
        for answer in (author.panel(rules=given), author.frame(rules=given)):
            assert answer.status_code == 422
            assert "Такого расписания нет." in answer.text

    def test_bomb_is_no_schedule(self) -> None:
        bomb = base64.urlsafe_b64encode(zlib.compress(b'"' + b" " * 1_000_000 + b'"')).decode()
        assert len(bomb) < preview_rules.LONGEST
        assert preview_rules.unpacked(bomb) is None


class TestWhatIsShown:
    @pytest.mark.both_databases
    def test_draft_is_shown_before_it_is_published(self, author: Author, published: Any) -> None:
        _, version, _ = published
        added = {"kind": "note", "show_at": 3, "hide_at": None, "text": "Только в черновике"}
        draft_cues.add(author.webinar.webinar_id, added, actor=author.user)
        assert "Только в черновике" in author.frame(second=3, start="now").text
        of_version = author.frame(second=3, start="now", version=version.version_id).text
        assert "Только в черновике" not in of_version
        assert "версия 2" in of_version and "черновик" in author.frame().text
        changed = {**added, "text": "Теперь так"}
        (cue,) = [
            each
            for each in drafts.get(author.webinar.webinar_id).content["cues"]
            if each["text"] == "Только в черновике"
        ]
        seal = draft_cues.seal(cue)
        draft_cues.change(
            author.webinar.webinar_id, cue["key"], changed, seen=seal, actor=author.user
        )
        assert "Теперь так" in author.frame(second=3, start="now").text

    def test_draft_may_lack_anything(self, make: Make, app: Flask, sign_in: Any) -> None:
        speaker = make.user("speaker")
        webinar = make.webinar(published=False, owner_id=speaker.user_id)
        client = app.test_client()
        sign_in(client, speaker)
        author = Author(client, webinar, speaker)
        assert "Видео ещё не добавлено" in author.frame().text
        drafts.change(
            webinar.webinar_id,
            {
                "cues": [
                    {"kind": "handout", "show_at": 100, "text": "", "link": "javascript:alert(1)"}
                ]
            },
            actor=speaker,
        )
        shown = author.frame(second=100).text
        assert 'data-position="100"' in shown and "javascript:" not in shown
        assert author.panel().status_code == 200

    def test_lines_come_up_to_the_second_and_earlier_ones_on_demand(
        self, author: Author, published: Any
    ) -> None:
        lines = [{"at": n // 2, "author": "Ирина", "text": f"Строка {n}."} for n in range(200)]
        version = autowebinar.create_version(author.webinar.webinar_id, CONTENT | {"lines": lines})
        shown = author.frame(start="now", second=50, version=version.version_id).text
        assert "Строка 101." in shown and "Строка 102." not in shown and "Строка 0." not in shown
        earlier = html.unescape(re.findall(r'hx-get="([^"]+/earlier/[^"]+)"', shown)[0])
        before = author.client.get(earlier, headers=HTMX).text
        assert "Строка 41." in before and "Строка 42." not in before

    def test_second_beyond_the_end_is_the_end(self, author: Author) -> None:
        shown = author.frame(start="now", second="9:00").text
        assert 'data-state="ended"' in shown and f'data-position="{DURATION}"' in shown
        for screen in ("Запись закончилась", "Что дальше", "Последний выбор"):
            assert screen in shown
        assert "Пересмотреть запись" in shown


class TestBadInput:
    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ({"second": "абв"}, "Нужно время вида 12:30"),
            ({"by": "moment", "at": ""}, "Нужны день и час"),
            ({"by": "moment", "at": "0001-01-01T00:00"}, "Нужны день и час"),
            ({"by": "moment", "at": "вчера"}, "Нужны день и час"),
            ({"zone": "Mars/Olympus"}, "Такого часового пояса нет"),
            ({"start": "sl_00000000_000000000000"}, "Такого сеанса нет"),
            ({"version": "av_0000000000000000"}, "Такой версии у этого вебинара нет"),
            ({"version": "\0"}, "Такой версии у этого вебинара нет"),
            ({"by": "magic"}, "Такого варианта нет"),
            ({"who": "admin"}, "Такого варианта нет"),
            ({"offer": "never"}, "Такого варианта нет"),
            ({"language": "fr"}, "Такого варианта нет"),
        ],
    )
    def test_is_told_in_words(self, author: Author, query: dict[str, str], said: str) -> None:
        for answer in (author.frame(**query), author.panel(**query)):
            assert answer.status_code == 422
            assert said in words(answer.text)
        assert "<iframe" not in author.panel(**query).text

    def test_another_webinars_version_is_nobodys(self, author: Author, make: Make) -> None:
        other = autowebinar.published(make.webinar().webinar_id)
        assert other is not None
        assert author.frame(version=other.version_id).status_code == 422


class TestPanel:
    def test_form_and_frame_stand_in_one_address(self, author: Author) -> None:
        page = author.panel(second="0:20", zone="Asia/Omsk", width="phone").text
        frame = html.unescape(re.findall(r'<iframe[^>]* src="([^"]+)"', page)[0])
        assert 'data-position="20"' in author.client.get(frame).text
        assert "zone=Asia" in frame and "viewfinder--phone" in page
        assert 'method="get"' in page

    def test_cue_buttons_lead_to_the_changes_before_and_after(self, author: Author) -> None:
        page = author.panel(second=25).text
        before = html.unescape(re.findall(r'rel="prev" href="([^"]+)"', page)[0])
        following = html.unescape(re.findall(r'rel="next" href="([^"]+)"', page)[0])
        assert "second=00%3A20" in before or "second=00:20" in before
        assert "second=00%3A30" in following or "second=00:30" in following
        assert "Где?" in words(page) and "План" in words(page)
        assert 'rel="prev"' not in author.panel(second=0).text
        assert 'rel="next"' not in author.panel(second=DURATION).text

    def test_moments_worth_a_look_are_what_they_say(self, author: Author) -> None:
        slot = in_the_evening(author)["slot_id"]
        page = author.panel(start=slot).text
        ways = {
            html.unescape(name): html.unescape(address).replace("/studio/", "/autowebinar/")
            for address, name in re.findall(
                r'<li><a href="([^"]+/preview/[^"]+)"[^>]*>([^<]+)<', page
            )
        }
        assert 'id="waiting"' in author.client.get(ways["За 10 минут до начала"]).text
        assert 'data-position="0"' in author.client.get(ways["В начале"]).text
        assert "закончился" in author.client.get(ways["Опоздал на 5 минут"]).text
        assert 'data-state="ended"' in author.client.get(ways["Досмотрел до конца"]).text
        assert "закончился" in author.client.get(ways["Пришёл после конца"]).text
        assert "room--recording" in author.client.get(ways["Запись после сеанса"]).text

    def test_editor_and_versions_lead_here(self, author: Author, published: Any) -> None:
        _, version, _ = published
        timeline = author.client.get("/studio/channel/timeline/").text
        assert "data-see-now" in timeline and "/preview/?second=00:20" in html.unescape(timeline)
        overview = author.client.get("/studio/channel/").text
        assert f"/studio/channel/preview/?version={version.version_id}" in overview


class TestFraming:
    def test_only_the_preview_may_be_framed_and_by_us_alone(self, author: Author) -> None:
        frame, panel = author.frame(), author.panel()
        policy = frame.headers["Content-Security-Policy"]
        assert "frame-ancestors 'self'" in policy and "X-Frame-Options" not in frame.headers
        assert "frame-src 'self'" in panel.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in panel.headers["Content-Security-Policy"]
        room = author.client.get("/autowebinar/channel/")
        for other in (panel, room, author.client.get(f"{author.frame_path}nothing/chat")):
            assert other.headers.get("X-Frame-Options", "DENY") == "DENY"
            assert "frame-ancestors 'self'" not in other.headers.get("Content-Security-Policy", "")

    def test_who_may_not_edit_it_sees_nothing(
        self, app: Flask, make: Make, sign_in: Any, author: Author
    ) -> None:
        stranger = app.test_client()
        sign_in(stranger, make.user("speaker"))
        for path in ("", "earlier/", "nothing/chat"):
            assert stranger.get(author.frame_path + path).status_code == 403
        assert stranger.get(author.panel_path).status_code == 403
        live = make.webinar("live", published=False)
        assert author.client.get(f"/autowebinar/{live.slug}/preview/").status_code == 404
        assert author.client.get(f"/studio/{live.slug}/preview/").status_code == 404


def everything_kept(redis_url: str) -> dict[str, Any]:
    """All rows of all tables, and every key of Redis with its value."""
    db.session.rollback()
    tables = {
        name: sorted(map(repr, db.session.execute(text(f'SELECT * FROM "{name}"')).all()))
        for name in db.metadata.tables
    }
    db.session.rollback()
    server: Any = redis.Redis.from_url(redis_url)
    return {"tables": tables, "redis": {key: server.dump(key) for key in sorted(server.keys())}}


LINK = re.compile(r'(?:href|hx-get|data-clock|data-room|src)="(/(?:autowebinar|studio)[^"]+)"')
FORM = re.compile(r'(?:action|hx-post)="(/[^"]+)"|data-leave="([^"]+)"')
SAID = {"message": "Привет", "answer": "0", "position": "5", "slot": "now", "named": "y"}


class TestNothingIsKept:
    @pytest.mark.both_databases
    def test_however_much_is_looked_at_and_pressed(
        self, author: Author, come: Any, redis_url: str
    ) -> None:
        come()(START)  # there is something that could be disturbed
        slot = in_the_evening(author)["slot_id"]
        sights: list[dict[str, Any]] = [
            {"start": start, "second": second, "offer": offer}
            for start in ("now", slot, "recording")
            for second, offer in ((0, "now"), (25, "in_time"), (75, "now"), (DURATION, "long_ago"))
        ]
        sights += [
            {"start": slot, "by": "moment", "at": local(EVENING + timedelta(minutes=minutes))}
            for minutes in (-10, 0, 1, 60)
        ]
        sights += [{"who": "guest"}, {"second": "нет"}, {"start": "now", "second": 30, "been": "y"}]
        redis.Redis.from_url(redis_url).delete("efir:bell:events")  # fades by itself
        before = everything_kept(redis_url)
        pressed: set[str] = set()
        for sight in sights:
            for answer in (author.frame(**sight), author.panel(**sight)):
                pressed |= self._press_everything(author, answer.text, pressed)
        assert everything_kept(redis_url) == before
        names = {re.sub(r".*/preview/nothing/|\?.*", "", each) for each in pressed}
        assert {"say", "answer", "other_time", "contact", "feedback", "people"} <= names
        assert any(name.startswith("go/") for name in names)

    def _press_everything(self, author: Author, page: str, done: set[str]) -> set[str]:
        links = {html.unescape(each) for each in LINK.findall(page)}
        forms = {html.unescape(a or b) for a, b in FORM.findall(page)}
        ours = {each for each in links | forms if "/preview/" in each} - done
        token = TOKEN.search(page)
        for each in ours & links:
            assert author.client.get(each, headers=HTMX).status_code in (200, 422)
        for each in (ours & forms) if token else ():
            data = SAID | {"csrf_token": token[1] if token else ""}
            for headers in (HTMX, {}):
                answer = author.client.post(each, data=data, headers=headers)
                if each.startswith("/autowebinar/"):
                    assert answer.status_code == 200
                    assert "предпросмотр" in words(answer.text)
        return ours

    def test_every_way_out_of_a_previewed_page_is_the_previews_own(self, author: Author) -> None:
        """Nothing on it leads to an address of the room that a viewer would use."""
        slot = in_the_evening(author)["slot_id"]
        for sight in (
            {"start": "now", "second": 75},
            {"start": slot, "second": DURATION},
            {"start": slot, "by": "moment", "at": local(EVENING - timedelta(minutes=9))},
            {"start": "recording", "second": 25},
        ):
            page = author.frame(**sight).text
            own = re.findall(r'"(/(?:autowebinar|r)/[^"]*)"', html.unescape(page))
            assert own and [each for each in own if "/channel/preview/" not in each] == []

    def test_press_is_answered_where_it_is_seen(self, author: Author, csrf: Any) -> None:
        token = csrf(author.client, f"{author.frame_path}?second=25&start=now")
        answer = author.client.post(
            f"{author.frame_path}nothing/say",
            data={"message": "Привет", "csrf_token": token},
            headers=HTMX,
        )
        assert "ничего не записано" in answer.text
        assert answer.headers["HX-Retarget"] == "#preview-said"
        assert 'id="preview-said"' in author.frame().text

    def test_call_to_action_says_where_it_would_lead(self, author: Author) -> None:
        page = author.frame(start="now", second=35).text
        go = re.findall(r'href="([^"]+/nothing/go/[^"]+)"', page)[0]
        assert "https://a.example/p" in author.client.get(html.unescape(go)).text

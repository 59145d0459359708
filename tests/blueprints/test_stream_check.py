"""The stream check of the console: each kind of stream in words, asked again without JavaScript."""

import re
from typing import Any

import pytest

from app import clock, core, live
from tests.blueprints.test_studio_broadcast import (  # noqa: F401
    GEAR,
    Desk,
    admin_desk,
    desk,
    scheduled,
    speaker,
)
from tests.live.conftest import moment  # noqa: F401

HLS = "https://cdn.example.org/live/a.m3u8"
SECTION = re.compile(r'<section id="console-check"[^>]*>.*?</section>', re.S)
OPEN = {"open": True, "pieces": 3}


def give(desk: Desk, source: str, kind: str = "obs") -> None:  # noqa: F811
    core.webinars.edit(desk.webinar.webinar_id, stream_type=kind, stream_source=source)


def section(page: str) -> str:
    found = SECTION.search(page)
    assert found
    return found[0]


def settle(desk: Desk, found: dict[str, Any], source: str = HLS) -> None:  # noqa: F811
    (taken,) = live.checks.take(clock.now())
    assert taken.address == source
    live.checks.settle(taken, found, clock.now())


def check(desk: Desk) -> live.checks.Check | None:  # noqa: F811
    return live.checks.of(desk.webinar.webinar_id, HLS)


@pytest.mark.both_databases
def test_console_has_an_outside_stream_checked_and_says_what_was_found(
    scheduled: Desk,  # noqa: F811
    moment: Any,  # noqa: F811
) -> None:
    give(scheduled, HLS)
    page = section(scheduled.page())
    assert "Проверяем" in page
    assert f'<noscript><p><a href="/studio/{scheduled.slug}/live/">' in page
    assert 'id="console-check-again"' not in page
    settle(scheduled, {"is": "live"} | OPEN)
    page = section(scheduled.page())
    assert "Поток идёт" in page
    assert "badge--ok" in page
    assert (
        f'<form class="console__act" method="post" action="/studio/{scheduled.slug}/live/check/"'
        in page
    )
    first = check(scheduled)
    moment.shift(60)
    assert scheduled.send("live/check/").location == f"/studio/{scheduled.slug}/live/"
    again = check(scheduled)
    assert first
    assert again
    assert again.asked_at > first.asked_at
    assert again.found is None
    moment.shift(61)
    page = section(scheduled.page())
    assert "рабочие процессы" in page
    assert 'id="console-check-again"' in page


def test_opened_again_soon_the_console_asks_nobody_anew_and_on_air_by_the_button_alone(
    scheduled: Desk,  # noqa: F811
    moment: Any,  # noqa: F811
) -> None:
    give(scheduled, HLS)
    scheduled.page()
    settle(scheduled, {"is": "still"} | OPEN)
    moment.shift(240)
    scheduled.page()
    found = check(scheduled)
    assert found
    assert found.found
    moment.shift(120)
    scheduled.page("live/news/")
    assert check(scheduled) == found
    scheduled.page()
    asked = check(scheduled)
    assert asked
    assert asked.found is None
    settle(scheduled, {"is": "live"} | OPEN)
    scheduled.send("live/start/")
    moment.shift(3600)
    assert "Поток идёт" in section(scheduled.page())
    assert live.checks.take(clock.now()) == []
    scheduled.send("live/check/")
    assert live.checks.is_due(clock.now())


def test_a_new_address_is_checked_at_once_and_a_poll_brings_what_was_found(
    scheduled: Desk,  # noqa: F811
    admin_desk: Desk,  # noqa: F811
) -> None:
    admin_desk.send(GEAR, stream_type="obs", stream_source=HLS)
    assert live.checks.is_due(clock.now())
    page = scheduled.page()
    news = re.search(r'hx-get="([^"]+/news/[^"]+)"', page)
    assert news
    address = news[1].replace("&amp;", "&")
    assert scheduled.client.get(address).status_code == 204
    settle(scheduled, {"is": "recording"} | OPEN)
    answer = scheduled.client.get(address)
    assert 'id="console-check" hx-swap-oob="true"' in answer.text
    assert "запись, а не прямой эфир" in answer.text


FOUND: dict[str, tuple[dict[str, Any], str, str]] = {
    "live": ({"is": "live"} | OPEN, "ok", "Поток идёт"),
    "still": ({"is": "still"} | OPEN, "warn", "Запустите трансляцию"),
    "recording": ({"is": "recording"} | OPEN, "warn", "с начала"),
    "closed": ({"is": "live", "open": False}, "danger", "Access-Control-Allow-Origin"),
    "closed and still": ({"is": "still", "open": False}, "danger", "Поток стоит"),
    "foreign": ({"is": "foreign"}, "danger", "не поток HLS"),
    "empty": ({"is": "empty"}, "warn", "пуст"),
    "insecure": ({"is": "insecure"}, "danger", "https://"),
    "unknown": ({"is": "unknown"}, "warn", "ещё раз"),
    "a word of a release to come": ({"is": "purple"}, "warn", "сорвалась"),
}
WHY = {
    ("name", 0): "опечатки",
    ("inside", 0): "внутреннюю сеть",
    ("connect", 0): "не отвечает",
    ("timeout", 0): "слишком медленно",
    ("certificate", 0): "сертификат",
    ("status", 404): "сейчас нет (404)",
    ("status", 403): "не пускает",
    ("status", 502): "ошибкой (502)",
    ("redirects", 0): "не по правилам",
}


@pytest.mark.parametrize("name", FOUND)
def test_what_was_found_is_said_in_plain_words(scheduled: Desk, name: str) -> None:  # noqa: F811
    found, tone, words = FOUND[name]
    give(scheduled, HLS)
    scheduled.page()
    settle(scheduled, found)
    page = section(scheduled.page())
    assert f"badge--{tone}" in page
    assert words in page


@pytest.mark.parametrize("why", WHY)
def test_why_it_is_out_of_reach_is_said_in_plain_words(
    scheduled: Desk,  # noqa: F811
    why: tuple[str, int],
) -> None:
    give(scheduled, HLS)
    scheduled.page()
    settle(scheduled, {"is": "unreachable", "why": why[0], "status": why[1]})
    page = section(scheduled.page())
    assert "badge--danger" in page
    assert WHY[why] in page


OTHERS = {
    ("obs", "https://youtu.be/dQw4w9WgXcQ"): ("ok", "знает только площадка"),
    ("obs", "https://vkvideo.ru/video-1_2"): ("ok", "VK Видео"),
    ("obs", "http://cdn.example.org/a.m3u8"): ("danger", "http://"),
    ("obs", "https://example.org/"): ("danger", "Не понимаем"),
    ("obs", "https://example.org/a.mp4"): ("warn", "файла"),
    ("obs", "/hls/a.m3u8"): ("warn", "на этом же сайте"),
    ("zoom", "https://us02web.zoom.us/j/123"): ("ok", "похожа на встречу в Zoom"),
    ("zoom", "https://zoom.us.example.org/j/1"): ("warn", "zoom.us.example.org"),
    ("zoom", ""): ("danger", "некуда перейти"),
    ("telegram", "https://t.me/+abc"): ("ok", "Telegram"),
    ("telegram", "https://notme.example.org/"): ("warn", "не похоже на Telegram"),
}


@pytest.mark.parametrize("given", OTHERS)
def test_what_cannot_be_checked_from_here_is_said_to_be_so(
    scheduled: Desk,  # noqa: F811
    given: tuple[str, str],
) -> None:
    tone, words = OTHERS[given]
    give(scheduled, given[1], given[0])
    for page in (section(scheduled.page()), section(scheduled.page(""))):
        assert f"badge--{tone}" in page
        assert words in page
        assert "live/check/" not in page
    answer = scheduled.send("live/check/")
    assert answer.status_code == 409
    assert not live.checks.is_due(clock.now())


def test_our_own_stream_tells_of_itself_and_what_is_over_is_not_checked(
    scheduled: Desk,  # noqa: F811
) -> None:
    assert "hidden" in section(scheduled.page())
    give(scheduled, HLS)
    for step in ("live/start/", "live/stop/"):
        scheduled.send(step)
    assert "hidden" in section(scheduled.page())
    assert scheduled.send("live/check/").status_code == 409


def test_start_page_says_it_too_and_its_button_leads_to_the_console(
    scheduled: Desk,  # noqa: F811
) -> None:
    give(scheduled, HLS)
    page = section(scheduled.page(""))
    assert "ещё не проверяли" in page
    assert "hx-post" not in page
    assert scheduled.send("live/check/").location.endswith("/live/")
    assert "Проверяем" in section(scheduled.page(""))

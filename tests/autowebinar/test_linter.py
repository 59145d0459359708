"""What the linter finds, each kind by its name, and what it leaves alone."""

import json
from typing import Any

import pytest
from flask import Flask

from app import autowebinar, core
from app.autowebinar import VersionInvalid, draft_cues, drafts, linting
from app.autowebinar.content import LineContent
from app.autowebinar.linter import DATED, Facts, Finding, LineSeen, lint, of_line
from app.demo.seed import CONTENT as CONTENT_OF_DEMO
from tests.autowebinar.recording import CONTENT, START, after, publish
from tests.fixtures.application import Make

WHOLE: dict[str, Any] = {
    "video": "demo/webinar.mp4",
    "captions": "demo/captions.ru.vtt",
    "duration_sec": 100,
}


def cue(kind: str = "cta", **members: Any) -> dict[str, Any]:
    return {"kind": kind, "key": f"k{kind}", "show_at": 10, "text": "Текст"} | members


POLL = cue("poll", options=["да", "нет"], hide_at=20)


def found(*cues: dict[str, Any], **more: Any) -> list[tuple[str, str]]:
    facts = Facts(START, is_dead=lambda link: link == "/webinars/gone/")
    return [(each.level, each.code) for each in lint(WHOLE | {"cues": list(cues)} | more, facts)]


def test_good_content_has_no_findings() -> None:
    cues = [
        cue(hide_at=20),
        cue("offer", key="o", show_at=20, minutes=5),
        cue("poll", options=["да", "нет"]),
        cue("handout", key="h1", link="/static/x.pdf"),
        cue("handout", key="h2", link="https://example.org/y.pdf"),
        cue("note"),
    ]
    assert found(*cues, lines=[{"at": 100, "author": "А", "text": "Спасибо"}]) == []


@pytest.mark.parametrize(
    ("wrong", "code", "level"),
    [
        (cue(show_at=101), "cue_after_end", "error"),
        (cue(hide_at=101), "cue_hides_after_end", "warning"),
        (cue(hide_at=10), "hide_before_show", "error"),
        (cue(text=" "), "text_empty", "error"),
        (cue(link="javascript:alert(1)"), "link_unsafe", "error"),
        (cue(link="example.org"), "link_unsafe", "error"),
        (cue(link="http://[::1"), "link_unsafe", "error"),
        (cue(link="/webinars/gone/"), "link_dead", "error"),
        (cue("handout"), "link_missing", "error"),
        (cue("poll", options=["да"]), "options_few", "error"),
        (cue("poll", options=["да", "да"]), "options_same", "error"),
        (cue("poll", options=["да", "нет", ""]), "options_empty", "error"),
        (cue("poll", options=["да", "нет"], results_at=5), "results_before_show", "error"),
        (POLL | {"results_at": 20}, "results_after_hide", "warning"),
        (POLL | {"results_at": 101, "hide_at": None}, "results_after_end", "warning"),
        (cue("offer"), "deadline_missing", "error"),
        (cue("offer", minutes=1, until=4 * 10**9), "deadline_double", "error"),
        (cue("offer", until=int(START.timestamp())), "offer_over", "error"),
        (cue(text="Привет, {name}!"), "variable_unknown", "error"),
        (cue("note", note="Скидка до 25 ноября"), "text_dated", "warning"),
    ],
)
def test_cue_is_found(wrong: dict[str, Any], code: str, level: str) -> None:
    assert found(wrong) == [(level, code)]


def test_results_that_are_seen_in_time_are_no_finding() -> None:
    assert found(POLL | {"results_at": 19}) == []
    assert found(POLL | {"results_at": 100, "hide_at": None}) == []


def test_finding_says_where() -> None:
    (finding,) = lint(WHOLE | {"cues": [cue(text="{имя}, пора")]}, Facts(START))
    assert finding == Finding("variable_unknown", "error", 10, "kcta", None, "{имя}")


@pytest.mark.parametrize(
    ("first", "second", "codes"),
    [
        (cue(key="a"), cue(key="b", show_at=30), ["two_ctas"]),
        (cue(key="a", hide_at=30), cue(key="b", show_at=30), []),
        (cue(key="a", hide_at=31), cue("offer", key="b", show_at=30, minutes=1), ["two_ctas"]),
        (cue("note", key="a"), cue("note", key="b", show_at=30), ["two_at_once"]),
        (cue("note", key="a"), cue(key="b"), []),
    ],
)
def test_two_in_one_place_are_found(
    first: dict[str, Any], second: dict[str, Any], codes: list[str]
) -> None:
    assert [code for _, code in found(first, second)] == codes
    assert [code for _, code in found(second, first)] == codes


def test_long_cue_under_two_short_ones_is_found_twice() -> None:
    long, short, later = (
        cue(key="a", hide_at=90),
        cue(key="b", show_at=20, hide_at=30),
        cue(key="c", show_at=60, hide_at=70),
    )
    assert [code for _, code in found(long, short, later)] == ["two_ctas", "two_ctas"]


def test_recording_itself_is_looked_at() -> None:
    assert [each.code for each in lint({}, Facts(START))] == ["video_missing", "duration_missing"]
    bare = {"video": "a.mp4", "duration_sec": 100}
    codes = [(each.level, each.code) for each in lint(bare, Facts(START, video_seconds=99))]
    assert codes == [("error", "video_shorter"), ("advice", "captions_missing")]
    assert found(captions="x") == []


def test_closing_words_are_looked_at() -> None:
    closing = {"ended": "Спасибо, {имя}!", "next": "", "choice": "Скидка до 25 ноября"}
    assert found(closing=closing) == [("error", "variable_unknown"), ("warning", "text_dated")]


@pytest.mark.parametrize(
    "text",
    [
        "Встретимся в четверг",
        "Жду вас в среду",
        "по средам и пятницам",
        "До 25 ноября скидка",
        "25-го ноября начнём",
        "дата 25.11.2026",
        "дата 25/11/2026",
        "25 нояб. начнём",
        "двадцать пятого ноября",
        "on Nov. 25",
        "с 2026-11-25",
        "сегодня в 20:00",
        "Сегодня вечером в 20.00",
        "сегодня до 9 часов",
        "Завтра пришлём",
        "See you on Thursday",
        "today at 20:00",
        "tonight at 8 pm",
        "until November 25th",
        "the 25th of November",
        "tomorrow",
    ],
)
def test_date_in_a_line_is_found(text: str) -> None:
    assert [each.code for each in of_line(LineSeen(5, text, 7))] == ["line_dated"]


@pytest.mark.parametrize(
    "text",
    [
        "Среда разработки",
        "средний чек",
        "сегодня разберём воронку",
        "через два дня",
        "май — это метрика",
        "You may ask 5 questions",
        "version 1.2.3",
        "1/2/3 шага",
        "5 марок и 10 сенаторов",
        "в 20:00 по записи",
        "today we look at funnels",
        "{",
        "{}",
    ],
)
def test_line_without_a_date_is_left_alone(text: str) -> None:
    assert DATED.search(text) is None
    assert list(of_line(LineSeen(5, text))) == []


def test_line_after_the_end_is_an_error() -> None:
    (finding,) = of_line(LineSeen(101, "Пока", 3), 100)
    assert (finding.level, finding.code, finding.at, finding.line) == (
        "error",
        "line_after_end",
        101,
        3,
    )


class TestDraft:
    @pytest.mark.both_databases
    def test_report_counts_all_and_shows_errors_first(self, make: Make) -> None:
        webinar, _ = publish(make)
        author = make.user("speaker")
        lines = [(LineContent(at=1, author="А", text=f"в четверг {n}"), None) for n in range(150)]
        drafts.add_lines(webinar.webinar_id, lines, actor=author)
        draft_cues.add(webinar.webinar_id, cue(show_at=5, text=""), actor=author)
        report = linting.of_draft(webinar.webinar_id)
        assert (report.errors, report.warnings, report.may_publish) == (1, 151, False)
        assert report.findings[0].code == "text_empty"
        assert (len(report.findings), report.hidden) == (100, 52)

    def test_link_to_a_webinar_that_is_no_more_is_dead(self, make: Make) -> None:
        webinar, _ = publish(make)
        for link in (
            f"/webinars/{webinar.slug}/",
            f"/signup/?webinar={webinar.slug}",
            "/policy/",
            "https://example.org/webinars/none/",
        ):
            assert not linting.leads_to_nothing(link)
        for link in ("/webinars/none/", "/signup/?webinar=none", "/autowebinar/NO/"):
            assert linting.leads_to_nothing(link)
        core.webinar_states.archive(webinar.webinar_id, actor_id=None)
        assert linting.leads_to_nothing(f"/webinars/{webinar.slug}/")

    @pytest.mark.parametrize(
        "wrong",
        [
            cue(text=""),
            cue("poll", options=["одно"]),
            cue(text="{name}"),
            cue("offer", until=1),
            cue(link="nowhere"),
        ],
    )
    def test_errors_keep_a_draft_from_being_published(
        self, make: Make, wrong: dict[str, Any]
    ) -> None:
        webinar, version = publish(make)
        author = make.user("speaker")
        draft_cues.add(webinar.webinar_id, wrong, actor=author)
        with pytest.raises(VersionInvalid):
            drafts.publish(webinar.webinar_id, actor=author)
        assert autowebinar.published(webinar.webinar_id) == version

    def test_warnings_do_not(self, make: Make) -> None:
        webinar, _ = publish(make)
        author = make.user("speaker")
        draft_cues.add(webinar.webinar_id, cue(text="Начнём в четверг"), actor=author)
        made = drafts.publish(webinar.webinar_id, actor=author)
        assert [each.text for each in made.cues] == ["Начнём в четверг", "Получить разбор"]
        assert CONTENT["cues"][0]["text"] == made.cues[1].text
        assert after(0) == START


def test_demo_shows_every_kind_of_place_and_has_no_findings(app: object) -> None:
    content = json.loads(CONTENT_OF_DEMO.read_text("utf-8"))
    assert {each["kind"] for each in content["cues"]} >= {"cta", "offer", "poll", "note"}
    assert [each.code for each in lint(content, Facts(START))] == []


def test_whole_address_of_this_site_is_looked_up_as_its_path_is(app: Flask) -> None:
    app.config["SETTINGS"].public_url = "https://webinar.example.org"
    with app.app_context():
        facts = linting.facts_of(is_dead=lambda link: link == "/media/gone")
        for path in ("/webinars/nowhere/", "/signup/?webinar=nowhere", "/media/gone"):
            assert facts.is_dead(path)
            assert facts.is_dead(f"https://webinar.example.org{path}")
            assert not facts.is_dead(f"https://webinar.example.org.evil{path}")

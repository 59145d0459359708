"""The editor of the timeline: cues and lines by form, two authors at once, findings."""

import html
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import autowebinar, core
from app.autowebinar import draft_cues, drafts
from app.autowebinar.content import LineContent
from app.core import UserRecord, WebinarRecord
from app.web import timecodes
from tests.autowebinar.recording import CONTENT, publish
from tests.fixtures.application import Make
from tests.fixtures.visitor import _Inputs

POLL = {"show_at": "00:30", "hide_at": "1:30", "text": "Где?", "options": "Там\r\n\r\nТут\r\n"}


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("12:30", 750),
        ("1:02:30", 3750),
        ("90", 90),
        (" 0:05 ", 5),
        ("90:00", 5400),
        ("", None),
        ("1:60", None),
        ("1:61:00", None),
        ("-1", None),
        ("1:2:3:4", None),
        ("٣", None),
        ("12.30", None),
    ],
)
def test_timecode_is_read_as_people_type_it(typed: str, seconds: int | None) -> None:
    assert timecodes.parse(typed) == seconds


class Author:
    def __init__(self, client: FlaskClient, webinar: WebinarRecord, user: UserRecord) -> None:
        self.client, self.webinar, self.user = client, webinar, user
        self.base = f"/studio/{webinar.slug}/timeline/"

    def open(self, path: str = "", **more: Any) -> TestResponse:
        return self.client.get(self.base + path, **more)

    def fields(self, path: str, action: str | None = None) -> dict[str, str]:
        parser = _Inputs(action or self.base + path)
        parser.feed(self.open(path if action is None else "").text)
        return parser.fields

    def send(self, path: str, fields: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        filled = (self.fields(path) if fields is None else fields) | more
        return self.client.post(self.base + path, data=filled)

    def cues(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = drafts.get(self.webinar.webinar_id).content["cues"]
        return found

    def lines(self) -> list[tuple[int, str, str, str]]:
        found = drafts.lines(self.webinar.webinar_id)
        return [(each.at, each.author, each.role, each.text) for each in found]


@pytest.fixture
def author(app: Any, make: Make, sign_in: Any) -> Author:
    speaker = make.user("speaker", name="Андрей")
    webinar = make.webinar(slug="channel", speaker_id=speaker.user_id)
    version = autowebinar.create_version(webinar.webinar_id, CONTENT)
    autowebinar.publish(webinar.webinar_id, version.version_id)
    client = app.test_client()
    sign_in(client, speaker)
    return Author(client, webinar, speaker)


@pytest.fixture
def other(app: Any, make: Make, sign_in: Any, author: Author) -> Author:
    admin = make.user("admin", name="Марина")
    client = app.test_client()
    sign_in(client, admin)
    return Author(client, author.webinar, admin)


def flashed(author: Author) -> str:
    return html.unescape(author.open().text)


class TestCues:
    @pytest.mark.both_databases
    @pytest.mark.parametrize(
        ("kind", "typed", "kept"),
        [
            ("cta", {"link": "https://example.org/"}, {"link": "https://example.org/"}),
            ("note", {"note": "раз\r\nдва"}, {"note": "раз\nдва"}),
            ("question", {}, {}),
            ("handout", {"link": "/static/x.pdf"}, {"link": "/static/x.pdf"}),
            (
                "poll",
                {"options": "Там\r\n\r\n Тут ", "results_at": "1:00"},
                {"options": ["Там", "Тут"], "results_at": 60},
            ),
            ("offer", {"minutes": "15"}, {"minutes": 15}),
            ("offer", {"until": "2026-12-01T12:00"}, {"until": 1796115600}),
        ],
    )
    def test_cue_of_each_kind_is_added_by_the_form(
        self, author: Author, kind: str, typed: dict[str, str], kept: dict[str, Any]
    ) -> None:
        given = {"show_at": "00:10", "hide_at": "", "text": " Текст "} | typed
        answer = author.send(f"new/{kind}/", **given)
        assert answer.headers["Location"] == author.base
        cue = author.cues()[0]
        assert cue.pop("key")
        plain = {"kind": kind, "show_at": 10, "hide_at": None, "text": "Текст", "note": ""}
        assert cue == plain | {"link": None} | kept
        assert autowebinar.published(author.webinar.webinar_id).number == 2  # type: ignore[union-attr]
        assert "Сохранено в черновик." in flashed(author)

    def test_unfinished_cue_is_kept_and_found_by_the_linter(self, author: Author) -> None:
        author.send("new/poll/", show_at="00:10", text="", options="Одно")
        page = flashed(author)
        assert "Публиковать рано" in page
        assert "Нет текста." in page
        assert "В опросе нужно хотя бы два варианта." in page
        key = author.cues()[0]["key"]
        assert f'href="{author.base}cues/{key}/">Исправить' in page

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"show_at": ""}, "field__error"),
            ({"show_at": "скоро"}, "Нужно время вида 12:30"),
            ({"hide_at": "1:75"}, "Нужно время вида 12:30"),
            ({"show_at": "99:00:00"}, "Нужно время вида 12:30"),
            ({"text": "я" * 201}, "не больше 200 знаков"),
            ({"note": "я" * 1001}, "не больше 1000 знаков"),
            ({"options": "\n".join("абвгдеж")}, "Не больше 6 вариантов."),
            ({"options": "я" * 121}, "не больше 120 знаков"),
        ],
    )
    def test_bad_field_is_422_and_nothing_typed_is_lost(
        self, author: Author, wrong: dict[str, str], words: str
    ) -> None:
        answer = author.send("new/poll/", **(POLL | wrong))
        assert answer.status_code == 422
        page = html.unescape(answer.text)
        assert words in page
        assert "Там" in page or "options" in wrong
        for value in wrong.values():
            assert value.splitlines()[:1] == [] or value.splitlines()[0] in page
        assert len(author.cues()) == 1

    def test_edit_keeps_the_key(self, author: Author) -> None:
        key = author.cues()[0]["key"]
        page = author.open(f"cues/{key}/").text
        assert 'value="01:00"' in page
        author.send(f"cues/{key}/", show_at="00:50", text="Иначе")
        (cue,) = author.cues()
        assert (cue["key"], cue["show_at"], cue["text"]) == (key, 50, "Иначе")

    def test_second_author_is_told_who_changed_it_and_loses_nothing(
        self, author: Author, other: Author
    ) -> None:
        key = author.cues()[0]["key"]
        seen = author.fields(f"cues/{key}/")
        other.send(f"cues/{key}/", show_at="00:40", text="Марина была тут")
        answer = author.send(f"cues/{key}/", seen, show_at="00:45", text="Моё")
        assert answer.status_code == 409
        assert "Последняя правка черновика: Марина" in answer.text
        assert 'value="Моё"' in answer.text
        assert author.cues()[0]["text"] == "Марина была тут"
        parser = _Inputs(f"{author.base}cues/{key}/")
        parser.feed(answer.text)
        author.send(f"cues/{key}/", parser.fields, show_at="00:45", text="Моё")
        assert author.cues()[0]["text"] == "Моё"

    def test_cues_of_two_authors_do_not_hinder_each_other(
        self, author: Author, other: Author
    ) -> None:
        key = author.cues()[0]["key"]
        seen = author.fields(f"cues/{key}/")
        other.send("new/note/", show_at="5", text="Заметка")
        answer = author.send(f"cues/{key}/", seen, show_at="00:45", text="Моё")
        assert answer.status_code == 303
        assert [cue["text"] for cue in author.cues()] == ["Заметка", "Моё"]

    def test_cue_that_was_deleted_meanwhile_can_be_added_anew(
        self, author: Author, other: Author
    ) -> None:
        key = author.cues()[0]["key"]
        seen = author.fields(f"cues/{key}/")
        other.send(
            f"cues/{key}/delete/",
            {
                "csrf_token": other.fields("new/cta/")["csrf_token"],
                "seen": draft_cues.seal(author.cues()[0]),
            },
        )
        assert author.cues() == []
        assert author.send(f"cues/{key}/", seen, show_at="1", text="Моё").status_code == 404

    def test_move_changes_the_seconds_alone(self, author: Author, other: Author) -> None:
        cue = author.cues()[0]
        token = author.fields("new/cta/")["csrf_token"]
        path = f"cues/{cue['key']}/move/"
        moved = {"csrf_token": token, "seen": draft_cues.seal(cue)}
        answer = author.send(path, moved, show_at="40", hide_at="50")
        assert answer.status_code == 200
        (now,) = author.cues()
        assert now == cue | {"show_at": 40, "hide_at": 50}
        assert answer.json["seal"] == draft_cues.seal(now)
        stale = author.send(path, moved, show_at="10", hide_at="")
        assert stale.status_code == 409
        assert "Последняя правка черновика: Андрей" in stale.json["words"]
        for bad in ({"show_at": "x"}, {"show_at": "1", "hide_at": "y"}, {}):
            assert (
                author.send(path, moved | {"seen": draft_cues.seal(now)}, **bad).status_code == 422
            )
        assert author.cues() == [now]

    def test_deleted_cue_is_gone_from_the_draft_alone(self, author: Author) -> None:
        cue = author.cues()[0]
        token = author.fields("new/cta/")["csrf_token"]
        author.send(f"cues/{cue['key']}/delete/", {"csrf_token": token, "seen": "stale"})
        assert author.cues() == [cue]
        good = {"csrf_token": token, "seen": draft_cues.seal(cue)}
        author.send(f"cues/{cue['key']}/delete/", good)
        assert author.cues() == []
        version = autowebinar.published(author.webinar.webinar_id)
        assert version and len(version.cues) == 1

    def test_opening_the_editor_changes_nothing(self, author: Author) -> None:
        for path in ("", "check/", "lines/", "lines/1/", "lines/new/", "new/cta/", "lines/delete/"):
            assert author.open(path).status_code == 200
        draft = drafts.get(author.webinar.webinar_id)
        assert (draft.revision, draft.updated_by) == (0, None)

    def test_unknown_kind_cue_and_line_are_404(self, author: Author, make: Make) -> None:
        for path in ("new/banner/", "cues/none/", "lines/99999/"):
            assert author.open(path).status_code == 404
        live = make.webinar("live", slug="live-one", speaker_id=author.user.user_id)
        assert author.client.get(f"/studio/{live.slug}/timeline/").status_code == 404

    def test_markup_in_a_cue_is_shown_as_it_was_written(self, author: Author) -> None:
        author.send("new/note/", show_at="1", text='<script>alert("x")</script>')
        assert "<script>alert(" not in author.open().text

    def test_strangers_webinar_is_forbidden(self, author: Author, make: Make) -> None:
        foreign, _ = publish(make)
        assert author.client.get(f"/studio/{foreign.slug}/timeline/").status_code == 403


class TestLines:
    @pytest.mark.both_databases
    def test_line_is_added_changed_and_removed(self, author: Author) -> None:
        before = author.lines()
        author.send("lines/new/", at="0:07", author="Анна", text=" Да ", role="team")
        assert author.lines() == sorted([*before, (7, "Анна", "team", "Да")])
        line = drafts.lines(author.webinar.webinar_id)[3]
        author.send(f"lines/{line.line_id}/", at="0:08", author="Анна", text="Нет", role="guest")
        assert (8, "Анна", "guest", "Нет") in author.lines()
        fields = author.fields(f"lines/{line.line_id}/", None)
        author.send(f"lines/{line.line_id}/delete/", fields)
        assert author.lines() == before

    def test_line_is_cleaned_as_a_viewers_own(self, author: Author) -> None:
        author.send("lines/new/", at="0:07", author="Ан\u202eна", text="Д\u2066а\r\n", role="guest")
        assert (7, "Анна", "guest", "Да") in author.lines()

    @pytest.mark.both_databases
    def test_line_of_other_words_is_the_authors_own(self, author: Author) -> None:
        """A second that was moved changes nothing of who said it."""
        first, second, third, _ = drafts.lines(author.webinar.webinar_id)
        path = f"lines/{first.line_id}/"
        assert "Зритель видит пометку «из записи»" in author.open(path).text
        said = {"author": first.author, "text": first.text, "role": first.role}
        author.send(path, at="0:02", **said)
        first, second, third, _ = drafts.lines(author.webinar.webinar_id)
        assert (first.at, first.source) == (2, "broadcast")
        for line, other in ((second, {"text": "Другое"}), (third, {"author": "Не она"})):
            said = {"author": line.author, "text": line.text, "role": line.role}
            author.send(f"lines/{line.line_id}/", at="0:05", **(said | other))
        author.send("lines/new/", at="0:07", author="Анна", text="Да", role="guest")
        sources = [line.source for line in drafts.lines(author.webinar.webinar_id)]
        assert sources == ["broadcast", "typed", "typed", "typed", "broadcast"]
        assert author.open().text.count("· добавлено автором") == 3

    def test_line_of_what_is_published_is_edited_by_its_place(self, author: Author) -> None:
        second = drafts.lines(author.webinar.webinar_id)[1]
        answer = author.send(
            f"lines/{second.line_id}/", at="0:06", author="Олег", text="Иначе", role="guest"
        )
        assert answer.status_code == 303
        texts = [text for *_, text in author.lines()]
        assert texts == ["Начали", "Отлично", "Иначе", "<b>А если</b> & так?"]

    def test_line_changed_by_another_is_not_overwritten_unseen(
        self, author: Author, other: Author
    ) -> None:
        author.send("lines/new/", at="0:07", author="Анна", text="Да", role="team")
        line = drafts.lines(author.webinar.webinar_id)[3]
        path = f"lines/{line.line_id}/"
        seen = author.fields(path)
        other.send(path, at="0:07", author="Анна", text="Марина", role="team")
        answer = author.send(path, seen, at="0:07", author="Анна", text="Моё", role="team")
        assert answer.status_code == 409
        assert "Марина" in answer.text and "Моё" in answer.text
        assert (7, "Анна", "team", "Марина") in author.lines()
        author.send(path + "delete/", seen)
        assert (7, "Анна", "team", "Марина") in author.lines()

    @pytest.mark.parametrize(
        "wrong",
        [
            {"at": ""},
            {"author": " "},
            {"author": "\u200b"},
            {"text": "\u2060\u202e"},
            {"text": ""},
            {"text": "я" * 1001},
            {"role": "admin"},
        ],
    )
    def test_bad_line_is_422(self, author: Author, wrong: dict[str, str]) -> None:
        good = {"at": "0:07", "author": "Анна", "text": "Да", "role": "team"}
        before = author.lines()
        answer = author.send("lines/new/", **(good | wrong))
        assert answer.status_code == 422
        assert author.lines() == before

    def test_lines_are_paged_and_found_by_second(self, author: Author) -> None:
        lines = [(LineContent(at=n // 3, author="А", text=f"строка {n}"), None) for n in range(250)]
        drafts.add_lines(author.webinar.webinar_id, lines, actor=author.user)
        page = author.open("lines/", headers={"HX-Request": "true"}).text
        assert page.lstrip().startswith("<section")
        assert len(re.findall(r"<li>", page)) == 100
        following = re.search(r'href="[^"]*(lines/\?after=[^"]+)"', page)
        assert following
        rest = author.open(following[1]).text
        assert "строка 100" in rest and "строка 10<" not in rest
        found = author.open("lines/?since=1:20").text
        assert "строка 240" in found and "строка 239" not in found

    @pytest.mark.parametrize("cursor", ["²-1", "1-²", "-", "x-y", "9" * 40 + "-1", "5"])
    def test_cursor_that_is_none_is_a_page_all_the_same(self, author: Author, cursor: str) -> None:
        assert author.open("lines/", query_string={"after": cursor}).status_code == 200

    def test_all_lines_go_after_a_question(self, author: Author) -> None:
        assert "Удалить все реплики?" in author.open("lines/delete/").text
        author.send("lines/delete/")
        assert author.lines() == []

    def test_many_lines_are_checked_apart(
        self, author: Author, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from app.blueprints.studio import checklist

        monkeypatch.setattr(checklist, "CHECKED_AT_ONCE", 2)
        page = author.open().text
        assert f'hx-get="{author.base}check/" hx-trigger="load"' in page
        author.send("lines/new/", at="1", author="А", text="Жду в четверг", role="guest")
        found = author.open("check/", headers={"HX-Request": "true"}).text
        assert "названы день или дата" in found
        assert "«" in found or "<q>четверг</q>" in found


@pytest.mark.parametrize(
    ("video", "words"),
    [
        (None, "Видео пока нет."),
        ("https://youtu.be/dQw4w9WgXcQ", "Плеер другой площадки здесь не показать"),
        ("https://a.example/talk.mp4", 'id="editor-video"'),
    ],
)
def test_editor_says_why_there_is_no_video_beside_it(
    author: Author, video: str | None, words: str
) -> None:
    drafts.change(author.webinar.webinar_id, {"video": video}, actor=author.user)
    page = author.open().text
    every = ("Видео пока нет.", "Плеер другой площадки", 'id="editor-video"')
    assert words in page
    assert sum(each in page for each in every) == 1


def test_page_costs_the_same_however_many_lines(author: Author) -> None:
    from tests.blueprints.test_autowebinar_room import counted

    author.send("lines/new/", at="1", author="А", text="т", role="guest")
    _, few = counted(lambda: author.open())
    lines = [(LineContent(at=n // 10, author="А", text=f"строка {n}"), None) for n in range(900)]
    drafts.add_lines(author.webinar.webinar_id, lines, actor=author.user)
    answer, many = counted(lambda: author.open())
    assert len(many) == len(few)
    assert answer.text.count("строка") <= 101
    assert core.webinars.get(author.webinar.webinar_id) is not None

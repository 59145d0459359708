"""Bringing a chat file into the draft through the studio, and taking one out."""

import html
import io
import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.autowebinar import drafts, imports
from app.autowebinar.content import LineContent
from tests.blueprints.test_studio_timeline import Author, author, other  # noqa: F401
from tests.fixtures.visitor import _Inputs

# A large body lies in a temporary file of the test's own client, which leaves it to the collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
GOOD = "time,author,text,role\n0:07,Анна,Да,team\n0:08,Олег,Нет,\n0:08,Олег,Нет,\n"
MIXED = GOOD + "x,Олег,Когда?,\n"


def bring(author: Author, body: str | bytes, name: str = "chat.csv") -> TestResponse:  # noqa: F811
    data = body.encode() if isinstance(body, str) else body
    token = author.fields("import/")["csrf_token"]
    return author.client.post(
        author.base + "import/", data={"csrf_token": token, "file": (io.BytesIO(data), name)}
    )


def take(author: Author, **more: Any) -> TestResponse:  # noqa: F811
    path = author.base + "import/mapping/"
    found = re.findall(
        r'<form method="post" action="[^"]+mapping/">(.*?)</form>',
        author.open("import/mapping/").text,
        re.S,
    )
    parser = _Inputs(path)
    parser.feed(f'<form action="{path}">{found[0]}</form>')
    return author.client.post(path, data=parser.fields | more)


@pytest.mark.both_databases
def test_file_is_brought_looked_at_and_taken_in(author: Author) -> None:  # noqa: F811
    before = author.lines()
    assert bring(author, GOOD).headers["Location"] == author.base + "import/mapping/"
    page = html.unescape(author.open("import/mapping/").text)
    assert "Подходит строк: 3. Не подходит: 0." in page
    assert "кодировка utf-8" in page
    assert author.lines() == before
    assert take(author).headers["Location"] == author.base + "#lines"
    assert {
        line.source for line in drafts.lines(author.webinar.webinar_id) if line.at in (7, 8)
    } == {"imported"}
    added = [(7, "Анна", "team", "Да"), (8, "Олег", "guest", "Нет"), (8, "Олег", "guest", "Нет")]
    assert sorted(author.lines()) == sorted([*before, *added])
    assert "Загружено реплик: 3. Уже были: 0." in author.open().text


def test_what_was_taken_out_and_is_brought_again_doubles_nothing(author: Author) -> None:  # noqa: F811
    """Neither what was typed by hand nor what was edited since it was brought; a twin is one more."""
    bring(author, GOOD)
    take(author)
    author.send("lines/new/", at="0:09", author="Ира", text="Сама", role="guest")
    before = author.lines()
    edited = next(line for line in drafts.lines(author.webinar.webinar_id) if line.author == "Анна")
    author.send(f"lines/{edited.line_id}/", at="0:07", author="Анна", text="Да!", role="team")
    out = author.open("export/plain.csv", buffered=True).text
    assert bring(author, out).status_code == 303
    take(author)
    assert len(author.lines()) == len(before)
    bring(author, out + "0:09,Ира,Сама,guest\r\n")
    take(author)
    assert len(author.lines()) == len(before) + 1


@pytest.mark.both_databases
def test_mode_goes_along_through_versions_and_copies(author: Author) -> None:  # noqa: F811
    row = "00,00,07,Анна,Admin,Подсказка,Tip\r\n"
    bring(author, "Hour,Minute,Second,Name,Role,Message,Mode\r\n" + row)
    take(author)
    assert row in author.open("export/everwebinar.csv", buffered=True).text
    version = drafts.publish(author.webinar.webinar_id, actor=author.user)
    assert [line.mode for line in version.lines if line.at == 7] == ["tip"]
    (tip,) = [line for line in drafts.lines(author.webinar.webinar_id) if line.at == 7]
    author.send(f"lines/{tip.line_id}/", at="0:07", author="Анна", text="Иначе", role="team")
    out = author.open("export/everwebinar.csv", buffered=True).text
    assert row.replace("Подсказка", "Иначе") in out


def test_export_says_what_everwebinar_does_not_take(author: Author) -> None:  # noqa: F811
    page = author.open("export/").text
    assert "в его файл войдут" not in page
    late = LineContent(at=28_800, author="Анна", text="Поздно")
    drafts.add_lines(author.webinar.webinar_id, [(late, None)], actor=author.user)
    assert "в его файл войдут первые 4." in author.open("export/").text


def test_file_brought_again_changes_nothing(author: Author) -> None:  # noqa: F811
    for _ in range(2):
        bring(author, GOOD)
        take(author)
    assert len(author.lines()) == 7
    assert "Загружено реплик: 0. Уже были: 3." in author.open().text


def test_export_brought_back_changes_nothing(author: Author) -> None:  # noqa: F811
    before = author.lines()
    for form in ("plain", "everwebinar"):
        answer = author.open(f"export/{form}.csv", buffered=True)
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert "attachment" in answer.headers["Content-Disposition"]
        bring(author, answer.data)
        take(author)
        assert author.lines() == before


def test_all_or_nothing_unless_the_good_rows_are_asked_for(author: Author) -> None:  # noqa: F811
    before = author.lines()
    bring(author, MIXED)
    page = html.unescape(author.open("import/mapping/").text)
    assert "Подходит строк: 3. Не подходит: 1." in page
    assert re.search(r"строка 5</span> <span>время не прочитать <q>x \| Олег", page)
    refused = take(author)
    assert refused.status_code == 422
    assert "Ничего не загружено" in refused.text
    assert author.lines() == before
    assert take(author, rows="good").status_code == 303
    assert len(author.lines()) == len(before) + 3
    assert "Пропущено строк: 1." in author.open().text


def test_columns_are_mapped_by_hand(author: Author) -> None:  # noqa: F811
    bring(author, "что;когда;кто\nПривет;0:05;Анна\n".encode("cp1251"))
    page = html.unescape(author.open("import/mapping/").text)
    assert "кодировка windows-1251" in page
    assert "Укажите, в каких колонках время, автор и текст." in page or "Не подходит" in page
    query = "?format=table&header=1&time=1&author=2&text=0"
    page = html.unescape(author.open("import/mapping/" + query).text)
    assert "Подходит строк: 1. Не подходит: 0." in page
    token = author.fields("import/")["csrf_token"]
    given = {"csrf_token": token, "format": "table", "header": "1", "time": "1", "author": "2"}
    author.client.post(author.base + "import/mapping/", data=given | {"text": "0"})
    assert (5, "Анна", "guest", "Привет") in author.lines()


@pytest.mark.parametrize(
    "query",
    [
        "?format=table&time=x&author=-1&text=9999",
        "?format=table&header=1&time=0&author=500&text=1",
        "?format=nonsense",
        "?format=everwebinar",
        "?format=bracketed&time=0&author=1&text=2",
    ],
)
def test_odd_mapping_does_no_harm(author: Author, query: str) -> None:  # noqa: F811
    bring(author, GOOD)
    assert author.open("import/mapping/" + query).status_code == 200


@pytest.mark.parametrize("body", [b"", b" \n", b"\x00\xff\xfe" * 10])
def test_file_that_will_not_do_is_said_so(author: Author, body: bytes) -> None:  # noqa: F811
    answer = bring(author, body)
    if answer.status_code == 303:
        page = author.open("import/mapping/").text
        assert 'role="alert"' in page or "Не подходит: 0" not in page
    else:
        assert answer.status_code in (413, 422)
        assert author.lines()


def test_files_of_two_authors_do_not_mix(author: Author, other: Author) -> None:  # noqa: F811
    bring(author, GOOD)
    bring(other, "time,author,text\n0:01,Марина,Моё\n")
    assert "Моё" not in author.open("import/mapping/").text
    assert "Моё" in other.open("import/mapping/").text


def test_mapping_without_a_file_leads_to_bringing_one(author: Author) -> None:  # noqa: F811
    answer = author.open("import/mapping/")
    assert answer.headers["Location"] == author.base + "import/"


def test_markup_in_a_file_is_shown_as_it_was_written(author: Author) -> None:  # noqa: F811
    bring(author, "time,author,text\n0:01,<b>А</b>,<script>1</script>\nx,<i>,y\n", '<u>"x".csv')
    page = author.open("import/mapping/").text
    assert "<script>1" not in page and "<i>" not in page and "<u>" not in page


def test_many_lines_come_in_and_are_published(author: Author) -> None:  # noqa: F811
    body = "time,author,text\n" + "".join(f"{n % 100},Анна,строка {n}\n" for n in range(9_000))
    bring(author, body)
    take(author)
    assert drafts.get(author.webinar.webinar_id).lines == 9_004
    version = drafts.publish(author.webinar.webinar_id, actor=author.user)
    assert len(version.lines) == 9_004
    assert imports.brought(author.webinar.webinar_id, actor=author.user) is None


def test_file_larger_than_its_format_is_read_as_a_plain_table_as_the_refusal_says(
    author: Author,  # noqa: F811
) -> None:
    """Three columns of time cannot be chosen by hand, so they stay known."""
    row = "0,0,{},Анна,Attendee,Реплика {},Chat\n"
    body = "Hour,Minute,Second,Name,Role,Message,Mode\n"
    bring(author, body + "".join(row.format(n % 8, n) for n in range(5_001)))
    assert "выберите «Обычная таблица»" in html.unescape(author.open("import/mapping/").text)
    page = html.unescape(author.open("import/mapping/?format=table").text)
    assert "Подходит строк: 5001. Не подходит: 0." in page


def test_wrong_guess_of_the_delimiter_is_put_right(author: Author) -> None:  # noqa: F811
    """The choice is kept through the mapping, into what is taken in."""
    bring(author, "sep=,\n0:07|Анна|Да, да\n")
    before = author.lines()
    page = author.open("import/mapping/?encoding=utf-8&delimiter=bar").text
    assert '<option value="bar" selected>' in page
    assert page.count('name="delimiter" value="bar"') == 2
    told = {"encoding": "utf-8", "delimiter": "bar", "format": "table", "header": "0"}
    chosen = told | {"time": "0", "author": "1", "text": "2"}
    path = author.base + "import/mapping/"
    token = author.fields("import/")["csrf_token"]
    author.client.post(path, data=chosen | {"csrf_token": token})
    assert [line for line in author.lines() if line not in before] == [
        (7, "Анна", "guest", "Да, да")
    ]


def test_wrong_guess_of_the_encoding_is_put_right(author: Author) -> None:  # noqa: F811
    bring(author, GOOD.encode("koi8-r"))
    assert "Анна" not in author.open("import/mapping/").text
    page = author.open("import/mapping/?encoding=koi8-r&delimiter=comma").text
    assert "Анна" in page
    assert '<option value="koi8-r" selected>' in page
    take(author, encoding="koi8-r", delimiter="comma")
    assert (7, "Анна", "team", "Да") in author.lines()


@pytest.mark.parametrize("told", ["encoding=nothing", "delimiter=%00", "delimiter=x&encoding=zip"])
def test_what_is_no_choice_is_left_to_the_guess(author: Author, told: str) -> None:  # noqa: F811
    bring(author, GOOD)
    page = author.open(f"import/mapping/?{told}")
    assert page.status_code == 200
    assert "Подходит строк: 3. Не подходит: 0." in page.text

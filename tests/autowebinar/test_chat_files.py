"""Chat files of other products, byte for byte as they describe them, and tables of people's own."""

import csv
import io
from typing import Any

import pytest

from app.autowebinar import chat_files
from app.autowebinar.chat_files import ChatFile, FileRefused, Plan
from app.autowebinar.chat_files.guarding import freed, guarded
from app.autowebinar.content import LineContent
from app.autowebinar.drafts import DraftLine
from app.autowebinar.line_keys import keys_of

Row = tuple[int, str, str, str]


def read(body: str | bytes, duration: int | None = None) -> tuple[Plan, ChatFile]:
    data = body.encode() if isinstance(body, str) else body
    table = chat_files.open_table(data)
    plan = chat_files.guess(table)
    return plan, chat_files.read(table, plan, len(data), duration=duration)


def rows(found: ChatFile) -> list[Row]:
    return [(line.at, line.author, line.role, line.text) for line in found.lines]


EVERWEBINAR = '''Hour,Minute,Second,Name,Role,Message,Mode
00,00,03,Anna,Attendee,Hello,Chat
00,12,30,Host,Admin,"Yes, of course",Highlighted
07,59,59,"O'Hara, Jim",Attendee,"He said ""when?""",Question
'''


@pytest.mark.parametrize(
    ("body", "format", "expected"),
    [
        (
            EVERWEBINAR,
            "everwebinar",
            [
                (3, "Anna", "guest", "Hello"),
                (750, "Host", "team", "Yes, of course"),
                (28799, "O'Hara, Jim", "guest", 'He said "when?"'),
            ],
        ),
        (
            "First name,Surname,Chat relative time,Chat message\n"
            "Анна,Лебедева,00:01:05,Привет\nОлег,,01:00:00,Да\n",
            "webinargeek",
            [(65, "Анна Лебедева", "guest", "Привет"), (3600, "Олег", "guest", "Да")],
        ),
        (
            'name,message,after\nAnna,Hi,5\nJim,"a, b",75\n',
            "aevent",
            [(5, "Anna", "guest", "Hi"), (75, "Jim", "guest", "a, b")],
        ),
        (
            "after\tmsg\tfrom\n5\tHi\tAnna\n",
            "aevent",
            [(5, "Anna", "guest", "Hi")],
        ),
        (
            "name,message,time\nAnna,Hi,00:01:02\nJim,Yo,02:03\n",
            "table",
            [(62, "Anna", "guest", "Hi"), (123, "Jim", "guest", "Yo")],
        ),
        (
            "5;Анна;Привет, все\n70;Олег;Да\n",
            "apsg",
            [(5, "Анна", "guest", "Привет, все"), (70, "Олег", "guest", "Да")],
        ),
        (
            "[0:12:30] Мария Иванова – Казань (РТ): Привет: всем\n[01:05:20] Олег: Да\n",
            "bracketed",
            [(750, "Мария Иванова", "guest", "Привет: всем"), (65, "Олег", "guest", "Да")],
        ),
        (
            "Время;Автор;Текст;Роль\r\n0:05;Анна;Привет;зритель\r\n1:02:03;Ольга;Да;команда\r\n",
            "table",
            [(5, "Анна", "guest", "Привет"), (3723, "Ольга", "team", "Да")],
        ),
    ],
)
def test_format_is_known_and_read(body: str, format: str, expected: list[Row]) -> None:
    plan, found = read(body)
    assert (plan.format, rows(found), found.refused) == (format, expected, ())


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode("utf-8"),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("cp1251"),
        lambda text: text.encode("utf-16"),
    ],
)
def test_encoding_is_found_out(encode) -> None:  # type: ignore[no-untyped-def]
    _, found = read(encode("time,author,text\n0:05,Анна,«Привет», да\n".replace(", да", "")))
    assert rows(found) == [(5, "Анна", "guest", "«Привет»")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("10;Анна;Привет, все, друзья\n", [(10, "Анна", "guest", "Привет, все, друзья")]),
        ("sep=;\r\ntime;name;message\r\n5;Анна;Да, да\r\n", [(5, "Анна", "guest", "Да, да")]),
        ('10;Анна;"Отлично" сказал\n', [(10, "Анна", "guest", "Отлично сказал")]),
        (
            "ID,Parent ID,URL ID,URL,Name,Avatar,Comment,Delay,Delay Unit\n"
            "1,,u,,Ann,,Hi,5,minutes\n2,,u,,Bob,,Yes,7,seconds\n3,,u,,Eve,,No,1,hour\n",
            [(300, "Ann", "guest", "Hi"), (7, "Bob", "guest", "Yes"), (3600, "Eve", "guest", "No")],
        ),
    ],
)
def test_few_rows_a_spreadsheets_first_line_and_a_column_of_units(
    body: str, expected: list[Row]
) -> None:
    assert rows(read(body)[1]) == expected


def test_unit_that_is_not_known_is_a_refused_row() -> None:
    _, found = read("time,name,message,delay unit\n5,Ann,Hi,moons\n")
    assert [each.reason for each in found.refused] == ["time"]


@pytest.mark.parametrize("first", ["time,author,text\n", ""])
def test_quote_that_is_never_closed_does_not_swallow_the_lines_after_it(first: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        read(f'{first}10,Анна,"Да\n20,Олег,Нет\n30,Ира,Когда?\n')
    assert refusal.value.why == "not_a_table"


def test_each_refused_row_is_told_with_its_number_and_reason() -> None:
    body = (
        "Hour,Minute,Second,Name,Role,Message,Mode\n"
        "00,00,03,Anna,Attendee,Good,Chat\n"
        "08,00,00,Anna,Attendee,Late,Chat\n"
        "00,60,00,Anna,Attendee,Minutes,Chat\n"
        "0x,00,00,Anna,Attendee,Letters,Chat\n"
        "\n"
        "00,00,01,,Attendee,Nobody,Chat\n"
        "00,00,01,Anna,Attendee,,Chat\n"
        "00,00,01,Anna,Boss,Role,Chat\n"
        "00,00,01,Anna,Attendee,Mode,Tip\n"
        "00,00,01\n"
        f"00,00,01,{'я' * 81},Attendee,Long,Chat\n"
        f"00,00,01,Anna,Attendee,{'я' * 1001},Chat\n"
        "00,05,00,Anna,Attendee,After,Chat\n"
    )
    _, found = read(body, duration=200)
    assert [line.text for line in found.lines] == ["Good"]
    assert [(each.number, each.reason) for each in found.refused] == [
        (3, "time"),
        (4, "time"),
        (5, "time"),
        (7, "author"),
        (8, "text"),
        (9, "role"),
        (10, "mode"),
        (11, "columns"),
        (12, "author_long"),
        (13, "text_long"),
        (14, "after_end"),
    ]
    assert found.rows == 12


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("name,message,after\n", "empty"),
        ("a,b\n1,2\n", "unmapped"),
        ("", "unmapped"),
        ("Hour,Minute,Second,Name,Role,Message,Mode\n" + "0,0,1,A,Attendee,b,Chat\n" * 5001,
         "format_too_many"),
        ("name,message,after\n" + "A,b,1\n" * 501, "format_too_many"),
        ("Hour,Minute,Second,Name,Role,Message,Mode\n" + f"0,0,1,A,Attendee,{'b' * 900},Chat\n" * 1200,
         "format_too_large"),
        ("time,author,text\n" + "1,A,b\n" * 100_001, "too_many"),
        ('time,author,text\n1,A,"' + "x" * 200_000, "not_a_table"),
    ],
)  # fmt: skip
def test_file_that_will_not_do_is_refused_by_name(body: str, why: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        read(body)
    assert refusal.value.why == why


def test_hundred_thousand_lines_are_read() -> None:
    body = "time,author,text\n" + "".join(f"{n % 3600},Анна,строка {n}\n" for n in range(100_000))
    _, found = read(body)
    assert (len(found.lines), found.refused) == (100_000, ())


@pytest.mark.parametrize(
    ("text", "out"),
    [
        ("=1+1", "'=1+1"),
        ("+7 999", "'+7 999"),
        ("-", "'-"),
        ("@cmd", "'@cmd"),
        ("\tx", "'\tx"),
        ("'=1", "''=1"),
        ("'quoted'", "'quoted'"),
        ("1=1", "1=1"),
        ("", ""),
    ],
)
def test_formula_is_guarded_and_freed_exactly(text: str, out: str) -> None:
    assert guarded(text) == out
    assert freed(out) == text


SAID = [
    DraftLine(1, 0, "Анна", "guest", "Начали"),
    DraftLine(2, 3723, "=cmd|' /C calc'!A0", "team", 'Да, "точно"\nвторая строка'),
    DraftLine(3, 3723, "Олег", "guest", "'-1"),
]


@pytest.mark.parametrize("write", [chat_files.everwebinar, chat_files.plain])
def test_what_was_written_is_read_back_as_it_was(write) -> None:  # type: ignore[no-untyped-def]
    text = "".join(write(SAID))
    _, found = read(text)
    assert rows(found) == [(each.at, each.author, each.role, each.text) for each in SAID]


def test_no_cell_of_a_table_is_taken_for_a_formula() -> None:
    text = "".join(chat_files.plain(SAID))
    cells = [cell for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"))) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_everwebinar_file_has_its_seven_columns() -> None:
    first, second, *_ = "".join(chat_files.everwebinar(SAID)).splitlines()
    assert first == "Hour,Minute,Second,Name,Role,Message,Mode"
    assert second == "00,00,00,Анна,Attendee,Начали,Chat"


def test_everwebinar_file_has_the_very_words_and_modes_it_came_with() -> None:
    body = (
        "Hour,Minute,Second,Name,Role,Message,Mode\r\n"
        "00,00,03,Anna,Attendee,+,Chat\r\n"
        "00,00,04,-Jim-,Attendee,=) yes?,Question\r\n"
        "00,00,05,Host,Admin,@Jim: '+7 999,Answer\r\n"
        "00,00,06,Host,Admin,-20 %,Highlighted\r\n"
        "07,59,59,Host,Admin,Read on,Tip\r\n"
    )
    _, found = read(body)
    lines = [
        DraftLine(place, line.at, line.author, line.role, line.text, mode=line.mode)
        for place, line in enumerate(found.lines)
    ]
    assert "".join(chat_files.everwebinar(lines)) == body


def test_mode_that_a_viewer_cannot_have_is_written_as_chat() -> None:
    line = DraftLine(1, 0, "Анна", "guest", "Да", mode="tip")
    assert "".join(chat_files.everwebinar([line])).endswith("Attendee,Да,Chat\r\n")


@pytest.mark.parametrize(
    ("lines", "written"),
    [
        ([DraftLine(1, 28_799, "А", "guest", "б"), DraftLine(2, 28_800, "А", "guest", "в")], 1),
        ([DraftLine(1, 0, "А", "guest", "б")] * 5_001, 5_000),
        ([DraftLine(1, 0, "А", "guest", "я" * 1000)] * 600, 493),
    ],
)
def test_everwebinar_file_has_no_more_than_it_may(lines: list[DraftLine], written: int) -> None:
    text = "".join(chat_files.everwebinar(lines))
    _, found = read(text)
    assert (len(found.lines), len(found.refused)) == (written, 0)
    assert sum(1 for _ in chat_files.within_everwebinar(lines)) == written


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("Ан\u202eна\u200f", "Да\u202e\x07 нет", (1, "Анна", "guest", "Да нет")),
        ("\u200b", "Да", "author"),
        ("\u3164", "Да", "author"),
        ("Анна", "\u200b\u2060", "text"),
        ("👩\u200d🚀", "❤️", (1, "👩\u200d🚀", "guest", "❤️")),
    ],
)
def test_what_nobody_sees_is_taken_out_or_refused(name: str, text: str, expected: Any) -> None:
    _, found = read(f"time,name,message\n1,{name},{text}\n")
    assert [*rows(found), *(each.reason for each in found.refused)] == [expected]


def test_twins_have_keys_of_their_own_and_the_same_each_time() -> None:
    line = LineContent(at=1, author="А", text="да")
    keys = keys_of([line, line, LineContent(at=2, author="А", text="да")])
    assert len(set(keys)) == 3
    assert keys_of([line, line]) == keys[:2]

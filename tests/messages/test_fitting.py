"""No value, however long, makes Telegram refuse a message or spoils its markup."""

import pytest
from flask import Flask

from app.messages import fitting, texts
from workers.telegram.sandbox.markup import read_text


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("Анна", 4),
        ("😀", 1),
        ("<b>Анна</b> &lt;3", 7),
        ("&#128512;&amp;", 2),
        ('<a href="https://example.org/">сюда</a>', 4),
        ("a < b & c", 9),
        ("строка\nещё", 10),
    ],
)
def test_length_is_what_a_reader_sees(text: str, length: int) -> None:
    assert fitting.shown_length(text) == length


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        ("коротко", 7, "коротко"),
        ("слово слово слово", 13, "слово слово…"),
        ("<b>слово <i>слово слово</i></b>", 13, "<b>слово <i>слово…</i></b>"),
        ("слово &amp;&amp;&amp; слово", 12, "слово &amp;&amp;&amp;…"),
        ("😀" * 5, 4, "😀😀😀…"),
        ("до https://efir.example/r/token конец", 20, "до…"),
    ],
)
def test_text_is_cut_at_a_safe_place(text: str, limit: int, kept: str) -> None:
    assert fitting.cut(text, limit) == kept
    assert fitting.shown_length(kept) <= limit


@pytest.mark.parametrize("sign", ["я", "&", "<", "😀", "слово ", '"', "\x00a"])
def test_long_value_gives_way_and_the_link_stays_whole(app: Flask, sign: str) -> None:
    """What comes out is what Telegram takes: the sandbox parses it as Telegram does."""
    link = "https://efir.example/r/" + "x" * 32 + "/"
    body = "<b>{name}</b>\n\n<i>{text}</i>\n\nКомната: {room_link}"
    rendered = texts.fitted(body, {"name": "Анна", "text": sign * 9000, "room_link": link})
    shown, entities = read_text(rendered, "HTML")
    assert shown.startswith("Анна\n\n")
    assert shown.endswith(f"…\n\nКомната: {link}")
    assert len(shown) <= fitting.LONGEST
    assert {each["type"] for each in entities} >= {"bold", "italic", "url"}


def test_template_that_is_too_long_by_itself_is_cut(app: Flask) -> None:
    rendered = texts.fitted("<b>" + "слово " * 1000 + "</b>{name}", {"name": "Анна"})
    shown, _ = read_text(rendered, "HTML")
    assert (len(shown) <= fitting.LONGEST, shown[-1]) == (True, "…")


def test_several_long_values_give_way_together(app: Flask) -> None:
    values = {"name": "а" * 5000, "text": "б" * 5000, "webinar": "в" * 5000}
    shown, _ = read_text(texts.fitted("{name}\n{text}\n{webinar}", values), "HTML")
    assert len(shown) <= fitting.LONGEST
    assert [line[0] for line in shown.split("\n")] == ["а", "б", "в"] or "…" in shown

"""parse_mode=HTML as Telegram reads it."""

from typing import Any

import pytest

from workers.telegram.sandbox.markup import found_entities, read_text, utf16_length
from workers.telegram.sandbox.phone.bubble import render_text
from workers.telegram.sandbox.refusal import Refusal


def entity(kind: str, offset: int, length: int, **more: str) -> dict[str, Any]:
    return {"offset": offset, "length": length, "type": kind} | more


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("просто", "просто", []),
        ("<b>ж</b><i>к</i>", "жк", [entity("bold", 0, 1), entity("italic", 1, 1)]),
        ("<b>а<i>б</i></b>", "аб", [entity("bold", 0, 2), entity("italic", 1, 1)]),
        ("<B>а</B>", "а", [entity("bold", 0, 1)]),
        ("😀<u>😀</u>", "😀😀", [entity("underline", 2, 2)]),
        ("&lt;b&gt; &amp; &quot; &#33; &#x21; &nbsp; R&D", '<b> & " ! ! &nbsp; R&D', []),
        (
            '<a href="https://efir.example/?a=1&amp;b=2">x</a>',
            "x",
            [entity("text_link", 0, 1, url="https://efir.example/?a=1&b=2")],
        ),
        ('<a href="javascript:alert(1)">x</a>', "x", []),
        ('<span class="tg-spoiler">x</span>', "x", [entity("spoiler", 0, 1)]),
        ("<blockquote expandable>x</blockquote>", "x", [entity("expandable_blockquote", 0, 1)]),
        ("  <b> x </b> ", "x", [entity("bold", 0, 1)]),
        ("a<b></b>b", "ab", []),
        (
            "см. https://efir.example/r/1.",
            "см. https://efir.example/r/1.",
            [entity("url", 4, 24)],
        ),
    ],
)
def test_read_text_tells_what_is_shown(
    source: str, text: str, entities: list[dict[str, Any]]
) -> None:
    assert read_text(source, "HTML") == (text, entities)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("я <3 вас", 'Unsupported start tag "3" at byte offset 3'),
        ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("<script>x</script>", 'Unsupported start tag "script" at byte offset 0'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        (
            "<b><i>x</b></i>",
            'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"',
        ),
        ("x <b", "Unclosed start tag at byte offset 2"),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        (
            "<b x>y</b>",
            'Expected equal sign in declaration of an attribute of the tag "b" at byte offset 0',
        ),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_read_text_refuses_markup_that_telegram_cannot_parse(source: str, reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_text(source, "HTML")
    assert refused.value.code == 400
    assert refused.value.description == f"Bad Request: can't parse entities: {reason}"


def test_read_text_refuses_half_a_character() -> None:
    with pytest.raises(Refusal, match="UTF-8"):
        read_text("\ud83d", "")


def test_read_text_without_parse_mode_leaves_tags_alone() -> None:
    assert read_text("<b>x</b> & y", "") == ("<b>x</b> & y", [])


def test_utf16_length_counts_an_emoji_as_two() -> None:
    assert utf16_length("a😀я") == 4


def test_found_entities_marks_commands_only_at_the_start_of_a_word() -> None:
    assert found_entities("/start abc и/или") == [entity("bot_command", 0, 6)]


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("<b>а<i>б</i></b>в", "<b>а</b><b><i>б</i></b>в"),
        ("&lt;img src=x onerror=alert(1)&gt;", "&lt;img src=x onerror=alert(1)&gt;"),
        ("😀<b>x</b>", "😀<b>x</b>"),
        (
            '<a href="https://e.ru/?a=1&amp;b=&quot;">x</a>',
            '<a href="https://e.ru/?a=1&amp;b=&quot;" target="_blank" rel="noopener noreferrer">x</a>',
        ),
    ],
)
def test_render_text_is_safe_html(source: str, html: str) -> None:
    text, entities = read_text(source, "HTML")
    assert render_text(text, tuple(entities)) == html

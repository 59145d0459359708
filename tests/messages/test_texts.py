"""Texts of messages: every value escaped, every mistake refused before it is saved."""

import pytest
from flask import Flask

from app.core import UserRecord
from app.core.errors import Forbidden
from app.messages import texts
from app.messages.texts import TextRefused
from tests.fixtures.application import Make


@pytest.fixture
def admin(make: Make) -> UserRecord:
    return make.user("admin")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("<b>Анна</b>", "&lt;b&gt;Анна&lt;/b&gt;"),
        ("Анна & Ко", "Анна &amp; Ко"),
        ("&lt;", "&amp;lt;"),
        ('<a href="http://evil.example">', "&lt;a href=&quot;http://evil.example&quot;&gt;"),
        ("Анна 👩🏽‍🚀", "Анна 👩🏽‍🚀"),
        ("محمد", "محمد"),
        ("{email}", "{email}"),
        (17, "17"),
    ],
)
def test_value_is_escaped(value: object, shown: str) -> None:
    assert texts.fill("Имя: <b>{name}</b>", {"name": value, "email": "x@example.org"}) == (
        f"Имя: <b>{shown}</b>"
    )


def test_line_whose_variables_are_all_empty_is_left_out() -> None:
    body = "Лид № {lead_id}\nПригласил: {inviter}\n{name}, {email}\n\nКонец"
    values = {"lead_id": 1, "inviter": None, "name": "", "email": "a@example.org"}
    assert texts.fill(body, values) == "Лид № 1\n, a@example.org\n\nКонец"


def test_language_that_has_no_text_falls_back_to_russian(app: Flask) -> None:
    values = {"login_link": "https://example.org"}
    assert texts.render("login_link", "lead", "kk", values) == texts.render(
        "login_link", "lead", "ru", values
    )
    assert texts.render("login_link", "lead", None, values) == texts.render(
        "login_link", "lead", "ru", values
    )


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("", "message_text_empty"),
        ("  \r\n ", "message_text_empty"),
        ("x" * 4097, "message_text_too_long"),
        ("{nmae}", "message_text_unknown_variable"),
        ("{password}", "message_text_unknown_variable"),
        ("{имя}", "message_text_unknown_variable"),
        ("{Name}", "message_text_unknown_variable"),
        ("{ name }", "message_text_unknown_variable"),
        ("{}", "message_text_unknown_variable"),
        ("<b>open", "message_text_markup"),
        ("closed</b>", "message_text_markup"),
        ("<b><i>crossed</b></i>", "message_text_markup"),
        ("<script>alert(1)</script>", "message_text_markup"),
        ("<img src=x>", "message_text_markup"),
        ("<div>no</div>", "message_text_markup"),
        ("one < two", "message_text_markup"),
        ("salt & pepper", "message_text_markup"),
        ("<br/>", "message_text_markup"),
        ("&nbsp;", "message_text_markup"),
        ("<!-- note -->", "message_text_markup"),
        ("<!doctype html>", "message_text_markup"),
        ("<?php ?>", "message_text_markup"),
        ("one &", "message_text_markup"),
        ("one <", "message_text_markup"),
    ],
)
def test_text_that_would_not_go_out_is_refused_and_not_saved(
    admin: UserRecord, body: str, name: str
) -> None:
    before = texts.all_texts()
    with pytest.raises(TextRefused) as refusal:
        texts.save("welcome", "lead", "ru", body, actor=admin)
    assert refusal.value.name == name
    assert texts.all_texts() == before


@pytest.mark.parametrize(
    "body",
    [
        "Здравствуйте, {name}.",
        "<b>{name}</b> и <i>{webinar}</i>",
        '<a href="https://example.org/?a=1&amp;b=2">сюда</a>',
        "one &lt; two &amp; three &gt; zero",
        "😀 {first_name}",
        "&#128512; &quot;{name}&quot;",
        "x" * 4096,
        "<blockquote>{text}</blockquote>",
    ],
)
def test_text_that_telegram_takes_is_saved(admin: UserRecord, body: str) -> None:
    texts.save("welcome", "lead", "ru", body, actor=admin)
    saved = [text.body for text in texts.all_texts() if text.body == body]
    assert saved == [body]


@pytest.mark.both_databases
def test_saved_text_is_the_next_one_rendered(admin: UserRecord) -> None:
    texts.save("welcome", "team", "ru", " Лид {lead_id}\r\nИмя {name}\r\n", actor=admin)
    assert (
        texts.render("welcome", "team", "ru", {"lead_id": 5, "name": "Анна"}) == "Лид 5\nИмя Анна"
    )


def test_text_of_an_unknown_kind_is_refused(admin: UserRecord) -> None:
    with pytest.raises(TextRefused):
        texts.save("nonsense", "lead", "ru", "Текст", actor=admin)


@pytest.mark.parametrize("role", ["speaker", "leader", "partner", "candidate"])
def test_texts_are_edited_by_who_may(make: Make, role: str) -> None:
    with pytest.raises(Forbidden):
        texts.save("welcome", "lead", "ru", "Текст", actor=make.user(role))

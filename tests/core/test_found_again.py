"""One person is one lead, however the address was typed and however often, or at once."""

from typing import Any

import pytest
from flask import Flask

from app import core
from app.core.errors import IngestRefused
from tests.fixtures.application import Make
from tests.fixtures.parallel import at_once

pytestmark = pytest.mark.both_databases


def names_of(lead_id: int) -> list[str]:
    """The lead's events, oldest first."""
    return [envelope.name for envelope in reversed(core.timeline.of_lead(lead_id))]


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ("anna@example.org", "  anna@example.org\t"),
        ("anna@example.org", "Anna@Example.ORG"),
        ("anna@example.org", "ａｎｎａ@ｅｘａｍｐｌｅ.org"),
        ("мария@пример.рф", "МАРИЯ@ПРИМЕР.РФ"),
        ("maria@пример.рф", "maria@xn--e1afmkfd.xn--p1ai"),
        ("rené@example.org", "rene\u0301@example.org"),
        ("olga@bücher.example", "olga@xn--bcher-kva.example"),
    ],
    ids=["trim", "case", "full-width", "cyrillic", "idn", "composed", "umlaut"],
)
def test_lead_is_found_again_by_normalised_email(make: Make, first: str, again: str) -> None:
    one, two = make.ingest(first), make.ingest(again)
    assert (one.created, two.created) == (True, False)
    assert one.lead_id == two.lead_id


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("anna@example.org", "anna@example.com"),
        ("anna@example.org", "ann@example.org"),
        ("anna@example.org", "anna+news@example.org"),
        ("anna@example.org", "an.na@example.org"),
    ],
)
def test_different_addresses_are_different_leads(make: Make, one: str, other: str) -> None:
    assert make.ingest(one).lead_id != make.ingest(other).lead_id


def test_second_submission_fills_blanks_and_never_overwrites(make: Make) -> None:
    first = make.ingest(
        "anna@example.org", name="Анна", consent="v1", ip="10.0.0.1", utm_source="mail"
    )
    before = core.leads.get(first.lead_id)
    make.ingest(
        "anna@example.org",
        name="Злодей",
        phone="8 999 123-45-67",
        consent="v2",
        ip="10.0.0.2",
        source="signup",
        utm_source="spam",
        utm_medium="post",
    )
    after = core.leads.get(first.lead_id)
    assert (after.name, after.phone) == ("Анна", "+79991234567")
    assert after.meta == before.meta | {"utm_medium": "post"}
    assert after.meta["consent_version"] == "v1"
    assert after.meta["consent_ip"] == "10.0.0.1"
    make.ingest("anna@example.org", phone="+7 111 222-33-44")
    assert core.leads.get(first.lead_id).phone == "+79991234567"


def test_second_submission_tells_what_it_filled_and_nothing_else(make: Make) -> None:
    lead = make.lead("anna@example.org", name="Анна")
    make.ingest("anna@example.org", name="Анна", phone="89991234567")
    newest = core.timeline.of_lead(lead.lead_id)[0]
    assert newest.name == "core_lead_updated"
    assert newest.payload == {
        "lead_id": lead.lead_id,
        "lead_meta": {"phone": "+79991234567"},
    }


def test_second_submission_that_brings_nothing_new_says_nothing(make: Make) -> None:
    lead = make.lead("anna@example.org")
    make.ingest("anna@example.org")
    assert names_of(lead.lead_id) == ["core_ingest_event", "core_lead_created", "core_ingest_event"]


def test_blank_consent_is_filled_by_the_first_who_gives_it(make: Make) -> None:
    lead = make.lead("anna@example.org", consent=None)
    assert "consent_version" not in lead.meta
    make.ingest("anna@example.org", consent="v2", entry_timestamp=1_700_000_000)
    meta = core.leads.get(lead.lead_id).meta
    assert (meta["consent_version"], meta["consent_at"]) == ("v2", 1_700_000_000)


def test_same_submission_key_leaves_one_trace(make: Make) -> None:
    one = make.ingest("anna@example.org", once="form-1")
    two = make.ingest("Anna@example.org", once="form-1")
    assert (two.lead_id, two.created) == (one.lead_id, False)
    assert names_of(one.lead_id) == ["core_ingest_event", "core_lead_created"]


def test_submission_key_replayed_with_another_address_is_another_submission(make: Make) -> None:
    one = make.ingest("anna@example.org", once="form-1")
    two = make.ingest("boris@example.org", once="form-1")
    assert two.created
    assert two.lead_id != one.lead_id


def test_first_submissions_at_once_make_one_lead(app: Flask, make: Make) -> None:
    def submit(number: int) -> Any:
        return lambda: make.ingest("anna@example.org", name=f"Анна {number}")

    answers = at_once(app, [submit(number) for number in range(6)])
    (lead_id,) = {answer.lead_id for answer in answers}
    assert sorted(answer.created for answer in answers) == [False] * 5 + [True]
    names = names_of(lead_id)
    assert names.count("core_lead_created") == 1
    assert names.count("core_ingest_event") == 6
    assert [lead.lead_id for lead in core.leads.everything()] == [lead_id]


def test_doubled_submissions_at_once_leave_one_trace(app: Flask, make: Make) -> None:
    works = [lambda: make.ingest("anna@example.org", once="form-1") for _ in range(4)]
    answers = at_once(app, works)
    (lead_id,) = {answer.lead_id for answer in answers}
    assert names_of(lead_id) == ["core_ingest_event", "core_lead_created"]


def test_lead_meta_of_a_first_submission(make: Make) -> None:
    lead = make.lead(
        source="signup",
        entry_timestamp=1_700_000_000,
        consent="2026-11-23",
        ip="192.0.2.7",
        utm_source="telegram",
        utm_medium="post",
        utm_campaign="осень",
        utm_content="кнопка",
        utm_term="вебинар",
    )
    created = lead.meta.pop("lead_created_at")
    assert lead.meta == {
        "lead_source": "signup",
        "first_touch_at": 1_700_000_000,
        "lead_created_via": "core_ingest",
        "utm_source": "telegram",
        "utm_medium": "post",
        "utm_campaign": "осень",
        "utm_content": "кнопка",
        "utm_term": "вебинар",
        "consent_version": "2026-11-23",
        "consent_at": 1_700_000_000,
        "consent_ip": "192.0.2.7",
    }
    assert created == int(lead.created_at.timestamp())


def test_lead_created_carries_the_whole_submission(make: Make) -> None:
    lead = make.lead("Anna@Example.org", name="Анна", webinar_id="wb_1", phone="89991234567")
    created, ingested = core.timeline.of_lead(lead.lead_id)
    assert created.payload == {"lead_id": lead.lead_id, "payload": ingested.payload}
    assert ingested.payload["email"] == "Anna@Example.org"
    assert (ingested.webinar_id, created.webinar_id) == ("wb_1", "wb_1")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", ""),
        ("email", "not an address"),
        ("email", "anna@"),
        ("email", "anna@example.org\nbcc: all@example.org"),
        ("email", "anna@" + "a" * 250 + ".org"),
        ("email", "an\x00na@example.org"),
        ("name", ""),
        ("name", " \t\n"),
        ("name", "я" * 101),
        ("name", "\u202e\u200f"),
        ("name", "..."),
        ("phone", "nothing"),
        ("phone", "12"),
        ("phone", "1" * 16),
    ],
)
def test_bad_field_is_refused_by_name_and_changes_nothing(
    make: Make, field: str, value: str
) -> None:
    with pytest.raises(IngestRefused) as refusal:
        make.ingest(**{field: value} if field != "email" else {}, **_email(field, value))
    assert refusal.value.field == field
    assert refusal.value.name == f"ingest_invalid_{field}"
    assert list(core.leads.everything()) == []
    assert list(core.timeline.everything()) == []


def _email(field: str, value: str) -> dict[str, str]:
    return {"email": value or " "} if field == "email" else {"email": "anna@example.org"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Анна 👩🏽‍🚀", "Анна 👩🏽‍🚀"),
        ("محمد", "محمد"),
        ("\u202eannA", "annA"),
        ("  Анна \n  Ли ", "Анна Ли"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("Rene\u0301", "René"),
        ("я" * 100, "я" * 100),
        ("An\x00na\ud800", "Anna"),
    ],
)
def test_name_is_kept_as_a_person_would_read_it(make: Make, typed: str, kept: str) -> None:
    assert make.lead(name=typed).name == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("8 (999) 123-45-67", "+79991234567"),
        ("+7 999 123 45 67", "+79991234567"),
        ("+8 999 123 45 67", "+89991234567"),
        ("+44 20 7946 0958", "+442079460958"),
        ("", None),
        ("8 999 123-45-67" + "-" * 400, "+79991234567"),
        ("8 999\x00 123-45-67", "+79991234567"),
    ],
)
def test_phone_is_kept_as_digits_with_a_plus(make: Make, typed: str, kept: str | None) -> None:
    assert make.lead(phone=typed).phone == kept


def test_address_of_decomposed_letters_is_kept_whatever_its_length(make: Make) -> None:
    letter = "α\u0313\u0300\u0345"  # one letter once composed
    lead = make.lead(letter * 60 + "@" + letter * 12 + ".example")
    assert lead.email is not None
    assert lead.email.count("@") == 1


def test_phone_of_an_office_does_not_join_its_people(make: Make) -> None:
    one = make.lead("anna@example.org", phone="89991234567")
    two = make.lead("boris@example.org", phone="89991234567")
    assert one.lead_id != two.lead_id
    assert (one.phone, two.phone) == ("+79991234567", "+79991234567")

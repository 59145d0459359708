"""A place on a webinar: its own link, its own session, and one a submission."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask

from app import core
from app.core import RegistrationRecord, WebinarRecord
from app.core.errors import NotFound
from tests.fixtures.application import Make
from tests.fixtures.parallel import at_once

pytestmark = pytest.mark.both_databases

LINK = re.compile(r"[A-Za-z0-9_-]{32}")


def take_place(
    webinar: WebinarRecord, registration: RegistrationRecord, submission: str | None
) -> tuple[RegistrationRecord, bool]:
    return core.registrations.register(
        registration.lead_id,
        registration.user_id,
        webinar.webinar_id,
        proven=False,
        submission=submission,
    )


def test_registration_has_a_link_and_a_session_of_its_own(make: Make) -> None:
    webinar = make.webinar()
    one = make.registration(webinar, "anna@example.org")
    two = make.registration(webinar, "anna@example.org", proven=False)
    assert (one.lead_id, one.user_id) == (two.lead_id, two.user_id)
    assert len({one.token, two.token}) == len({one.session_id, two.session_id}) == 2
    assert LINK.fullmatch(one.token)


def test_registration_is_found_by_its_link_and_by_its_session(make: Make) -> None:
    registration = make.registration(make.webinar())
    assert core.registrations.by_token(registration.token) == registration
    assert core.registrations.by_session(registration.session_id) == registration
    assert core.registrations.get(registration.registration_id) == registration


@pytest.mark.parametrize("token", ["", "x", "x" * 32, "x" * 33, "%" * 32, "'; --"])
def test_unknown_link_finds_nothing(make: Make, token: str) -> None:
    make.registration(make.webinar())
    assert core.registrations.by_token(token) is None


def test_unknown_registration_is_refused_by_name(app: Flask) -> None:
    with pytest.raises(NotFound) as refusal:
        core.registrations.get(404)
    assert refusal.value.name == "not_found"


def test_same_submission_answers_with_its_first_registration(make: Make) -> None:
    webinar = make.webinar()
    first = make.registration(webinar, "anna@example.org")
    made, is_new = take_place(webinar, first, "form-1")
    again, is_new_again = take_place(webinar, first, "form-1")
    assert (is_new, is_new_again) == (True, False)
    assert again == made


def test_submissions_without_a_key_are_never_the_same(make: Make) -> None:
    webinar = make.webinar()
    first = make.registration(webinar)
    one, two = (take_place(webinar, first, None)[0] for _ in range(2))
    assert one.registration_id != two.registration_id


def test_doubled_submissions_at_once_take_one_place(app: Flask, make: Make) -> None:
    webinar = make.webinar()
    first = make.registration(webinar)
    works = [lambda: take_place(webinar, first, "form-1") for _ in range(4)]
    answers = at_once(app, works)
    assert len({registration.registration_id for registration, _ in answers}) == 1
    assert sorted(is_new for _, is_new in answers) == [False] * 3 + [True]


def test_account_sees_its_own_places_and_not_those_of_a_typed_address(make: Make) -> None:
    webinar = make.webinar()
    own = make.registration(webinar, "anna@example.org")
    typed = make.registration(webinar, "anna@example.org", proven=False)
    assert core.registrations.of_user(own.user_id) == [own]
    core.users.signed_in(own.user_id, proves_email=True)
    seen = core.registrations.of_user(own.user_id)
    assert [each.token for each in seen] == [typed.token, own.token]


def test_account_sees_places_of_one_webinar(make: Make) -> None:
    first, second = make.webinar(), make.webinar()
    here = make.registration(first, "anna@example.org")
    make.registration(second, "anna@example.org")
    assert core.registrations.of_user(here.user_id, webinar_id=first.webinar_id) == [here]


def test_registration_keeps_its_slot(make: Make) -> None:
    webinar = make.webinar()
    first = make.registration(webinar)
    starts_at = datetime(2026, 12, 1, 16, tzinfo=UTC)
    made, _ = core.registrations.register(
        first.lead_id,
        first.user_id,
        webinar.webinar_id,
        proven=True,
        slot_id="slot-7",
        starts_at=starts_at,
    )
    found = core.registrations.get(made.registration_id)
    assert (found.slot_id, found.starts_at) == ("slot-7", starts_at)
    assert core.registrations.webinar_of(found) == webinar


def test_registration_brings_a_deep_link_of_its_own(make: Make) -> None:
    registration = make.registration(make.webinar())
    token = core.tokens.unspent_for_registration(registration.registration_id)
    assert token is not None
    spent = core.tokens.spend(core.tokens.TELEGRAM_REGISTRATION, token)
    assert (spent.lead_id, spent.registration_id) == (
        registration.lead_id,
        registration.registration_id,
    )
    assert core.tokens.unspent_for_registration(registration.registration_id) is None

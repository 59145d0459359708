"""The account of a lead: made once, opened by its owner alone."""

import pytest
from flask import Flask

from app import core
from app.core import passwords, users
from app.core.errors import IngestRefused
from tests.fixtures.application import PASSWORD, Make
from tests.fixtures.parallel import at_once

pytestmark = pytest.mark.both_databases


def facts(lead_id: int, name: str) -> list[dict[str, object]]:
    return [each.payload for each in core.timeline.of_lead(lead_id) if each.name == name]


def test_account_is_made_once_and_told(make: Make) -> None:
    lead = make.lead("anna@example.org", name="Анна")
    made = users.ensure_for_lead(lead.lead_id, None, new_lead=True)
    again = users.ensure_for_lead(lead.lead_id, None, new_lead=False)
    assert made == (again[0], True)
    assert again[1] is False
    account = users.get(made[0])
    assert account is not None
    assert (account.email, account.name, account.roles) == (lead.email, "Анна", ("candidate",))
    (fact,) = facts(lead.lead_id, "core_user_registered")
    timeline = core.timeline.of_lead(lead.lead_id)
    (event_id,) = [each.event_id for each in timeline if each.name == "core_user_registered"]
    assert (fact["user_id"], fact["ref_id"], fact["event_id"]) == (made[0], None, event_id)


def test_account_made_at_once_is_one(app: Flask, make: Make) -> None:
    lead = make.lead()
    works = [lambda: users.ensure_for_lead(lead.lead_id, None, new_lead=False) for _ in range(4)]
    answers = at_once(app, works)
    assert len({user_id for user_id, _ in answers}) == 1
    assert sorted(made for _, made in answers) == [False] * 3 + [True]


def test_password_of_a_new_person_counts(make: Make) -> None:
    lead = make.lead("anna@example.org")
    users.ensure_for_lead(lead.lead_id, passwords.hashed(PASSWORD), new_lead=True)
    assert users.check_password(" Anna@Example.org", PASSWORD) is not None
    assert users.check_password("anna@example.org", PASSWORD + "x") is None
    assert users.check_password("boris@example.org", PASSWORD) is None
    assert users.check_password("no address", PASSWORD) is None


def test_password_typed_for_a_known_lead_is_ignored(make: Make) -> None:
    lead = make.lead("anna@example.org")
    users.ensure_for_lead(lead.lead_id, passwords.hashed(PASSWORD), new_lead=False)
    assert users.check_password("anna@example.org", PASSWORD) is None


def test_password_typed_for_a_known_account_is_ignored(make: Make) -> None:
    lead = make.lead("anna@example.org")
    users.ensure_for_lead(lead.lead_id, passwords.hashed(PASSWORD), new_lead=True)
    users.ensure_for_lead(lead.lead_id, passwords.hashed("another password"), new_lead=True)
    assert users.check_password("anna@example.org", "another password") is None
    assert users.check_password("anna@example.org", PASSWORD) is not None


def test_account_made_by_hand_is_given_its_lead(make: Make) -> None:
    account = make.user("partner", email="anna@example.org")
    lead = make.lead("anna@example.org")
    assert users.ensure_for_lead(lead.lead_id, None, new_lead=True) == (account.user_id, False)
    linked = users.get(account.user_id)
    assert linked is not None
    assert (linked.lead_id, linked.roles) == (lead.lead_id, ("partner",))


def test_log_in_is_told(make: Make) -> None:
    registration = make.registration(make.webinar())
    users.signed_in(registration.user_id)
    (fact,) = facts(registration.lead_id, "core_user_login")
    assert fact["user_id"] == registration.user_id


def test_log_in_by_a_mailed_link_drops_the_password_of_whoever_typed_the_address(
    make: Make,
) -> None:
    lead = make.lead("anna@example.org")
    user_id, _ = users.ensure_for_lead(lead.lead_id, passwords.hashed(PASSWORD), new_lead=True)
    before = users.get(user_id)
    assert before is not None
    after = users.signed_in(user_id, proves_email=True)
    assert (after.email_proven, after.has_password) == (True, False)
    assert after.epoch == before.epoch + 1
    assert users.check_password("anna@example.org", PASSWORD) is None


def test_second_log_in_by_a_mailed_link_changes_nothing(make: Make) -> None:
    registration = make.registration(make.webinar())
    users.signed_in(registration.user_id, proves_email=True)
    users.set_password(registration.user_id, PASSWORD)
    before = users.get(registration.user_id)
    assert users.signed_in(registration.user_id, proves_email=True) == before


def test_new_password_ends_the_other_sessions(make: Make) -> None:
    user = make.user()
    after = users.set_password(user.user_id, "another password")
    assert after.epoch == user.epoch + 1
    assert users.check_password(user.email, PASSWORD) is None
    assert users.check_password(user.email, "another password") is not None


def test_password_is_kept_as_argon2id(app: Flask) -> None:
    hashed = passwords.hashed(PASSWORD)
    assert hashed.startswith("$argon2id$")
    assert PASSWORD not in hashed
    assert passwords.hashed(PASSWORD) != hashed
    assert passwords.matches(hashed, PASSWORD)
    assert not passwords.matches(None, "nobody's password")
    assert not passwords.matches("no hash", PASSWORD)


def test_account_with_an_impossible_address_is_refused(app: Flask) -> None:
    with pytest.raises(IngestRefused):
        users.create("no address", password=PASSWORD)


def test_accounts_come_in_pages_and_by_search(make: Make) -> None:
    made = [make.user("partner") for _ in range(3)]
    make.user("candidate", email="100%_sure@example.org")
    first = users.page(role="partner", limit=2)
    rest = users.page(role="partner", limit=2, after=first[-1].user_id)
    assert [user.user_id for user in [*first, *rest]] == [user.user_id for user in made[::-1]]
    assert [user.email for user in users.page(search="%_")] == ["100%_sure@example.org"]

"""Erasure removes what names a person, everywhere in Core, and leaves the facts."""

import pytest
from sqlalchemy import text

from app import core
from app.core import RegistrationRecord
from app.core.errors import TokenRefused
from app.extensions import db
from tests.fixtures.application import PASSWORD, Make

pytestmark = pytest.mark.both_databases

NAME, EMAIL, PHONE, ADDRESS = (
    "Анна Приметная",
    "anna@primetnaya.example",
    "+79991234567",
    "10.9.8.7",
)
# A chat's number and what its owner wrote.
CHAT, WORDS = 424242, "мой секрет"


@pytest.fixture
def anna(make: Make) -> RegistrationRecord:
    """Somebody who left traces wherever Core keeps them."""
    make.ingest(EMAIL, name=NAME, phone=PHONE, ip=ADDRESS, user_agent="Приметный браузер")
    registration = make.registration(make.webinar(), EMAIL)
    core.contacts.link_telegram(
        registration.lead_id, CHAT, "@primetnaya", registration_id=None, proven=True
    )
    core.contacts.message_received("telegram", str(CHAT), WORDS)
    core.users.set_password(registration.user_id, PASSWORD)
    return registration


def everything_kept() -> str:
    """Every row of Core's tables as one text."""
    tables = [
        "lead",
        "lead_meta",
        "lead_merge",
        "contact",
        "contact_scope",
        "registration",
        "one_time_token",
        "touch",
        '"user"',
        "user_meta",
        "event",
        "event_personal",
    ]
    rows = [db.session.execute(text(f"SELECT * FROM {table}")).all() for table in tables]
    return repr(rows).encode().decode("unicode_escape", "ignore") + repr(rows)


def test_traces_are_there_before(anna: RegistrationRecord) -> None:
    kept = everything_kept()
    for trace in (NAME, EMAIL, PHONE, ADDRESS, "@primetnaya", str(CHAT), WORDS):
        assert trace in kept or trace.encode("unicode_escape").decode() in kept


def test_nothing_that_names_the_person_is_left(anna: RegistrationRecord) -> None:
    core.leads.erase(anna.lead_id)
    kept = everything_kept()
    for trace in (NAME, EMAIL, PHONE, ADDRESS, "primetnaya", str(CHAT), WORDS, "Приметный"):
        assert trace not in kept
        assert trace.encode("unicode_escape").decode() not in kept


def test_facts_stay_in_their_order(anna: RegistrationRecord) -> None:
    before = [(each.event_id, each.name) for each in core.timeline.of_lead(anna.lead_id)]
    core.leads.erase(anna.lead_id)
    deleted, *after = [(each.event_id, each.name) for each in core.timeline.of_lead(anna.lead_id)]
    assert after == before
    assert deleted[1] == "core_lead_deleted"


def test_side_table_is_empty(anna: RegistrationRecord) -> None:
    core.leads.erase(anna.lead_id)
    for envelope in core.timeline.of_lead(anna.lead_id):
        inner = envelope.payload.get("payload", envelope.payload)
        assert not {"name", "email", "phone", "ip", "user_agent", "text"} & inner.keys()
    fields = db.session.execute(text("SELECT fields FROM event_personal")).scalars().all()
    assert {str(each) for each in fields} == {"{}"}


def test_lead_keeps_its_id_and_where_it_came_from(anna: RegistrationRecord) -> None:
    before = core.leads.get(anna.lead_id)
    core.leads.erase(anna.lead_id)
    after = core.leads.get(anna.lead_id)
    kept = ("lead_source", "first_touch_at", "lead_created_at", "lead_created_via")
    assert (after.lead_id, after.created_at) == (before.lead_id, before.created_at)
    assert (after.name, after.erased) == ("", True)
    assert after.meta == {key: before.meta[key] for key in kept}


def test_account_and_its_links_open_no_more(anna: RegistrationRecord) -> None:
    login = core.tokens.issue(core.tokens.LOGIN, user_id=anna.user_id)
    account = core.users.get(anna.user_id)
    assert account is not None
    core.leads.erase(anna.lead_id)
    assert core.users.check_password(EMAIL, PASSWORD) is None
    assert core.registrations.by_token(anna.token) is None
    with pytest.raises(TokenRefused):
        core.tokens.spend(core.tokens.LOGIN, login)
    assert core.tokens.unspent_for_registration(anna.registration_id) is None
    after = core.users.get(anna.user_id)
    assert after is not None
    assert after.epoch > account.epoch


def test_person_who_comes_back_is_a_new_lead(make: Make, anna: RegistrationRecord) -> None:
    core.leads.erase(anna.lead_id)
    again = make.ingest(EMAIL, name=NAME)
    assert again.created
    assert again.lead_id != anna.lead_id
    assert core.contacts.link_telegram(
        again.lead_id, CHAT, "@primetnaya", registration_id=None, proven=True
    )


def test_merged_leads_are_erased_together(make: Make, anna: RegistrationRecord) -> None:
    primary = make.lead("other@primetnaya.example", name=NAME)
    core.leads.merge(primary.lead_id, anna.lead_id, actor=make.user("admin"))
    core.leads.erase(primary.lead_id)
    assert NAME.encode("unicode_escape").decode() not in everything_kept()
    assert EMAIL not in everything_kept()


def test_others_are_left_alone(make: Make, anna: RegistrationRecord) -> None:
    other = make.lead("boris@example.org", name="Борис", phone="+70001112233")
    login = core.tokens.issue(core.tokens.LOGIN, user_id=make.user().user_id)
    timeline = core.timeline.of_lead(other.lead_id)
    core.leads.erase(anna.lead_id)
    assert core.leads.get(other.lead_id) == other
    assert core.timeline.of_lead(other.lead_id) == timeline
    assert core.tokens.spend(core.tokens.LOGIN, login).purpose == core.tokens.LOGIN

"""Ways to reach a lead, and above all: whose messages a chat may get."""

import pytest
from flask import Flask

from app import core
from app.core import RegistrationRecord, contacts
from app.core.contacts import EMAIL, TELEGRAM
from tests.fixtures.application import Make
from tests.fixtures.parallel import at_once

pytestmark = pytest.mark.both_databases

CHAT, OTHER_CHAT = 42, 43


def link(registration: RegistrationRecord, chat: int = CHAT, *, proven: bool = False) -> bool:
    scope = None if proven else registration.registration_id
    return contacts.link_telegram(
        registration.lead_id, chat, "@anna", registration_id=scope, proven=proven
    )


def chat_for(registration: RegistrationRecord, *, own: bool = True) -> str | None:
    """The chat that a message of this registration, or of none, goes to."""
    scope = registration.registration_id if own else None
    found = contacts.telegram_for(registration.lead_id, scope)
    return found.value if found else None


def told(lead_id: int) -> list[str]:
    names = [envelope.name for envelope in reversed(core.timeline.of_lead(lead_id))]
    return [name for name in names if name.startswith("core_contact_")]


@pytest.fixture
def registration(make: Make) -> RegistrationRecord:
    return make.registration(make.webinar(), "anna@example.org")


def test_unproven_chat_gets_the_messages_of_its_registration(
    registration: RegistrationRecord,
) -> None:
    assert link(registration) is True
    assert chat_for(registration) == str(CHAT)
    assert told(registration.lead_id) == ["core_contact_linked"]


def test_unproven_chat_gets_no_message_of_no_registration(registration: RegistrationRecord) -> None:
    link(registration)
    assert chat_for(registration, own=False) is None


def test_unproven_chat_gets_no_message_of_another_registration(
    make: Make, registration: RegistrationRecord
) -> None:
    other = make.registration(make.webinar(), "anna@example.org", proven=False)
    assert other.lead_id == registration.lead_id
    link(registration)
    assert chat_for(other) is None
    link(other, OTHER_CHAT)
    assert (chat_for(registration), chat_for(other)) == (str(CHAT), str(OTHER_CHAT))
    assert chat_for(registration, own=False) is None


def test_chat_may_be_linked_for_two_registrations_of_its_lead(
    make: Make, registration: RegistrationRecord
) -> None:
    other = make.registration(make.webinar(), "anna@example.org", proven=False)
    link(registration)
    link(other)
    (chat,) = [each for each in contacts.of_lead([other.lead_id]) if each.kind == TELEGRAM]
    assert chat.registration_ids == (registration.registration_id, other.registration_id)
    assert not chat.proven


def test_proven_chat_is_the_leads_own(make: Make, registration: RegistrationRecord) -> None:
    other = make.registration(make.webinar(), "anna@example.org", proven=False)
    assert link(registration, proven=True) is True
    assert chat_for(registration) == chat_for(other) == str(CHAT)
    assert chat_for(registration, own=False) == str(CHAT)


def test_unproven_chat_does_not_replace_the_leads_own(
    make: Make, registration: RegistrationRecord
) -> None:
    """Somebody types Anna's address, signs up and links a chat of his."""
    link(registration, proven=True)
    stranger = make.registration(make.webinar(), "anna@example.org", proven=False)
    link(stranger, OTHER_CHAT)
    assert chat_for(stranger) == str(OTHER_CHAT)
    assert chat_for(registration) == str(CHAT)
    assert chat_for(registration, own=False) == str(CHAT)


def test_last_proven_chat_is_the_one(registration: RegistrationRecord) -> None:
    link(registration, proven=True)
    link(registration, OTHER_CHAT, proven=True)
    assert chat_for(registration, own=False) == str(OTHER_CHAT)
    link(registration, CHAT, proven=True)
    assert chat_for(registration, own=False) == str(CHAT)


def test_chat_of_another_lead_is_refused_and_stays(
    make: Make, registration: RegistrationRecord
) -> None:
    other = make.registration(make.webinar(), "boris@example.org")
    link(registration, proven=True)
    assert link(other) is False
    assert chat_for(registration) == str(CHAT)
    assert chat_for(other) is None
    assert told(other.lead_id) == []


def test_chat_of_another_lead_moves_to_who_is_signed_in(
    make: Make, registration: RegistrationRecord
) -> None:
    """Whoever signed up twice under two addresses has one phone."""
    other = make.registration(make.webinar(), "boris@example.org")
    link(registration)
    assert link(other, proven=True) is True
    assert chat_for(registration) is None
    assert chat_for(other, own=False) == str(CHAT)
    chat = contacts.by_value(TELEGRAM, str(CHAT))
    assert chat is not None
    assert (chat.lead_id, chat.registration_ids) == (other.lead_id, ())
    assert told(registration.lead_id) == ["core_contact_linked", "core_contact_blocked"]
    assert told(other.lead_id) == ["core_contact_linked"]


def test_subscription_comes_back_once(registration: RegistrationRecord) -> None:
    link(registration)
    contacts.unsubscribe(TELEGRAM, str(CHAT))
    assert contacts.resubscribe(TELEGRAM, str(CHAT)) is True
    assert contacts.resubscribe(TELEGRAM, str(CHAT)) is False
    assert contacts.resubscribe(TELEGRAM, "404") is False
    assert told(registration.lead_id)[-2:] == ["core_contact_unsubscribed", "core_contact_linked"]


def test_chat_linked_by_two_leads_at_once_is_one_leads(app: Flask, make: Make) -> None:
    webinar = make.webinar()
    registrations = [make.registration(webinar) for _ in range(4)]
    works = [lambda each=each: link(each) for each in registrations]
    answers = at_once(app, works)
    assert sorted(answers) == [False] * 3 + [True]
    owners = [each for each in registrations if chat_for(each) is not None]
    assert len(owners) == 1


def test_linking_again_ends_a_block_and_an_unsubscription(
    registration: RegistrationRecord,
) -> None:
    link(registration)
    contacts.mark_blocked(TELEGRAM, str(CHAT))
    contacts.unsubscribe(TELEGRAM, str(CHAT))
    link(registration)
    chat = contacts.by_value(TELEGRAM, str(CHAT))
    assert chat is not None
    assert (chat.blocked, chat.unsubscribed) == (False, False)


def test_block_and_its_end_are_told_once(registration: RegistrationRecord) -> None:
    link(registration)
    for blocked in (True, True, False, False):
        contacts.mark_blocked(TELEGRAM, str(CHAT), blocked=blocked)
    assert told(registration.lead_id) == [
        "core_contact_linked",
        "core_contact_blocked",
        "core_contact_linked",
    ]


def test_unsubscription_is_told_once(registration: RegistrationRecord) -> None:
    link(registration)
    assert contacts.unsubscribe(TELEGRAM, str(CHAT)) is True
    assert contacts.unsubscribe(TELEGRAM, str(CHAT)) is True
    assert told(registration.lead_id) == ["core_contact_linked", "core_contact_unsubscribed"]


def test_stranger_has_nothing_to_stop(app: Flask) -> None:
    assert contacts.unsubscribe(TELEGRAM, "404") is False
    contacts.mark_blocked(TELEGRAM, "404")
    contacts.migrate(TELEGRAM, "404", "405")
    assert contacts.message_received(TELEGRAM, "404", "Кто вы?") is None
    assert list(core.timeline.everything()) == []


def test_message_of_a_lead_is_on_the_timeline(registration: RegistrationRecord) -> None:
    link(registration)
    assert contacts.message_received(TELEGRAM, str(CHAT), "Когда?" * 1000) == registration.lead_id
    newest = core.timeline.of_lead(registration.lead_id)[0]
    assert newest.name == "core_contact_message_received"
    assert newest.payload["text"] == ("Когда?" * 1000)[:4000]


def test_chat_that_moved_is_followed(make: Make, registration: RegistrationRecord) -> None:
    link(registration)
    contacts.migrate(TELEGRAM, str(CHAT), "-1005")
    assert chat_for(registration) == "-1005"


def test_chat_does_not_move_onto_another_leads(
    make: Make, registration: RegistrationRecord
) -> None:
    other = make.registration(make.webinar(), "boris@example.org")
    link(registration)
    link(other, OTHER_CHAT)
    contacts.migrate(TELEGRAM, str(CHAT), str(OTHER_CHAT))
    assert (chat_for(registration), chat_for(other)) == (str(CHAT), str(OTHER_CHAT))


def test_log_in_by_a_mailed_link_proves_the_address_and_doubts_the_chats(
    registration: RegistrationRecord,
) -> None:
    """Whoever typed the address first could have linked a chat of his own as the account's."""
    link(registration, proven=True)
    core.users.signed_in(registration.user_id, proves_email=True)
    by_kind = {each.kind: each.proven for each in contacts.of_lead([registration.lead_id])}
    assert by_kind == {EMAIL: True, TELEGRAM: False}
    assert chat_for(registration, own=False) is None


def test_lead_is_found_by_its_contacts(make: Make) -> None:
    lead = make.lead("anna@example.org", phone="89991234567")
    for kind, value in (("email", "anna@example.org"), ("phone", "+79991234567")):
        found = contacts.find_lead(kind, value)
        assert found is not None
        assert found.id == lead.lead_id
    make.lead("boris@example.org", phone="89991234567")
    assert contacts.find_lead("phone", "+79991234567") is None

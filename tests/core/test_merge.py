"""Two leads that are one person: both histories stay, and it can be undone."""

import pytest

from app import core
from app.core import LeadRecord, UserRecord
from app.core.errors import Forbidden, MergeRefused, NotFound
from tests.fixtures.application import Make

pytestmark = pytest.mark.both_databases


@pytest.fixture
def admin(make: Make) -> UserRecord:
    return make.user("admin")


@pytest.fixture
def anna(make: Make) -> LeadRecord:
    return make.lead("anna@example.org", name="Анна")


@pytest.fixture
def double(make: Make) -> LeadRecord:
    return make.lead("anna@example.com", name="Анна Ли", phone="89991234567")


def history(lead_id: int) -> set[tuple[str, int | None]]:
    return {(each.name, each.lead_id) for each in core.timeline.of_lead(lead_id)}


def merged_facts() -> list[dict[str, object]]:
    return [each.payload for each in core.timeline.everything() if each.name == "core_lead_merged"]


def test_merged_lead_answers_as_the_primary(
    make: Make, admin: UserRecord, anna: LeadRecord, double: LeadRecord
) -> None:
    core.leads.merge(anna.lead_id, double.lead_id, actor=admin)
    assert core.leads.get(double.lead_id) == core.leads.get(anna.lead_id)
    assert make.ingest("anna@example.com").lead_id == anna.lead_id
    assert [lead.lead_id for lead in core.leads.page(admin)] == [anna.lead_id]


def test_timeline_has_both_histories_under_their_own_ids(
    admin: UserRecord, anna: LeadRecord, double: LeadRecord
) -> None:
    both = history(anna.lead_id) | history(double.lead_id)
    core.leads.merge(anna.lead_id, double.lead_id, actor=admin)
    told = {("core_lead_merged", anna.lead_id)}
    assert history(anna.lead_id) == history(double.lead_id) == both | told


def test_merge_is_told(admin: UserRecord, anna: LeadRecord, double: LeadRecord) -> None:
    merge_id = core.leads.merge(anna.lead_id, double.lead_id, actor=admin)
    assert merged_facts() == [
        {
            "primary_lead_id": anna.lead_id,
            "secondary_lead_id": double.lead_id,
            "lead_meta": {"merge_id": merge_id, "undone": False},
        }
    ]
    assert core.leads.merges_of(anna.lead_id) == [(merge_id, double.lead_id)]


def test_undone_merge_leaves_two_leads_with_what_each_had(
    make: Make, admin: UserRecord, anna: LeadRecord, double: LeadRecord
) -> None:
    before = history(double.lead_id)
    merge_id = core.leads.merge(anna.lead_id, double.lead_id, actor=admin)
    core.leads.undo_merge(merge_id, actor=admin)
    assert core.leads.get(anna.lead_id) == anna
    assert core.leads.get(double.lead_id) == double
    assert history(double.lead_id) == before
    assert make.ingest("anna@example.com").lead_id == double.lead_id
    assert [fact["lead_meta"] for fact in merged_facts()] == [
        {"merge_id": merge_id, "undone": False},
        {"merge_id": merge_id, "undone": True},
    ]
    assert core.leads.merges_of(anna.lead_id) == []


def test_merge_is_undone_once(admin: UserRecord, anna: LeadRecord, double: LeadRecord) -> None:
    merge_id = core.leads.merge(anna.lead_id, double.lead_id, actor=admin)
    core.leads.undo_merge(merge_id, actor=admin)
    with pytest.raises(MergeRefused) as refusal:
        core.leads.undo_merge(merge_id, actor=admin)
    assert refusal.value.name == "lead_merge_refused"


def test_primary_without_an_inviter_receives_one_and_gives_it_back(
    make: Make, admin: UserRecord, anna: LeadRecord
) -> None:
    partner = make.user("partner")
    double = make.lead("anna@example.com", ref=partner.ref_code)
    merge_id = core.leads.merge(anna.lead_id, double.lead_id, actor=admin)
    assert core.leads.get(anna.lead_id).invited_by == partner.user_id
    core.leads.undo_merge(merge_id, actor=admin)
    assert core.leads.get(anna.lead_id).invited_by is None
    assert core.leads.get(double.lead_id).invited_by == partner.user_id


def test_primary_keeps_its_inviter(make: Make, admin: UserRecord) -> None:
    first, second = make.user("partner"), make.user("partner")
    anna = make.lead("anna@example.org", ref=first.ref_code)
    double = make.lead("anna@example.com", ref=second.ref_code)
    merge_id = core.leads.merge(anna.lead_id, double.lead_id, actor=admin)
    assert core.leads.get(anna.lead_id).invited_by == first.user_id
    core.leads.undo_merge(merge_id, actor=admin)
    assert core.leads.get(anna.lead_id).invited_by == first.user_id


def test_merge_does_not_make_somebody_his_own_inviter(make: Make, admin: UserRecord) -> None:
    """Anna is a partner who once signed up by her own link under another address."""
    registration = make.registration(make.webinar(), "anna@example.org")
    partner = core.users.grant_role(registration.user_id, "partner", actor=admin)
    double = make.lead("anna@example.com", ref=partner.ref_code)
    assert double.invited_by == partner.user_id
    core.leads.merge(registration.lead_id, double.lead_id, actor=admin)
    assert core.leads.get(registration.lead_id).invited_by is None


def test_merged_partner_does_not_invite_himself_under_his_other_address(
    make: Make, admin: UserRecord, anna: LeadRecord
) -> None:
    registration = make.registration(make.webinar(), "anna@example.com")
    partner = core.users.grant_role(registration.user_id, "partner", actor=admin)
    core.leads.merge(anna.lead_id, registration.lead_id, actor=admin)
    make.ingest("anna@example.org", ref=partner.ref_code)
    make.ingest("anna@example.com", ref=partner.ref_code)
    assert core.leads.get(anna.lead_id).invited_by is None


def test_lead_is_not_merged_with_itself(
    admin: UserRecord, anna: LeadRecord, double: LeadRecord
) -> None:
    with pytest.raises(MergeRefused):
        core.leads.merge(anna.lead_id, anna.lead_id, actor=admin)
    core.leads.merge(anna.lead_id, double.lead_id, actor=admin)
    with pytest.raises(MergeRefused):
        core.leads.merge(double.lead_id, anna.lead_id, actor=admin)


def test_lead_merged_twice_over_answers_as_the_last(
    make: Make, admin: UserRecord, anna: LeadRecord, double: LeadRecord
) -> None:
    third = make.lead("anna@example.net")
    core.leads.merge(anna.lead_id, double.lead_id, actor=admin)
    core.leads.merge(third.lead_id, anna.lead_id, actor=admin)
    assert core.leads.get(double.lead_id).lead_id == third.lead_id
    assert sorted(core.leads.family(anna.lead_id)) == sorted(
        [anna.lead_id, double.lead_id, third.lead_id]
    )


@pytest.mark.parametrize("role", ["speaker", "leader", "partner", "candidate"])
def test_merge_needs_the_right_to_edit(
    make: Make, role: str, anna: LeadRecord, double: LeadRecord
) -> None:
    actor = make.user(role)
    with pytest.raises(Forbidden):
        core.leads.merge(anna.lead_id, double.lead_id, actor=actor)
    with pytest.raises(Forbidden):
        core.leads.undo_merge(1, actor=actor)
    with pytest.raises(Forbidden):
        core.leads.edit(anna.lead_id, actor=actor, name="Иная")
    assert core.leads.get(double.lead_id) == double


def test_unknown_lead_is_refused_by_name(admin: UserRecord, anna: LeadRecord) -> None:
    with pytest.raises(NotFound):
        core.leads.merge(anna.lead_id, 404, actor=admin)
    with pytest.raises(NotFound):
        core.leads.get(404)


def test_message_to_a_merged_lead_finds_the_primarys_chat(
    make: Make, admin: UserRecord, anna: LeadRecord, double: LeadRecord
) -> None:
    core.contacts.link_telegram(anna.lead_id, 42, "@anna", registration_id=None, proven=True)
    core.leads.merge(anna.lead_id, double.lead_id, actor=admin)
    found = core.contacts.telegram_for(double.lead_id, None)
    assert found is not None
    assert found.value == "42"


def test_edit_is_told_and_an_edit_of_nothing_is_not(admin: UserRecord, anna: LeadRecord) -> None:
    core.leads.edit(anna.lead_id, actor=admin, name=" Анна ")
    core.leads.edit(anna.lead_id, actor=admin, name="Анна Петрова")
    edits = [
        each.payload
        for each in core.timeline.of_lead(anna.lead_id)
        if each.name == "core_lead_updated"
    ]
    assert edits == [{"lead_id": anna.lead_id, "lead_meta": {"name": "Анна Петрова"}}]

"""`ref -> wh_ref -> invited_by`: touches are facts, the first valid one decides, once."""

from datetime import UTC, datetime

import pytest
import time_machine

from app import core
from app.core import UserRecord
from tests.fixtures.application import Make

pytestmark = pytest.mark.both_databases

VISITOR = "visitor-0123456789abcdef"
DAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


def code_of(partner: UserRecord) -> str:
    assert partner.ref_code
    return partner.ref_code


def touches_of(partner: UserRecord) -> int:
    return core.referrals.totals(partner.user_id).touches


def resolved(lead_id: int) -> list[dict[str, object]]:
    timeline = core.timeline.of_lead(lead_id)
    return [each.payload for each in timeline if each.name == "core_ref_context_resolved"]


def admin(make: Make) -> UserRecord:
    return make.user("admin")


def test_partner_has_a_code_and_a_candidate_has_none(make: Make) -> None:
    assert code_of(make.user("partner"))
    assert code_of(make.user("leader"))
    assert make.user("candidate").ref_code is None


def test_touch_is_one_a_code_and_day(make: Make) -> None:
    one, two = make.user("partner"), make.user("partner")
    with time_machine.travel(DAY, tick=False) as clock:
        for _ in range(3):
            assert core.referrals.touch(VISITOR, code_of(one), "/webinars/a/")
        assert core.referrals.touch(VISITOR, code_of(two))
        clock.move_to(datetime(2026, 11, 23, 23, 59, tzinfo=UTC))
        core.referrals.touch(VISITOR, code_of(one))
        assert (touches_of(one), touches_of(two)) == (1, 1)
        clock.move_to(datetime(2026, 11, 24, 0, 0, tzinfo=UTC))
        core.referrals.touch(VISITOR, code_of(one))
    assert touches_of(one) == 2


def test_touches_of_two_browsers_are_two(make: Make) -> None:
    partner = make.user("partner")
    core.referrals.touch(VISITOR, code_of(partner))
    core.referrals.touch("another-browser-0123456", code_of(partner))
    assert touches_of(partner) == 2


@pytest.mark.parametrize("code", ["NOSUCH", "", "'; DROP TABLE lead", "x" * 33, "КОД"])
def test_touch_by_an_unknown_code_is_ignored(make: Make, code: str) -> None:
    assert core.referrals.touch(VISITOR, code) is False
    assert make.lead(visitor_id=VISITOR, ref=code).invited_by is None


def test_touch_of_a_malformed_browser_id_is_ignored(make: Make) -> None:
    assert core.referrals.touch("short", code_of(make.user("partner"))) is False


def test_code_is_found_in_any_case(make: Make) -> None:
    partner = make.user("partner")
    assert core.referrals.inviter_for(code_of(partner).lower()) == partner.user_id


def test_code_given_by_hand_is_found_in_any_case(make: Make) -> None:
    partner = core.users.create("p@example.org", roles=("partner",), ref_code="Olga-1")
    assert core.referrals.inviter_for("olga-1") == partner.user_id


def test_lead_is_invited_by_the_touch_of_its_browser(make: Make) -> None:
    partner = make.user("partner", name="Пётр")
    with time_machine.travel(DAY, tick=False):
        core.referrals.touch(VISITOR, code_of(partner))
    with time_machine.travel(DAY.replace(hour=15), tick=False):
        lead = make.lead(visitor_id=VISITOR)
    assert (lead.invited_by, lead.inviter_name) == (partner.user_id, "Пётр")
    assert lead.meta["first_touch_at"] == int(DAY.timestamp())
    assert core.referrals.totals(partner.user_id).leads == 1


def test_first_touch_wins_over_a_later_one_and_over_the_form(make: Make) -> None:
    first, second, third = (make.user("partner") for _ in range(3))
    core.referrals.touch(VISITOR, code_of(first))
    core.referrals.touch(VISITOR, code_of(second))
    assert make.lead(visitor_id=VISITOR, ref=code_of(third)).invited_by == first.user_id


def test_code_of_the_form_counts_where_there_was_no_touch(make: Make) -> None:
    partner = make.user("partner")
    assert make.lead(ref=code_of(partner).lower()).invited_by == partner.user_id


def test_inviter_is_set_once_and_never_changes(make: Make) -> None:
    first, second = make.user("partner"), make.user("partner")
    lead = make.lead("anna@example.org", ref=code_of(first))
    again = make.lead("anna@example.org", ref=code_of(second))
    assert again.lead_id == lead.lead_id
    assert again.invited_by == first.user_id


def test_lead_without_an_inviter_receives_one_later(make: Make) -> None:
    partner = make.user("partner")
    lead = make.lead("anna@example.org")
    assert lead.invited_by is None
    core.referrals.touch(VISITOR, code_of(partner))
    assert make.lead("anna@example.org", visitor_id=VISITOR).invited_by == partner.user_id


def test_inviter_is_copied_to_the_account_and_told_once(make: Make) -> None:
    partner = make.user("partner")
    registration = make.registration(make.webinar(), "anna@example.org")
    assert resolved(registration.lead_id) == []
    make.ingest("anna@example.org", ref=code_of(partner))
    make.ingest("anna@example.org", ref=code_of(partner))
    user = core.users.get(registration.user_id)
    assert user is not None
    assert user.invited_by == partner.user_id
    (fact,) = resolved(registration.lead_id)
    assert (fact["user_id"], fact["ref_id"]) == (user.user_id, partner.user_id)


def test_account_of_an_invited_lead_has_the_inviter_from_the_start(make: Make) -> None:
    partner = make.user("partner")
    make.ingest("anna@example.org", ref=code_of(partner))
    registration = make.registration(make.webinar(), "anna@example.org")
    user = core.users.get(registration.user_id)
    assert user is not None
    assert user.invited_by == partner.user_id
    assert len(resolved(registration.lead_id)) == 1


def test_revoked_partner_invites_nobody_and_keeps_the_code(make: Make) -> None:
    partner = make.user("partner")
    code = code_of(partner)
    core.referrals.touch(VISITOR, code)
    core.users.revoke_role(partner.user_id, "partner", actor=admin(make))
    assert core.referrals.touch("another-browser-0123456", code) is False
    assert make.lead(visitor_id=VISITOR, ref=code).invited_by is None
    again = core.users.grant_role(partner.user_id, "partner", actor=admin(make))
    assert again.ref_code == code
    assert make.lead(ref=code).invited_by == partner.user_id


def test_touch_of_a_revoked_partner_makes_way_for_the_next_valid_one(make: Make) -> None:
    first, second = make.user("partner"), make.user("partner")
    core.referrals.touch(VISITOR, code_of(first))
    core.referrals.touch(VISITOR, code_of(second))
    core.users.revoke_role(first.user_id, "partner", actor=admin(make))
    assert make.lead(visitor_id=VISITOR).invited_by == second.user_id


def partner_with_lead(make: Make, email: str, **fields: str) -> UserRecord:
    """Somebody who signed up and was then made a partner."""
    make.ingest(email, **fields)
    registration = make.registration(make.webinar(), email)
    return core.users.grant_role(registration.user_id, "partner", actor=admin(make))


def test_nobody_invites_himself(make: Make) -> None:
    partner = partner_with_lead(make, "anna@example.org")
    core.referrals.touch(VISITOR, code_of(partner))
    lead = make.lead("Anna@example.org", visitor_id=VISITOR, ref=code_of(partner))
    assert lead.lead_id == partner.lead_id
    assert lead.invited_by is None


def test_partner_without_a_lead_does_not_invite_himself_by_becoming_one(make: Make) -> None:
    """An account made by hand has no lead until its owner signs up."""
    partner = make.user("partner", email="anna@example.org")
    assert partner.lead_id is None
    registration = make.registration(make.webinar(), "anna@example.org")
    make.ingest("anna@example.org", ref=code_of(partner))
    lead = make.lead("anna@example.org", ref=code_of(partner))
    assert lead.invited_by is None
    assert registration.user_id == partner.user_id
    account = core.users.get(partner.user_id)
    assert account is not None
    assert account.invited_by is None


def test_partner_without_a_lead_does_not_invite_himself_at_his_first_sign_up(make: Make) -> None:
    partner = make.user("partner", email="anna@example.org")
    lead = make.lead("anna@example.org", ref=code_of(partner))
    assert lead.invited_by is None


def test_partners_do_not_invite_each_other_in_a_ring(make: Make) -> None:
    anna = partner_with_lead(make, "anna@example.org")
    boris = partner_with_lead(make, "boris@example.org", ref=code_of(anna))
    vera = partner_with_lead(make, "vera@example.org", ref=code_of(boris))
    assert make.lead("anna@example.org", ref=code_of(vera)).invited_by is None
    assert make.lead("anna@example.org", ref=code_of(boris)).invited_by is None


def test_branch_is_everyone_below(make: Make) -> None:
    leader = make.user("leader")
    anna = partner_with_lead(make, "anna@example.org", ref=code_of(leader))
    boris = partner_with_lead(make, "boris@example.org", ref=code_of(anna))
    stranger = make.lead("stranger@example.org", ref=code_of(make.user("partner")))
    below = make.lead("below@example.org", ref=code_of(boris))

    def seen(viewer: UserRecord) -> set[int]:
        return {lead.lead_id for lead in core.leads.page(viewer)}

    assert seen(leader) == {anna.lead_id, boris.lead_id, below.lead_id}
    assert seen(anna) == {boris.lead_id}
    assert stranger.lead_id in seen(admin(make))


def test_touches_are_joined_to_the_first_lead_of_the_browser(make: Make) -> None:
    """A second person at the same computer is invited by the same link, and the fact stays."""
    partner = make.user("partner")
    core.referrals.touch(VISITOR, code_of(partner))
    one = make.lead("anna@example.org", visitor_id=VISITOR)
    two = make.lead("boris@example.org", visitor_id=VISITOR)
    assert (one.invited_by, two.invited_by) == (partner.user_id, partner.user_id)
    assert touches_of(partner) == 1

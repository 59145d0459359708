"""Who may do what, written out: each role and its capabilities."""

import pytest

from app import core
from app.core import access
from app.core.errors import Forbidden, NotFound
from tests.fixtures.application import Make

PARTNER = {"refer", "leads_view_own"}
LEADER = PARTNER | {"leads_view_branch"}
SPEAKER = {
    "studio_view",
    "webinar_manage_status",
    "webinar_manage_cta",
    "webinar_manage_chat",
    "webinar_edit",
}
ADMIN = (
    LEADER
    | SPEAKER
    | {
        "leads_view_all",
        "webinar_edit_all",
        "leads_edit",
        "messages_manage",
        "scenarios_manage",
        "partners_manage",
        "system_view",
    }
)
TABLE: dict[str, set[str]] = {
    "candidate": set(),
    "partner": PARTNER,
    "leader": LEADER,
    "speaker": SPEAKER,
    "admin": ADMIN,
}


def test_roles_stand_highest_first_and_there_is_no_moderator() -> None:
    assert access.ROLES == ("admin", "speaker", "leader", "partner", "candidate")


@pytest.mark.parametrize("role", sorted(TABLE))
def test_role_has_exactly_its_capabilities(role: str) -> None:
    assert access.capabilities([role]) == TABLE[role]


def test_roles_add_up() -> None:
    assert access.capabilities(["partner", "speaker"]) == PARTNER | SPEAKER
    assert access.capabilities([]) == access.capabilities(["moderator"]) == frozenset()


@pytest.mark.parametrize(
    ("held", "shown"),
    [
        (["candidate", "partner"], "partner"),
        (["partner", "speaker"], "speaker"),
        (["leader", "admin"], "admin"),
        (["leader", "partner"], "leader"),
        ([], "candidate"),
    ],
)
def test_person_is_introduced_by_the_highest_role(held: list[str], shown: str) -> None:
    assert access.highest(held) == shown


@pytest.mark.both_databases
def test_admin_gives_and_takes_roles(make: Make) -> None:
    admin, person = make.user("admin"), make.user("candidate")
    partner = core.users.grant_role(person.user_id, "partner", actor=admin)
    assert partner.roles == ("candidate", "partner")
    assert partner.ref_code
    again = core.users.grant_role(person.user_id, "partner", actor=admin)
    assert again.roles == partner.roles
    taken = core.users.revoke_role(person.user_id, "partner", actor=admin)
    assert (taken.roles, taken.ref_code) == (("candidate",), partner.ref_code)
    assert taken.epoch == partner.epoch + 1
    assert not taken.can(access.REFER)


@pytest.mark.parametrize("role", ["speaker", "leader", "partner", "candidate"])
def test_others_give_and_take_no_roles(make: Make, role: str) -> None:
    actor, person = make.user(role), make.user("partner")
    with pytest.raises(Forbidden):
        core.users.grant_role(actor.user_id, "admin", actor=actor)
    with pytest.raises(Forbidden):
        core.users.revoke_role(person.user_id, "partner", actor=actor)


@pytest.mark.both_databases
def test_who_may_is_found_by_the_right_and_not_by_the_role(make: Make) -> None:
    made = {role: make.user(role) for role in access.ROLES}
    both = make.user("speaker", "admin", "partner")
    found = core.users.who_may(access.WEBINAR_STATUS, limit=10)
    wanted = [both, made["speaker"], made["admin"]]
    assert sorted(each.user_id for each in found) == sorted(each.user_id for each in wanted)
    assert core.users.who_may("no_such_right", limit=10) == []
    assert access.holders(access.REFER) == {"partner", "leader", "admin"}


def test_admin_does_not_take_his_own_key(make: Make) -> None:
    admin = make.user("admin")
    with pytest.raises(Forbidden):
        core.users.revoke_role(admin.user_id, "admin", actor=admin)


def test_unknown_role_and_unknown_person_are_refused(make: Make) -> None:
    admin = make.user("admin")
    with pytest.raises(NotFound):
        core.users.grant_role(admin.user_id, "moderator", actor=admin)
    with pytest.raises(NotFound):
        core.users.grant_role(404, "partner", actor=admin)
    with pytest.raises(NotFound):
        core.users.revoke_role(404, "partner", actor=admin)


@pytest.mark.both_databases
def test_leads_are_seen_by_right(make: Make) -> None:
    partner, other = make.user("partner"), make.user("partner")
    own = make.lead(ref=partner.ref_code)
    foreign = make.lead(ref=other.ref_code)
    nobodys = make.lead()
    assert [lead.lead_id for lead in core.leads.page(partner)] == [own.lead_id]
    assert core.leads.seen_by(partner, own.lead_id) == own
    for lead in (foreign, nobodys):
        with pytest.raises(NotFound):
            core.leads.seen_by(partner, lead.lead_id)
    everyone = [lead.lead_id for lead in core.leads.page(make.user("admin"))]
    assert everyone == [nobodys.lead_id, foreign.lead_id, own.lead_id]


@pytest.mark.parametrize("role", ["candidate", "speaker"])
def test_who_has_no_leads_sees_none(make: Make, role: str) -> None:
    lead, viewer = make.lead(), make.user(role)
    with pytest.raises(Forbidden):
        core.leads.page(viewer)
    with pytest.raises(Forbidden):
        core.leads.seen_by(viewer, lead.lead_id)

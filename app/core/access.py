"""Roles and what each may do. Code asks for capabilities, never for role names."""

from collections.abc import Iterable

ROLES = ("admin", "speaker", "leader", "partner", "candidate")

REFER = "refer"
LEADS_OWN = "leads_view_own"
LEADS_BRANCH = "leads_view_branch"
LEADS_ALL = "leads_view_all"
LEADS_EDIT = "leads_edit"
MESSAGES_MANAGE = "messages_manage"
SCENARIOS_MANAGE = "scenarios_manage"
PARTNERS_MANAGE = "partners_manage"
STUDIO = "studio_view"
WEBINAR_STATUS = "webinar_manage_status"
WEBINAR_CTA = "webinar_manage_cta"
WEBINAR_CHAT = "webinar_manage_chat"
WEBINAR_EDIT = "webinar_edit"
WEBINAR_ALL = "webinar_edit_all"
SYSTEM_VIEW = "system_view"

_CANDIDATE: frozenset[str] = frozenset()
_PARTNER = _CANDIDATE | {REFER, LEADS_OWN}
_LEADER = _PARTNER | {LEADS_BRANCH}
_SPEAKER = _CANDIDATE | {
    STUDIO,
    WEBINAR_STATUS,
    WEBINAR_CTA,
    WEBINAR_CHAT,
    WEBINAR_EDIT,
}
_ADMIN = (
    _LEADER
    | _SPEAKER
    | {
        LEADS_ALL,
        WEBINAR_ALL,
        LEADS_EDIT,
        MESSAGES_MANAGE,
        SCENARIOS_MANAGE,
        PARTNERS_MANAGE,
        SYSTEM_VIEW,
    }
)
GRANTS = {
    "candidate": _CANDIDATE,
    "partner": _PARTNER,
    "leader": _LEADER,
    "speaker": _SPEAKER,
    "admin": _ADMIN,
}


def capabilities(roles: Iterable[str]) -> frozenset[str]:
    return frozenset().union(*(GRANTS.get(role, frozenset()) for role in roles))


def holders(capability: str) -> frozenset[str]:
    """The roles that bring this capability."""
    return frozenset(role for role, granted in GRANTS.items() if capability in granted)


def highest(roles: Iterable[str]) -> str:
    """The role that a person is introduced by."""
    held = set(roles)
    return next((role for role in ROLES if role in held), "candidate")

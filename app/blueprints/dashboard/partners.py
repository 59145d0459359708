"""Accounts and their roles; a partner's own link."""

from typing import Any

from flask import Response, abort, flash, request
from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from app import core
from app.blueprints.dashboard import blueprint
from app.blueprints.dashboard.desk import PAGE, one_page, searched, show
from app.core import UserRecord, access
from app.core.errors import Forbidden
from app.extensions import htmx
from app.web import accounts, pages
from app.web.numbers import ID, cursor

ROLES: dict[str, LazyString] = {
    "admin": lazy_gettext("Администратор"),
    "speaker": lazy_gettext("Спикер"),
    "leader": lazy_gettext("Лидер"),
    "partner": lazy_gettext("Партнёр"),
    "candidate": lazy_gettext("Участник"),
}
GIVEN = ("partner", "leader", "speaker", "admin")
LISTED: dict[str, LazyString] = {
    "partner": lazy_gettext("Партнёры"),
    "leader": lazy_gettext("Лидеры"),
    "speaker": lazy_gettext("Спикеры"),
    "admin": lazy_gettext("Администраторы"),
    "all": lazy_gettext("Все учётные записи"),
}


@blueprint.get("/partners/")
@accounts.requires(access.PARTNERS_MANAGE)
def partners() -> Response:
    search, after = searched(), cursor("after")
    listed = request.args.get("role", "all" if search else "partner")
    role = listed if listed in GIVEN else None
    found = core.users.page(role=role, search=search, after=after, limit=PAGE + 1)
    shown, last = one_page(found)
    return show(
        "partners",
        "partners.html",
        "_partners.html",
        people=shown,
        last=last,
        after=after,
        search=search,
        listed=listed if listed in LISTED else "all",
        tabs=LISTED,
        leads=core.referrals.leads_of(each.user_id for each in shown),
        **_words(),
    )


def _words() -> dict[str, Any]:
    """Roles as a row of the list shows them; those that may refer stand out."""
    return {"roles": ROLES, "referring": access.holders(access.REFER)}


@blueprint.get(f"/partners/<{ID}:user_id>/")
@accounts.requires(access.PARTNERS_MANAGE)
def partner(user_id: int) -> Response:
    """One account: its roles, code and link, and what the link brought."""
    person = _person(user_id)
    inviter = core.users.names({person.invited_by} if person.invited_by else set())
    return show(
        "partners",
        "partner.html",
        person=person,
        inviter=inviter.get(person.invited_by or 0),
        totals=core.referrals.totals(user_id),
        link=own_link(person),
        roles=ROLES,
        given=GIVEN,
    )


@blueprint.post(f"/partners/<{ID}:user_id>/roles/")
@accounts.requires(access.PARTNERS_MANAGE)
def change_role(user_id: int) -> Response:
    """`give` or `take` names the role."""
    _person(user_id)
    give, take = request.form.get("give"), request.form.get("take")
    if (give or take) not in GIVEN or (give and take):
        abort(400)
    try:
        person = _changed(user_id, give, take)
    except Forbidden:
        flash(gettext("У себя эту роль забрать нельзя."), "warning")
        return pages.go(f"/dashboard/partners/{user_id}/")
    if htmx:
        leads = core.referrals.leads_of([user_id])
        return show("", "_partner.html", person=person, leads=leads, **_words())
    flash(gettext("Роли изменены."), "success")
    return pages.go(f"/dashboard/partners/{user_id}/")


def _changed(user_id: int, give: str | None, take: str | None) -> UserRecord:
    actor = accounts.viewer()
    if give:
        return core.users.grant_role(user_id, give, actor=actor)
    return core.users.revoke_role(user_id, str(take), actor=actor)


def _person(user_id: int) -> UserRecord:
    person = core.users.get(user_id)
    if person is None:
        abort(404)
    return person


@blueprint.get("/link/")
@accounts.requires(access.REFER)
def link() -> Response:
    """One's own code, the addresses that carry it, and what they brought."""
    viewer = accounts.viewer()
    return show(
        "link",
        "link.html",
        person=viewer,
        link=own_link(viewer),
        totals=core.referrals.totals(viewer.user_id),
        webinars=[
            (each.title, pages.public_address(f"/webinars/{each.slug}/?ref={viewer.ref_code}"))
            for each in core.webinars.listed()
        ]
        if viewer.ref_code
        else [],
    )


def own_link(person: UserRecord) -> str | None:
    """The address to hand out, if the account may refer and has a code."""
    if person.ref_code is None or not person.can(access.REFER):
        return None
    return pages.public_address(f"/?ref={person.ref_code}")

"""The cabinet: my webinars, my name and password, my Telegram, who invited me."""

from typing import Any

from flask import Response, abort, flash
from flask_babel import gettext

from app import core
from app.blueprints.account import blueprint, places, words
from app.blueprints.account.forms import NameForm, PasswordForm
from app.core import UserRecord
from app.extensions import limiter
from app.web import accounts, limits, links, pages
from app.web.country_form import CountryForm
from app.web.desk import desk_nav

HOME = "/account/"


@blueprint.get("/account/")
@accounts.requires()
def cabinet() -> Response:
    return _cabinet(accounts.viewer())


@blueprint.post("/account/name/")
@accounts.requires()
def rename() -> Response:
    viewer, form = accounts.viewer(), NameForm()
    if not form.validate():
        return _cabinet(viewer, "account/_name.html", status=422, name_form=form)
    core.users.rename(viewer.user_id, form.name.data or "")
    flash(gettext("Имя изменено."), "success")
    return pages.go(HOME)


@blueprint.post("/account/country/")
@accounts.requires()
def choose_country() -> Response:
    viewer, form = accounts.viewer(), CountryForm()
    if not form.validate():
        return _cabinet(viewer, "account/_country.html", status=422, country_form=form)
    shown = core.users.choose_country(viewer.user_id, form.country.data or "").country
    flash(gettext("Страна видна.") if shown else gettext("Страну больше не показываем."), "success")
    return pages.go(HOME)


@blueprint.post("/account/password/")
@accounts.requires()
@limiter.limit(limits.LOGIN)
def set_password() -> Response:
    viewer, form = accounts.viewer(), PasswordForm()
    valid = form.validate()
    if viewer.has_password and not _knows_password(viewer, form):
        form.refuse_current()
        valid = False
    if not valid:
        return _cabinet(viewer, "account/_password.html", status=422, password_form=form)
    accounts.sign_in(core.users.set_password(viewer.user_id, form.password.data or ""))
    flash(gettext("Пароль сохранён. На других устройствах кабинет закрыт."), "success")
    return pages.go(HOME)


def _knows_password(viewer: UserRecord, form: PasswordForm) -> bool:
    return core.users.check_password(viewer.email, form.current.data or "") is not None


@blueprint.post("/account/telegram/")
@accounts.requires()
@limiter.limit(limits.SUBMIT)
def link_telegram() -> Response:
    """Show a deep link by which this person's chat becomes a proven contact."""
    viewer = accounts.viewer()
    if viewer.lead_id is None:
        abort(404)
    token = core.tokens.issue(
        core.tokens.TELEGRAM_ACCOUNT, lead_id=viewer.lead_id, user_id=viewer.user_id
    )
    return _cabinet(viewer, "account/_telegram.html", telegram_link=links.telegram_address(token))


@blueprint.get("/account/contacts/")
@accounts.requires()
def contacts() -> Response:
    viewer = accounts.viewer()
    inviter = core.users.get(viewer.invited_by) if viewer.invited_by is not None else None
    return _own(
        "account/contacts.html",
        inviter=inviter.name or gettext("Партнёр") if inviter else None,
        inviter_role=words.ROLES[inviter.role] if inviter else None,
        desk_nav=desk_nav("contacts"),
    )


def _cabinet(
    viewer: UserRecord, fragment: str | None = None, *, status: int = 200, **forms: Any
) -> Response:
    context: dict[str, Any] = {
        "name_form": NameForm(formdata=None, data={"name": viewer.name}),
        "country_form": CountryForm(formdata=None, country=viewer.country or ""),
        "password_form": PasswordForm(formdata=None),
        "telegram_link": None,
    } | forms
    return _own(
        "account/cabinet.html",
        fragment,
        status=status,
        viewer=viewer,
        places=places.of(viewer),
        chat=places.linked_chat(viewer),
        has_bot=links.telegram_address("") is not None,
        referral_link=places.referral_link(viewer),
        desk_nav=desk_nav("account"),
        **context,
    )


def _own(
    template: str, fragment: str | None = None, *, status: int = 200, **context: Any
) -> Response:
    """A page that is nobody else's: kept by no cache."""
    response = pages.page(template, fragment, status=status, **context)
    response.headers["Cache-Control"] = "no-store"
    return response

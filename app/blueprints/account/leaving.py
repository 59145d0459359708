"""Deleting one's data, and with it the account."""

from flask import Response, flash
from flask_babel import gettext

from app import core
from app.blueprints.account import blueprint
from app.blueprints.account.forms import EraseForm
from app.extensions import limiter
from app.web import accounts, limits, pages
from app.web.desk import desk_nav


@blueprint.get("/account/erase/")
@accounts.requires()
def erase_page() -> Response:
    return _page(EraseForm())


@blueprint.post("/account/erase/")
@accounts.requires()
@limiter.limit(limits.LOGIN)
def erase() -> Response:
    """An account that has proven nothing ends alone: what others submitted under the same
    address is not its to delete."""
    viewer, form = accounts.viewer(), EraseForm()
    if viewer.lead_id is None:
        return _page(form, status=403)
    if not form.validate():
        return _page(form, status=422)
    if core.leads.speaks_for(viewer):
        core.leads.erase(viewer.lead_id)
    else:
        core.users.close(viewer.user_id)
    accounts.sign_out()
    flash(gettext("Данные удалены, кабинет закрыт."), "success")
    return pages.go("/")


def _page(form: EraseForm, status: int = 200) -> Response:
    viewer = accounts.viewer()
    return pages.page(
        "account/erase.html",
        status=status,
        form=form,
        has_data=viewer.lead_id is not None,
        whole=core.leads.speaks_for(viewer),
        desk_nav=desk_nav("account"),
    )

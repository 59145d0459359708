"""What an admin may do to a lead: correct the name, merge, undo a merge, erase."""

from flask import Response, abort, flash, request
from flask_babel import gettext

from app import core
from app.blueprints.dashboard import blueprint
from app.blueprints.dashboard.desk import show
from app.blueprints.dashboard.forms import EraseForm, MergeForm, NameForm
from app.blueprints.dashboard.lead_card import address, card
from app.core import LeadRecord, access
from app.core.errors import IngestRefused, MergeRefused, NotFound
from app.web import accounts, pages
from app.web.numbers import ID, LARGEST


def _lead(lead_id: int) -> LeadRecord:
    return core.leads.seen_by(accounts.viewer(), lead_id)


@blueprint.post(f"/leads/<{ID}:lead_id>/name/")
@accounts.requires(access.LEADS_EDIT)
def rename(lead_id: int) -> Response:
    found, form = _lead(lead_id), NameForm()
    if not form.validate_on_submit():
        return card(found, name=form, status=422)
    try:
        core.leads.edit(lead_id, actor=accounts.viewer(), name=form.name.data)
    except IngestRefused:
        form.name.errors = [gettext("Такое имя не подойдёт.")]
        return card(found, name=form, status=422)
    flash(gettext("Имя сохранено."), "success")
    return pages.go(address(found.lead_id))


@blueprint.get(f"/leads/<{ID}:lead_id>/merge/")
@accounts.requires(access.LEADS_EDIT)
def merge_plan(lead_id: int) -> Response:
    """What a merge would do, before anything is done."""
    found = _lead(lead_id)
    form = MergeForm(formdata=request.args if "other" in request.args else None)
    other = _other(form, found) if "other" in request.args else None
    return _merge_page(found, form, other)


def _merge_page(found: LeadRecord, form: MergeForm, other: LeadRecord | None) -> Response:
    status = 422 if form.other.errors else 200
    return show("leads", "merge.html", status=status, lead=found, form=form, other=other)


def _other(form: MergeForm, found: LeadRecord) -> LeadRecord | None:
    """The other lead, or None with the form's field telling why."""
    other = _lead_named(form.other.data or "")
    if other is None:
        form.other.errors = [gettext("Такого лида нет.")]
    elif other.lead_id == found.lead_id:
        form.other.errors = [gettext("Это тот же самый лид.")]
    elif other.erased or found.erased:
        form.other.errors = [gettext("Данные одного из лидов удалены, объединять нечего.")]
    return None if form.other.errors else other


def _lead_named(text: str) -> LeadRecord | None:
    """The lead by its number or its e-mail."""
    typed = text.strip().removeprefix("№").strip()[: core.normalise.LONGEST_EMAIL]
    try:
        if typed.isdecimal():
            return core.leads.get(int(typed)) if int(typed) <= LARGEST else None
        contact = core.contacts.by_value("email", core.normalise.email(typed))
        return core.leads.get(contact.lead_id) if contact else None
    except (IngestRefused, NotFound):
        return None


@blueprint.post(f"/leads/<{ID}:lead_id>/merge/")
@accounts.requires(access.LEADS_EDIT)
def merge(lead_id: int) -> Response:
    found, form = _lead(lead_id), MergeForm()
    other = _other(form, found) if form.validate_on_submit() else None
    if other is None:
        return _merge_page(found, form, None)
    core.leads.merge(found.lead_id, other.lead_id, actor=accounts.viewer())
    flash(gettext("Лиды объединены. Это можно отменить на карточке."), "success")
    return pages.go(address(found.lead_id))


@blueprint.post(f"/leads/<{ID}:lead_id>/merge/<{ID}:merge_id>/undo/")
@accounts.requires(access.LEADS_EDIT)
def undo_merge(lead_id: int, merge_id: int) -> Response:
    found = _lead(lead_id)
    if merge_id not in dict(core.leads.merges_of(found.lead_id)):
        abort(404)
    try:
        core.leads.undo_merge(merge_id, actor=accounts.viewer())
        flash(gettext("Объединение отменено: лидов снова два."), "success")
    except MergeRefused:
        flash(gettext("Это объединение уже отменено."), "warning")
    return pages.go(address(found.lead_id))


@blueprint.route(f"/leads/<{ID}:lead_id>/erase/", methods=["GET", "POST"])
@accounts.requires(access.LEADS_EDIT)
def erase(lead_id: int) -> Response:
    found, form = _lead(lead_id), EraseForm()
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return show("leads", "erase.html", status=status, lead=found, form=form)
    core.leads.erase(found.lead_id)
    flash(gettext("Личные данные лида удалены."), "success")
    return pages.go(address(found.lead_id))

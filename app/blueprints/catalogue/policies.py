"""What one consents to: the policy and the consent, each version at its own address, and the
way to take the consent back."""

from functools import cache
from pathlib import Path

from flask import Response, abort, flash
from flask_babel import get_locale, gettext
from flask_login import current_user
from flask_wtf import FlaskForm

from app import core
from app.blueprints.catalogue import blueprint
from app.extensions import limiter
from app.web import accounts, consent, limits, pages, prose

TEXTS = Path(__file__).parent / "policy"


@blueprint.get("/policy/")
@blueprint.get("/policy/<version>/")
def policy(version: str = consent.CURRENT) -> Response:
    return _document("policy", gettext("Политика обработки данных"), version)


@blueprint.get("/policy/consent/")
@blueprint.get("/policy/consent/<version>/")
def consent_text(version: str = consent.CURRENT) -> Response:
    return _document("consent", gettext("Согласие на обработку данных"), version)


@blueprint.get("/policy/withdraw/")
def withdrawal() -> Response:
    return _withdrawal_page()


@blueprint.post("/policy/withdraw/")
@limiter.limit(limits.SUBMIT)
@accounts.requires()
def withdraw() -> Response:
    viewer = accounts.viewer()
    if viewer.lead_id is None or not core.leads.speaks_for(viewer):
        return _withdrawal_page(status=403)
    if not _withdrawn(viewer.lead_id):
        core.leads.withdraw_consent(viewer.lead_id)
    flash(gettext("Согласие отозвано. Сообщений больше не будет."), "success")
    return pages.go("/policy/withdraw/")


def _withdrawal_page(status: int = 200) -> Response:
    lead_id = current_user.record.lead_id if current_user.is_authenticated else None
    return pages.page(
        "catalogue/withdrawal.html",
        status=status,
        form=FlaskForm(),
        has_data=lead_id is not None,
        may=lead_id is not None and core.leads.speaks_for(current_user.record),
        withdrawn=lead_id is not None and _withdrawn(lead_id),
    )


def _withdrawn(lead_id: int) -> bool:
    return "consent_withdrawn_at" in core.leads.get(lead_id).meta


def _document(name: str, title: str, version: str) -> Response:
    if version not in versions():
        abort(404)
    return pages.page(
        "catalogue/policy.html",
        title=title,
        document=name,
        version=version,
        current=consent.CURRENT,
        earlier=[each for each in versions() if each != version],
        blocks=prose.blocks(_text(name, version, str(get_locale() or "ru"))),
    )


@cache
def versions() -> tuple[str, ...]:
    """Every version that somebody may have agreed to, newest first."""
    return tuple(sorted((each.name for each in TEXTS.iterdir() if each.is_dir()), reverse=True))


@cache
def _text(name: str, version: str, locale: str) -> str:
    return (TEXTS / version / f"{name}.{locale}.txt").read_text(encoding="utf-8")

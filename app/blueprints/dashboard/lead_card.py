"""One lead: who it is, how to reach it, where it is registered, what was sent, what happened."""

from flask import Response

from app import chat, core, messages
from app.blueprints.dashboard import blueprint, history, lead_offers
from app.blueprints.dashboard.desk import SEES_LEADS, show
from app.blueprints.dashboard.details import label, value_in_words
from app.blueprints.dashboard.forms import NameForm
from app.blueprints.dashboard.words import Names
from app.core import LeadRecord, access
from app.web import accounts, pages
from app.web.numbers import ID, cursor

MESSAGES = 20
FACTS = ("lead_source", "utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
CONSENT_TOLD_TO_ALL = ("consent_version", "consent_at", "consent_withdrawn_at")
CONSENT = ("consent_version", "consent_at", "consent_ip", "consent_withdrawn_at")


@blueprint.get(f"/leads/<{ID}:lead_id>/")
@accounts.requires(*SEES_LEADS)
def lead(lead_id: int) -> Response:
    found = core.leads.seen_by(accounts.viewer(), lead_id)
    if found.lead_id != lead_id:
        return pages.go(address(found.lead_id))
    return card(found)


def address(lead_id: int) -> str:
    return f"/dashboard/leads/{lead_id}/"


def card(found: LeadRecord, *, name: NameForm | None = None, status: int = 200) -> Response:
    """The card, or for HTMX one page of its history."""
    before = cursor("before")
    may_edit = accounts.viewer().can(access.LEADS_EDIT)
    entries, next_before = history.of_lead(found.lead_id, before, traces=may_edit)
    registrations = core.registrations.of_lead(found.lead_id)
    return show(
        "leads",
        "lead.html",
        "_history.html",
        status=status,
        lead=found,
        facts=_told(found, FACTS),
        consent=_told(found, CONSENT if may_edit else CONSENT_TOLD_TO_ALL),
        contacts=core.contacts.of_lead(core.leads.family(found.lead_id)),
        registrations=registrations,
        offers=lead_offers.of_registrations(registrations),
        questions=chat.questions.of_registrations(each.registration_id for each in registrations),
        titles=core.webinars.titles({each.webinar_id for each in registrations}),
        messages=messages.page(lead_id=found.lead_id, limit=MESSAGES),
        entries=entries,
        next_before=next_before,
        before=before,
        merges=core.leads.merges_of(found.lead_id) if may_edit else [],
        may_edit=may_edit,
        name_form=name or NameForm(formdata=None, name=found.name),
    )


def _told(found: LeadRecord, keys: tuple[str, ...]) -> list[tuple[str, str]]:
    """(label, value in words) of the lead's meta that is there."""
    nobody = Names()
    return [
        (label(key), value_in_words(key, found.meta[key], nobody))
        for key in keys
        if found.meta.get(key) not in (None, "")
    ]

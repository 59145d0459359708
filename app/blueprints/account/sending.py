"""Who is sent a log-in link: a proven chat of that account, and nobody else."""

import hashlib

from flask import current_app
from flask_babel import force_locale, gettext

from app import clock, core, messages
from app.core import ContactRecord, UserRecord
from app.web.localisation import chosen_locale

KIND = "login_link"


def send_link(email: str) -> None:
    """Plan the message where there is an account with a proven chat; else nothing at all."""
    user = core.users.by_email(email)
    chat = _proven_chat(user) if user else None
    if user is None or chat is None:
        return
    with core.transaction():
        token = core.tokens.issue(
            core.tokens.LOGIN,
            lead_id=user.lead_id,
            user_id=user.user_id,
            contact_id=chat.contact_id,
        )
        messages.plan(_message(user, chat, token))


def _proven_chat(user: UserRecord) -> ContactRecord | None:
    if user.lead_id is None:
        return None
    chat = core.contacts.telegram_for(user.lead_id, None)
    return chat if chat and chat.proven and not chat.blocked else None


def _message(user: UserRecord, chat: ContactRecord, token: str) -> messages.Plan:
    """Never repeated on its own: a link that may have arrived is not sent twice."""
    locale = _locale(user)
    address = f"{current_app.config['SETTINGS'].site_address}/login/{token}/"
    with force_locale(locale):
        button = {"text": gettext("Войти"), "url": address}
    return messages.Plan(
        kind=KIND,
        recipient=messages.LEAD,
        dedupe=f"login:{hashlib.sha256(token.encode()).hexdigest()}",
        lead_id=user.lead_id,
        chat=int(chat.value),
        not_after=clock.now() + core.tokens.LIFETIMES[core.tokens.LOGIN],
        policy=messages.AT_MOST_ONCE,
        locale=locale,
        values={"login_link": address, "name": user.name},
        buttons=[[button]],
    )


def _locale(user: UserRecord) -> str:
    lead = core.leads.get(user.lead_id) if user.lead_id is not None else None
    return (lead.locale if lead else None) or chosen_locale()

"""Where a call to action leads by itself: to the person who invited the viewer."""

import re

from flask import Response, flash, make_response, redirect
from flask_babel import gettext, lazy_gettext
from wtforms import StringField, TextAreaField, ValidationError

from app import chat, client_webinar_tracker, core
from app.core import RegistrationRecord, WebinarRecord
from app.web import pages
from app.web.forms import OnceForm
from app.web.limits import SUBMIT, limiter

FORM_ID = "contact"
PHONE = re.compile(r"\+?[\d\s().-]{7,32}", re.ASCII)
limited = limiter.limit(SUBMIT, methods=["POST"])


class ContactForm(OnceForm):
    question = TextAreaField(lazy_gettext("Вопрос"))
    phone = StringField(lazy_gettext("Телефон"))

    def validate_question(self, field: TextAreaField) -> None:
        words = (field.data or "").strip()
        if not words and not (self.phone.data or "").strip():
            raise ValidationError(gettext("Напишите вопрос или оставьте телефон."))
        if len(words) > chat.LONGEST:
            longest = chat.LONGEST
            raise ValidationError(
                gettext("Слишком длинно: не больше %(longest)s знаков.", longest=longest)
            )

    def validate_phone(self, field: StringField) -> None:
        typed = (field.data or "").strip()
        if typed and not PHONE.fullmatch(typed):
            raise ValidationError(gettext("Проверьте номер. Нужен номер вида +7 999 123-45-67."))

    def answers(self) -> dict[str, str]:
        """What was filled in."""
        given = {"question": self.question.data, "phone": self.phone.data}
        return {name: value.strip() for name, value in given.items() if value and value.strip()}


def answer(webinar: WebinarRecord, registration: RegistrationRecord, address: str) -> Response:
    """The page, or what was sent through it passed on. `address`: the page's own."""
    form = ContactForm()
    if form.validate_on_submit():
        _pass_on(webinar, registration, form)
        flash(gettext("Спасибо. Передали вместе с вашим именем."), "success")
        return make_response(redirect(address, 303))
    return pages.page(
        "room/contact.html",
        status=422 if form.is_submitted() else 200,
        webinar=webinar,
        form=form,
        inviter=inviter_of(registration),
    )


def _pass_on(webinar: WebinarRecord, registration: RegistrationRecord, form: ContactForm) -> None:
    client_webinar_tracker.client_webinar_form_submit(
        {
            "lead_id": registration.lead_id,
            "webinar_id": webinar.webinar_id,
            "webinar_type": webinar.type,
            "session_id": registration.session_id,
            "form_id": FORM_ID,
            "form_payload": form.answers(),
        },
        form_key=form.key,
    )


def inviter_of(registration: RegistrationRecord) -> str | None:
    """The name of who invited the viewer. An address is nobody's to show."""
    invited_by = core.leads.get(registration.lead_id).invited_by
    inviter = core.users.get(invited_by) if invited_by is not None else None
    return inviter.name if inviter and inviter.name else None

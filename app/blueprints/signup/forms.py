"""The sign-up form."""

import re

from flask import request
from flask_babel import gettext, lazy_gettext
from wtforms import HiddenField, PasswordField, StringField, ValidationError

from app import core
from app.core import normalise
from app.core.errors import IngestRefused
from app.web.person_form import PersonForm
from app.web.slot_form import SlotForm

PHONE = re.compile(r"[\d\s()+.-]{7,32}")


class SignupForm(SlotForm, PersonForm):
    """`webinar`, `slot` and `next` come with the form, or with the address that it stands at."""

    phone = StringField(lazy_gettext("Телефон"))
    password = PasswordField(lazy_gettext("Пароль"))
    webinar = HiddenField()
    next = HiddenField()

    def said(self, name: str) -> str:
        """The value of a hidden field, wherever it was given."""
        return self._fields[name].data or request.args.get(name, "")

    @property
    def picked(self) -> str:
        return self.said("slot")

    def carry_address(self) -> None:
        """What the address said goes into the form that is shown."""
        for name in ("webinar", "slot", "next"):
            self._fields[name].data = self.said(name)
        self.choose_first()

    def validate_phone(self, field: StringField) -> None:
        typed = (field.data or "").strip()
        wrong = gettext("Проверьте номер. Нужен номер вида +7 999 123-45-67.")
        if typed and not PHONE.fullmatch(typed):
            raise ValidationError(wrong)
        try:
            normalise.phone(typed)
        except IngestRefused:
            raise ValidationError(wrong) from None

    def validate_password(self, field: PasswordField) -> None:
        if field.data and len(field.data) < core.passwords.SHORTEST:
            raise ValidationError(gettext("Пароль короче восьми знаков."))
        if field.data and len(field.data) > core.passwords.LONGEST:
            raise ValidationError(gettext("Пароль длиннее двухсот знаков."))

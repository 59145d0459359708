"""The sign-up form."""

import re

from flask import request
from flask_babel import gettext, lazy_gettext
from wtforms import HiddenField, PasswordField, StringField, ValidationError

from app import core
from app.core import normalise
from app.core.errors import IngestRefused
from app.web.person_form import PersonForm
from app.web.slots import Offer, Pick, known_zone

PHONE = re.compile(r"[\d\s()+.-]{7,32}")


class SignupForm(PersonForm):
    """`webinar`, `slot` and `next` come with the form, or with the address that it stands at.

    `offer` is what the webinar offers in the form's zone; None where there is nothing to choose.
    """

    offer: Offer | None = None

    phone = StringField(lazy_gettext("Телефон"))
    password = PasswordField(lazy_gettext("Пароль"))
    webinar = HiddenField()
    slot = HiddenField()
    zone = HiddenField()
    next = HiddenField()

    def said(self, name: str) -> str:
        """The value of a hidden field, wherever it was given."""
        return self._fields[name].data or request.args.get(name, "")

    def carry_address(self) -> None:
        """What the address said goes into the form that is shown."""
        for name in ("webinar", "slot", "next"):
            self._fields[name].data = self.said(name)
        self.zone.data = self.offer.zone if self.offer else known_zone(self.zone.data)
        if self.offer is not None and self.offer.asks:
            self.slot.data = self._preselected()

    def _preselected(self) -> str:
        """What was picked before, if it can still be had, else the first there is."""
        assert self.offer is not None
        picked = self.slot.data or ""
        if picked and self.offer.pick(picked) is not None:
            return picked
        return next((choice.value for choice in self.offer.choices), "")

    @property
    def pick(self) -> Pick | None:
        """What was picked; None where the webinar does not offer it."""
        if self.offer is None:
            return None if self.said("slot") else Pick()
        return self.offer.pick(self.said("slot"))

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

    def validate_slot(self, field: HiddenField) -> None:
        if self.pick is not None:
            return
        if not self.said("slot"):
            raise ValidationError(gettext("Выберите время."))
        if self.offer is not None and self.offer.asks:
            raise ValidationError(gettext("Этого времени уже нет. Выберите другое."))
        raise ValidationError(
            gettext("Этого времени в расписании нет. Откройте страницу вебинара заново.")
        )

"""What every door asks a person: name, e-mail, consent. Checked by Core's own rules."""

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, StringField, ValidationError

from app.core import normalise
from app.core.errors import IngestRefused
from app.web.forms import OnceForm

NO = (False, "false", "False", "", "0", "off", "no")


class PersonForm(OnceForm):
    """`consent` counts only when it is clearly a yes."""

    name = StringField(lazy_gettext("Имя"))
    email = StringField(lazy_gettext("E-mail"))
    consent = BooleanField(lazy_gettext("Согласие"), false_values=NO)

    def validate_name(self, field: StringField) -> None:
        typed = (field.data or "").strip()
        if not typed:
            raise ValidationError(gettext("Напишите, как к вам обращаться."))
        if len(typed) > normalise.LONGEST_NAME:
            raise ValidationError(gettext("Имя длиннее ста знаков, сократите его."))
        _accepts(normalise.name, typed, gettext("В имени нужны буквы."))

    def validate_email(self, field: StringField) -> None:
        typed = (field.data or "").strip()
        if not typed:
            raise ValidationError(gettext("Укажите e-mail."))
        wrong = gettext("В адресе ошибка. Нужен адрес вида anna@example.ru.")
        _accepts(normalise.email, typed, wrong)

    def validate_consent(self, field: BooleanField) -> None:
        if not field.data:
            raise ValidationError(gettext("Без согласия мы не можем записать ваши данные."))

    def refuse(self, error: IngestRefused) -> None:
        """Show a refusal of Core beside its field."""
        field = self._fields.get(error.field, self.email)
        field.errors = [
            *field.errors,
            gettext("Проверьте это поле: мы не смогли его принять."),
        ]


def _accepts(rule: object, typed: str, refusal: str) -> None:
    try:
        rule(typed)  # type: ignore[operator]
    except IngestRefused:
        raise ValidationError(refusal) from None

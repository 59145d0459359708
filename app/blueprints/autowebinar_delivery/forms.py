"""What a viewer may send to the person who invited them."""

import re

from flask_babel import gettext, lazy_gettext
from wtforms import StringField, TextAreaField, ValidationError

from app import chat
from app.web.forms import OnceForm

PHONE = re.compile(r"\+?[\d\s().-]{7,32}", re.ASCII)


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

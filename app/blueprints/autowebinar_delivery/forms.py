"""What a viewer may send: to the person who invited them, and to the team."""

import re

from flask_babel import gettext, lazy_gettext
from wtforms import RadioField, SelectChoice, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired

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


class FeedbackForm(OnceForm):
    rating = RadioField(
        lazy_gettext("Как вам вебинар?"),
        choices=[
            SelectChoice("5", lazy_gettext("Отлично")),
            SelectChoice("4", lazy_gettext("Хорошо")),
            SelectChoice("3", lazy_gettext("Нормально")),
            SelectChoice("2", lazy_gettext("Слабо")),
            SelectChoice("1", lazy_gettext("Плохо")),
        ],
        validators=[InputRequired(lazy_gettext("Выберите оценку."))],
        validate_choice=False,
    )
    words = TextAreaField(lazy_gettext("Что было полезно, чего не хватило"))

    def validate_rating(self, field: RadioField) -> None:
        if field.data not in {choice.value for choice in field.choices}:
            raise ValidationError(gettext("Выберите оценку."))

    def validate_words(self, field: TextAreaField) -> None:
        if len((field.data or "").strip()) > chat.LONGEST:
            raise ValidationError(
                gettext("Слишком длинно: не больше %(longest)s знаков.", longest=chat.LONGEST)
            )

    def answers(self) -> dict[str, str]:
        words = (self.words.data or "").strip()
        return {"rating": self.rating.data} | ({"words": words} if words else {})

"""What a viewer may send to the team."""

from flask_babel import gettext, lazy_gettext
from wtforms import RadioField, SelectChoice, TextAreaField, ValidationError
from wtforms.validators import InputRequired

from app import chat
from app.web.forms import OnceForm


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

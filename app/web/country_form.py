"""The country that a person shows beside the name, or none."""

from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from app.web import countries


class CountryForm(FlaskForm):
    country = SelectField(
        lazy_gettext("Страна"),
        default="",
        invalid_choice_message=lazy_gettext("Выберите из списка."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [SelectChoice(code, name) for code, name in countries.all_of().items()]
        self.country.choices = [SelectChoice("", gettext("не показывать")), *named]

"""Forms of the desk."""

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app import messages
from app.blueprints.dashboard import message_words
from app.core import normalise
from app.web.forms import OnceForm

NEEDED = lazy_gettext("Заполните это поле.")


class NameForm(FlaskForm):
    name = StringField(
        lazy_gettext("Имя"),
        [
            InputRequired(NEEDED),
            Length(max=normalise.LONGEST_NAME, message=lazy_gettext("Не длиннее %(max)d знаков.")),
        ],
    )


class MergeForm(FlaskForm):
    """`other`: the lead that will answer as this one, by its number or e-mail."""

    other = StringField(
        lazy_gettext("Номер или электронная почта второго лида"), [InputRequired(NEEDED)]
    )


class EraseForm(FlaskForm):
    sure = BooleanField(
        lazy_gettext("Понимаю, что вернуть данные будет нельзя"),
        [InputRequired(lazy_gettext("Подтвердите, что данные нужно удалить."))],
    )


class TextForm(OnceForm):
    body = TextAreaField(lazy_gettext("Текст"), [InputRequired(NEEDED)])


class LedgerFilter(FlaskForm):
    """What part of the ledger to show; days are of the site's zone, the last one included."""

    class Meta:
        csrf = False

    state = SelectField(lazy_gettext("Состояние"), default="")
    kind = SelectField(lazy_gettext("Вид"), default="")
    reason = SelectField(lazy_gettext("Причина"), default="")
    since = DateField(lazy_gettext("С"), [Optional()])
    until = DateField(lazy_gettext("По"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.state.choices = [
            ("", lazy_gettext("Любое")),
            *message_words.STATES.items(),
            (messages.filters.DOUBTFUL, lazy_gettext("возможен повтор")),
        ]
        self.reason.choices = [("", lazy_gettext("Любая")), *messages.reasons.SENTENCES.items()]
        self.kind.choices = [("", lazy_gettext("Любой")), *message_words.KINDS.items()]

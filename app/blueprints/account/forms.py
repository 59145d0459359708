"""Forms of the account."""

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    PasswordField,
    StringField,
    ValidationError,
)

from app import core
from app.core.errors import IngestRefused


class LoginForm(FlaskForm):
    email = StringField(lazy_gettext("E-mail"))
    password = PasswordField(lazy_gettext("Пароль"))
    next = HiddenField()

    def refuse(self) -> None:
        """One answer for an unknown address and for a wrong password."""
        self.password.errors = [gettext("Неверный адрес или пароль.")]


class LinkForm(FlaskForm):
    email = StringField(lazy_gettext("E-mail"))

    def validate_email(self, field: StringField) -> None:
        try:
            core.normalise.email(field.data or "")
        except IngestRefused:
            raise ValidationError(
                gettext("В адресе ошибка. Нужен адрес вида anna@example.ru.")
            ) from None


class NameForm(FlaskForm):
    name = StringField(lazy_gettext("Имя"))

    def validate_name(self, field: StringField) -> None:
        try:
            core.normalise.name(field.data or "")
        except IngestRefused:
            raise ValidationError(gettext("Нужно имя из букв, не длиннее ста знаков.")) from None


class PasswordForm(FlaskForm):
    """`current` is asked only of an account that has a password."""

    current = PasswordField(lazy_gettext("Нынешний пароль"))
    password = PasswordField(lazy_gettext("Новый пароль"))

    def validate_password(self, field: PasswordField) -> None:
        typed = field.data or ""
        if len(typed) < core.passwords.SHORTEST:
            raise ValidationError(gettext("Пароль короче восьми знаков."))
        if len(typed) > core.passwords.LONGEST:
            raise ValidationError(gettext("Пароль длиннее двухсот знаков."))

    def refuse_current(self) -> None:
        self.current.errors = [gettext("Нынешний пароль не подошёл.")]


class EraseForm(FlaskForm):
    confirm = BooleanField(lazy_gettext("Да, удалить мои данные без возможности вернуть"))

    def validate_confirm(self, field: BooleanField) -> None:
        if not field.data:
            raise ValidationError(gettext("Отметьте, что решение обдумано."))

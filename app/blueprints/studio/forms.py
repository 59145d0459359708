"""What an author types about a webinar and its video."""

import re

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from app import core
from app.web.forms import OnceForm

NEEDED = lazy_gettext("Заполните это поле.")
TOO_LONG = lazy_gettext("Не длиннее %(max)d знаков.")
CLOCK = re.compile(r"(?:(?P<hours>\d{1,2}):)?(?P<minutes>\d{1,3}):(?P<seconds>\d{2})", re.ASCII)


def stripped(value: str | None) -> str:
    return (value or "").strip()


class NewWebinarForm(OnceForm):
    """An empty address is made of the title."""

    kind = RadioField(
        lazy_gettext("Что это будет"),
        choices=[
            SelectChoice("auto", lazy_gettext("Автовебинар: запись, которая идёт по расписанию")),
            SelectChoice("live", lazy_gettext("Эфир: вы выступаете в назначенный час")),
        ],
        default="auto",
        validate_choice=True,
    )
    title = StringField(
        lazy_gettext("Название"),
        [DataRequired(NEEDED), Length(max=200, message=TOO_LONG)],
        filters=[stripped],
    )
    slug = StringField(
        lazy_gettext("Адрес страницы"),
        [Length(max=80, message=TOO_LONG)],
        filters=[stripped],
    )

    def validate_slug(self, field: StringField) -> None:
        if field.data and not core.webinars.SLUG.fullmatch(field.data):
            raise ValidationError(SLUG_WORDS)


SLUG_WORDS = lazy_gettext("Только строчные латинские буквы, цифры и дефисы между ними.")


class AddressForm(FlaskForm):
    """A video that lies elsewhere, and how long it is."""

    address = StringField(lazy_gettext("Адрес видео"), [DataRequired(NEEDED)], filters=[stripped])
    duration = StringField(lazy_gettext("Длительность"), [DataRequired(NEEDED)], filters=[stripped])

    @property
    def seconds(self) -> int:
        return seconds_of(self.duration.data or "") or 0

    def validate_duration(self, field: StringField) -> None:
        found = seconds_of(field.data or "")
        if not found:
            raise ValidationError(gettext("Нужны минуты и секунды: 45:00 или 1:05:30."))
        if found > 86_400:
            raise ValidationError(gettext("Запись не может быть длиннее суток."))


class FileForm(FlaskForm):
    """`file` is checked by its content, where it is kept."""

    file = FileField(lazy_gettext("Файл"))

    def validate_file(self, field: FileField) -> None:
        if not field.data or not field.data.filename:
            raise ValidationError(gettext("Выберите файл."))


class ArchiveForm(FlaskForm):
    sure = BooleanField(
        lazy_gettext("Понимаю: из архива вебинар не вернуть"),
        [InputRequired(lazy_gettext("Подтвердите, что вебинар нужно убрать в архив."))],
    )


class PageForm(FlaskForm):
    """The landing page. What is there is checked by Core where it is kept."""

    title = StringField(
        lazy_gettext("Название"),
        [DataRequired(NEEDED), Length(max=200, message=TOO_LONG)],
        filters=[stripped],
    )
    description = TextAreaField(
        lazy_gettext("Описание"), [Length(max=5000, message=TOO_LONG)], filters=[stripped]
    )
    cta_text = StringField(
        lazy_gettext("Текст кнопки"), [Length(max=60, message=TOO_LONG)], filters=[stripped]
    )
    speaker_name = StringField(
        lazy_gettext("Кто ведёт"), [Length(max=120, message=TOO_LONG)], filters=[stripped]
    )
    speaker_role = StringField(
        lazy_gettext("Кто это"), [Length(max=200, message=TOO_LONG)], filters=[stripped]
    )
    slug = StringField(
        lazy_gettext("Адрес страницы"),
        [DataRequired(NEEDED), Length(max=80, message=TOO_LONG)],
        filters=[stripped],
    )

    def validate_slug(self, field: StringField) -> None:
        if not core.webinars.SLUG.fullmatch(field.data or ""):
            raise ValidationError(SLUG_WORDS)


class ClosingForm(FlaskForm):
    """The author's words on the screens after the end; an empty one takes the room's own."""

    ended = TextAreaField(
        lazy_gettext("Запись закончилась"), [Length(max=500, message=TOO_LONG)], filters=[stripped]
    )
    next = TextAreaField(
        lazy_gettext("Что дальше"), [Length(max=500, message=TOO_LONG)], filters=[stripped]
    )
    choice = TextAreaField(
        lazy_gettext("Последний выбор"), [Length(max=500, message=TOO_LONG)], filters=[stripped]
    )


class NothingForm(FlaskForm):
    """A button: the token alone."""


def seconds_of(clock: str) -> int | None:
    """«45:00», «1:05:30»; None for anything else."""
    found = CLOCK.fullmatch(clock)
    if found is None or int(found["seconds"]) > 59:
        return None
    hours, minutes, seconds = (int(found[name] or 0) for name in ("hours", "minutes", "seconds"))
    if found["hours"] and minutes > 59:
        return None
    return hours * 3600 + minutes * 60 + seconds

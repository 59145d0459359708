"""What an author types for a cue or a line. A cue may be unfinished: the linter says of what."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    RadioField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from app import clock
from app.autowebinar import cues
from app.autowebinar.content import LONGEST_AUTHOR, LONGEST_LINE, LineContent
from app.core.normalise import is_blank, visible, words
from app.web import localisation, timecodes

OF_OPTION = 120


class Timecode(StringField):
    """Seconds, shown and typed as 12:30."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return localisation.timecode(self.data) if self.data is not None else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = str(valuelist[0]).strip() if valuelist else ""
        self.data = timecodes.parse(typed) if typed else None
        if typed and (self.data is None or self.data > cues.A_DAY):
            self.data = None
            raise ValueError(gettext("Нужно время вида 12:30 или 1:02:30."))


class Lines(TextAreaField):
    """Options of a poll, one a line."""

    def _value(self) -> str:
        return "\n".join(self.data or ())

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = str(valuelist[0]) if valuelist else ""
        self.data = [line.strip() for line in typed.splitlines() if line.strip()]


class CueForm(FlaskForm):
    """Every kind's fields; a page shows those of its own."""

    seen = HiddenField()
    show_at = Timecode(lazy_gettext("Показать на"), [InputRequired()])
    hide_at = Timecode(lazy_gettext("Убрать на"))
    text = StringField(lazy_gettext("Текст"))
    note = TextAreaField(lazy_gettext("Пояснение"))
    link = StringField(lazy_gettext("Ссылка"))
    document = StringField(lazy_gettext("Загруженный файл"))
    file = FileField(lazy_gettext("Новый файл"))
    options = Lines(lazy_gettext("Варианты ответа"))
    results_at = Timecode(lazy_gettext("Итоги показать на"))
    minutes = IntegerField(
        lazy_gettext("Сколько минут действует"),
        [Optional(), NumberRange(min=1, max=cues.A_MONTH_OF_MINUTES)],
    )
    until = DateTimeLocalField(lazy_gettext("Действует до"), [Optional()])

    def validate_text(self, field: StringField) -> None:
        _fits(field.data, 200)

    def validate_note(self, field: TextAreaField) -> None:
        _fits(field.data, 1000)

    def validate_link(self, field: StringField) -> None:
        _fits(field.data, 500)

    def validate_options(self, field: Lines) -> None:
        if len(field.data or ()) > cues.MOST_OPTIONS:
            raise ValidationError(gettext("Не больше %(most)s вариантов.", most=cues.MOST_OPTIONS))
        for option in field.data or ():
            _fits(option, OF_OPTION)

    def cue(self, kind: str) -> dict[str, Any]:
        """As drafts hold it."""
        given: dict[str, Any] = {
            "kind": kind,
            "show_at": self.show_at.data,
            "hide_at": self.hide_at.data,
            "text": (self.text.data or "").strip(),
            "note": (self.note.data or "").replace("\r\n", "\n").strip(),
            "link": (self.link.data or "").strip() or None,
        }
        if kind == "poll":
            given |= {"options": self.options.data or [], "results_at": self.results_at.data}
        if kind == "offer":
            given |= {"minutes": self.minutes.data, "until": _moment(self.until.data)}
        return given

    @classmethod
    def of(cls, cue: dict[str, Any], seen: str = "") -> "CueForm":
        """The form of a cue that there is."""
        until = cue.get("until")
        local = clock.from_unix(until).astimezone(_zone()).replace(tzinfo=None) if until else None
        return cls(formdata=None, data={**cue, "until": local, "seen": seen})


def _fits(text: str | None, longest: int) -> None:
    if len((text or "").strip()) > longest:
        raise ValidationError(
            gettext("Слишком длинно: не больше %(longest)s знаков.", longest=longest)
        )


def _zone() -> ZoneInfo:
    return ZoneInfo(localisation.chosen_zone())


def _moment(local: datetime | None) -> int | None:
    return clock.unix(local.replace(tzinfo=_zone())) if local else None


class LineForm(FlaskForm):
    """A recorded line. `seen`: what it was when the form was drawn."""

    at = Timecode(lazy_gettext("На секунде"), [InputRequired()])
    author = StringField(lazy_gettext("Автор"), filters=[lambda typed: visible(typed or "")])
    text = TextAreaField(lazy_gettext("Реплика"), filters=[lambda typed: words(typed or "")])
    role = RadioField(
        lazy_gettext("Кто пишет"),
        choices=[
            SelectChoice("guest", lazy_gettext("Зритель эфира")),
            SelectChoice("team", lazy_gettext("Команда")),
        ],
        default="guest",
    )
    seen = HiddenField()

    def validate_author(self, field: StringField) -> None:
        _required(field.data, LONGEST_AUTHOR)

    def validate_text(self, field: TextAreaField) -> None:
        _required(field.data, LONGEST_LINE)

    def line(self) -> LineContent:
        assert self.at.data is not None
        return LineContent(
            at=self.at.data,
            author=self.author.data,
            text=self.text.data,
            role=self.role.data,
            source="typed",
        )


def _required(text: str | None, longest: int) -> None:
    if is_blank(text or ""):
        raise ValidationError(gettext("Заполните это поле."))
    _fits(text, longest)


def errors_of(form: FlaskForm) -> Iterable[str]:
    for messages in form.errors.values():
        yield from (str(message) for message in messages)

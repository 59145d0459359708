"""As whom, when and what: the choices of a preview, as they stand in its address."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import get_locale, gettext, lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf

from app import clock
from app.autowebinar import Rules, VersionInvalid, draft_version, imagined, schedule_slots, versions
from app.autowebinar.imagined import Start
from app.autowebinar.timeline import Version
from app.web import localisation, preview_rules, timecodes
from app.web.slots import NOW, RECORDING

SECOND, MOMENT = "second", "moment"
REGISTERED, GUEST = "registered", "guest"
LOCAL = "%Y-%m-%dT%H:%M"
FIRST_YEAR, LAST_YEAR = 2000, 2100
NO_SUCH = lazy_gettext("Такого варианта нет.")

BY = [
    (SECOND, lazy_gettext("На секунде записи")),
    (MOMENT, lazy_gettext("В день и час")),
]
WHO = [
    (REGISTERED, lazy_gettext("Записан на вебинар")),
    (GUEST, lazy_gettext("Гость без записи")),
]
OFFERS = [
    (imagined.SEEN_IN_TIME, lazy_gettext("идёт с его секунды")),
    (imagined.SEEN_NOW, lazy_gettext("зритель видит его впервые")),
    (imagined.SEEN_LONG_AGO, lazy_gettext("срок уже вышел")),
]
LANGUAGES = [("ru", "Русский"), ("en", "English")]
WIDTHS = [
    ("phone", lazy_gettext("Телефон")),
    ("desk", lazy_gettext("Компьютер")),
]


def _one_of(label: Any, choices: list[tuple[str, Any]], kind: type = RadioField) -> Any:
    known = AnyOf([value for value, _ in choices], message=NO_SUCH)
    return kind(
        label, [known], choices=[SelectChoice(*each) for each in choices], validate_choice=False
    )


class PreviewForm(FlaskForm):
    """A form that is asked by GET and keeps nothing. `found`: what is shown, once it is valid.
    `unsaved`: rules of the schedule that stand in the address in the place of those that are kept.
    """

    class Meta:
        csrf = False

    version = SelectField(lazy_gettext("Что показать"), validate_choice=False)
    by = _one_of(lazy_gettext("Когда"), BY)
    second = StringField(lazy_gettext("Секунда записи"))
    at = StringField(lazy_gettext("День и час у зрителя"))
    start = SelectField(lazy_gettext("Начало"), validate_choice=False)
    zone = SelectField(lazy_gettext("Часовой пояс зрителя"), validate_choice=False)
    language = _one_of(lazy_gettext("Язык"), LANGUAGES)
    who = _one_of(lazy_gettext("Кто смотрит"), WHO)
    been = BooleanField(lazy_gettext("Уже был в комнате"))
    offer = _one_of(lazy_gettext("Срок предложения"), OFFERS, SelectField)
    width = _one_of(lazy_gettext("Ширина"), WIDTHS)
    rules = HiddenField(lazy_gettext("Расписание"))

    webinar_id = ""
    found: Version | None = None
    unsaved: Rules | None = None
    seconds = 0
    moment: datetime | None = None
    chosen = Start()

    @classmethod
    def asked(cls, webinar_id: str, start: str) -> "PreviewForm":
        """As the address asks; what it does not name is the author's own, or the first there is."""
        usual = {
            "version": draft_version.DRAFT,
            "by": SECOND,
            "second": "00:00",
            "start": start,
            "zone": localisation.chosen_zone(),
            "language": str(get_locale() or "ru"),
            "who": REGISTERED,
            "offer": imagined.SEEN_IN_TIME,
            "width": "phone" if "Mobi" in request.user_agent.string else "desk",
        }
        form = cls(formdata=MultiDict(usual | request.args.to_dict()))
        form.webinar_id = webinar_id
        return form

    def query(self, **changes: str) -> dict[str, Any]:
        """The address of this preview, or of one that differs in something."""
        given = {field.name: field.data or "" for field in self if field.name != "been"}
        been = {"been": "y"} if self.been.data else {}
        return {name: value for name, value in (given | been | changes).items() if value}

    def validate_version(self, field: SelectField) -> None:
        self.found = self._version(field.data)
        if self.found is None:
            raise ValidationError(gettext("Такой версии у этого вебинара нет."))

    def _version(self, name: str) -> Version | None:
        if name == draft_version.DRAFT:
            return draft_version.version_of(self.webinar_id)
        if "\0" in name:  # PostgreSQL takes none
            return None
        try:
            found = versions.load(name)
        except VersionInvalid:
            return None
        return found if found.webinar_id == self.webinar_id else None

    def validate_rules(self, field: HiddenField) -> None:
        self.unsaved = unsaved() if field.data else None
        if field.data and self.unsaved is None:
            raise ValidationError(gettext("Такого расписания нет."))

    def validate_second(self, field: StringField) -> None:
        seconds = timecodes.parse(field.data or "")
        if seconds is None:
            raise ValidationError(gettext("Нужно время вида 12:30 или 1:02:30."))
        self.seconds = seconds

    def validate_at(self, field: StringField) -> None:
        if self.by.data != MOMENT or not clock.is_zone(self.zone.data):
            return
        local = _local(field.data or "")
        if local is None:
            raise ValidationError(gettext("Нужны день и час: 31.12.2026, 19:00."))
        self.moment = clock.local_to_utc(local, ZoneInfo(self.zone.data))

    def validate_start(self, field: SelectField) -> None:
        slot = schedule_slots.read(self.webinar_id, field.data or "")
        if slot is None and field.data not in (NOW, RECORDING):
            raise ValidationError(gettext("Такого сеанса нет."))
        self.chosen = Start(slot, field.data == RECORDING)

    def validate_zone(self, field: SelectField) -> None:
        if not clock.is_zone(field.data):
            raise ValidationError(gettext("Такого часового пояса нет."))


def unsaved() -> Rules | None:
    """The rules in the address; None where it has none, or what will not do."""
    text = request.args.get("rules", "")
    return preview_rules.unpacked(text) if text else None


def _local(typed: str) -> datetime | None:
    """A clock on the wall, to the minute or the second; nothing before or after what a person means."""
    try:
        local = datetime.fromisoformat(typed.strip())
    except ValueError:
        return None
    sensible = local.tzinfo is None and FIRST_YEAR <= local.year <= LAST_YEAR
    return local if sensible else None

"""The schedule as an author fills it in, and as rules: every slip is told beside its field."""

import re
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from app import clock
from app.autowebinar import Rules, ScheduleInvalid, schedule_rules
from app.blueprints.studio import zone_choices

WEEKDAYS = (
    lazy_gettext("Пн"),
    lazy_gettext("Вт"),
    lazy_gettext("Ср"),
    lazy_gettext("Чт"),
    lazy_gettext("Пт"),
    lazy_gettext("Сб"),
    lazy_gettext("Вс"),
)
NO_SUCH = lazy_gettext("Такого варианта нет.")
ANY_TIME, UP_TO = "any", "up_to"
BETWEEN = re.compile(r"[,;\s]+")
DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})|(\d{4})-(\d{2})-(\d{2})")


def an_hour(text: str) -> time:
    """«9:30»; ValueError for anything else."""
    hours, _, minutes = text.strip().partition(":")
    if not (hours.isdigit() and minutes.isdigit() and len(minutes) == 2):
        raise ValueError(text)
    return time(int(hours), int(minutes))


def a_day(text: str) -> date:
    """«31.12.2026» or «2026-12-31»; ValueError for anything else, and for days beyond the rules'."""
    found = DAY.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    parts = [int(part) for part in found.groups() if part]
    day = date(*parts) if found[4] else date(parts[2], parts[1], parts[0])
    if not schedule_rules.FIRST_DAY <= day <= schedule_rules.LAST_DAY:
        raise ValueError(text)
    return day


def hours_in(text: str | None) -> list[time]:
    return [an_hour(part) for part in BETWEEN.split((text or "").strip()) if part]


def days_in(text: str | None) -> list[date]:
    return [a_day(part) for part in BETWEEN.split((text or "").strip()) if part]


def moments_in(text: str | None, zone: str) -> list[dict[str, Any]]:
    """Lines «31.12.2026 19:00», with a zone of their own after them where it is another one."""
    found = []
    for line in filter(str.strip, (text or "").splitlines()):
        day, hour, *own = line.split()
        if len(own) > 1 or (own and not clock.is_zone(own[0])):
            raise ValueError(line)
        at = datetime.combine(a_day(day), an_hour(hour))
        found.append({"at": at, "zone": own[0] if own else zone})
    return found


def _told(read: Any, field: Field, words: str) -> None:
    try:
        read()
    except ValueError:
        raise ValidationError(words) from None


class WeekdaysField(SelectMultipleField):
    """Checkboxes of the days of a week."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class RecurrenceForm(Form):
    """One rule that recurs. Left without days and hours it is no rule."""

    weekdays = WeekdaysField(
        lazy_gettext("Дни недели"),
        coerce=int,
        choices=[SelectChoice(str(day), name) for day, name in enumerate(WEEKDAYS)],
    )
    times = StringField(lazy_gettext("Во сколько"))
    every_weeks = SelectField(
        lazy_gettext("Как часто"),
        coerce=int,
        choices=[
            SelectChoice("1", lazy_gettext("каждую неделю")),
            SelectChoice("2", lazy_gettext("через неделю")),
        ],
        default=1,
        invalid_choice_message=NO_SUCH,
    )
    begins = StringField(lazy_gettext("С какого дня"))
    until = StringField(lazy_gettext("По какой день"))
    zone = SelectField(lazy_gettext("Часовой пояс"), validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone.choices = zone_choices.with_own(self.zone.data)

    @property
    def is_empty(self) -> bool:
        return not (self.weekdays.data or (self.times.data or "").strip())

    def validate_weekdays(self, field: Field) -> None:
        if not self.is_empty and not field.data:
            raise ValidationError(gettext("Отметьте хотя бы один день."))

    def validate_times(self, field: Field) -> None:
        _told(lambda: hours_in(field.data), field, gettext("Часы пишут так: 10:00, 19:30."))
        if not self.is_empty and not hours_in(field.data):
            raise ValidationError(gettext("Напишите время, например 19:00."))
        if len(hours_in(field.data)) > schedule_rules.MOST_TIMES:
            raise ValidationError(gettext("Не больше двадцати четырёх сеансов в день."))

    def validate_begins(self, field: Field) -> None:
        _one_day(field)
        if not self.is_empty and self.every_weeks.data == 2 and not (field.data or "").strip():
            words = gettext("Для «через неделю» нужен первый день: с его недели и пойдёт счёт.")
            raise ValidationError(words)

    def validate_until(self, field: Field) -> None:
        _one_day(field)
        try:
            begins, until = days_in(self.begins.data), days_in(field.data)
        except ValueError:
            return
        if begins and until and until[0] < begins[0]:
            raise ValidationError(gettext("Последний день раньше первого."))

    def validate_zone(self, field: Field) -> None:
        _known(field)

    def rule(self) -> dict[str, Any]:
        begins, until = days_in(self.begins.data), days_in(self.until.data)
        return {
            "weekdays": self.weekdays.data,
            "times": hours_in(self.times.data),
            "every_weeks": self.every_weeks.data,
            "begins": begins[0] if begins else None,
            "until": until[0] if until else None,
            "zone": self.zone.data or "",
        }


def _one_day(field: Field) -> None:
    words = gettext("Дату пишут так: 31.12.2026.")
    _told(lambda: days_in(field.data), field, words)
    if len(days_in(field.data)) > 1:
        raise ValidationError(words)


def _known(field: Field) -> None:
    if field.data and not clock.is_zone(field.data):
        raise ValidationError(gettext("Такого часового пояса нет."))


class ScheduleForm(FlaskForm):
    """All that a webinar offers. `viewer_zone` is of the preview alone and is not kept."""

    at_once = BooleanField(lazy_gettext("Сразу после записи на вебинар"))
    minutes = SelectField(
        lazy_gettext("Ближайший сеанс"),
        coerce=int,
        choices=[
            SelectChoice("0", lazy_gettext("не предлагать")),
            SelectChoice("15", lazy_gettext("в ближайшие четверть часа")),
            SelectChoice("30", lazy_gettext("в ближайшие полчаса")),
            SelectChoice("60", lazy_gettext("в ближайший ровный час")),
        ],
        default=0,
        invalid_choice_message=NO_SUCH,
    )
    opens = StringField(lazy_gettext("Открыто с"))
    closes = StringField(lazy_gettext("до"))
    soon_zone = SelectField(lazy_gettext("Часовой пояс"), validate_choice=False)
    recurring = FieldList(FormField(RecurrenceForm), max_entries=schedule_rules.MOST_RECURRENCES)
    fixed = TextAreaField(lazy_gettext("Отдельные сеансы"))
    fixed_zone = SelectField(lazy_gettext("Часовой пояс"), validate_choice=False)
    left_out = TextAreaField(lazy_gettext("Дни без сеансов"))
    recording_days = IntegerField(lazy_gettext("Запись открыта, дней"))
    late = RadioField(
        lazy_gettext("Опоздавших пускаем"),
        choices=[
            SelectChoice(ANY_TIME, lazy_gettext("до самого конца, на текущую секунду")),
            SelectChoice(
                UP_TO, lazy_gettext("не позже, чем через столько минут, иначе на следующий сеанс")
            ),
        ],
        default=ANY_TIME,
        invalid_choice_message=NO_SUCH,
    )
    late_minutes = IntegerField(lazy_gettext("Минут"))
    viewer_zone = SelectField(lazy_gettext("Зритель в поясе"), validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("soon_zone", "fixed_zone"):
            self._fields[name].choices = zone_choices.with_own(self._fields[name].data)
        self.viewer_zone.choices = zone_choices.all_of(self.viewer_zone.data)
        self._keep_one_blank()

    def _keep_one_blank(self) -> None:
        """There is always a row to fill in."""
        full = len(self.recurring.entries) >= schedule_rules.MOST_RECURRENCES
        if not full and not any(entry.form.is_empty for entry in self.recurring.entries):
            self.recurring.append_entry()

    def validate_opens(self, field: Field) -> None:
        _told(lambda: hours_in(field.data), field, gettext("Время пишут так: 09:00."))
        if bool((field.data or "").strip()) != bool((self.closes.data or "").strip()):
            raise ValidationError(gettext("Заполните оба времени или ни одного."))
        if field.data and field.data.strip() == (self.closes.data or "").strip():
            raise ValidationError(gettext("Начало и конец часов работы не могут совпадать."))

    def validate_closes(self, field: Field) -> None:
        _told(lambda: hours_in(field.data), field, gettext("Время пишут так: 21:00."))

    def validate_soon_zone(self, field: Field) -> None:
        _known(field)

    def validate_fixed_zone(self, field: Field) -> None:
        _known(field)

    def validate_fixed(self, field: Field) -> None:
        words = gettext("По одному сеансу в строке: 31.12.2026 19:00.")
        _told(lambda: moments_in(field.data, ""), field, words)
        if len(moments_in(field.data, "")) > schedule_rules.MOST_FIXED:
            raise ValidationError(gettext("Не больше ста отдельных сеансов."))

    def validate_left_out(self, field: Field) -> None:
        words = gettext("По одной дате в строке: 31.12.2026.")
        _told(lambda: days_in(field.data), field, words)
        if len(days_in(field.data)) > schedule_rules.MOST_LEFT_OUT:
            raise ValidationError(gettext("Не больше двухсот дат."))

    def validate_recording_days(self, field: Field) -> None:
        _whole(field, 1, 365, gettext("Число дней от 1 до 365; пусто — запись не предлагать."))

    def validate_late_minutes(self, field: Field) -> None:
        words = gettext("Число минут от 0 до 1440.")
        _whole(field, 0, 1440, words)
        if self.late.data == UP_TO and field.data is None:
            raise ValidationError(words)

    def rules(self) -> Rules | None:
        """The rules, of a form that is valid; None where together they make nothing, with words
        beside the first option."""
        try:
            return schedule_rules.checked(self._values())
        except ScheduleInvalid as error:
            words = gettext("Предложите хоть что-нибудь: сразу, по расписанию или запись.")
            odd = gettext("Такое расписание не сохранить: проверьте «%(what)s».", what=error.where)
            self.at_once.errors = [odd if error.where else words]
            return None

    def _values(self) -> dict[str, Any]:
        entries = [entry.form for entry in self.recurring.entries]
        return {
            "at_once": self.at_once.data,
            "just_in_time": self._just_in_time(),
            "recurring": [entry.rule() for entry in entries if not entry.is_empty],
            "fixed": moments_in(self.fixed.data, self.fixed_zone.data or ""),
            "left_out": days_in(self.left_out.data),
            "recording_days": self.recording_days.data,
            "late_minutes": self.late_minutes.data if self.late.data == UP_TO else None,
        }

    def _just_in_time(self) -> dict[str, Any] | None:
        if not self.minutes.data:
            return None
        opens, closes = hours_in(self.opens.data), hours_in(self.closes.data)
        hours = {"opens": opens[0], "closes": closes[0]} if opens else None
        return {"minutes": self.minutes.data, "hours": hours, "zone": self.soon_zone.data or ""}


def _whole(field: Field, least: int, most: int, words: str) -> None:
    """An empty field is none; what is no number was refused by the field itself, in English."""
    typed = (field.raw_data or [""])[0]
    if field.process_errors or (field.data is not None and not least <= field.data <= most):
        field.process_errors = [] if not str(typed).strip() else [words]
        field.errors = []
        if str(typed).strip():
            raise ValidationError(words)


def filled_in(rules: Rules) -> dict[str, Any]:
    """What the form shows of the rules that are kept."""
    soon = rules.just_in_time
    hours = soon.hours if soon else None
    zones = [rule.zone for rule in rules.fixed]
    # A line without a zone of its own is read in the form's: that of a viewer has no name to write.
    first_zone = "" if not zones or "" in zones else zones[0]
    return {
        "at_once": rules.at_once,
        "minutes": soon.minutes if soon else 0,
        "opens": f"{hours.opens:%H:%M}" if hours else "",
        "closes": f"{hours.closes:%H:%M}" if hours else "",
        "soon_zone": soon.zone if soon else "",
        "recurring": [_row(rule) for rule in rules.recurring],
        "fixed": "\n".join(_line(rule, first_zone) for rule in rules.fixed),
        "fixed_zone": first_zone,
        "left_out": "\n".join(f"{day:%d.%m.%Y}" for day in rules.left_out),
        "recording_days": rules.recording_days,
        "late": ANY_TIME if rules.late_minutes is None else UP_TO,
        "late_minutes": rules.late_minutes,
    }


def _row(rule: schedule_rules.Recurrence) -> dict[str, Any]:
    return {
        "weekdays": list(rule.weekdays),
        "times": ", ".join(f"{hour:%H:%M}" for hour in rule.times),
        "every_weeks": rule.every_weeks,
        "begins": f"{rule.begins:%d.%m.%Y}" if rule.begins else "",
        "until": f"{rule.until:%d.%m.%Y}" if rule.until else "",
        "zone": rule.zone,
    }


def _line(rule: schedule_rules.Fixed, first_zone: str) -> str:
    """A zone stands in the line where it is another one than the form's."""
    own = f" {rule.zone}" if rule.zone != first_zone else ""
    return f"{rule.at:%d.%m.%Y %H:%M}{own}"

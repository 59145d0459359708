"""What an author fills in about a broadcast: its hour, and what is shown in its room."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.fields import Field
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from app import clock, core
from app.blueprints.studio import zone_choices
from app.blueprints.studio.forms import TOO_LONG, stripped
from app.core import WebinarRecord, access
from app.live import Broadcast
from app.live.broadcasts import LONGEST_MINUTES, SHORTEST_MINUTES
from app.live.places import OUTSIDE
from app.video_source import Source, VideoRefused, source_of
from app.web.localisation import chosen_zone
from app.web.video import refusal_in_words

NO_SUCH = lazy_gettext("Выберите из списка.")
LOCAL = "%Y-%m-%dT%H:%M"
MOST_SPEAKERS = 400


class HourForm(FlaskForm):
    """The hour by the clock of a named place."""

    at = StringField(lazy_gettext("День и час"), filters=[stripped])
    zone = SelectField(lazy_gettext("Часовой пояс"), validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone.data = self.zone.data or chosen_zone()
        self.zone.choices = zone_choices.all_of(self.zone.data)

    @property
    def moment(self) -> datetime:
        """Of a form that is valid."""
        local = datetime.strptime(self.at.data or "", LOCAL)
        return local.replace(tzinfo=ZoneInfo(self.zone.data or "UTC")).astimezone(UTC)

    def validate_zone(self, field: Field) -> None:
        if not clock.is_zone(field.data or ""):
            raise ValidationError(gettext("Такого часового пояса нет."))

    def validate_at(self, field: Field) -> None:
        if not clock.is_zone(self.zone.data or ""):
            return
        try:
            moment = self.moment
        except (ValueError, OverflowError):
            raise ValidationError(gettext("Выберите день и час начала.")) from None
        if written(moment, self.zone.data or "") != field.data:
            raise ValidationError(gettext("Такого часа в этот день нет: часы переводят вперёд."))
        if moment <= clock.now():
            raise ValidationError(gettext("Этот час уже прошёл."))


def written(moment: datetime, zone: str) -> str:
    """As a browser's field of day and hour has it."""
    return moment.astimezone(ZoneInfo(zone)).strftime(LOCAL)


class BroadcastForm(FlaskForm):
    """Length, the call to action, who speaks."""

    planned_minutes = IntegerField(lazy_gettext("Сколько продлится, минут"))
    cta_text = StringField(
        lazy_gettext("Надпись на кнопке"), [Length(max=120, message=TOO_LONG)], filters=[stripped]
    )
    cta_link = StringField(
        lazy_gettext("Куда ведёт кнопка"), [Length(max=500, message=TOO_LONG)], filters=[stripped]
    )
    speaker = SelectField(
        lazy_gettext("Спикер"), coerce=int, default=0, invalid_choice_message=NO_SUCH
    )

    def __init__(self, *args: Any, speakers: list[SelectChoice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.speaker.choices = speakers

    def validate_planned_minutes(self, field: Field) -> None:
        if field.data is None or not SHORTEST_MINUTES <= field.data <= LONGEST_MINUTES:
            field.process_errors = []
            raise ValidationError(
                gettext(
                    "Число минут от %(least)s до %(most)s.",
                    least=SHORTEST_MINUTES,
                    most=LONGEST_MINUTES,
                )
            )

    def validate_cta_link(self, field: Field) -> None:
        if field.data and not (is_outside(field.data) or is_own_path(field.data)):
            raise ValidationError(gettext("Нужен адрес https://… или путь на этом сайте: /…"))


class StreamForm(FlaskForm):
    """Where the broadcast is, and where its picture comes from."""

    stream_type = RadioField(
        lazy_gettext("Где идёт эфир"),
        choices=[
            SelectChoice("obs", lazy_gettext("Здесь: видео и чат на нашей странице")),
            SelectChoice("zoom", lazy_gettext("В Zoom: откроется в новой вкладке")),
            SelectChoice("telegram", lazy_gettext("В Telegram: откроется в новой вкладке")),
        ],
        default="obs",
    )
    stream_source = StringField(
        lazy_gettext("Адрес трансляции"),
        [Length(max=500, message=TOO_LONG)],
        filters=[stripped],
    )

    def validate_stream_source(self, field: Field) -> None:
        if self.stream_type.data in OUTSIDE:
            if not is_outside(field.data):
                raise ValidationError(gettext("Нужна ссылка на встречу: https://…"))
        elif field.data:
            field.data = _kept(field.data)


class RecordingForm(FlaskForm):
    """Which recording a broadcast has, by its address; empty for none. `seen`: the one that it had
    when the page was made."""

    recording = StringField(
        lazy_gettext("Адрес записи"), [Length(max=500, message=TOO_LONG)], filters=[stripped]
    )
    seen = HiddenField()

    def validate_recording(self, field: Field) -> None:
        if field.data:
            field.data = _source(field.data).address


def _source(address: str) -> Source:
    try:
        return source_of(address)
    except VideoRefused as refusal:
        raise ValidationError(refusal_in_words(refusal)) from None


def _kept(address: str) -> str:
    """The one form of the address under which it is kept."""
    source = _source(address)
    if source.kind not in ("hls", "youtube", "vk"):
        raise ValidationError(
            gettext("Прямой эфир — это поток .m3u8, трансляция YouTube или VK Видео.")
        )
    return source.address


def is_outside(address: str | None) -> bool:
    """Whether it is a whole https address of some host."""
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return False
    plain = not any(ord(each) < 33 or each == "\\" for each in address or "")
    return parts.scheme == "https" and bool(parts.hostname) and plain


def is_own_path(address: str) -> bool:
    plain = not any(ord(each) < 33 or each == "\\" for each in address)
    return address.startswith("/") and not address.startswith("//") and plain


def speakers(webinar: WebinarRecord) -> list[SelectChoice]:
    """People who may run a webinar; whoever speaks now is among them."""
    ids = {each.user_id for each in core.users.who_may(access.WEBINAR_STATUS, limit=MOST_SPEAKERS)}
    names = core.users.names(ids | ({webinar.speaker_id} if webinar.speaker_id else set()))
    ordered = sorted(names.items(), key=lambda each: each[1].casefold())
    people = [SelectChoice(str(user_id), name) for user_id, name in ordered]
    return [SelectChoice("0", gettext("не назначен")), *people]


def filled_in(webinar: WebinarRecord, broadcast: Broadcast) -> dict[str, Any]:
    return {
        "planned_minutes": broadcast.planned_minutes,
        "cta_text": broadcast.cta_text,
        "cta_link": broadcast.cta_link,
        "speaker": webinar.speaker_id or 0,
    }


def stream_of(webinar: WebinarRecord) -> dict[str, Any]:
    return {
        "stream_type": webinar.stream_type or "obs",
        "stream_source": webinar.stream_source,
    }

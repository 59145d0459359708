"""Where a recording begins, as a person types it: by the broadcast's own time."""

from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, StringField, ValidationError
from wtforms.fields import Field

from app.blueprints.studio.forms import stripped
from app.blueprints.studio.recording_kept import Recording
from app.live import Start
from app.web import localisation, timecodes

A_DAY = 86_400


class RecordingStartForm(FlaskForm):
    """An empty `start` is the one that is supposed. `seen`: the recording that the page had."""

    start = StringField(lazy_gettext("Запись начинается на"), filters=[stripped])
    pauses_cut = BooleanField(lazy_gettext("Паузы эфира из записи вырезаны"))
    seen = HiddenField()

    def __init__(self, *args: Any, recording: Recording, **kwargs: Any) -> None:
        self.recording = recording
        super().__init__(*args, **kwargs)

    @classmethod
    def filled(cls, recording: Recording) -> "RecordingStartForm":
        given = {
            "start": timecodes.signed(recording.start.second),
            "pauses_cut": recording.start.pauses_cut,
            "seen": recording.address,
        }
        return cls(formdata=None, recording=recording, data=given)

    @property
    def is_stale(self) -> bool:
        """Whether the recording is another one by now."""
        return (self.seen.data or "") != self.recording.address

    @property
    def chosen(self) -> Start:
        """Of a form that is valid."""
        typed = self.start.data or ""
        second = timecodes.parse_signed(typed) if typed else self.recording.supposed.second
        return Start(second or 0, self.pauses_cut.data and bool(self.recording.pauses))

    def validate_start(self, field: Field) -> None:
        second = timecodes.parse_signed(field.data) if field.data else 0
        if second is None:
            words = gettext(
                "Нужны минуты и секунды: 12:30; если запись начата раньше эфира, −0:30."
            )
            raise ValidationError(words)
        if not field.data or second == self.recording.supposed.second:
            return
        if second >= max(1, self.recording.length):
            length = localisation.timecode(self.recording.length)
            words = gettext("Эфир длился %(length)s: запись началась бы после него.", length=length)
            raise ValidationError(words)
        if second <= -self._longest:
            raise ValidationError(gettext("Так запись закончилась бы до начала эфира."))

    @property
    def _longest(self) -> int:
        asset = self.recording.asset
        return (asset.duration_sec if asset else None) or A_DAY

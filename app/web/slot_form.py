"""The choice of a time, as a form posts it: the slot, and the zone that it was offered in."""

from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, ValidationError

from app.web.slots import Offer, Pick, known_zone


class SlotForm(FlaskForm):
    """`offer` is what the webinar offers in the form's zone; None where there is nothing to choose."""

    slot = HiddenField()
    zone = HiddenField()
    offer: Offer | None = None

    @property
    def picked(self) -> str:
        return self.slot.data or ""

    @property
    def asks(self) -> bool:
        """Whether there are times to choose from."""
        return self.offer is not None and self.offer.asks

    @property
    def pick(self) -> Pick | None:
        """What was picked; None where the webinar does not offer it."""
        if self.offer is None:
            return None if self.picked else Pick()
        return self.offer.pick(self.picked)

    def choose_first(self) -> None:
        """Have the time that was picked chosen, if it can still be had, else the first there is."""
        self.zone.data = self.offer.zone if self.offer else known_zone(self.zone.data)
        if self.offer is not None and self.offer.asks:
            self.slot.data = self._still_there(self.offer)

    def _still_there(self, offer: Offer) -> str:
        if self.picked and offer.pick(self.picked) is not None:
            return self.picked
        return next((choice.value for choice in offer.choices), "")

    def validate_slot(self, field: HiddenField) -> None:
        if self.pick is not None:
            return
        if not self.picked:
            raise ValidationError(gettext("Выберите время."))
        if self.asks:
            raise ValidationError(gettext("Этого времени уже нет. Выберите другое."))
        raise ValidationError(
            gettext("Этого времени в расписании нет. Откройте страницу вебинара заново.")
        )

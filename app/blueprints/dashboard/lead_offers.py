"""When each offer that a lead was shown ends: the same fact that its link obeys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app import autowebinar, clock
from app.autowebinar import deadlines
from app.core import RegistrationRecord


@dataclass(frozen=True, slots=True)
class RunningOffer:
    """`name` is the button's, or empty where no version that is shown now has it."""

    name: str
    ends_at: datetime

    @property
    def over(self) -> bool:
        return self.ends_at <= clock.now()


def of_registrations(
    registrations: Sequence[RegistrationRecord],
) -> dict[int, list[RunningOffer]]:
    """By registration id; one query for all of them."""
    known = deadlines.all_known(registrations)
    return {
        each.registration_id: [
            RunningOffer(_name(each.webinar_id, key), ends_at)
            for key, ends_at in sorted(known[each.registration_id].items())
        ]
        for each in registrations
        if each.registration_id in known
    }


def _name(webinar_id: str, key: str) -> str:
    version = autowebinar.published(webinar_id)
    cues = version.cues if version else ()
    return next((cue.text for cue in cues if cue.key == key), "")

"""Refusals of the AutoWebinar. Each has a name that callers, tests and logs rely on."""

from datetime import datetime


class AutowebinarRefused(ValueError):
    """Nothing was done. `name` is stable; the message is for logs."""

    name = "autowebinar_refused"


class PositionInvalid(AutowebinarRefused):
    """The acknowledged position is not a second of this recording."""

    name = "autowebinar_position_invalid"


class CtaNotShown(AutowebinarRefused):
    """By the clock this viewer has not been shown that call to action."""

    name = "autowebinar_cta_not_shown"


class VersionInvalid(AutowebinarRefused):
    """An author's content cannot be shown; the message names the member."""

    name = "autowebinar_version_invalid"


class DraftConflict(AutowebinarRefused):
    """Somebody else has changed the draft since it was read."""

    name = "autowebinar_draft_conflict"


class ScheduleInvalid(AutowebinarRefused):
    """A schedule that cannot be kept. `where` is the member («recurring.0.times»)."""

    name = "autowebinar_schedule_invalid"

    def __init__(self, where: str, message: str) -> None:
        self.where = where
        super().__init__(f"{where}: {message}")


class AnswerRefused(AutowebinarRefused):
    """The poll or question takes no answer of this viewer; `why`: `not_shown`, `over`, `empty`,
    `too_long`, `no_such_option`, `team`."""

    name = "autowebinar_answer_refused"

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class OfferEnded(AutowebinarRefused):
    """The offer's deadline for this lead has passed; `ended_at` says when."""

    name = "autowebinar_offer_ended"

    def __init__(self, ended_at: datetime) -> None:
        super().__init__(ended_at.isoformat())
        self.ended_at = ended_at

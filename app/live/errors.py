"""Refusals of a broadcast's room. Each has a name that callers, tests and logs rely on."""


class LiveRefused(ValueError):
    """Nothing was done. `name` is stable; the message is for logs."""

    name = "live_refused"


class PollInvalid(LiveRefused):
    """A poll needs a question and two to six different answers."""

    name = "live_poll_invalid"


class PollClosed(LiveRefused):
    """The poll takes no votes: there is none open, or not with such an answer."""

    name = "live_poll_closed"


class QuestionInvalid(LiveRefused):
    """A question needs words, and not too many of them."""

    name = "live_question_invalid"


class QuestionTooOften(LiveRefused):
    """One person has asked too much within a short time."""

    name = "live_question_too_often"


class NoteInvalid(LiveRefused):
    """A pinned note is too long."""

    name = "live_note_invalid"

"""LIVE webinars: a broadcast at an announced hour. No pages here.

Core owns the webinar and its state. This room keeps the broadcast's clock, who was there, and what
the speaker shows; an AutoWebinar knows nothing of it, nor it of an AutoWebinar.
"""

from app.live import (
    air,
    broadcasts,
    checks,
    cutting,
    places,
    polls,
    presence,
    questions,
    recording_starts,
    rules,
    settling,
    state,
    streams,
)
from app.live.air import Air
from app.live.broadcasts import Broadcast
from app.live.errors import (
    LiveRefused,
    NoteInvalid,
    PollClosed,
    PollInvalid,
    QuestionInvalid,
    QuestionTooOften,
)
from app.live.listening import connect
from app.live.recording_clock import RecordingClock
from app.live.recording_starts import Start
from app.live.state import PollView, QuestionView, RoomState

__all__ = [
    "Air",
    "Broadcast",
    "LiveRefused",
    "NoteInvalid",
    "PollClosed",
    "PollInvalid",
    "PollView",
    "QuestionInvalid",
    "QuestionTooOften",
    "QuestionView",
    "RecordingClock",
    "RoomState",
    "Start",
    "air",
    "broadcasts",
    "checks",
    "connect",
    "cutting",
    "places",
    "polls",
    "presence",
    "questions",
    "recording_starts",
    "rules",
    "settling",
    "state",
    "streams",
]

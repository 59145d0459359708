"""AutoWebinar: a recording shown as if live, honestly. Clock, timeline, versions, sessions.

No pages here. What an author made is in this room's tables; what a viewer did is in Core's user
meta under `autowebinar_*`, one set per registration, and nowhere else.
"""

from app.autowebinar import (
    answers,
    audience,
    clock,
    deadlines,
    doors,
    draft_cues,
    draft_version,
    drafts,
    imagined,
    linter,
    linting,
    schedule,
    schedule_rules,
    schedule_sessions,
    schedule_slots,
    sessions,
    timeline,
    versions,
    webinar_file,
)
from app.autowebinar.clock import Position, position_at
from app.autowebinar.departures import Gone, farewell, gone, mark_left
from app.autowebinar.errors import (
    AnswerRefused,
    AutowebinarRefused,
    CtaNotShown,
    DraftConflict,
    OfferEnded,
    PositionInvalid,
    ScheduleInvalid,
    VersionInvalid,
)
from app.autowebinar.schedule_rules import Rules
from app.autowebinar.schedule_slots import Slot
from app.autowebinar.seen import flush_positions
from app.autowebinar.timeline import Cue, Line, Version
from app.autowebinar.versions import create_version, publish, published

__all__ = [
    "AnswerRefused",
    "AutowebinarRefused",
    "CtaNotShown",
    "Cue",
    "DraftConflict",
    "Gone",
    "Line",
    "OfferEnded",
    "Position",
    "PositionInvalid",
    "Rules",
    "ScheduleInvalid",
    "Slot",
    "Version",
    "VersionInvalid",
    "answers",
    "audience",
    "clock",
    "create_version",
    "deadlines",
    "doors",
    "draft_cues",
    "draft_version",
    "drafts",
    "farewell",
    "flush_positions",
    "linter",
    "linting",
    "gone",
    "imagined",
    "mark_left",
    "position_at",
    "publish",
    "published",
    "schedule",
    "schedule_rules",
    "schedule_sessions",
    "schedule_slots",
    "sessions",
    "timeline",
    "versions",
    "webinar_file",
]

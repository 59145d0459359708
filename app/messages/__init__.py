"""messages: the ledger. One row a message, from planned to sent or to the reason why not.

Knows no Telegram and no RQ: executors plan, the sender in the workers claims and settles, the
desk looks and decides.
"""

from app.messages import announce, heartbeat, inbox, reasons, subject, texts
from app.messages.desk import (
    Counts,
    MessageRefused,
    attempts,
    count_as_sent,
    counts,
    everything,
    get,
    page,
    send_again,
)
from app.messages.listening import connect
from app.messages.plan import AT_LEAST_ONCE, AT_MOST_ONCE, LEAD, TEAM, Plan, plan
from app.messages.records import AttemptRecord, MessageRecord, TextRecord
from app.messages.send import (
    Answer,
    Claim,
    channel_alarm,
    claim_due,
    hand_back,
    heal,
    next_due_at,
    pause_channel,
    paused,
    resume_channel,
    settle,
)

__all__ = [
    "AT_LEAST_ONCE",
    "AT_MOST_ONCE",
    "LEAD",
    "TEAM",
    "Answer",
    "AttemptRecord",
    "Claim",
    "Counts",
    "MessageRecord",
    "MessageRefused",
    "Plan",
    "TextRecord",
    "announce",
    "attempts",
    "channel_alarm",
    "claim_due",
    "connect",
    "count_as_sent",
    "counts",
    "everything",
    "get",
    "hand_back",
    "heal",
    "heartbeat",
    "inbox",
    "next_due_at",
    "page",
    "pause_channel",
    "paused",
    "plan",
    "reasons",
    "resume_channel",
    "send_again",
    "settle",
    "subject",
    "texts",
]

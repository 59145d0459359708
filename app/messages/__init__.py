"""messages: the ledger. One row a message, from planned to sent or to the reason why not.

Knows no Telegram and no RQ: executors plan, the sender in the workers claims and settles, the
desk looks and decides.
"""

from app.messages import (
    announce,
    channel,
    digest,
    heartbeat,
    inbox,
    reasons,
    reminders,
    subject,
    texts,
)
from app.messages.again import MessageRefused, kept_back, send_again, send_kept_back
from app.messages.channel import channel_alarm, pause_channel, paused, resume_channel
from app.messages.desk import (
    Counts,
    attempts,
    by_ids,
    count_as_sent,
    counts,
    everything,
    get,
    page,
)
from app.messages.filters import Filter
from app.messages.listening import close_expired, connect, release_linked
from app.messages.plan import AT_LEAST_ONCE, AT_MOST_ONCE, LEAD, TEAM, Plan, plan
from app.messages.records import AttemptRecord, MessageRecord, TextRecord
from app.messages.send import (
    Answer,
    Claim,
    claim_due,
    give_back,
    hand_back,
    heal,
    new_token,
    next_due_at,
    settle,
    settle_all,
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
    "Filter",
    "MessageRecord",
    "MessageRefused",
    "Plan",
    "TextRecord",
    "announce",
    "attempts",
    "by_ids",
    "channel",
    "channel_alarm",
    "claim_due",
    "close_expired",
    "connect",
    "count_as_sent",
    "counts",
    "digest",
    "everything",
    "get",
    "give_back",
    "hand_back",
    "heal",
    "heartbeat",
    "inbox",
    "kept_back",
    "new_token",
    "next_due_at",
    "page",
    "pause_channel",
    "paused",
    "plan",
    "reasons",
    "release_linked",
    "reminders",
    "resume_channel",
    "send_again",
    "send_kept_back",
    "settle",
    "settle_all",
    "subject",
    "texts",
]

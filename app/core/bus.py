"""Record a fact with the change it tells of; deliver it later to each subscriber alone.

A fact is written to the event log and the outbox in the transaction of the change. After the
commit the doorbell is rung, a worker calls `deliver_due`, and each subscriber gets its own copy
in a transaction of its own, with its acknowledgement. What fails is tried again, later and
later, and never forgotten; the other subscribers do not notice.
"""

import copy
import logging
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from blinker import ANY
from flask import current_app
from sqlalchemy import delete, func, insert, select, update

from app import clock
from app.core import events
from app.core.catalogue import CanonicalEvent
from app.core.errors import EventNotYours
from app.core.models import EventAck, EventPersonal, EventRecord, Outbox
from app.core.storage import insert_for, insert_new, on_commit, skip_locked, transaction
from app.extensions import db

log = logging.getLogger(__name__)

LONGEST_PAUSE = timedelta(minutes=10)
BATCH = 50


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a subscriber receives: the payload whole again, and where it stands in the log."""

    event_id: str
    seq: int
    name: str
    payload: dict[str, Any]
    occurred_at: datetime
    lead_id: int | None
    user_id: int | None
    webinar_id: str | None
    once: str | None = None


Handler = Callable[[Envelope], object]


class Emit(Protocol):
    def __call__(
        self, event: CanonicalEvent, payload: dict[str, Any], *, once: str | None = None
    ) -> str | None: ...


_names: dict[int, str] = {}
_doorbells: list[Callable[[str], object]] = []


def subscribe(event: CanonicalEvent, name: str, handler: Handler) -> None:
    """Hear a fact under a stable name, by which deliveries are acknowledged.

    Connecting the same handler again changes nothing. The handler runs inside a transaction
    that holds its acknowledgement: it raises to be called again.
    """
    _names[id(handler)] = name
    event.connect(handler, weak=False)


def subscribers(event: CanonicalEvent) -> dict[str, Handler]:
    return {_names[id(handler)]: handler for handler in event.receivers_for(ANY)}


def hang_doorbell(ring: Callable[[str], object]) -> None:
    """`ring(bell)` is called after each commit that left work behind: `events`, `messages`…"""
    if ring not in _doorbells:
        _doorbells.append(ring)


def take_down_doorbells() -> None:
    _doorbells.clear()


def ring(bell: str) -> None:
    """Wake the workers once the present transaction is durable. Losing it costs a second."""
    on_commit(_RING.setdefault(bell, lambda: _ring_now(bell)))


_RING: dict[str, Callable[[], None]] = {}


def _ring_now(bell: str) -> None:
    for doorbell in _doorbells:
        try:
            doorbell(bell)
        except Exception:
            log.warning("the doorbell %s did not ring; the ticker will see to it", bell)


def emitter(system: str) -> Emit:
    """The way for `system` to raise its own facts, and nobody else's.

    The returned function records the fact in the present transaction, or in one of its own,
    and answers the event id, or None where `once` (unique among events of that name) had
    already been recorded.
    """

    def emit(
        event: CanonicalEvent, payload: dict[str, Any], *, once: str | None = None
    ) -> str | None:
        if system not in event.raisers:
            raise EventNotYours(f"{event.name} is raised by {event.raisers}, not by {system}")
        with transaction():
            return record(event, payload, once=once)

    return emit


def emitter_of_many(system: str) -> Callable[[CanonicalEvent, Sequence[dict[str, Any]]], None]:
    """As `emitter`, for many facts of a kind at once."""

    def emit_all(event: CanonicalEvent, payloads: Sequence[dict[str, Any]]) -> None:
        if system not in event.raisers:
            raise EventNotYours(f"{event.name} is raised by {event.raisers}, not by {system}")
        with transaction():
            record_all(event, payloads)

    return emit_all


def request(event: CanonicalEvent, payload: dict[str, Any], *, raiser: str, **context: Any) -> Any:
    """Raise a request: Core's one handler hears it now and answers, or refuses by name."""
    if raiser not in event.raisers:
        raise EventNotYours(f"{event.name} is raised by {event.raisers}, not by {raiser}")
    ((_, answer),) = event.send(raiser, payload=event.check(payload), **context)
    return answer


def record(
    event: CanonicalEvent,
    payload: dict[str, Any],
    *,
    once: str | None = None,
    subject: dict[str, Any] | None = None,
) -> str | None:
    """Write one event to the log. `subject` names lead, user, webinar where the payload doesn't."""
    row, personal = _row(event, payload, once, subject or {})
    statement = insert_for(EventRecord).values(row).on_conflict_do_nothing()
    seq = db.session.scalar(statement.returning(EventRecord.seq))
    if seq is None:
        return None
    if personal:
        _keep_personal(row["event_id"], row.get("lead_id"), personal)
    if event.kind == "fact":
        _post(event, [seq])
    event_id: str = row["event_id"]
    return event_id


def record_all(event: CanonicalEvent, payloads: Sequence[dict[str, Any]]) -> None:
    """Many facts of a kind without personal members, in two statements."""
    rows = [_row(event, payload, None, {})[0] for payload in payloads]
    if rows:
        made = insert(EventRecord).returning(EventRecord.seq)
        _post(event, list(db.session.scalars(made, rows)))


def _row(
    event: CanonicalEvent, payload: dict[str, Any], once: str | None, subject: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    event_id = secrets.token_hex(16)
    if "event_id" in event.members:
        payload = {**payload, "event_id": event_id}
    checked = event.check(payload)
    public, personal = _split(checked, event.personal)
    row = {
        "event_id": event_id,
        "name": event.name,
        "payload": public,
        "occurred_at": clock.now(),
        "once_key": f"{event.name}:{once}" if once else None,
        **_subject(checked),
        **subject,
    }
    return row, personal


def _post(event: CanonicalEvent, seqs: Sequence[int]) -> None:
    """Into the outbox. Where nobody listens there is nobody to wake: the ticker clears it."""
    now = clock.now()
    rows = [{"seq": seq, "due_at": now, "recorded_at": now, "attempts": 0} for seq in seqs]
    db.session.execute(insert(Outbox), rows)
    if event.has_receivers_for(ANY):
        ring("events")


def _keep_personal(event_id: str, lead_id: int | None, fields: dict[str, Any]) -> None:
    insert_new(EventPersonal, {"event_id": event_id, "lead_id": lead_id, "fields": fields})


def _subject(payload: dict[str, Any]) -> dict[str, Any]:
    """The lead, user and webinar that a payload concerns, wherever it names them."""
    inner = payload.get("payload") or {}
    context = payload.get("context") or {}
    lead_id = payload.get("lead_id", payload.get("primary_lead_id", context.get("lead_id")))
    webinar_id = payload.get("webinar_id") or inner.get("webinar_id") or context.get("webinar_id")
    return {
        "lead_id": lead_id,
        "user_id": payload.get("user_id"),
        "webinar_id": webinar_id,
    }


def _split(payload: dict[str, Any], paths: Iterable[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    public, personal = copy.deepcopy(payload), {}
    for path in paths:
        *parents, leaf = path.split(".")
        holder: Any = public
        for parent in parents:
            holder = holder.get(parent) if isinstance(holder, dict) else None
        if isinstance(holder, dict) and leaf in holder:
            personal[path] = holder.pop(leaf)
    return public, personal


def whole_payload(public: dict[str, Any], personal: dict[str, Any] | None) -> dict[str, Any]:
    """The payload as it was raised; without its personal members once they were erased."""
    payload = copy.deepcopy(public)
    for path, value in (personal or {}).items():
        *parents, leaf = path.split(".")
        holder = payload
        for parent in parents:
            holder = holder.setdefault(parent, {})
        holder[leaf] = value
    return payload


def deliver_due(limit: int = BATCH) -> int:
    """Deliver up to `limit` facts that are due; answers how many were taken up."""
    envelopes = _claim(limit)
    finished = [envelope.seq for envelope in envelopes if _deliver(envelope)]
    if finished:
        _finish(finished)
    return len(envelopes)


def _claim(limit: int) -> list[Envelope]:
    now = clock.now()
    with transaction() as session:
        due = select(Outbox.seq).where(Outbox.due_at <= now).order_by(Outbox.seq).limit(limit)
        taken = list(session.scalars(skip_locked(due)))
        if not taken:
            return []
        leased = update(Outbox).where(Outbox.seq.in_(taken))
        lease = timedelta(seconds=current_app.config["SETTINGS"].delivery_lease_seconds)
        session.execute(leased.values(due_at=now + lease, attempts=Outbox.attempts + 1))
        rows = session.execute(
            select(EventRecord, EventPersonal.fields)
            .outerjoin(EventPersonal, EventPersonal.event_id == EventRecord.event_id)
            .where(EventRecord.seq.in_(taken))
            .order_by(EventRecord.seq)
        ).all()
        return [envelope_of(event, personal) for event, personal in rows]


def envelope_of(event: EventRecord, personal: dict[str, Any] | None) -> Envelope:
    return Envelope(
        event_id=event.event_id,
        seq=event.seq,
        name=event.name,
        payload=whole_payload(event.payload, personal),
        occurred_at=event.occurred_at,
        lead_id=event.lead_id,
        user_id=event.user_id,
        webinar_id=event.webinar_id,
        once=event.once_key.partition(":")[2] if event.once_key else None,
    )


def _deliver(envelope: Envelope) -> bool:
    """Call every subscriber that has not heard it yet; True when all have."""
    outcomes = [
        _call(name, handler, envelope)
        for name, handler in subscribers(events.named(envelope.name)).items()
    ]
    return all(outcomes)


def _call(name: str, handler: Handler, envelope: Envelope) -> bool:
    try:
        with transaction():
            if insert_new(EventAck, {"seq": envelope.seq, "subscriber": name}):
                handler(copy.deepcopy(envelope))
        return True
    except Exception as error:
        log.exception("%s did not take %s %s", name, envelope.name, envelope.event_id)
        _postpone(envelope.seq, f"{name}: {type(error).__name__}")
        return False


def _postpone(seq: int, error: str) -> None:
    with transaction() as session:
        row = session.get(Outbox, seq)
        if row is not None:
            pause = min(timedelta(seconds=2 ** min(row.attempts, 10)), LONGEST_PAUSE)
            row.due_at, row.last_error = clock.now() + pause, error[:300]


def _finish(seqs: list[int]) -> None:
    with transaction() as session:
        session.execute(delete(EventAck).where(EventAck.seq.in_(seqs)))
        session.execute(delete(Outbox).where(Outbox.seq.in_(seqs)))


@dataclass(frozen=True, slots=True)
class Backlog:
    """Facts not delivered to all: how many, how many have failed, and the oldest one's time."""

    waiting: int
    failing: int
    oldest: datetime | None


def backlog() -> Backlog:
    failing = func.count().filter(Outbox.last_error.is_not(None))
    row = db.session.execute(
        select(func.count(), failing, func.min(Outbox.recorded_at)).select_from(Outbox)
    ).one()
    return Backlog(*row)


def next_delivery_at() -> datetime | None:
    return db.session.scalar(select(func.min(Outbox.due_at)))

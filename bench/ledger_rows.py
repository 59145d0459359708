"""Messages that a benchmark needs by the thousand: each to a lead of its own with a private chat."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert, select

from app import clock, core
from app.core.models import Contact, Lead
from app.extensions import db
from app.messages.models import Message

FIRST_CHAT = 500_000
AT_ONCE = 5000


def plan(name: str, count: int, *, ahead: float, spread: float) -> None:
    """So many planned messages, due `ahead` seconds from now and over `spread` seconds. The text
    of each is `name:number:due`, the last in unix seconds."""
    with core.transaction():
        first = int(db.session.scalar(select(func.max(Lead.id))) or 0) + 1
        for start in range(0, count, AT_ONCE):
            numbers = range(start, min(start + AT_ONCE, count))
            leads = [_lead(first + number) for number in numbers]
            db.session.execute(insert(Lead), leads)
            db.session.execute(insert(Contact), [_chat(lead["id"]) for lead in leads])
            due = [ahead + spread * number / count for number in numbers]
            rows = [
                _message(name, number, first + number, seconds)
                for number, seconds in zip(numbers, due, strict=True)
            ]
            db.session.execute(insert(Message), rows)
        core.ring("messages")


def _lead(lead_id: int) -> dict[str, Any]:
    return {"id": lead_id, "name": f"Лид {lead_id}", "created_at": clock.now()}


def _chat(lead_id: int) -> dict[str, Any]:
    now, chat = clock.now(), str(FIRST_CHAT + lead_id)
    return {
        "lead_id": lead_id,
        "kind": "telegram",
        "value": chat,
        "shown": chat,
        "created_at": now,
        "proven_at": now,
    }


def _message(name: str, number: int, lead_id: int, seconds: float) -> dict[str, Any]:
    now = clock.now()
    due_at = now + timedelta(seconds=seconds)
    return {
        "dedupe_key": f"bench:{name}:{number}",
        "kind": "welcome",
        "policy": "at_least_once",
        "recipient": "lead",
        "lead_id": lead_id,
        "text": f"{name}:{number}:{due_at.timestamp():.3f}",
        "buttons": [],
        "state": "planned",
        "due_at": due_at,
        "created_at": now,
    }

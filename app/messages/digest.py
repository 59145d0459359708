"""One message for many occasions: while it waits to go, each further occasion is counted into it."""

from typing import Any

from sqlalchemy import Index, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from app import core
from app.database import Base
from app.extensions import db
from app.messages import texts
from app.messages.models import Message
from app.messages.plan import Plan, plan

OPEN = ("planned", "waiting")


class DigestItem(Base):
    """An occasion that a message tells of. `category`: the variable that counts it."""

    __tablename__ = "message_digest_item"
    __table_args__ = (Index("ix_message_digest_item_item", "item", "dedupe_key"),)

    dedupe_key: Mapped[str] = mapped_column(String(160), primary_key=True)
    item: Mapped[str] = mapped_column(String(64), primary_key=True)
    category: Mapped[str] = mapped_column(String(16))


def count_in(wanted: Plan, *, item: str, category: str, categories: tuple[str, ...]) -> None:
    """Plan the message at its first occasion; at a further one count that in. The same `item`
    again is nothing. What has gone already is not told anew: the next occasion begins another.

    Each of `categories` is a variable of the text with the number of its occasions.
    """
    with core.transaction():
        key = _open_key(wanted.dedupe)
        row = {"dedupe_key": key, "item": item, "category": category}
        if _told(wanted.dedupe, item) or not core.insert_new(DigestItem, row):
            return
        counts = dict.fromkeys(categories, 0) | _counts(key)
        values = wanted.values | {name: number or None for name, number in counts.items()}
        _plan_or_amend(wanted, key, values)


def _open_key(dedupe: str) -> str:
    """The key of the message that is still to go: the first one's, or that of a later one."""
    key, number = dedupe, 1
    while (message := _by_key(key)) is not None and message.state not in OPEN:
        number += 1
        key = f"{dedupe}:{number}"
    return key


def _by_key(key: str) -> Message | None:
    statement = select(Message).where(Message.dedupe_key == key).with_for_update()
    return db.session.scalar(statement, execution_options={"populate_existing": True})


def _told(dedupe: str, item: str) -> bool:
    """Whether that occasion is in a message of this digest, sent or not."""
    same = DigestItem.dedupe_key.startswith(dedupe, autoescape=True)
    found = select(DigestItem.item).where(same, DigestItem.item == item).limit(1)
    return db.session.scalar(found) is not None


def _counts(key: str) -> dict[str, int]:
    statement = (
        select(DigestItem.category, func.count())
        .where(DigestItem.dedupe_key == key)
        .group_by(DigestItem.category)
    )
    return dict(db.session.execute(statement).all())


def _plan_or_amend(wanted: Plan, key: str, values: dict[str, Any]) -> None:
    message = _by_key(key)
    if message is None:
        fields = {name: getattr(wanted, name) for name in wanted.__dataclass_fields__}
        plan(Plan(**(fields | {"dedupe": key, "values": values})))
    else:
        message.text = texts.render(wanted.kind, wanted.recipient, wanted.locale, values)

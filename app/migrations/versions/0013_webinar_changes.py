"""Changes of a webinar that its people are told of, and the words for it.

Revision ID: 0013
Revises: 0012
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TEXTS = {
    ("live_moved", "ru"): (
        "{first_name}, вебинар «{webinar}» перенесён.\n\nНовое время: {starts}.\n"
        "Ваша личная ссылка та же: {room_link}"
    ),
    ("live_moved", "en"): (
        "{first_name}, the webinar “{webinar}” was moved.\n\nThe new time: {starts}.\n"
        "Your personal link is the same: {room_link}"
    ),
    ("live_cancelled", "ru"): (
        "{first_name}, вебинар «{webinar}» отменён. Простите, что планы изменились.\n\n"
        "Вопросы можно написать прямо сюда, отвечает человек."
    ),
    ("live_cancelled", "en"): (
        "{first_name}, the webinar “{webinar}” was cancelled. We are sorry.\n\n"
        "Write your questions right here, a person answers."
    ),
}
message_text = sa.table(
    "message_text",
    sa.column("kind", sa.String),
    sa.column("recipient", sa.String),
    sa.column("locale", sa.String),
    sa.column("body", sa.Text),
    sa.column("updated_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    op.create_table(
        "webinar_change",
        sa.Column("event_id", sa.String(32), primary_key=True),
        sa.Column("webinar_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_webinar_change_webinar_id", "webinar_change", ["webinar_id"])
    op.create_index(
        "ix_webinar_change_open",
        "webinar_change",
        ["noted_at"],
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    now = datetime.now(UTC)
    op.bulk_insert(
        message_text,
        [
            {"kind": kind, "recipient": "lead", "locale": locale, "body": body, "updated_at": now}
            for (kind, locale), body in TEXTS.items()
        ],
    )


def downgrade() -> None:
    kinds = {kind for kind, _ in TEXTS}
    op.execute(message_text.delete().where(message_text.c.kind.in_(kinds)))
    op.drop_table("webinar_change")

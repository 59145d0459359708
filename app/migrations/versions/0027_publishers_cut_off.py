"""Publishers to be cut off the media server, and what the team is told where that fails.

Revision ID: 0027
Revises: 0026
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

KIND = "live_not_cut"
TEXTS = {
    "ru": (
        "<b>Эфир «{webinar}»: не удалось отключить спикера от медиасервера</b>\n"
        "Тот, кто вещал, может вещать и дальше. Проверьте медиасервер и MEDIA_SERVER_CONTROL_URL;"
        " пробуем ещё час.\n{link}"
    ),
    "en": (
        "<b>The broadcast “{webinar}”: its publisher could not be cut off the media server</b>\n"
        "Whoever was publishing may publish on. See to the media server and"
        " MEDIA_SERVER_CONTROL_URL; it is tried for an hour.\n{link}"
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
        "live_cut",
        sa.Column("webinar_id", sa.String(32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("repeats", sa.Boolean(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["webinar_id"], ["live_broadcast.webinar_id"]),
        sa.PrimaryKeyConstraint("webinar_id"),
    )
    op.create_index("ix_live_cut_due_at", "live_cut", ["due_at"])
    now = datetime.now(UTC)
    op.bulk_insert(
        message_text,
        [
            {"kind": KIND, "recipient": "team", "locale": locale, "body": body, "updated_at": now}
            for locale, body in TEXTS.items()
        ],
    )


def downgrade() -> None:
    op.execute(message_text.delete().where(message_text.c.kind == KIND))
    op.drop_table("live_cut")

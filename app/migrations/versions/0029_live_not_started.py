"""What the team is told of a broadcast that nobody begins.

Revision ID: 0029
Revises: 0028
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

KIND = "live_not_started"
TEXTS = {
    "ru": (
        "<b>Эфир «{webinar}» не начат</b>\n"
        "Его час уже настал, и зрители ждут. Начните, перенесите или отмените его: {link}"
    ),
    "en": (
        "<b>The broadcast “{webinar}” has not begun</b>\n"
        "Its hour has come, and viewers wait. Start it, move it or cancel it: {link}"
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

"""The text for who missed a broadcast, once its recording is there.

Revision ID: 0023
Revises: 0022
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

KIND = "recording_ready"
TEXTS = {
    "ru": (
        "{first_name}, запись вебинара «{webinar}» готова.\n\n"
        "Смотрите по вашей личной ссылке: {recording_link}"
    ),
    "en": (
        "{first_name}, the recording of the webinar “{webinar}” is ready.\n\n"
        "Watch it by your personal link: {recording_link}"
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
            {"kind": KIND, "recipient": "lead", "locale": locale, "body": body, "updated_at": now}
            for locale, body in TEXTS.items()
        ],
    )


def downgrade() -> None:
    op.execute(message_text.delete().where(message_text.c.kind == KIND))

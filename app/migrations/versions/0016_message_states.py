"""No index of all states: a partial one for each that a person looks through.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

STATES = ("failed", "unknown", "skipped", "cancelled")


def upgrade() -> None:
    op.drop_index("ix_message_state", table_name="message")
    for state in STATES:
        where = sa.text(f"state = '{state}'")
        op.create_index(
            f"ix_message_{state}",
            "message",
            ["id"],
            sqlite_where=where,
            postgresql_where=where,
        )


def downgrade() -> None:
    for state in STATES:
        op.drop_index(f"ix_message_{state}", table_name="message")
    op.create_index("ix_message_state", "message", ["state", "id"])

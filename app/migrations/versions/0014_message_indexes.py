"""Indexes of the ledger: what is past its use, and what may have gone twice.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

LATE = "state = 'planned' AND not_after IS NOT NULL"
DOUBLED = "state = 'sent' AND unknown_count > 0"


def upgrade():
    for name, column, where in (
        ("ix_message_late", "not_after", LATE),
        ("ix_message_doubled", "id", DOUBLED),
    ):
        op.create_index(
            name,
            "message",
            [column],
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )


def downgrade():
    op.drop_index("ix_message_doubled", table_name="message")
    op.drop_index("ix_message_late", table_name="message")

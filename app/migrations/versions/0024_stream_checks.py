"""Checks of streams from elsewhere, before a broadcast begins.

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "live_stream_check",
        sa.Column("webinar_id", sa.String(32), nullable=False),
        sa.Column("address", sa.String(500), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True)),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.Column("first", sa.JSON()),
        sa.Column("found", sa.JSON()),
        sa.ForeignKeyConstraint(["webinar_id"], ["live_broadcast.webinar_id"]),
        sa.PrimaryKeyConstraint("webinar_id"),
    )
    op.create_index("ix_live_stream_check_look_at", "live_stream_check", ["look_at"])


def downgrade() -> None:
    op.drop_table("live_stream_check")

"""What the media server tells of a broadcast: that its stream runs, and what was recorded.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("live_broadcast") as batch:
        batch.add_column(sa.Column("publishing_since", sa.DateTime(timezone=True)))
    op.create_table(
        "live_recording",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "webinar_id",
            sa.String(32),
            sa.ForeignKey("live_broadcast.webinar_id"),
            nullable=False,
        ),
        sa.Column("path", sa.String(400), nullable=False, unique=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("error", sa.String(300), nullable=False),
    )
    op.create_index("ix_live_recording_webinar_id", "live_recording", ["webinar_id"])
    op.create_index("ix_live_recording_state", "live_recording", ["state"])


def downgrade() -> None:
    op.drop_table("live_recording")
    with op.batch_alter_table("live_broadcast") as batch:
        batch.drop_column("publishing_since")

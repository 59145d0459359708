"""Where in a broadcast its recording begins, where a person has said so.

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "live_recording_start",
        sa.Column("webinar_id", sa.String(32), nullable=False),
        sa.Column("address", sa.String(500), nullable=False),
        sa.Column("second", sa.Integer(), nullable=False),
        sa.Column("pauses_cut", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["webinar_id"], ["live_broadcast.webinar_id"]),
        sa.PrimaryKeyConstraint("webinar_id", "address"),
    )


def downgrade() -> None:
    op.drop_table("live_recording_start")

"""How long a video from elsewhere is, as its author's player saw it.

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

from app.database import UtcDateTime

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "autowebinar_video_length",
        sa.Column("webinar_id", sa.String(32), nullable=False),
        sa.Column("address", sa.String(2000), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("webinar_id"),
    )


def downgrade() -> None:
    op.drop_table("autowebinar_video_length")

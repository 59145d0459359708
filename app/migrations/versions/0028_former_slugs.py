"""Addresses that webinars had: they lead on, and are nobody else's.

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "webinar_former_slug",
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("webinar_id", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["webinar_id"], ["webinar.webinar_id"]),
        sa.PrimaryKeyConstraint("slug"),
    )
    op.create_index("ix_webinar_former_slug_webinar_id", "webinar_former_slug", ["webinar_id"])


def downgrade() -> None:
    op.drop_table("webinar_former_slug")

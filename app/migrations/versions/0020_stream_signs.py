"""When a broadcast's stream was last seen to run.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("live_broadcast") as batch:
        batch.add_column(sa.Column("stream_heard_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    with op.batch_alter_table("live_broadcast") as batch:
        batch.drop_column("stream_heard_at")

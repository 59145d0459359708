"""The country that a chat line's writer chose to show.

It may be missing: a process of the release before writes lines without it.

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("chat_line") as batch:
        batch.add_column(sa.Column("country", sa.String(2)))


def downgrade() -> None:
    with op.batch_alter_table("chat_line") as batch:
        batch.drop_column("country")

"""The author's words on the closing screens.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("autowebinar_version", sa.Column("closing", sa.JSON()))


def downgrade() -> None:
    op.drop_column("autowebinar_version", "closing")

"""What a line of a recording's chat was where it was exported: kept for the way back.

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

TABLES = ("autowebinar_line", "autowebinar_draft_line")


def upgrade() -> None:
    for table in TABLES:
        mode = sa.Column("mode", sa.String(12), nullable=False, server_default="chat")
        op.add_column(table, mode)


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "mode")

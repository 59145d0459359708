"""The country that a viewer chose to show in a webinar's room, beside the account's own.

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("registration") as batch:
        batch.add_column(sa.Column("country", sa.String(2)))


def downgrade() -> None:
    with op.batch_alter_table("registration") as batch:
        batch.drop_column("country")

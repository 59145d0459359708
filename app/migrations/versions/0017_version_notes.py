"""Who made a version, and what was changed in it.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("autowebinar_version", sa.Column("created_by", sa.Integer()))
    op.add_column("autowebinar_version", sa.Column("changes", sa.JSON()))


def downgrade() -> None:
    op.drop_column("autowebinar_version", "changes")
    op.drop_column("autowebinar_version", "created_by")

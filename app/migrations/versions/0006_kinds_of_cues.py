"""Cues of several kinds, each with a key that is the same in every version.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("autowebinar_cue") as cue:
        cue.add_column(sa.Column("key", sa.String(24), nullable=True))
        cue.add_column(sa.Column("data", sa.JSON(), nullable=True))
        cue.alter_column("text", existing_type=sa.String(120), type_=sa.String(200))
        cue.alter_column("note", existing_type=sa.String(300), type_=sa.String(1000))
    op.execute("UPDATE autowebinar_cue SET key = substr(id, 5), data = '{}'")
    with op.batch_alter_table("autowebinar_cue") as cue:
        cue.alter_column("key", existing_type=sa.String(24), nullable=False)
        cue.alter_column("data", existing_type=sa.JSON(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("autowebinar_cue") as cue:
        cue.alter_column("note", existing_type=sa.String(1000), type_=sa.String(300))
        cue.alter_column("text", existing_type=sa.String(200), type_=sa.String(120))
        cue.drop_column("data")
        cue.drop_column("key")

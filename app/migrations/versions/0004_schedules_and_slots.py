"""When AutoWebinars may be watched, in which zone a place was taken, and places that were moved.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "autowebinar_schedule",
        sa.Column("webinar_id", sa.String(32), primary_key=True),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Integer()),
    )
    with op.batch_alter_table("registration") as table:
        table.add_column(sa.Column("zone", sa.String(64)))
        table.add_column(sa.Column("mode", sa.String(12), nullable=False, server_default="session"))
        table.add_column(sa.Column("expires_at", sa.DateTime(timezone=True)))
    op.create_table(
        "registration_move",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "registration_id", sa.Integer(), sa.ForeignKey("registration.id"), nullable=False
        ),
        sa.Column("from_slot_id", sa.String(64)),
        sa.Column("from_starts_at", sa.DateTime(timezone=True)),
        sa.Column("to_slot_id", sa.String(64)),
        sa.Column("to_starts_at", sa.DateTime(timezone=True)),
        sa.Column("moved_by", sa.String(32), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_registration_move", "registration_move", ["registration_id", "id"])


def downgrade() -> None:
    op.drop_table("registration_move")
    with op.batch_alter_table("registration") as table:
        table.drop_column("expires_at")
        table.drop_column("mode")
        table.drop_column("zone")
    op.drop_table("autowebinar_schedule")

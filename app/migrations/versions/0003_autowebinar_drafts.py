"""What an author is working on before it is published.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "autowebinar_draft",
        sa.Column("webinar_id", sa.String(32), primary_key=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Integer()),
    )
    op.create_table(
        "autowebinar_draft_line",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "webinar_id",
            sa.String(32),
            sa.ForeignKey("autowebinar_draft.webinar_id"),
            nullable=False,
        ),
        sa.Column("at_sec", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(80), nullable=False),
        sa.Column("role", sa.String(8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("import_key", sa.String(64)),
        sa.UniqueConstraint("webinar_id", "import_key"),
    )
    op.create_index(
        "ix_autowebinar_draft_line_at", "autowebinar_draft_line", ["webinar_id", "at_sec", "id"]
    )


def downgrade() -> None:
    op.drop_table("autowebinar_draft_line")
    op.drop_table("autowebinar_draft")

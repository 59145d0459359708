"""An occasion is looked for by what it is.

Revision ID: 0018
Revises: 0017
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_message_digest_item_item", "message_digest_item", ["item", "dedupe_key"])


def downgrade() -> None:
    op.drop_index("ix_message_digest_item_item", "message_digest_item")

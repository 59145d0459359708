"""Names of documents' media types are longer than those of videos.

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _resize(sa.String(40), sa.String(100))


def downgrade() -> None:
    op.execute("UPDATE media_asset SET mime = 'application/octet-stream' WHERE kind = 'document'")
    _resize(sa.String(100), sa.String(40))


def _resize(before: sa.String, after: sa.String) -> None:
    with op.batch_alter_table("media_asset") as table:
        table.alter_column("mime", existing_type=before, type_=after, existing_nullable=False)

"""Whence each line of a recording's chat is.

Of those that are there it is known which the author typed: they came by no file. The rest came by
one; that some were written in the broadcast itself cannot be told any more, so none claims it.
A published line is as the draft's line of the same words.

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

TABLES = ("autowebinar_line", "autowebinar_draft_line")


def upgrade() -> None:
    for table in TABLES:
        source = sa.Column("source", sa.String(12), nullable=False, server_default="imported")
        op.add_column(table, source)
    op.execute(
        "UPDATE autowebinar_draft_line SET source = 'typed'"
        " WHERE import_key IS NULL OR import_key LIKE 'faq:%'"
    )
    op.execute(
        "UPDATE autowebinar_line SET source = 'typed' WHERE EXISTS ("
        "SELECT 1 FROM autowebinar_version AS version"
        " JOIN autowebinar_draft_line AS typed ON typed.webinar_id = version.webinar_id"
        " WHERE version.id = autowebinar_line.version_id AND typed.source = 'typed'"
        " AND typed.at_sec = autowebinar_line.at_sec AND typed.author = autowebinar_line.author"
        " AND typed.role = autowebinar_line.role AND typed.text = autowebinar_line.text)"
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "source")

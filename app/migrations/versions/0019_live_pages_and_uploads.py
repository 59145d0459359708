"""A broadcast's page names who leads it; its recording may be chosen by a person, and a file says
whether it came from a media server.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BROUGHT = """
UPDATE media_asset SET source = COALESCE((
    SELECT 'recording:' || MIN(live_recording.id) FROM live_recording
    WHERE live_recording.webinar_id = media_asset.webinar_id
    AND live_recording.path LIKE '%' || media_asset.name
), '') WHERE kind = 'video'
"""


def upgrade() -> None:
    with op.batch_alter_table("live_broadcast") as batch:
        batch.add_column(
            sa.Column("speaker_name", sa.String(120), nullable=False, server_default="")
        )
        batch.add_column(
            sa.Column("speaker_role", sa.String(200), nullable=False, server_default="")
        )
        batch.add_column(
            sa.Column("recording_chosen", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("media_asset") as batch:
        batch.add_column(sa.Column("source", sa.String(40), nullable=False, server_default=""))
    op.execute(BROUGHT)
    with op.batch_alter_table("live_broadcast") as batch:
        for name, kind in (("speaker_name", sa.String(120)), ("speaker_role", sa.String(200))):
            batch.alter_column(name, existing_type=kind, server_default=None)
        batch.alter_column("recording_chosen", existing_type=sa.Boolean(), server_default=None)
    with op.batch_alter_table("media_asset") as batch:
        batch.alter_column("source", existing_type=sa.String(40), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("media_asset") as batch:
        batch.drop_column("source")
    with op.batch_alter_table("live_broadcast") as batch:
        batch.drop_column("recording_chosen")
        batch.drop_column("speaker_role")
        batch.drop_column("speaker_name")

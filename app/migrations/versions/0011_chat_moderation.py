"""The chat's changes, moderation, questions and answers, and the texts of both messages.

Revision ID: 0011
Revises: 0010
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TEXTS = {
    ("chat_answer", "lead", "ru"): (
        "{first_name}, ответ на ваш вопрос с вебинара «{webinar}».\n\n"
        "<blockquote>{question}</blockquote>\n{text}\n\nВернуться в комнату: {room_link}"
    ),
    ("chat_answer", "lead", "en"): (
        "{first_name}, an answer to your question at the webinar “{webinar}”.\n\n"
        "<blockquote>{question}</blockquote>\n{text}\n\nBack to the room: {room_link}"
    ),
    ("question", "team", "ru"): (
        "<b>Вопрос в чате</b>, а из команды никого нет\n{name}, {timecode}\n"
        "<blockquote>{question}</blockquote>\nВебинар: {webinar}\nОтветить: {link}"
    ),
    ("question", "team", "en"): (
        "<b>A question in the chat</b>, and nobody of the team is there\n{name}, {timecode}\n"
        "<blockquote>{question}</blockquote>\nWebinar: {webinar}\nAnswer: {link}"
    ),
}
message_text = sa.table(
    "message_text",
    sa.column("kind", sa.String),
    sa.column("recipient", sa.String),
    sa.column("locale", sa.String),
    sa.column("body", sa.Text),
    sa.column("updated_at", sa.DateTime(timezone=True)),
)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _columns()
    _values()
    _indexes()
    _tables()
    now = datetime.now(UTC)
    op.bulk_insert(
        message_text,
        [
            {"kind": kind, "recipient": to, "locale": locale, "body": body, "updated_at": now}
            for (kind, to, locale), body in TEXTS.items()
        ],
    )


def _columns() -> None:
    with op.batch_alter_table("chat_channel") as table:
        table.alter_column("channel", type_=sa.String(120), existing_nullable=False)
        table.add_column(sa.Column("last_change", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("webinar_id", sa.String(32)))
        table.add_column(
            sa.Column("shared", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        table.add_column(sa.Column("changed_at", MOMENT))
        table.add_column(sa.Column("pinged_at", MOMENT))
    with op.batch_alter_table("chat_line") as table:
        table.alter_column("channel", type_=sa.String(120), existing_nullable=False)
        table.add_column(sa.Column("webinar_id", sa.String(32)))
        table.add_column(sa.Column("hidden_for", sa.String(8)))
        table.add_column(sa.Column("change", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("changed_at", MOMENT))
        table.add_column(sa.Column("edited_at", MOMENT))
        table.add_column(sa.Column("question", sa.String(10)))
        table.add_column(sa.Column("answer_id", sa.Integer()))
        table.add_column(sa.Column("reply_to", sa.Integer()))
        table.add_column(sa.Column("quote", sa.Text(), nullable=False, server_default=""))


def _values() -> None:
    """What was written before had changed once: when it was written. What viewers asked is open."""
    its = "(SELECT webinar_id FROM registration WHERE 'auto:' || session_id = chat_channel.channel)"
    op.execute(f"UPDATE chat_channel SET last_change = last_number, webinar_id = {its}")
    newest = "(SELECT max(created_at) FROM chat_line WHERE channel = chat_channel.channel)"
    op.execute(f"UPDATE chat_channel SET changed_at = {newest}")
    its = "(SELECT webinar_id FROM chat_channel WHERE channel = chat_line.channel)"
    op.execute(
        f"UPDATE chat_line SET change = number, changed_at = created_at, webinar_id = {its}, "
        "hidden_for = CASE WHEN hidden_at IS NULL THEN NULL ELSE 'erased' END"
    )
    op.execute(
        "UPDATE chat_line SET question = 'open'"
        " WHERE origin = 'viewer' AND hidden_at IS NULL AND webinar_id IS NOT NULL"
    )
    with op.batch_alter_table("chat_line") as table:
        table.alter_column("changed_at", existing_type=MOMENT, nullable=False)
        table.alter_column("change", existing_type=sa.Integer(), server_default=None)
        table.alter_column("quote", existing_type=sa.Text(), server_default=None)
    with op.batch_alter_table("chat_channel") as table:
        table.alter_column("last_change", existing_type=sa.Integer(), server_default=None)
        table.alter_column("shared", existing_type=sa.Boolean(), server_default=None)


def _where(condition: str) -> dict[str, object]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def _indexes() -> None:
    op.create_index("ix_chat_channel_webinar", "chat_channel", ["webinar_id", "changed_at"])
    op.create_index("ix_chat_line_change", "chat_line", ["channel", "change"])
    op.create_index(
        "ix_chat_line_reply", "chat_line", ["channel", "reply_to"], **_where("reply_to IS NOT NULL")
    )
    asked = _where("question IS NOT NULL")
    op.create_index("ix_chat_line_question", "chat_line", ["question", "id"], **asked)
    op.create_index(
        "ix_chat_line_webinar_question", "chat_line", ["webinar_id", "question", "id"], **asked
    )


def _tables() -> None:
    op.create_table(
        "chat_person",
        sa.Column("registration_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("webinar_id", sa.String(32), nullable=False),
        sa.Column("muted_until", MOMENT),
        sa.Column("banned_at", MOMENT),
        sa.Column("unnamed", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "chat_rules",
        sa.Column("webinar_id", sa.String(32), primary_key=True),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("slow_seconds", sa.Integer(), nullable=False),
    )
    op.create_table(
        "chat_action",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("webinar_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("channel", sa.String(120)),
        sa.Column("number", sa.Integer()),
        sa.Column("registration_id", sa.Integer()),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
    )
    op.create_index("ix_chat_action_webinar", "chat_action", ["webinar_id", "id"])
    op.create_index("ix_chat_action_registration", "chat_action", ["registration_id"])
    op.create_table(
        "chat_answer",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("way", sa.String(8)),
        sa.UniqueConstraint("answer_id", "registration_id"),
    )
    op.create_index("ix_chat_answer_due", "chat_answer", ["due_at"], **_where("way IS NULL"))
    op.create_index(
        "ix_chat_answer_open", "chat_answer", ["registration_id"], **_where("way IS NULL")
    )


def downgrade() -> None:
    for table in ("chat_answer", "chat_action", "chat_rules", "chat_person"):
        op.drop_table(table)
    for index in ("webinar_question", "question", "reply", "change"):
        op.drop_index(f"ix_chat_line_{index}", "chat_line")
    op.drop_index("ix_chat_channel_webinar", "chat_channel")
    added = "webinar_id hidden_for change changed_at edited_at question answer_id reply_to quote"
    with op.batch_alter_table("chat_line") as table:
        for column in added.split():
            table.drop_column(column)
    with op.batch_alter_table("chat_channel") as table:
        for column in ("last_change", "webinar_id", "shared", "changed_at", "pinged_at"):
            table.drop_column(column)
    op.execute(message_text.delete().where(message_text.c.kind.in_(("chat_answer", "question"))))

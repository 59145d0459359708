"""The bot's alarm with its checks, updates by chat, and what people are told of both.

Revision ID: 0005
Revises: 0004
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NEW_TEXTS = {
    ("chat_moved", "lead", "ru"): (
        "Готово: этот Telegram теперь привязан к кабинету {email}. Сообщения прежней записи сюда "
        "больше не приходят."
    ),
    ("chat_moved", "lead", "en"): (
        "Done: this Telegram now belongs to the account {email}. Messages of the earlier "
        "registration no longer come here."
    ),
    ("resubscribed", "lead", "ru"): "Сообщения снова включены. Чтобы остановить их, отправьте /stop.",
    ("resubscribed", "lead", "en"): "Messages are on again. To stop them, send /stop.",
}
CHANGED_TEXTS = {
    ("unsubscribed", "lead", "ru"): (
        "Больше не пишем. Останутся только сообщения о вебинаре, на который вы записались.",
        "Больше не пишем. Останутся только сообщения о вебинаре, на который вы записались.\n\n"
        "Передумаете — отправьте /start.",
    ),
    ("unsubscribed", "lead", "en"): (
        "No more messages, save those about a webinar that you registered for.",
        "No more messages, save those about a webinar that you registered for.\n\n"
        "Should you change your mind, send /start.",
    ),
}
OPEN = {
    "sqlite_where": sa.text("state = 'waiting'"),
    "postgresql_where": sa.text("state = 'waiting'"),
}
DOUBTFUL = {
    "sqlite_where": sa.text("unknown_count > 0"),
    "postgresql_where": sa.text("unknown_count > 0"),
}
NEW = {"sqlite_where": sa.text("state = 'new'"), "postgresql_where": sa.text("state = 'new'")}
MOMENT = sa.DateTime(timezone=True)

message_text = sa.table(
    "message_text",
    sa.column("kind", sa.String),
    sa.column("recipient", sa.String),
    sa.column("locale", sa.String),
    sa.column("body", sa.Text),
    sa.column("updated_at", MOMENT),
)


def upgrade() -> None:
    with op.batch_alter_table("channel_state") as table:
        table.add_column(sa.Column("alarm_at", MOMENT))
        table.add_column(sa.Column("check_at", MOMENT))
        table.add_column(sa.Column("checked_at", MOMENT))
        table.add_column(sa.Column("checked", sa.String(16)))
        table.add_column(sa.Column("token_digest", sa.String(16)))
    # An alarm of before is asked about at once.
    op.execute("UPDATE channel_state SET alarm_at = updated_at, check_at = updated_at"
               " WHERE alarm IS NOT NULL")
    op.add_column("inbox_update", sa.Column("chat", sa.BigInteger()))
    op.create_index("ix_inbox_update_chat", "inbox_update", ["bot_id", "chat", "update_id"], **NEW)
    op.create_index("ix_inbox_update_kept", "inbox_update", ["state", "received_at"])
    op.create_index("ix_message_expiring", "message", ["not_after"], **OPEN)
    op.create_index("ix_message_doubtful", "message", ["id"], **DOUBTFUL)
    now = datetime.now(UTC)
    op.bulk_insert(
        message_text,
        [
            {"kind": kind, "recipient": to, "locale": locale, "body": body, "updated_at": now}
            for (kind, to, locale), body in NEW_TEXTS.items()
        ],
    )
    _change({key: texts for key, texts in CHANGED_TEXTS.items()})


def downgrade() -> None:
    _change({key: (new, old) for key, (old, new) in CHANGED_TEXTS.items()})
    kinds = {kind for kind, _, _ in NEW_TEXTS}
    op.execute(message_text.delete().where(message_text.c.kind.in_(kinds)))
    op.drop_index("ix_message_doubtful", "message")
    op.drop_index("ix_message_expiring", "message")
    op.drop_index("ix_inbox_update_kept", "inbox_update")
    op.drop_index("ix_inbox_update_chat", "inbox_update")
    with op.batch_alter_table("inbox_update") as table:
        table.drop_column("chat")
    with op.batch_alter_table("channel_state") as table:
        for name in ("token_digest", "checked", "checked_at", "check_at", "alarm_at"):
            table.drop_column(name)


def _change(bodies: dict[tuple[str, str, str], tuple[str, str]]) -> None:
    """A text that the marketer has changed is theirs and stays."""
    for (kind, to, locale), (old, new) in bodies.items():
        table = message_text.c
        where = (table.kind == kind, table.recipient == to, table.locale == locale)
        op.execute(message_text.update().where(*where, table.body == old).values(body=new))

"""Reminders of a start: their rules, their texts, and what the bot says when a place is moved.

Revision ID: 0008
Revises: 0007
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

RULES = [
    {
        "name": "reminders_slot",
        "title": "Напоминания о сеансе автовебинара",
        "event": "client_webinar_registered",
        "conditions": [
            {"field": "webinar_type", "is": "auto"},
            {"field": "slot_id", "given": True},
        ],
        "scenario": "reminders",
        "once_per": "event",
        "enabled": True,
    },
    {
        "name": "reminders_live",
        "title": "Напоминания о прямом эфире",
        "event": "client_webinar_registered",
        "conditions": [{"field": "webinar_type", "is": "live"}],
        "scenario": "reminders",
        "once_per": "event",
        "enabled": True,
    },
]

TEXTS = {
    ("reminder_day", "ru"): (
        "{first_name}, напоминаем: «{webinar}» начнётся {starts}.\n\nВаша личная ссылка: {room_link}"
    ),
    ("reminder_day", "en"): (
        "{first_name}, a reminder: “{webinar}” begins on {starts}.\n\nYour personal link: {room_link}"
    ),
    ("reminder_hour", "ru"): (
        "Скоро начало: «{webinar}», {starts}.\n\nКомната откроется по вашей ссылке: {room_link}"
    ),
    ("reminder_hour", "en"): (
        "Beginning soon: “{webinar}”, {starts}.\n\nYour link opens the room: {room_link}"
    ),
    ("reminder_minutes", "ru"): (
        "Начинаем через несколько минут: «{webinar}».\n\nВаша ссылка в комнату: {room_link}"
    ),
    ("reminder_minutes", "en"): (
        "Beginning in a few minutes: “{webinar}”.\n\nYour link to the room: {room_link}"
    ),
    ("move_times", "ru"): "Выберите время.\nСейчас у вас: {starts}",
    ("move_times", "en"): "Choose a time.\nYours now: {starts}",
    ("move_gone", "ru"): "Этого времени уже нет. Выберите другое.\nСейчас у вас: {starts}",
    ("move_gone", "en"): "That time is gone. Choose another one.\nYours now: {starts}",
    ("move_nothing", "ru"): "Других сеансов у этого вебинара сейчас нет.",
    ("move_nothing", "en"): "This webinar has no other sessions now.",
    ("move_done", "ru"): (
        "Перенесли: «{webinar}» начнётся {starts}. Ссылка та же: {room_link}"
    ),
    ("move_done", "en"): "Moved: “{webinar}” begins on {starts}. The link is the same: {room_link}",
    ("move_now", "ru"): "Готово: «{webinar}» можно смотреть прямо сейчас: {room_link}",
    ("move_now", "en"): "Done: “{webinar}” can be watched right now: {room_link}",
}

rule = sa.table(
    "scenario_rule",
    sa.column("name", sa.String),
    sa.column("title", sa.String),
    sa.column("event", sa.String),
    sa.column("conditions", sa.JSON),
    sa.column("scenario", sa.String),
    sa.column("once_per", sa.String),
    sa.column("enabled", sa.Boolean),
)
message_text = sa.table(
    "message_text",
    sa.column("kind", sa.String),
    sa.column("recipient", sa.String),
    sa.column("locale", sa.String),
    sa.column("body", sa.Text),
    sa.column("updated_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    op.bulk_insert(rule, RULES)
    now = datetime.now(UTC)
    op.bulk_insert(
        message_text,
        [
            {"kind": kind, "recipient": "lead", "locale": locale, "body": body, "updated_at": now}
            for (kind, locale), body in TEXTS.items()
        ],
    )


def downgrade() -> None:
    kinds = {kind for kind, _ in TEXTS}
    op.execute(message_text.delete().where(message_text.c.kind.in_(kinds)))
    names = [row["name"] for row in RULES]
    op.execute(rule.delete().where(rule.c.name.in_(names)))

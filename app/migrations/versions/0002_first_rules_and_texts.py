"""The first rules of scenarios and the first texts of messages.

Revision ID: 0002
Revises: 0001
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

RULES = [
    {
        "name": "welcome_web_form",
        "title": "Новый лид из веб-формы",
        "event": "core_lead_created",
        "conditions": [{"field": "payload.source", "is": "web_form"}],
        "scenario": "welcome",
        "once_per": "lead",
        "enabled": True,
    },
    {
        "name": "welcome_registered",
        "title": "Запись на вебинар, если приветствия ещё не было",
        "event": "client_webinar_registered",
        "conditions": [],
        "scenario": "welcome",
        "once_per": "lead",
        "enabled": True,
    },
]

TEXTS = {
    ("welcome", "team", "ru"): (
        "<b>Новый лид</b> № {lead_id}\n{name}\n{email}\nПригласил: {inviter}\nВебинар: {webinar}"
    ),
    ("welcome", "team", "en"): (
        "<b>New lead</b> № {lead_id}\n{name}\n{email}\nInvited by: {inviter}\nWebinar: {webinar}"
    ),
    ("followup", "team", "ru"): (
        "<b>Напоминание</b>: лид № {lead_id}\n{name}\n{email}\nПригласил: {inviter}\nВебинар: {webinar}"
    ),
    ("followup", "team", "en"): (
        "<b>Reminder</b>: lead № {lead_id}\n{name}\n{email}\nInvited by: {inviter}\nWebinar: {webinar}"
    ),
    ("welcome", "lead", "ru"): (
        "Здравствуйте, {name}.\n\nСпасибо, что записались. Здесь будут сообщения о вебинаре и "
        "ответы на ваши вопросы.\n\nВебинар: «{webinar}»\nВаша личная ссылка: {room_link}"
    ),
    ("welcome", "lead", "en"): (
        "Hello, {name}.\n\nThank you for signing up. Messages about the webinar and answers to "
        "your questions will come here.\n\nWebinar: “{webinar}”\nYour personal link: {room_link}"
    ),
    ("followup", "lead", "ru"): (
        "{name}, если вопросы остались, напишите их прямо сюда: отвечает человек.\n\n"
        "Вернуться к вебинару, на то место, где вы остановились: {room_link}"
    ),
    ("followup", "lead", "en"): (
        "{name}, if any questions are left, write them right here: a person answers.\n\n"
        "Back to the webinar, to the place where you stopped: {room_link}"
    ),
    ("login_link", "lead", "ru"): (
        "Ссылка для входа в кабинет. Действует 20 минут и один раз.\n{login_link}"
    ),
    ("login_link", "lead", "en"): (
        "A link to sign in. It is good for 20 minutes and once.\n{login_link}"
    ),
    ("chat_linked", "lead", "ru"): (
        "Готово: сообщения о вашем вебинаре будут приходить сюда. Чтобы их остановить, отправьте /stop."
    ),
    ("chat_linked", "lead", "en"): (
        "Done: messages about your webinar will come here. To stop them, send /stop."
    ),
    ("chat_taken", "lead", "ru"): (
        "Этот Telegram уже привязан к другой записи. Войдите в кабинет на сайте и привяжите его там."
    ),
    ("chat_taken", "lead", "en"): (
        "This Telegram already belongs to another registration. Sign in on the site and link it there."
    ),
    ("start_unknown", "lead", "ru"): (
        "Здравствуйте. Эта ссылка уже использована или устарела. Откройте страницу вебинара и нажмите "
        "«Получать сообщения в Telegram» ещё раз."
    ),
    ("start_unknown", "lead", "en"): (
        "Hello. This link has been used or is out of date. Open the webinar's page and press "
        "“Get messages in Telegram” once more."
    ),
    ("start_known", "lead", "ru"): "Снова здравствуйте. Этот Telegram уже привязан.",
    ("start_known", "lead", "en"): "Hello again. This Telegram is linked already.",
    ("unsubscribed", "lead", "ru"): (
        "Больше не пишем. Останутся только сообщения о вебинаре, на который вы записались."
    ),
    ("unsubscribed", "lead", "en"): (
        "No more messages, save those about a webinar that you registered for."
    ),
    ("reply", "team", "ru"): "<b>Ответ клиента</b>, лид № {lead_id}\n{name}\n\n{text}",
    ("reply", "team", "en"): "<b>A client’s reply</b>, lead № {lead_id}\n{name}\n\n{text}",
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
            {"kind": kind, "recipient": to, "locale": locale, "body": body, "updated_at": now}
            for (kind, to, locale), body in TEXTS.items()
        ],
    )


def downgrade() -> None:
    op.execute(message_text.delete())
    op.execute(rule.delete())

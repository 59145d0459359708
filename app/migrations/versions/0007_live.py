"""LIVE rooms: broadcasts, presence, polls, questions; what is sent after a webinar.

Revision ID: 0007
Revises: 0006
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

RULES = [
    {
        "name": "post_webinar_attended",
        "title": "После вебинара: кто пришёл",
        "event": "post_webinar_route",
        "conditions": [{"field": "route", "is": "attended"}],
        "scenario": "post_webinar_attended",
        "once_per": "event",
        "enabled": True,
    },
    {
        "name": "post_webinar_not_attended",
        "title": "После вебинара: кто не пришёл",
        "event": "post_webinar_route",
        "conditions": [{"field": "route", "is": "not_attended"}],
        "scenario": "post_webinar_not_attended",
        "once_per": "event",
        "enabled": True,
    },
]
TEXTS = {
    ("post_attended", "lead", "ru"): (
        "{first_name}, спасибо, что были на вебинаре «{webinar}».\n\n"
        "Запись по вашей личной ссылке: {recording_link}\n\n"
        "Вопросы пишите прямо сюда, отвечает человек."
    ),
    ("post_attended", "lead", "en"): (
        "{first_name}, thank you for being at the webinar “{webinar}”.\n\n"
        "The recording, by your personal link: {recording_link}\n\n"
        "Write your questions right here, a person answers."
    ),
    ("post_not_attended", "lead", "ru"): (
        "{first_name}, вебинар «{webinar}» прошёл без вас.\n\n"
        "Запись ждёт по вашей личной ссылке: {recording_link}\n\n"
        "Если хотите узнать, о чём он был, напишите сюда, отвечает человек."
    ),
    ("post_not_attended", "lead", "en"): (
        "{first_name}, we missed you at the webinar “{webinar}”.\n\n"
        "The recording waits at your personal link: {recording_link}\n\n"
        "To learn what it was about, write here, a person answers."
    ),
    ("partner_attendance", "lead", "ru"): (
        "<b>Вебинар «{webinar}»: приглашённые вами</b>\nПришли: {came}\nНе пришли: {missed}\n\n"
        "Кто именно: {link}"
    ),
    ("partner_attendance", "lead", "en"): (
        "<b>Webinar “{webinar}”: people you invited</b>\nCame: {came}\nDid not come: {missed}\n\n"
        "Who exactly: {link}"
    ),
    ("live_overdue", "team", "ru"): (
        "<b>Эфир «{webinar}» идёт дольше плана</b>\nЕсли он уже закончился, остановите его: {link}\n"
        "Через четверть часа он завершится сам."
    ),
    ("live_overdue", "team", "en"): (
        "<b>The broadcast “{webinar}” runs past its plan</b>\nIf it is over, stop it: {link}\n"
        "In a quarter of an hour it will be stopped by rule."
    ),
    ("live_stopped", "team", "ru"): (
        "<b>Эфир «{webinar}» завершён правилом</b>: его забыли остановить.\n{link}"
    ),
    ("live_stopped", "team", "en"): (
        "<b>The broadcast “{webinar}” was stopped by rule</b>: nobody had stopped it.\n{link}"
    ),
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


def upgrade():
    op.create_table('message_digest_item',
    sa.Column('dedupe_key', sa.String(length=160), nullable=False),
    sa.Column('item', sa.String(length=64), nullable=False),
    sa.Column('category', sa.String(length=16), nullable=False),
    sa.PrimaryKeyConstraint('dedupe_key', 'item')
    )
    op.create_table('live_broadcast',
    sa.Column('webinar_id', sa.String(length=32), nullable=False),
    sa.Column('planned_minutes', sa.Integer(), nullable=False),
    sa.Column('stream_id', sa.String(length=32), nullable=False),
    sa.Column('stream_key', sa.String(length=64), nullable=False),
    sa.Column('on_air_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('off_air_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('paused_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('paused_seconds', sa.Integer(), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('cta_text', sa.String(length=120), nullable=False),
    sa.Column('cta_link', sa.String(length=500), nullable=False),
    sa.Column('recording', sa.String(length=500), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('warned_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['webinar_id'], ['webinar.webinar_id'], ),
    sa.PrimaryKeyConstraint('webinar_id'),
    sa.UniqueConstraint('stream_id')
    )
    with op.batch_alter_table('live_broadcast', schema=None) as batch_op:
        batch_op.create_index('ix_live_broadcast_unsettled', ['off_air_at'], unique=False, sqlite_where=sa.text('settled_at IS NULL'), postgresql_where=sa.text('settled_at IS NULL'))

    op.create_table('live_poll',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('webinar_id', sa.String(length=32), nullable=False),
    sa.Column('question', sa.String(length=300), nullable=False),
    sa.Column('options', sa.JSON(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hidden_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['webinar_id'], ['live_broadcast.webinar_id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('live_poll', schema=None) as batch_op:
        batch_op.create_index('ix_live_poll_webinar', ['webinar_id', 'id'], unique=False)

    op.create_table('live_presence',
    sa.Column('session_id', sa.String(length=32), nullable=False),
    sa.Column('registration_id', sa.Integer(), nullable=False),
    sa.Column('webinar_id', sa.String(length=32), nullable=False),
    sa.Column('lead_id', sa.Integer(), nullable=False),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('air_second', sa.Integer(), nullable=False),
    sa.Column('seconds', sa.Integer(), nullable=False),
    sa.Column('late', sa.Boolean(), nullable=False),
    sa.Column('left_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], ),
    sa.ForeignKeyConstraint(['webinar_id'], ['live_broadcast.webinar_id'], ),
    sa.PrimaryKeyConstraint('session_id')
    )
    with op.batch_alter_table('live_presence', schema=None) as batch_op:
        batch_op.create_index('ix_live_presence_here', ['last_seen_at'], unique=False, sqlite_where=sa.text('left_at IS NULL'), postgresql_where=sa.text('left_at IS NULL'))
        batch_op.create_index('ix_live_presence_webinar', ['webinar_id', 'session_id'], unique=False)

    op.create_table('live_question',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('webinar_id', sa.String(length=32), nullable=False),
    sa.Column('registration_id', sa.Integer(), nullable=False),
    sa.Column('author', sa.String(length=200), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('at_sec', sa.Integer(), nullable=False),
    sa.Column('votes', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hidden_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('form_key', sa.String(length=64), nullable=True),
    sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], ),
    sa.ForeignKeyConstraint(['webinar_id'], ['live_broadcast.webinar_id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('webinar_id', 'form_key')
    )
    with op.batch_alter_table('live_question', schema=None) as batch_op:
        batch_op.create_index('ix_live_question_queue', ['webinar_id', 'votes', 'id'], unique=False)
        batch_op.create_index('ix_live_question_registration', ['registration_id', 'id'], unique=False)

    op.create_table('live_question_vote',
    sa.Column('question_id', sa.Integer(), nullable=False),
    sa.Column('registration_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['question_id'], ['live_question.id'], ),
    sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], ),
    sa.PrimaryKeyConstraint('question_id', 'registration_id')
    )
    op.create_table('live_vote',
    sa.Column('poll_id', sa.Integer(), nullable=False),
    sa.Column('registration_id', sa.Integer(), nullable=False),
    sa.Column('choice', sa.Integer(), nullable=False),
    sa.Column('voted_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['poll_id'], ['live_poll.id'], ),
    sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], ),
    sa.PrimaryKeyConstraint('poll_id', 'registration_id')
    )
    op.bulk_insert(rule, RULES)
    now = datetime.now(UTC)
    op.bulk_insert(
        message_text,
        [
            {"kind": kind, "recipient": to, "locale": locale, "body": body, "updated_at": now}
            for (kind, to, locale), body in TEXTS.items()
        ],
    )


def downgrade():
    kinds = {kind for kind, _, _ in TEXTS}
    op.execute(message_text.delete().where(message_text.c.kind.in_(kinds)))
    op.execute(rule.delete().where(rule.c.name.in_([each["name"] for each in RULES])))
    op.drop_table('live_vote')
    op.drop_table('live_question_vote')
    with op.batch_alter_table('live_question', schema=None) as batch_op:
        batch_op.drop_index('ix_live_question_registration')
        batch_op.drop_index('ix_live_question_queue')

    op.drop_table('live_question')
    with op.batch_alter_table('live_presence', schema=None) as batch_op:
        batch_op.drop_index('ix_live_presence_webinar')
        batch_op.drop_index('ix_live_presence_here', sqlite_where=sa.text('left_at IS NULL'), postgresql_where=sa.text('left_at IS NULL'))

    op.drop_table('live_presence')
    with op.batch_alter_table('live_poll', schema=None) as batch_op:
        batch_op.drop_index('ix_live_poll_webinar')

    op.drop_table('live_poll')
    with op.batch_alter_table('live_broadcast', schema=None) as batch_op:
        batch_op.drop_index('ix_live_broadcast_unsettled', sqlite_where=sa.text('settled_at IS NULL'), postgresql_where=sa.text('settled_at IS NULL'))

    op.drop_table('live_broadcast')
    op.drop_table('message_digest_item')

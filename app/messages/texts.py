"""Texts of messages: Telegram HTML with `{variables}`, edited by the marketer, checked on save."""

import re
from html.parser import HTMLParser
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import select

from app import clock, core
from app.core.errors import CoreRefusal, Forbidden
from app.extensions import db
from app.messages import fitting, records
from app.messages.models import MessageText

VARIABLE = re.compile(r"\{([a-z_]+)\}")
BRACED = re.compile(r"\{([^{}\n]*)\}")
VARIABLES = {
    "name": lazy_gettext("имя клиента"),
    "first_name": lazy_gettext("имя без фамилии"),
    "lead_id": lazy_gettext("номер лида"),
    "email": lazy_gettext("e-mail клиента"),
    "inviter": lazy_gettext("кто пригласил"),
    "webinar": lazy_gettext("название вебинара"),
    "starts": lazy_gettext("когда начало"),
    "room_link": lazy_gettext("личная ссылка в комнату"),
    "login_link": lazy_gettext("ссылка для входа"),
    "text": lazy_gettext("текст сообщения"),
    "recording_link": lazy_gettext("личная ссылка на запись, если она есть"),
    "link": lazy_gettext("ссылка на рабочий стол или студию"),
    "came": lazy_gettext("сколько пришло"),
    "missed": lazy_gettext("сколько не пришло"),
    "question": lazy_gettext("вопрос из чата"),
    "timecode": lazy_gettext("секунда видео"),
}
TAGS = frozenset({"b", "strong", "i", "em", "u", "s", "code", "pre", "a", "blockquote"})
ENTITIES = frozenset({"lt", "gt", "amp", "quot"})
LONGEST = fitting.LONGEST
LONGEST_SOURCE = 16_384
FALLBACK_LOCALE = "ru"


class TextRefused(CoreRefusal):
    """The text would not go out: an unknown variable, broken markup, or too long."""

    name = "message_text_invalid"


def render(kind: str, recipient: str, locale: str | None, values: dict[str, Any]) -> str:
    """The text in the language, or in Russian where there is none, with every value escaped."""
    return fitted(_body(kind, recipient, locale or FALLBACK_LOCALE), values)


def fitted(body: str, values: dict[str, Any]) -> str:
    """The text filled in, and no longer than Telegram takes: the longest values give way first,
    so that what follows them (a link, a signature) stays whole."""
    text = fill(body, values)
    while (excess := fitting.shown_length(text) - LONGEST) > 0:
        name = fitting.longest(values)
        if name is None:
            break
        values = values | {name: fitting.shorten(_value(values, name), excess)}
        text = fill(body, values)
    return fitting.cut(text)


def fill(body: str, values: dict[str, Any]) -> str:
    """Put escaped values in; a line whose variables are all empty is left out."""
    lines = [line for line in body.split("\n") if not _only_blanks(line, values)]
    return VARIABLE.sub(lambda m: fitting.escaped(_value(values, m[1])), "\n".join(lines)).strip()


def _only_blanks(line: str, values: dict[str, Any]) -> bool:
    wanted = VARIABLE.findall(line)
    return bool(wanted) and all(not _value(values, name) for name in wanted)


def _value(values: dict[str, Any], name: str) -> str:
    value = values.get(name)
    return "" if value is None else str(value)


def _body(kind: str, recipient: str, locale: str) -> str:
    for wanted in (locale, FALLBACK_LOCALE):
        row = db.session.get(MessageText, (kind, recipient, wanted))
        if row is not None:
            return row.body
    raise TextRefused(f"there is no text for {kind} to {recipient}")


def all_texts() -> list[records.TextRecord]:
    ordered = select(MessageText).order_by(
        MessageText.kind, MessageText.recipient, MessageText.locale.desc()
    )
    return [records.of_text(row) for row in db.session.scalars(ordered)]


def save(kind: str, recipient: str, locale: str, body: str, *, actor: core.UserRecord) -> None:
    """Replace a text. TextRefused says what will not do, and nothing is saved."""
    if not actor.can(core.access.MESSAGES_MANAGE):
        raise Forbidden(f"user {actor.user_id} may not edit texts")
    cleaned = body.replace("\r\n", "\n").strip()
    check(cleaned)
    with core.transaction() as session:
        row = session.get(MessageText, (kind, recipient, locale))
        if row is None:
            raise TextRefused(f"there is no text for {kind} to {recipient} in {locale}")
        row.body, row.updated_at = cleaned, clock.now()


def check(body: str) -> None:
    if not body:
        raise TextRefused("пустой текст", name="message_text_empty")
    if fitting.shown_length(body) > LONGEST or len(body) > LONGEST_SOURCE:
        raise TextRefused("длиннее 4096 знаков", name="message_text_too_long")
    unknown = set(BRACED.findall(body)) - VARIABLES.keys()
    if unknown:
        names = ", ".join(f"{{{name}}}" for name in sorted(unknown))
        raise TextRefused(names, name="message_text_unknown_variable")
    _Markup().check(body)


class _Markup(HTMLParser):
    """Telegram's subset of HTML: known tags, each closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []

    def check(self, body: str) -> None:
        self.feed(body)
        self.close()
        if self.open:
            raise TextRefused(f"<{self.open[-1]}>", name="message_text_markup")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            raise TextRefused(f"<{tag}>", name="message_text_markup")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise TextRefused(f"</{tag}>", name="message_text_markup")

    def handle_data(self, data: str) -> None:
        if "<" in data or "&" in data:
            raise TextRefused(data[:20], name="message_text_markup")

    def handle_entityref(self, name: str) -> None:
        if name not in ENTITIES:
            raise TextRefused(f"&{name};", name="message_text_markup")

    def handle_comment(self, data: str) -> None:
        raise TextRefused(f"<!--{data[:20]}", name="message_text_markup")

    def handle_decl(self, decl: str) -> None:
        raise TextRefused(f"<!{decl[:20]}", name="message_text_markup")

    def unknown_decl(self, data: str) -> None:
        self.handle_decl(data)

    def handle_pi(self, data: str) -> None:
        raise TextRefused(f"<?{data[:20]}", name="message_text_markup")

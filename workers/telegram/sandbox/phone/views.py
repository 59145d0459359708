"""The HTML of the demo phone."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from html import escape
from string import Template

from workers.telegram.sandbox.chats import Chat, Chats, Message
from workers.telegram.sandbox.keyboard import Button
from workers.telegram.sandbox.phone.bubble import render_text
from workers.telegram.sandbox.phone.words import Say

MESSAGES_SHOWN = 200

_LAYOUT = Template(
    """<!doctype html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>$title</title>
<link rel="icon" href="/phone.svg" type="image/svg+xml">
<link rel="stylesheet" href="/phone.css">
<script src="/phone.js" defer></script>
</head>
<body class="$kind">
<header class="top">
<a class="top__name" href="/"><img src="/phone.svg" alt="" width="28" height="28">$name</a>
<p class="top__note">$note</p>
<nav class="top__languages">
<a href="/faults">$faults</a>
<a href="?lang=ru" lang="ru">RU</a> <a href="?lang=en" lang="en">EN</a>
</nav>
</header>
<p class="offline" role="status">$offline</p>
$body
</body>
</html>
"""
)

_START = Template(
    """<main class="start"><section class="phone">
<div class="start__bot">$avatar<h1>$name</h1>
<p>@$username</p>
<p class="start__hint">$hint</p>
$notes
</div>
<form method="post" action="/phone/start" class="start__form">
<input type="hidden" name="payload" value="$payload">
<fieldset><legend>$who</legend>$people</fieldset>
<button class="start__button" id="start">$start</button>
</form></section></main>"""
)

_CONVERSATION = Template(
    """<section class="phone" aria-label="$name">
<header class="phone__head">$avatar<div><h1>$name</h1><p>$about</p></div></header>
<div class="thread" id="thread" tabindex="0">$thread</div>
<div id="controls">$controls</div>
</section>"""
)

_COMPOSER = Template(
    """<form class="composer" method="post" action="/phone/text">$chat
<input name="text" placeholder="$label" aria-label="$label" autocomplete="off"
 maxlength="4096" required>
<button aria-label="$send">➤</button></form>"""
)


def layout(say: Say, language: str, kind: str, title: str, body: str) -> str:
    """A whole page; `body` is HTML, `title` is text."""
    return _LAYOUT.substitute(
        language=language,
        kind=kind,
        title=escape(title),
        name=say("Демо-Telegram"),
        note=say("Песочница: сообщения не покидают этот компьютер"),
        offline=say("Нет связи с песочницей"),
        faults=say("Неполадки"),
        body=body,
    )


def desk(say: Say, chats: Chats, chat: Chat | None) -> str:
    """The list of chats and, beside it, the one that is open."""
    phone = _conversation(say, chats, chat) if chat else _nobody(say)
    return (
        f'<main class="desk"><nav class="chats" id="chats" aria-label="{say("Чаты")}">'
        f"{_chat_list(say, chats, chat)}</nav>{phone}</main>"
    )


def start_page(say: Say, chats: Chats, username: str, payload: str, new_name: str) -> str:
    """The bot's profile with the big button that a deep link leads to."""
    bot = chats.bot
    return _START.substitute(
        avatar=_avatar(bot.name, bot.id),
        name=escape(bot.name),
        username=escape(bot.username),
        hint=say("Здесь открываются ссылки на бота. Нажмите «Начать», как на телефоне."),
        notes="".join(_start_notes(say, bot.username, username, payload)),
        payload=escape(payload),
        who=say("Кто открыл ссылку"),
        people="".join(_choices(say, chats, new_name)),
        start=say("Начать"),
    )


def complaint(say: Say, reason: str) -> str:
    """A page for what cannot be done."""
    return (
        '<main class="start"><section class="phone"><div class="start__bot">'
        f'<h1>{escape(reason)}</h1><p><a href="/">{say("К чатам")}</a></p>'
        "</div></section></main>"
    )


def _start_notes(say: Say, ours: str, theirs: str, payload: str) -> Iterator[str]:
    if theirs not in ("", ours):
        yield (
            f'<p class="warning" role="alert">{say("В этой песочнице живёт другой бот")}:'
            f" @{escape(ours)}</p>"
        )
    if payload:
        yield (
            f'<p class="start__payload">{say("Ссылка передаст боту")}'
            f" <code>{escape(payload)}</code></p>"
        )


def _choices(say: Say, chats: Chats, new_name: str) -> Iterator[str]:
    yield (
        '<label class="who"><input type="radio" name="user_id" value="" checked>'
        f"<span>{say('Новый человек')}</span>"
        f'<input name="name" value="{escape(new_name)}" aria-label="{say("Имя")}" maxlength="64">'
        "</label>"
    )
    for chat in chats.chats.values():
        if not chat.is_group and chat.started:
            yield (
                f'<label class="who"><input type="radio" name="user_id" value="{chat.id}">'
                f"<span>{escape(chat.name)}</span></label>"
            )


def _chat_list(say: Say, chats: Chats, current: Chat | None) -> str:
    shown = [chat for chat in chats.chats.values() if chat.started or chat.blocked]
    rows = [_chat_row(say, chats, chat, current=chat is current) for chat in shown]
    rows.append(f'<a class="chat chat--new" href="/start">+ {say("Новый человек")}</a>')
    return "".join(rows)


def _chat_row(say: Say, chats: Chats, chat: Chat, *, current: bool) -> str:
    messages = chats.of_chat(chat.id)
    line = messages[-1].text[:60] if messages else ""
    return (
        f'<a class="chat" href="/?chat={chat.id}"{" aria-current=page" if current else ""}>'
        f"{_avatar(chat.name, chat.id)}"
        f'<span class="chat__name">{escape(chat.name)}</span>'
        f'<span class="chat__time">{_clock(messages[-1]) if messages else ""}</span>'
        f'<span class="chat__line">{say("бот заблокирован") if chat.blocked else escape(line)}'
        "</span></a>"
    )


def _conversation(say: Say, chats: Chats, chat: Chat) -> str:
    about = say("группа") if chat.is_group else f"@{escape(chats.bot.username)}"
    return _CONVERSATION.substitute(
        name=escape(chat.name),
        avatar=_avatar(chat.name, chat.id),
        about=about,
        thread=_thread(say, chats, chat),
        controls=_controls(say, chat),
    )


def _thread(say: Say, chats: Chats, chat: Chat) -> str:
    messages = chats.of_chat(chat.id)[-MESSAGES_SHOWN:]
    if not messages:
        hint = say("Пока пусто. Сообщения бота появятся здесь сами.")
        return f'<p class="thread__empty">{hint}</p>'
    return "".join(_bubble(chats, chat, message) for message in messages)


def _bubble(chats: Chats, chat: Chat, message: Message) -> str:
    side = "mine" if message.sender else "bot"
    author = escape(message.sender_name or chats.bot.name)
    named = f'<p class="bubble__author">{author}</p>'
    return (
        f'<article class="bubble bubble--{side}" data-message-id="{message.message_id}">'
        f"{named if chat.is_group or not message.sender else ''}"
        f'<p class="bubble__text">{render_text(message.text, message.entities)}</p>'
        f'<p class="bubble__time">{_clock(message)}</p></article>'
        f"{_buttons(message)}"
    )


def _buttons(message: Message) -> str:
    if not message.buttons:
        return ""
    rows = [
        f'<div class="buttons__row">{"".join(_button(message, each) for each in row)}</div>'
        for row in message.buttons
    ]
    return f'<div class="buttons">{"".join(rows)}</div>'


def _button(message: Message, button: Button) -> str:
    text = escape(button["text"])
    if "url" in button:
        url = escape(button["url"])
        return f'<a class="key" href="{url}" target="_blank" rel="noopener noreferrer">{text} ↗</a>'
    fields = {
        "chat_id": message.chat_id,
        "message_id": message.message_id,
        "data": button["callback_data"],
    }
    return (
        f'<form method="post" action="/phone/button">{_hidden(fields)}'
        f'<button class="key">{text}</button></form>'
    )


def _controls(say: Say, chat: Chat) -> str:
    if chat.blocked:
        return (
            f'<p class="warning">{say("Бот заблокирован: его сообщения сюда не приходят.")}</p>'
            f'<div class="actions">{_action("unblock", say("Разблокировать бота"), chat)}</div>'
        )
    composer = _COMPOSER.substitute(
        chat=_hidden({"chat_id": chat.id}), label=say("Сообщение"), send=say("Отправить")
    )
    return f'{composer}<div class="actions">{"".join(_actions(say, chat))}</div>'


def _actions(say: Say, chat: Chat) -> Iterator[str]:
    if chat.is_group:
        yield _action("block", say("Исключить бота"), chat)
    else:
        yield _action("text", say("Отписаться: /stop"), chat, text="/stop")
        yield _action("block", say("Заблокировать бота"), chat)


def _action(action: str, label: str, chat: Chat, **fields: str) -> str:
    hidden = _hidden({"chat_id": str(chat.id)} | fields)
    return f'<form method="post" action="/phone/{action}">{hidden}<button>{label}</button></form>'


def _nobody(say: Say) -> str:
    hint = say("Ещё никто не написал боту. Откройте ссылку на бота или начните здесь.")
    return (
        '<section class="phone"><div class="thread" id="thread">'
        f'<p class="thread__empty">{hint}</p></div></section>'
    )


def _hidden(fields: Mapping[str, object]) -> str:
    return "".join(
        f'<input type="hidden" name="{name}" value="{escape(str(value))}">'
        for name, value in fields.items()
    )


def _avatar(name: str, number: int) -> str:
    letters = "".join(word[0] for word in name.replace("«", "").split()[:2]).upper()
    colour = f"avatar--{abs(number) % 6}"
    return f'<span class="avatar {colour}" aria-hidden="true">{escape(letters)}</span>'


def _clock(message: Message) -> str:
    moment = datetime.datetime.fromtimestamp(message.received_at).astimezone()
    return f'<time datetime="{moment.isoformat()}">{moment:%H:%M}</time>'

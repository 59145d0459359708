"""What the demo phone says: Russian first, English for who asks."""

from __future__ import annotations

from collections.abc import Callable

Say = Callable[[str], str]

_ENGLISH = {
    "Демо-Telegram": "Demo Telegram",
    "Песочница: сообщения не покидают этот компьютер": (
        "Sandbox: messages never leave this computer"
    ),
    "Чаты": "Chats",
    "группа": "group",
    "бот заблокирован": "bot blocked",
    "Ещё никто не написал боту. Откройте ссылку на бота или начните здесь.": (
        "Nobody has written to the bot yet. Follow a link to it, or begin here."
    ),
    "Пока пусто. Сообщения бота появятся здесь сами.": (
        "Nothing yet. The bot's messages will appear here by themselves."
    ),
    "Сообщение": "Message",
    "Отправить": "Send",
    "Заблокировать бота": "Block the bot",
    "Разблокировать бота": "Unblock the bot",
    "Исключить бота": "Remove the bot",
    "Бот заблокирован: его сообщения сюда не приходят.": (
        "The bot is blocked: its messages do not arrive here."
    ),
    "Отписаться: /stop": "Unsubscribe: /stop",
    "Новый человек": "Someone new",
    "Начать": "Start",
    "Кто открыл ссылку": "Who followed the link",
    "Имя": "Name",
    "Ссылка передаст боту": "The link hands the bot",
    "В этой песочнице живёт другой бот": "Another bot lives in this sandbox",
    "Нет связи с песочницей": "No connection to the sandbox",
    "Такой страницы нет": "No such page",
    "К чатам": "To the chats",
    "Так в Telegram не получится": "Telegram would not let you",
    "Здесь открываются ссылки на бота. Нажмите «Начать», как на телефоне.": (
        "Links to the bot open here. Press Start, as on a phone."
    ),
}


def speaker(language: str) -> Say:
    """The function that says a Russian phrase in `language`."""
    return (lambda phrase: _ENGLISH.get(phrase, phrase)) if language == "en" else str

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
    "Неполадки": "Faults",
    "Так не получится": "That will not do",
    "Пусть Telegram ведёт себя плохо: продукт должен это пережить и объяснить.": (
        "Let Telegram behave badly: the product has to survive it and to explain it."
    ),
    "Что случится": "What happens",
    "С кем": "To whom",
    "со всеми": "everybody",
    "Сколько раз": "How often",
    "пока не отменю": "until I end it",
    "Сколько секунд": "How many seconds",
    "для «подождите», «медленно» и «соединение не принимается»": (
        "for “wait”, “slow” and “connections refused”"
    ),
    "Начать неполадку": "Begin",
    "Сейчас всё работает.": "All is well now.",
    "Идут сейчас": "Going on now",
    "осталось раз": "times left",
    "Прекратить всё": "End all of it",
    "429: подождите (слишком часто)": "429: wait (too often)",
    "403: человек заблокировал бота": "403: the person blocked the bot",
    "400: такого чата нет": "400: there is no such chat",
    "401: токен отозван": "401: the token was revoked",
    "404: нет такого метода": "404: no such method",
    "500: ошибка сервера, не принято": "500: server error, not accepted",
    "502: страница HTML вместо ответа": "502: a page of HTML for an answer",
    "группа переехала в супергруппу": "the group became a supergroup",
    "связь оборвана, не принято": "connection cut, not accepted",
    "молчит, не принято": "silence, not accepted",
    "принято, но связь оборвана": "accepted, then connection cut",
    "принято, но ответа нет": "accepted, then silence",
    "принято, но ответ испорчен": "accepted, then a garbled answer",
    "принято, но ответ 500": "accepted, then 500",
    "отвечает медленно": "answers slowly",
    "соединение не принимается": "connections refused",
}


def speaker(language: str) -> Say:
    """The function that says a Russian phrase in `language`."""
    return (lambda phrase: _ENGLISH.get(phrase, phrase)) if language == "en" else str

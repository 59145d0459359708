"""The addresses of the demo phone."""

from __future__ import annotations

from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from pathlib import Path

from workers.telegram.sandbox import people
from workers.telegram.sandbox.chats import Chat
from workers.telegram.sandbox.parameters import Parameters, read_body
from workers.telegram.sandbox.people import Impossible
from workers.telegram.sandbox.phone import views, weather
from workers.telegram.sandbox.phone.words import Say, speaker
from workers.telegram.sandbox.state import Sandbox
from workers.telegram.sandbox.wire import Request, Response

TEAM_MEMBER = 1
"""Who writes in a group, there being nobody else in it."""
FIRST_PERSON = 7001
NAMES = ("Анна", "Борис", "Вера", "Глеб", "Дарья", "Егор", "Жанна", "Игорь", "Лидия", "Мирон")

_FOLDER = Path(__file__).parent
_FILES = {
    "/phone.css": "text/css; charset=utf-8",
    "/phone.js": "text/javascript; charset=utf-8",
    "/phone.svg": "image/svg+xml",
}
_SECURITY: tuple[tuple[str, str], ...] = (
    (
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
        " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
)

Action = Callable[[Sandbox, Parameters], Chat]


def answer_phone(sandbox: Sandbox, request: Request) -> Response:
    """The answer to a person's browser."""
    language = _language(request)
    say = speaker(language)
    if request.method == "POST":
        return _act(sandbox, request, say, language)
    if request.path in _FILES:
        return _file(request.path)
    if request.path == "/":
        return _desk(sandbox, request, say, language)
    if request.path == "/faults":
        return _weather(sandbox, request, say, language)
    if request.path == "/start":
        return _start(sandbox, request, say, language)
    return _complain(say, language, say("Такой страницы нет"), 404)


def _desk(sandbox: Sandbox, request: Request, say: Say, language: str) -> Response:
    chat = _open_chat(sandbox, request.query.get("chat", ""))
    title = f"{chat.name} · {say('Демо-Telegram')}" if chat else say("Демо-Telegram")
    body = views.desk(say, sandbox.chats, chat)
    return _page(views.layout(say, language, "on-desk", title, body), request)


def _start(sandbox: Sandbox, request: Request, say: Say, language: str) -> Response:
    body = views.start_page(
        say,
        sandbox.chats,
        request.query.get("bot", "").removeprefix("@"),
        request.query.get("start", ""),
        NAMES[len(_people(sandbox)) % len(NAMES)],
    )
    return _page(views.layout(say, language, "on-start", say("Начать"), body), request)


def _weather(sandbox: Sandbox, request: Request, say: Say, language: str) -> Response:
    body = weather.page(say, sandbox)
    return _page(views.layout(say, language, "on-faults", say("Неполадки"), body), request)


def _change_weather(sandbox: Sandbox, request: Request, say: Say, language: str) -> Response:
    try:
        weather.ACTIONS[request.path](sandbox, Parameters(read_body(request)))
    except ValueError as exc:
        return _complain(say, language, f"{say('Так не получится')}: {exc}", 422)
    return Response(303, headers=(("Location", "/faults"), *_SECURITY))


def _act(sandbox: Sandbox, request: Request, say: Say, language: str) -> Response:
    if request.path in weather.ACTIONS:
        return _change_weather(sandbox, request, say, language)
    action = _ACTIONS.get(request.path)
    if action is None:
        return _complain(say, language, say("Такой страницы нет"), 404)
    try:
        chat = action(sandbox, Parameters(read_body(request)))
    except Impossible as exc:
        return _complain(say, language, f"{say('Так в Telegram не получится')}: {exc}", 422)
    return Response(303, headers=(("Location", f"/?chat={chat.id}"), *_SECURITY))


def _press_start(sandbox: Sandbox, fields: Parameters) -> Chat:
    newcomer = max([FIRST_PERSON - 1, *_people(sandbox)]) + 1
    user_id = fields.number("user_id") or newcomer
    name = fields.text("name").strip()[:64]
    people.press_start(sandbox, user_id, fields.text("payload"), name)
    return sandbox.chats.chats[user_id]


def _send_text(sandbox: Sandbox, fields: Parameters) -> Chat:
    chat = _chat(sandbox, fields)
    people.send_text(sandbox, _person_in(sandbox, chat), fields.text("text"), chat.id)
    return chat


def _block(sandbox: Sandbox, fields: Parameters) -> Chat:
    people.block(sandbox, fields.number("chat_id"))
    return _chat(sandbox, fields)


def _unblock(sandbox: Sandbox, fields: Parameters) -> Chat:
    people.unblock(sandbox, fields.number("chat_id"))
    return _chat(sandbox, fields)


def _press_button(sandbox: Sandbox, fields: Parameters) -> Chat:
    chat = _chat(sandbox, fields)
    person = _person_in(sandbox, chat)
    people.press_button(sandbox, chat.id, fields.number("message_id"), fields.text("data"), person)
    return chat


def _person_in(sandbox: Sandbox, chat: Chat) -> int:
    if not chat.is_group:
        return chat.id
    return sandbox.chats.add(TEAM_MEMBER, "Сотрудник команды").id


def _chat(sandbox: Sandbox, fields: Parameters) -> Chat:
    chat = sandbox.chats.chats.get(fields.number("chat_id"))
    if chat is None:
        raise Impossible("no such chat")
    return chat


def _open_chat(sandbox: Sandbox, wanted: str) -> Chat | None:
    chats = sandbox.chats.chats
    try:
        return chats.get(int(wanted))
    except ValueError:
        return next(iter(chats.values()), None)


def _people(sandbox: Sandbox) -> list[int]:
    return [chat_id for chat_id in sandbox.chats.chats if chat_id > TEAM_MEMBER]


def _page(html: str, request: Request, status: int = 200) -> Response:
    headers = _SECURITY
    if request.query.get("lang") in ("ru", "en"):
        cookie = f"lang={request.query['lang']}; Path=/; HttpOnly; SameSite=Lax"
        headers = (*_SECURITY, ("Set-Cookie", cookie))
    return Response(status, html.encode(), "text/html; charset=utf-8", headers)


def _complain(say: Say, language: str, reason: str, status: int) -> Response:
    html = views.layout(say, language, "on-start", reason, views.complaint(say, reason))
    return Response(status, html.encode(), "text/html; charset=utf-8", _SECURITY)


def _file(path: str) -> Response:
    body = (_FOLDER / path.removeprefix("/")).read_bytes()
    return Response(200, body, _FILES[path], _SECURITY)


def _language(request: Request) -> str:
    asked = request.query.get("lang", "")
    try:
        cookie = SimpleCookie(request.headers.get("cookie", "")).get("lang")
    except CookieError:
        cookie = None
    if not asked and cookie is not None:
        asked = cookie.value
    return "en" if asked == "en" else "ru"


_ACTIONS: dict[str, Action] = {
    "/phone/start": _press_start,
    "/phone/text": _send_text,
    "/phone/block": _block,
    "/phone/unblock": _unblock,
    "/phone/button": _press_button,
}

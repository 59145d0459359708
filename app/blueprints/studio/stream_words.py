"""What is known of a broadcast's stream before it begins, in words, and what to do about it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import gettext

from app import live
from app.blueprints.studio import live_form
from app.core import WebinarRecord
from app.live.checks import Check
from app.live.places import OUTSIDE
from app.video_source import Source, VideoRefused, source_of
from app.web.video import limits_in_words, names_of_kinds, refusal_in_words

HOSTS = {
    "zoom": ("zoom.us", "zoom.com", "zoomgov.com"),
    "telegram": ("t.me", "telegram.me", "telegram.org"),
}
NAMES = {"zoom": "Zoom", "telegram": "Telegram"}


@dataclass(frozen=True, slots=True)
class Place:
    """`words`: where the broadcast is; `address`: the meeting's or the stream's, empty for ours."""

    words: str
    address: str = ""


def place(webinar: WebinarRecord) -> Place:
    if webinar.stream_type in OUTSIDE:
        name = NAMES[webinar.stream_type]
        words = gettext("В %(name)s: встреча откроется у зрителей в новой вкладке.", name=name)
        return Place(words, webinar.stream_source)
    if webinar.stream_source:
        words = gettext("На нашей странице: картинка с другого сервера, чат наш.")
        return Place(words, webinar.stream_source)
    return Place(gettext("На нашей странице: картинка из OBS, чат наш."))


@dataclass(frozen=True, slots=True)
class Told:
    """`link`: what only a person can look at; `checks`: whether there is something to check from
    here; `at`: when it was."""

    tone: Literal["ok", "warn", "danger", ""]
    words: str
    advice: tuple[str, ...] = ()
    link: str = ""
    checks: bool = False
    checking: bool = False
    at: datetime | None = None


def told(webinar: WebinarRecord, now: datetime) -> Told | None:
    """None for a stream from OBS to our own server, which tells of itself."""
    if webinar.stream_type in OUTSIDE:
        return _of_meeting(webinar.stream_type, webinar.stream_source)
    if not webinar.stream_source:
        return None
    try:
        source = source_of(webinar.stream_source)
    except VideoRefused as refusal:
        return Told("danger", refusal_in_words(refusal))
    if is_checked(webinar):
        return _of_check(live.checks.of(webinar.webinar_id, webinar.stream_source), now)
    return _of_what_cannot_be_checked(source)


def is_checked(webinar: WebinarRecord) -> bool:
    """Whether its stream is one that the workers can look at."""
    if webinar.stream_type in OUTSIDE or not webinar.stream_source:
        return False
    try:
        source = source_of(webinar.stream_source)
    except VideoRefused:
        return False
    return source.kind == "hls" and source.address.startswith("https://")


def _of_meeting(platform: str, address: str) -> Told:
    name = NAMES[platform]
    if not live_form.is_outside(address):
        words = gettext("Ссылки на встречу в %(name)s нет: зрителям некуда перейти.", name=name)
        return Told(
            "danger", words, (gettext("Её вписывает администратор: «Эфир» → «Поток и ключ»."),)
        )
    host = (urlsplit(address).hostname or "").lower()
    look = gettext("Открыта ли встреча, отсюда не узнать. Откройте ссылку и посмотрите сами.")
    if not any(host == each or host.endswith(f".{each}") for each in HOSTS[platform]):
        words = gettext(
            "Ссылка ведёт на %(host)s, это не похоже на %(name)s.", host=host, name=name
        )
        return Told("warn", words, (look,), address)
    return Told("ok", gettext("Ссылка похожа на встречу в %(name)s.", name=name), (look,), address)


def _of_what_cannot_be_checked(source: Source) -> Told:
    if source.is_embed:
        words = gettext(
            "Это видео площадки %(name)s, адрес распознан.", name=names_of_kinds()[source.kind]
        )
        look = gettext(
            "Идёт ли трансляция и разрешён ли показ на других сайтах, знает только площадка."
            " Откройте её и посмотрите сами."
        )
        return Told("ok", words, (look, limits_in_words(source)), source.address)
    if source.kind == "hls":
        words = gettext("Поток лежит на этом же сайте: отсюда его не проверить.")
        return Told("warn", words, (gettext("Откройте адрес и посмотрите сами."),), source.address)
    return Told("warn", gettext("Это адрес файла, а не прямого эфира."), (_from_the_start(),))


def _from_the_start() -> str:
    return gettext("Зрители увидят запись с начала. Для эфира нужен адрес прямого потока.")


def _of_check(check: Check | None, now: datetime) -> Told:
    if check is None:
        return Told("", gettext("Поток ещё не проверяли."), checks=True)
    if check.found is None:
        return _under_way(check, now)
    return replace(_of_found(check.found), checks=True, at=check.done_at)


def _under_way(check: Check, now: datetime) -> Told:
    if check.is_unanswered(now):
        words = gettext("Проверка не отвечает: похоже, рабочие процессы не запущены.")
        return Told("warn", words, (gettext("Скажите об этом администратору."),), checks=True)
    words = gettext("Проверяем: смотрим на поток дважды, с перерывом в несколько секунд.")
    return Told("", words, checking=True)


def _of_found(found: dict[str, Any]) -> Told:
    if found["is"] == "unreachable":
        return _of_unreachable(found["why"], found["status"])
    if found["is"] in ("live", "still", "recording"):
        return _of_stream(found)
    again = gettext("Запустите трансляцию у источника и проверьте ещё раз.")
    known: dict[str, Told] = {
        "foreign": Told(
            "danger",
            gettext("По этому адресу не поток HLS, а что-то другое."),
            (gettext("Возьмите адрес, который отдаёт список .m3u8, а не страницу с плеером."),),
        ),
        "empty": Told("warn", gettext("Список потока есть, но он пуст."), (again,)),
        "insecure": Told(
            "danger",
            gettext("Часть потока отдаётся по http://: браузер зрителя её не покажет."),
            (gettext("И список, и куски видео должны открываться по https://."),),
        ),
    }
    failed = Told("warn", gettext("Проверка сорвалась."), (gettext("Попробуйте ещё раз."),))
    return known.get(found["is"], failed)


def _of_stream(found: dict[str, Any]) -> Told:
    kind = found["is"]
    of_kind = {
        "live": Told("ok", gettext("Поток идёт: между двумя взглядами прибавились новые куски.")),
        "still": Told(
            "warn",
            gettext("Поток стоит: за несколько секунд новых кусков не прибавилось."),
            (gettext("Запустите трансляцию у источника и проверьте ещё раз."),),
        ),
        "recording": Told(
            "warn", gettext("По этому адресу запись, а не прямой эфир."), (_from_the_start(),)
        ),
    }[kind]
    return of_kind if found["open"] else _closed_to_us(of_kind)


def _closed_to_us(stream: Told) -> Told:
    """Safari alone plays what scripts may not read."""
    words = gettext(
        "Сервер потока не разрешает показ на нашем сайте (CORS): у большинства зрителей картинки"
        " не будет."
    )
    site = urlsplit(current_app.config["SETTINGS"].site_address)
    advice = gettext(
        "Попросите владельца потока отвечать на списки и куски заголовком"
        " Access-Control-Allow-Origin: %(origin)s",
        origin=f"{site.scheme}://{site.netloc}",
    )
    return Told("danger", words, (advice, stream.words, *stream.advice))


def _of_unreachable(why: str, status: int) -> Told:
    from_here = gettext("Смотрели с нашего сервера: у зрителей может быть иначе.")
    known = {
        "name": (
            gettext("Такого сервера нет: имя в адресе не находится."),
            gettext("Проверьте, нет ли в адресе опечатки."),
        ),
        "inside": (
            gettext("Адрес ведёт во внутреннюю сеть: зрители из интернета его не откроют."),
            gettext("Если все зрители внутри этой сети, администратор может разрешить проверку."),
        ),
        "connect": (gettext("Сервер потока не отвечает."), from_here),
        "timeout": (gettext("Сервер потока отвечает слишком медленно."), from_here),
        "certificate": (
            gettext("У сервера потока негодный сертификат: браузеры его не откроют."),
            gettext("Скажите об этом владельцу потока."),
        ),
        "status": _of_status(status, from_here),
    }
    broken = (gettext("Сервер потока отвечает не по правилам."), from_here)
    words, advice = known.get(why, broken)
    return Told("danger", words, (advice,))


def _of_status(status: int, from_here: str) -> tuple[str, str]:
    if status in (404, 410):
        words = gettext("Потока по этому адресу сейчас нет (%(status)s).", status=status)
        return words, gettext("Запустите трансляцию у источника и проверьте ещё раз.")
    if status in (401, 403):
        words = gettext("Сервер потока не пускает к нему (%(status)s).", status=status)
        return words, from_here
    return gettext("Сервер потока отвечает ошибкой (%(status)s).", status=status), from_here

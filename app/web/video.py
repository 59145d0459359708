"""What is shown in a room's picture, and in words for its author: what each source allows.

Embeds are spoken to by messages between windows and load no script of theirs into our page: the
policy lets the one host in use be framed, on the pages that frame it, and nothing else.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask_babel import gettext

from app.video_source import Kind, Source, VideoRefused
from app.web import assets, security

EMBEDS = {
    "youtube": "https://www.youtube-nocookie.com",
    "vk": "https://vkvideo.ru",
    "rutube": "https://rutube.ru",
}
YOUTUBE_WISHES = {
    "enablejsapi": 1,
    "controls": 0,
    "disablekb": 1,
    "fs": 0,
    "rel": 0,
    "playsinline": 1,
    "iv_load_policy": 3,
}


@dataclass(frozen=True, slots=True)
class Picture:
    """`address` is what the player opens; `host` the origin that an embed speaks from."""

    kind: Kind
    address: str
    host: str = ""


def picture_of(source: Source, origin: str, second: int = 0) -> Picture:
    """`origin`: that of the page, by which an embed knows whom to answer. `second`: where an
    embed had better begin to load."""
    if not source.is_embed:
        return Picture(source.kind, assets.whole_address(source.address))
    host = EMBEDS[source.kind]
    return Picture(source.kind, f"{host}{_path(source, origin, second)}", host)


def _path(source: Source, origin: str, second: int) -> str:
    if source.kind == "youtube":
        wishes = YOUTUBE_WISHES | {"origin": origin, "start": second}
        return f"/embed/{source.ident}?{urlencode(wishes)}"
    if source.kind == "vk":
        owner, _, video = source.ident.partition("_")
        wishes = {"oid": owner, "id": video, "hd": 2, "js_api": 1, "t": f"{second}s"}
        key = {"hash": source.key} if source.key else {}
        return f"/video_ext.php?{urlencode(wishes | key)}"
    key = {"p": source.key} if source.key else {}
    return f"/play/embed/{source.ident}/?{urlencode({'t': second} | key)}"


def permit(picture: Picture) -> None:
    """Let the page that is being answered show this picture."""
    if picture.host:
        security.allow_frames(picture.host)
    if picture.kind == "hls":
        security.allow_playlists()


def refusal_in_words(refusal: VideoRefused) -> str:
    """For the author who gave the address."""
    if refusal.reason == "insecure":
        return gettext(
            "Адрес начинается с http://. Нужен https://, иначе браузер не покажет видео."
        )
    if refusal.reason == "no_video":
        return gettext("Это адрес площадки, но не видео. Откройте само видео и скопируйте адрес.")
    return gettext(
        "Не понимаем этот адрес. Подойдут файл .mp4 или .webm, поток .m3u8, ссылка на видео"
        " YouTube, VK Видео или Rutube."
    )


def names_of_kinds() -> dict[Kind, str]:
    return {
        "file": gettext("Файл .mp4 или .webm"),
        "hls": gettext("Поток .m3u8 (HLS)"),
        "youtube": "YouTube",
        "vk": gettext("VK Видео"),
        "rutube": "Rutube",
    }


def limits_in_words(source: Source) -> str:
    """What the author has to know of this source before choosing it."""
    return limits()[source.kind]


def limits() -> dict[Kind, str]:
    """Of every kind of source."""
    return {
        "file": gettext(
            "Полный контроль: без перемотки и скорости, картинка идёт по часам сервера."
        ),
        "hls": gettext(
            "Полный контроль, как у файла. Сервер потока должен разрешать показ на других сайтах"
            " (CORS)."
        ),
        "youtube": gettext(
            "Кнопки YouTube скрыты, но логотип и реклама остаются, а точность по времени — до"
            " секунды. В России YouTube может не открыться. Видео должно быть разрешено встраивать."
        ),
        "vk": gettext(
            "Плеер VK Видео показывает свои кнопки, рекламу и рекомендации: нажать на кнопки"
            " зритель не может, но увидит их. Если видео открывается только по ссылке, вставьте"
            " код для встраивания целиком."
        ),
        "rutube": gettext(
            "Кнопки Rutube скрываем, но реклама перед видео остаётся: на это время запись отстанет"
            " и потом догонит часы. Видео должно быть разрешено встраивать."
        ),
    }

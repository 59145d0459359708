"""Time zones to choose from: those that audiences here live in, and whichever is chosen already."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_gmt
from flask_babel import get_locale, gettext
from wtforms.fields.choices import SelectChoice

from app import clock
from app.web.localisation import chosen_zone
from app.web.slots import place_in_words

NAMES = (
    "Europe/Kaliningrad",
    "Europe/Moscow",
    "Europe/Samara",
    "Asia/Yekaterinburg",
    "Asia/Omsk",
    "Asia/Krasnoyarsk",
    "Asia/Irkutsk",
    "Asia/Yakutsk",
    "Asia/Vladivostok",
    "Asia/Magadan",
    "Asia/Kamchatka",
    "Europe/Minsk",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Istanbul",
    "Asia/Tbilisi",
    "Asia/Yerevan",
    "Asia/Baku",
    "Asia/Dubai",
    "Asia/Tashkent",
    "Asia/Almaty",
    "Asia/Bishkek",
    "America/New_York",
    "America/Los_Angeles",
    "UTC",
)
Choices = list[SelectChoice]


def all_of(chosen: str | None) -> Choices:
    """«Москва, +03:00», from west to east; the author's own zone among them."""
    names = {*NAMES, chosen_zone(), *([chosen] if chosen and clock.is_zone(chosen) else [])}
    now = clock.now()
    ordered = sorted(names, key=lambda name: (_offset(name, now), name))
    return [
        SelectChoice(name, f"{place_in_words(name)}, {_in_words(name, now)}") for name in ordered
    ]


def with_own(chosen: str | None) -> Choices:
    return [SelectChoice("", gettext("пояс зрителя")), *all_of(chosen)]


def _offset(name: str, now: datetime) -> float:
    offset = now.astimezone(ZoneInfo(name)).utcoffset()
    return offset.total_seconds() if offset else 0.0


def _in_words(name: str, now: datetime) -> str:
    local = now.astimezone(ZoneInfo(name))
    return str(get_timezone_gmt(local, width="iso8601", locale=get_locale() or "ru")).replace(
        "Z", "UTC"
    )

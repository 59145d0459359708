"""The desk's sections: what each person finds on the side, by what they may do."""

from flask import Flask, current_app
from flask_babel import lazy_gettext
from flask_login import current_user

from app import messages
from app.core import access
from app.messages.channel import Channel

SECTIONS = (
    ("account", "account", "/account/", lazy_gettext("Кабинет"), ()),
    ("contacts", "account", "/account/contacts/", lazy_gettext("Контакты"), ()),
    (
        "dashboard",
        "dashboard",
        "/dashboard/",
        lazy_gettext("Обзор"),
        (access.LEADS_OWN, access.LEADS_BRANCH, access.LEADS_ALL),
    ),
    (
        "leads",
        "dashboard",
        "/dashboard/leads/",
        lazy_gettext("Лиды"),
        (access.LEADS_OWN, access.LEADS_BRANCH, access.LEADS_ALL),
    ),
    (
        "messages",
        "dashboard",
        "/dashboard/messages/",
        lazy_gettext("Сообщения"),
        (access.MESSAGES_MANAGE,),
    ),
    (
        "texts",
        "dashboard",
        "/dashboard/texts/",
        lazy_gettext("Тексты"),
        (access.MESSAGES_MANAGE,),
    ),
    (
        "scenarios",
        "dashboard",
        "/dashboard/scenarios/",
        lazy_gettext("Сценарии"),
        (access.SCENARIOS_MANAGE,),
    ),
    (
        "partners",
        "dashboard",
        "/dashboard/partners/",
        lazy_gettext("Партнёры"),
        (access.PARTNERS_MANAGE,),
    ),
    (
        "link",
        "dashboard",
        "/dashboard/link/",
        lazy_gettext("Моя ссылка"),
        (access.REFER,),
    ),
    ("studio", "studio", "/studio/", lazy_gettext("Студия"), (access.STUDIO,)),
    (
        "questions",
        "studio",
        "/studio/questions/",
        lazy_gettext("Вопросы"),
        (access.WEBINAR_CHAT,),
    ),
)
"""(key, blueprint that must be there, address, label, capabilities of which one is enough)."""


def connect(app: Flask) -> None:
    app.jinja_env.globals["desk_nav"] = desk_nav
    app.jinja_env.globals["stopped_bot"] = stopped_bot


def desk_nav(active: str) -> list[dict[str, object]]:
    """What the desk layout shows: sections that exist here and that the person may open.

    `active`: the key of the section that the page belongs to. A page of the desk begins with
    `{% set desk_nav = desk_nav('leads') %}`.
    """
    return [
        {"url": url, "label": label, "active": key == active}
        for key, blueprint, url, label, any_of in SECTIONS
        if blueprint in current_app.blueprints and _may(any_of)
    ]


def stopped_bot() -> Channel | None:
    """What the banner of every desk page tells those who may act: the bot sends nothing."""
    if not _may((access.MESSAGES_MANAGE,)):
        return None
    state = messages.channel.state()
    return state if state.alarm else None


def _may(any_of: tuple[str, ...]) -> bool:
    if not current_user.is_authenticated:
        return False
    return not any_of or any(current_user.can(capability) for capability in any_of)

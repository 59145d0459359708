"""The panels of a webinar in the studio: which there are, for which kind, and who may open them.

A module brings its panel by a row here and a view of its own. `show` draws a page inside the
webinar's frame.
"""

from dataclasses import dataclass
from typing import Any

from flask import Response, abort, url_for
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from app.blueprints.studio import blueprint
from app.core import WebinarRecord, access
from app.web import accounts, addresses, assets, authors, pages
from app.web.desk import desk_nav


@dataclass(frozen=True, slots=True)
class Panel:
    """`endpoint` takes the webinar's slug; `types`: of which webinars it is."""

    key: str
    endpoint: str
    label: LazyString
    capability: str
    types: tuple[str, ...] = ("auto", "live")


AUTO = ("auto",)
LIVE = ("live",)
PANELS = (
    Panel("overview", "studio.overview", lazy_gettext("Обзор"), access.STUDIO),
    Panel("console", "studio.console", lazy_gettext("Пульт"), access.WEBINAR_STATUS, LIVE),
    Panel(
        "broadcast", "studio.broadcast", lazy_gettext("Настройки эфира"), access.WEBINAR_EDIT, LIVE
    ),
    Panel("page", "studio.landing_page", lazy_gettext("Страница"), access.WEBINAR_EDIT),
    Panel("video", "studio.video", lazy_gettext("Видео"), access.WEBINAR_EDIT, AUTO),
    Panel("schedule", "studio.schedule", lazy_gettext("Расписание"), access.WEBINAR_EDIT, AUTO),
    Panel(
        "timeline",
        "studio.timeline",
        lazy_gettext("Сценарий эфира"),
        access.WEBINAR_EDIT,
        AUTO,
    ),
    Panel("preview", "studio.preview", lazy_gettext("Предпросмотр"), access.WEBINAR_EDIT, AUTO),
    Panel("answers", "studio.answers", lazy_gettext("Ответы"), access.WEBINAR_EDIT, AUTO),
    Panel("chat", "studio.chat_panel", lazy_gettext("Чат"), access.WEBINAR_CHAT),
    Panel("questions", "studio.webinar_questions", lazy_gettext("Вопросы"), access.WEBINAR_CHAT),
    Panel("texts", "studio.texts", lazy_gettext("Тексты"), access.WEBINAR_EDIT, AUTO),
)


def webinar_of(slug: str, type: str | None = None) -> WebinarRecord:
    """The webinar of an address: 404 where there is none (of that type), 403 where it is somebody
    else's.

    Who may edit everybody's (an admin) sees all; a speaker those that are theirs.
    """
    webinar = addresses.webinar_at(slug, may_open)
    if webinar is None or type not in (None, webinar.type):
        abort(404)
    if not may_open(webinar):
        abort(403)
    return webinar


def may_open(webinar: WebinarRecord) -> bool:
    return authors.may_work_on(webinar)


def show(
    active: str,
    template: str,
    webinar: WebinarRecord,
    fragment: str | None = None,
    *,
    status: int = 200,
    **context: Any,
) -> Response:
    """A panel of a webinar, or its fragment for HTMX."""
    return pages.page(
        f"studio/{template}",
        f"studio/{fragment}" if fragment else None,
        status=status,
        desk_nav=desk_nav("studio"),
        panels=tabs(webinar, active),
        webinar=webinar,
        **context,
    )


def tabs(webinar: WebinarRecord, active: str) -> list[dict[str, object]]:
    viewer = accounts.viewer()
    return [
        {
            "url": url_for(panel.endpoint, slug=webinar.slug),
            "label": panel.label,
            "active": panel.key == active,
        }
        for panel in PANELS
        if webinar.type in panel.types and viewer.can(panel.capability)
    ]


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {"status_words": status_words, "media_url": assets.whole_address}


STATUSES = {
    "draft": (lazy_gettext("Черновик"), ""),
    "published": (lazy_gettext("Опубликован"), "ok"),
    "scheduled": (lazy_gettext("Запланирован"), "ok"),
    "live": (lazy_gettext("В эфире"), "live"),
    "paused": (lazy_gettext("Пауза"), "warn"),
    "finished": (lazy_gettext("Завершён"), ""),
    "cancelled": (lazy_gettext("Отменён"), "warn"),
    "archived": (lazy_gettext("В архиве"), ""),
}


def status_words(status: str) -> tuple[str, str]:
    """(the state in words, the tone of its badge)."""
    words, tone = STATUSES[status]
    return str(words), tone

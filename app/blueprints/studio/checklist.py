"""What is still missing before a webinar may be shown, in words and with a way to it."""

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext

from app import media
from app.autowebinar import VersionInvalid, drafts, linting
from app.autowebinar.drafts import Draft
from app.autowebinar.linting import Report
from app.blueprints.studio import timeline_words, video_length
from app.core import WebinarRecord
from app.web import localisation

CHECKED_AT_ONCE = 3000


@dataclass(frozen=True, slots=True)
class Step:
    """`needed`: without it nothing is published; the rest is advice."""

    done: bool
    words: str
    address: str
    needed: bool = False


def steps(webinar: WebinarRecord, content: dict[str, Any]) -> list[Step]:
    video = url_for("studio.video", slug=webinar.slug)
    page = url_for("studio.landing_page", slug=webinar.slug)
    speaker = content.get("speaker") or {}
    return [
        Step(bool(content.get("video")), gettext("Видео"), video, needed=True),
        *_of_duration(content, video),
        Step(bool(webinar.description.strip()), gettext("Описание на странице"), page),
        Step(bool(webinar.poster), gettext("Обложка страницы"), page),
        Step(bool(speaker.get("name")), gettext("Кто ведёт"), page),
        Step(bool(content.get("captions")), gettext("Субтитры"), video),
    ]


def _of_duration(content: dict[str, Any], video: str) -> list[Step]:
    """An uploaded video tells it by itself: it is asked for where there is a video that does not."""
    missing = bool(content.get("video")) and not content.get("duration_sec")
    return [Step(False, gettext("Длительность видео"), video, needed=True)] if missing else []


def in_words(refusal: VersionInvalid) -> str:
    """Why a draft is not published."""
    where, _, what = str(refusal).partition(": ")
    if what == "video_missing":
        return gettext("Нечего показывать: добавьте видео.")
    if what == "duration_missing":
        return gettext("Не указано, сколько длится видео.")
    if what in timeline_words.FINDINGS:
        second = where.removeprefix("at ").removesuffix(" s")
        when = localisation.timecode(int(second)) if second.isdigit() else ""
        return gettext(
            "В сценарии эфира ошибка: %(what)s",
            what=f"{when} {timeline_words.FINDINGS[what]}".strip(),
        )
    return gettext("В черновике не сходится: %(what)s", what=str(refusal))


def quick_report(webinar: WebinarRecord, draft: Draft) -> Report | None:
    """What the linter finds; None where there are so many lines that the page asks for it apart."""
    if draft.lines > CHECKED_AT_ONCE:
        return None
    return linting.of_draft(webinar.webinar_id, **known_of(webinar))


def known_of(webinar: WebinarRecord) -> dict[str, Any]:
    """What the linter cannot know by itself: how long the video really is, and links to files that
    are not there."""
    address = drafts.get(webinar.webinar_id).content.get("video", "")
    return {
        "video_seconds": video_length.seconds_of(webinar, address),
        "is_dead": lambda link: link.startswith("/media/") and not _is_ours(webinar, link),
    }


def _is_ours(webinar: WebinarRecord, link: str) -> bool:
    return media.assets.by_address(webinar.webinar_id, link) is not None

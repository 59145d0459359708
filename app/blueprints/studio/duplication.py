"""A webinar made of another: its words, draft, lines, schedule, its chat's rules and files,
and nobody of its people."""

from typing import Any

from flask import Response, flash
from flask_babel import gettext

from app import chat, core, media
from app.autowebinar import drafts, schedule
from app.autowebinar.content import LineContent
from app.blueprints.studio import blueprint, panels
from app.blueprints.studio.forms import NothingForm
from app.core import UserRecord, WebinarRecord, access
from app.web import accounts, pages
from app.web.limits import SUBMIT, limiter
from app.web.new_webinars import free_slug

FILES = ("video", "poster", "captions")


@blueprint.post("/<slug>/duplicate/")
@accounts.requires(access.WEBINAR_EDIT)
@limiter.limit(SUBMIT)  # type: ignore[untyped-decorator]
def duplicate(slug: str) -> Response:
    webinar = panels.webinar_of(slug, "auto")
    if not NothingForm().validate_on_submit():
        return pages.go(f"/studio/{slug}/")
    with core.transaction():
        made = _copied(webinar, accounts.viewer())
    flash(gettext("Это копия: черновик со всем, кроме людей и ответов."), "success")
    return pages.go(f"/studio/{made.slug}/")


def _copied(webinar: WebinarRecord, author: UserRecord) -> WebinarRecord:
    title = gettext("%(title)s (копия)", title=webinar.title[:180])
    made = core.webinars.create(
        type="auto",
        slug=free_slug(webinar.slug),
        title=title,
        owner_id=author.user_id,
        speaker_id=webinar.speaker_id,
        description=webinar.description,
        poster=webinar.poster,
        guest_cta_text=webinar.guest_cta_text,
        guest_cta_link=webinar.guest_cta_link,
    )
    content = drafts.whole(webinar.webinar_id)
    for address in {webinar.poster, *_addresses(content)} - {""}:
        media.assets.lend(webinar.webinar_id, address, made.webinar_id, author.user_id)
    _fill(made, content, author)
    schedule.save(made.webinar_id, schedule.load(webinar.webinar_id), actor_id=author.user_id)
    chat.rules.change(made.webinar_id, chat.rules.of(webinar.webinar_id), actor=author)
    return made


def _addresses(content: dict[str, Any]) -> list[str]:
    """Of whatever may be a file of the webinar's: those that are none are left alone."""
    links = [cue.get("link") or "" for cue in content.get("cues", [])]
    return [content.get(name) or "" for name in FILES] + links


def _fill(made: WebinarRecord, content: dict[str, Any], author: UserRecord) -> None:
    """Votes and deadlines hang on a cue's key: a copy's cues have keys of their own."""
    lines = [LineContent.model_validate(line) for line in content.pop("lines")]
    cues = [{**cue, "key": ""} for cue in content.get("cues", [])]
    drafts.change(made.webinar_id, {**content, "cues": cues}, actor=author)
    drafts.add_lines(made.webinar_id, [(line, None) for line in lines], actor=author)

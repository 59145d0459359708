"""The team in the chats of a webinar: all conversations, one of them, and its news by a poll."""

from datetime import datetime

from flask import Response, abort, make_response, render_template, request, url_for

from app import chat, clock, core
from app.blueprints.studio import audiences, blueprint, panels
from app.chat.channels import Channel
from app.chat.team_view import TeamLine
from app.core import WebinarRecord, access
from app.web import accounts
from app.web.forms import OnceForm
from app.web.numbers import asked, cursor
from app.web.room import team

PAGE = 30
EVERY_SECONDS = 3


@blueprint.get("/<slug>/chat/")
@accounts.requires(access.WEBINAR_CHAT)
def chat_panel(slug: str) -> Response:
    webinar, now = panels.webinar_of(slug), clock.now()
    team.watch(accounts.viewer(), now, webinar.webinar_id)
    before = _moment(request.args.get("before", ""))
    found = chat.channels.of_webinar(webinar.webinar_id, before=before, limit=PAGE)
    more = found[-1].changed_at if len(found) == PAGE else None
    return panels.show(
        "chat",
        "chat.html",
        webinar,
        channels=found,
        conversations=audiences.conversations(webinar, found, now),
        last=chat.team_view.last_lines([(each.channel, each.lines) for each in found]),
        next_url=url_for(".chat_panel", slug=slug, before=more.isoformat()) if more else None,
        rules=chat.rules.of(webinar.webinar_id),
        slow_choices=chat.rules.SLOW_CHOICES,
    )


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def place_of(slug: str, channel: str) -> tuple[WebinarRecord, Channel]:
    """A chat of this webinar, or 404."""
    webinar, found = panels.webinar_of(slug), chat.channels.get(channel)
    if found is None or found.webinar_id != webinar.webinar_id:
        abort(404)
    return webinar, found


@blueprint.get("/<slug>/chat/<channel>/")
@accounts.requires(access.WEBINAR_CHAT)
def conversation(slug: str, channel: str) -> Response:
    webinar, found = place_of(slug, channel)
    team.watch(accounts.viewer(), clock.now(), webinar.webinar_id)
    return show(webinar, found)


def show(webinar: WebinarRecord, found: Channel, *, status: int = 200, **said: str) -> Response:
    """The newest lines. `said`: the words of a refused answer, and what was wrong."""
    last = chat.last_change(found.channel)
    before = cursor("before")
    lines = chat.team_view.newest(found.channel, before=before)
    first = lines[0].number if lines else 1
    return panels.show(
        "chat",
        "conversation.html",
        webinar,
        status=status,
        found=found,
        conversation=audiences.conversation(webinar, found.channel, clock.now()),
        lines=lines,
        earlier_url=_page_address(webinar, found, first) if first > 1 else None,
        newest_url=_page_address(webinar, found) if before else None,
        poll=_poll(webinar, found.channel, last, lines[-1].number if lines else 0, first),
        form=OnceForm(formdata=None),
        longest=chat.LONGEST,
        **said,
    )


def _page_address(webinar: WebinarRecord, found: Channel, before: int | None = None) -> str:
    return url_for(".conversation", slug=webinar.slug, channel=found.channel, before=before)


def _poll(
    webinar: WebinarRecord, channel: str, change: int, number: int, first: int
) -> dict[str, object]:
    address = url_for(
        ".conversation_news",
        slug=webinar.slug,
        channel=channel,
        line=change,
        number=number,
        first=first,
    )
    return {"address": address, "every": EVERY_SECONDS}


@blueprint.get("/<slug>/chat/<channel>/news/")
@accounts.requires(access.WEBINAR_CHAT)
def conversation_news(slug: str, channel: str) -> Response:
    """What came or changed since; 204 where nothing did. Who asks is watching."""
    webinar, found = place_of(slug, channel)
    team.watch(accounts.viewer(), clock.now(), webinar.webinar_id)
    change, number, first = (asked(name) for name in NEWS)
    lines = chat.team_view.changed(channel, after=change, first=first)
    if not lines:
        return make_response("", 204)
    newest = max(number, *(line.number for line in lines))
    body = render_template(
        "studio/_conversation_news.html",
        webinar=webinar,
        found=found,
        fresh=[line for line in lines if line.number > number],
        changed=[line for line in lines if line.number <= number],
        poll=_poll(webinar, channel, lines[-1].change, newest, first),
    )
    return make_response(body)


NEWS = ("line", "number", "first")


def line_fragment(webinar: WebinarRecord, line: TeamLine) -> Response:
    return make_response(render_template("studio/_team_line.html", webinar=webinar, line=line))


@blueprint.get("/<slug>/chat/journal/")
@accounts.requires(access.WEBINAR_CHAT)
def chat_journal(slug: str) -> Response:
    """Who of the team did what, newest first."""
    webinar = panels.webinar_of(slug)
    before = cursor("before")
    actions = chat.history.of_webinar(webinar.webinar_id, before=before, limit=PAGE)
    about = {each.registration_id for each in actions if each.registration_id is not None}
    more = actions[-1].action_id if len(actions) == PAGE else None
    return panels.show(
        "chat",
        "chat_journal.html",
        webinar,
        actions=actions,
        actors=core.users.names({each.actor_id for each in actions}),
        people=core.registrations.by_ids(about),
        next_url=url_for(".chat_journal", slug=slug, before=more) if more else None,
    )

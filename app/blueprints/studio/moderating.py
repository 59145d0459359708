"""What a person of the team does in a chat: writes, deletes, edits, mutes, bans, sets its rules."""

from datetime import timedelta

from flask import Response, abort, flash, make_response, request, url_for
from flask_babel import gettext
from wtforms import HiddenField, TextAreaField

from app import chat, clock, core, live
from app.blueprints.studio import answering, audiences, blueprint, chat_console, panels
from app.chat import ChatRefused, moderation
from app.chat.channels import Channel
from app.chat.rules import SLOW_CHOICES, Rules
from app.core import RegistrationRecord, WebinarRecord, access
from app.extensions import htmx
from app.web import accounts, pages
from app.web.forms import OnceForm
from app.web.limits import SUBMIT, limiter
from app.web.numbers import ID, read
from app.web.room import notices, refusals

LINE_ACTIONS = ("delete", "restore", "edit", "ask")
PERSON_ACTIONS = ("mute", "unmute", "ban", "unban")


class TeamForm(OnceForm):
    message = TextAreaField()
    reply_to = HiddenField()


@blueprint.post("/<slug>/chat/<channel>/say/")
@accounts.requires(access.WEBINAR_CHAT)
@limiter.limit(SUBMIT)  # type: ignore[untyped-decorator]
def team_say(slug: str, channel: str) -> Response:
    """A line of the team. To one viewer it answers whatever that viewer asked."""
    webinar, found = chat_console.place_of(slug, channel)
    form = TeamForm()
    try:
        _write(webinar, found, form)
    except ChatRefused as refusal:
        typed = (form.message.data or "")[: chat.LONGEST * 2]
        return chat_console.show(
            webinar, found, status=422, chat_error=refusals.in_words(refusal), message=typed
        )
    return pages.go(url_for(".conversation", slug=slug, channel=channel) + "#team-form")


def _write(webinar: WebinarRecord, found: Channel, form: TeamForm) -> None:
    numbers = _answered(found, form.reply_to.data or "")
    with core.transaction():
        viewer = audiences.conversation(webinar, found.channel, clock.now()).viewer
        askers = [viewer] if viewer else _askers(found, numbers)
        gone = audiences.gone(webinar, askers, clock.now())
        answering.reply(webinar, found.channel, numbers, gone, form.message.data, form.key)
        notices.send_due_answers()


def _answered(found: Channel, reply_to: str) -> list[int]:
    """The numbers of the questions that the line answers."""
    if reply_to.isascii() and reply_to.isdigit():
        return [read(reply_to)]
    if found.shared:
        return []
    return chat.questions.open_numbers(found.channel)


def _askers(found: Channel, numbers: list[int]) -> list[RegistrationRecord]:
    lines = [chat.team_view.one(found.channel, number) for number in numbers]
    ids = {line.registration_id for line in lines if line and line.registration_id}
    return list(core.registrations.by_ids(ids).values())


@blueprint.post(f"/<slug>/chat/<channel>/<{ID}:number>/<line_action>/")
@accounts.requires(access.WEBINAR_CHAT)
def moderate_line(slug: str, channel: str, number: int, line_action: str) -> Response:
    webinar, _ = chat_console.place_of(slug, channel)
    line = chat.team_view.one(channel, number)
    if line is None or line_action not in LINE_ACTIONS:
        abort(404)
    try:
        _act_on_line(channel, number, line_action)
    except ChatRefused as refusal:
        flash(refusals.in_words(refusal), "error")
    line = chat.team_view.one(channel, number)
    assert line is not None
    if htmx:
        return chat_console.line_fragment(webinar, line)
    return pages.go(url_for(".conversation", slug=slug, channel=channel) + f"#line-{number}")


def _act_on_line(channel: str, number: int, action: str) -> None:
    actor = accounts.viewer()
    if action == "delete":
        moderation.delete(channel, number, actor=actor)
    elif action == "restore":
        moderation.restore(channel, number, actor=actor)
    elif action == "edit":
        moderation.edit(channel, number, request.form.get("text", ""), actor=actor)
    else:
        chat.questions.make_one(channel, number, actor=actor)


@blueprint.post(f"/<slug>/chat/people/<{ID}:registration_id>/<person_action>/")
@accounts.requires(access.WEBINAR_CHAT)
def moderate_person(slug: str, registration_id: int, person_action: str) -> Response:
    webinar = panels.webinar_of(slug)
    found = core.registrations.by_ids([registration_id]).get(registration_id)
    ours = found is not None and found.webinar_id == webinar.webinar_id
    if not ours or person_action not in PERSON_ACTIONS:
        abort(404)
    _act_on_person(webinar, registration_id, person_action)
    default = url_for(".chat_panel", slug=slug)
    return make_response(pages.go(pages.safe_next(request.form.get("back"), default)))


def _act_on_person(webinar: WebinarRecord, registration_id: int, action: str) -> None:
    actor, webinar_id = accounts.viewer(), webinar.webinar_id
    if action == "mute":
        moderation.mute(registration_id, webinar_id, _mute_length(), actor=actor)
        flash(gettext("Зритель временно не может писать и знает об этом."), "success")
    elif action == "unmute":
        moderation.unmute(registration_id, webinar_id, actor=actor)
        flash(gettext("Зритель снова может писать."), "success")
    elif action == "ban":
        with core.transaction():
            moderation.ban(registration_id, webinar_id, actor=actor)
            live.questions.hide_all_of(registration_id)
        flash(gettext("Зритель исключён из чата, его реплики убраны."), "success")
    else:
        moderation.unban(registration_id, webinar_id, actor=actor)
        flash(gettext("Зритель снова в чате, его реплики возвращены."), "success")


def _mute_length() -> timedelta:
    asked = request.form.get("minutes", type=int)
    lengths = {int(each.total_seconds() // 60): each for each in moderation.MUTES}
    return lengths.get(asked or 0, moderation.MUTES[0])


@blueprint.post("/<slug>/chat/rules/")
@accounts.requires(access.WEBINAR_CHAT)
def chat_rules(slug: str) -> Response:
    webinar = panels.webinar_of(slug)
    shared, slow = request.form.get("shared", ""), request.form.get("slow_seconds", type=int)
    if shared not in ("private", "shared") or slow not in SLOW_CHOICES:
        flash(gettext("Выберите, кто видит чат и как часто можно писать."), "error")
        return _rules_refused(webinar)
    rules = Rules(shared == "shared", slow or 0)
    chat.rules.change(webinar.webinar_id, rules, actor=accounts.viewer())
    flash(gettext("Правила чата сохранены."), "success")
    return pages.go(url_for(".chat_panel", slug=slug))


def _rules_refused(webinar: WebinarRecord) -> Response:
    response = chat_console.chat_panel(webinar.slug)
    response.status_code = 422
    return response

"""Answer questions once and for all who asked; put aside what is none."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Response, abort, flash, make_response, request
from flask_babel import gettext
from wtforms import BooleanField, HiddenField, TextAreaField

from app import chat, clock, core
from app.autowebinar import drafts
from app.autowebinar.content import LONGEST_AUTHOR, LineContent
from app.blueprints.studio import audiences, blueprint, questions
from app.chat import ChatRefused
from app.chat.questions import DISMISSED, OPEN, Question
from app.core import RegistrationRecord, UserRecord, WebinarRecord, access
from app.extensions import htmx
from app.web import accounts, authors, pages
from app.web.desk import desk_nav
from app.web.forms import OnceForm
from app.web.limits import SUBMIT, limiter
from app.web.numbers import read
from app.web.room import notices, refusals


class AnswerForm(OnceForm):
    text = TextAreaField()
    save = BooleanField()
    back = HiddenField()


@dataclass(frozen=True, slots=True)
class Reached:
    """How many got the answer in the room, how many are written to, and whom no way leads to until
    they come back or link their Telegram."""

    room: int
    telegram: int
    nowhere: int = 0

    def in_words(self) -> str:
        words = self._of_who_is_reached()
        if not self.nowhere:
            return words
        waits = gettext(
            "Ушли и не подключили Telegram: %(count)s. Ответ ждёт их в комнате.",
            count=self.nowhere,
        )
        return f"{words} {waits}" if self.room or self.telegram else waits

    def _of_who_is_reached(self) -> str:
        if not self.telegram:
            return gettext("Ответ отправлен в комнату.")
        if not self.room:
            return gettext("Зрителя уже нет в комнате: ответ уйдёт в Telegram.")
        return gettext(
            "Ответ отправлен: в комнате %(room)s, в Telegram %(telegram)s.",
            room=self.room,
            telegram=self.telegram,
        )


@blueprint.post("/questions/answer/")
@accounts.requires(access.WEBINAR_CHAT)
@limiter.limit(SUBMIT)  # type: ignore[untyped-decorator]
def answer_questions() -> Response:
    form, asked = AnswerForm(), _asked()
    waiting = [each for each in asked if each.state == OPEN]
    webinars = _permitted(asked)
    if not waiting:
        return _refused(form, asked, gettext("Эти вопросы уже разобраны. Обновите страницу."))
    try:
        reached = answer(waiting, webinars, form)
    except ChatRefused as refusal:
        return _refused(form, asked, refusals.in_words(refusal, empty=gettext("Напишите ответ.")))
    return _done(form, asked, reached.in_words())


def answer(
    waiting: list[Question], webinars: dict[str, WebinarRecord], form: AnswerForm
) -> Reached:
    """One line in each chat where it was asked; whoever is gone is written to. One transaction."""
    actor, now = accounts.viewer(), clock.now()
    registrations = questions.askers(waiting)
    away: set[int] = set()
    with core.transaction():
        for channel in sorted({each.channel for each in waiting}):
            here = [each for each in waiting if each.channel == channel]
            webinar = webinars[here[0].webinar_id]
            asked_by = [registrations[each.registration_id] for each in here]
            gone = audiences.gone(webinar, asked_by, now)
            away |= gone
            reply(webinar, channel, [each.number for each in here], gone, form.text.data, form.key)
        if form.save.data and actor.can(access.WEBINAR_EDIT):
            _save(waiting[0], webinars, form.text.data or "", actor)
        notices.send_due_answers()
    written_to = _with_telegram([registrations[each] for each in away])
    in_room = {each.registration_id for each in waiting} - away
    return Reached(len(in_room), written_to, len(away) - written_to)


def _with_telegram(away: list[RegistrationRecord]) -> int:
    """How many of them have a chat that takes messages, in a fixed number of queries."""
    found = core.recipients.look_up({(each.lead_id, each.registration_id) for each in away})
    return sum(each.chat is not None and not each.chat.blocked for each in found.values())


def reply(
    webinar: WebinarRecord,
    channel: str,
    numbers: list[int],
    gone: Iterable[int],
    text: str | None,
    form_key: str,
) -> None:
    actor, place = accounts.viewer(), chat.channels.get(channel)
    chat.answers.reply(
        channel,
        text or "",
        numbers,
        actor=actor,
        author=shown_name(actor),
        at_sec=audiences.second_in(webinar, channel, clock.now()),
        webinar_id=webinar.webinar_id,
        shared=bool(place and place.shared),
        gone=set(gone),
        form_key=form_key,
    )


def shown_name(actor: UserRecord) -> str:
    """Never an address: viewers read it."""
    return actor.name or gettext("Команда")


def _save(
    question: Question, webinars: dict[str, WebinarRecord], text: str, actor: UserRecord
) -> None:
    """The answer becomes a line of the recording at that second, in the draft. It has the team's
    words alone: the viewer's own are not ours to show to others."""
    webinar = webinars[question.webinar_id]
    if webinar.type != "auto":
        return
    line = LineContent(
        at=question.at_sec,
        author=shown_name(actor)[:LONGEST_AUTHOR],
        text=text,
        role="team",
        source="typed",
    )
    drafts.add_lines(webinar.webinar_id, [(line, f"faq:{question.question_id}")], actor=actor)


@blueprint.post("/questions/mark/")
@accounts.requires(access.WEBINAR_CHAT)
def mark_questions() -> Response:
    """«Not a question», or one after all."""
    form, asked = AnswerForm(), _asked()
    _permitted(asked)
    state = request.form.get("state", "")
    if not asked or state not in (OPEN, DISMISSED):
        return _refused(form, asked, gettext("Отметьте хотя бы один вопрос."))
    ids = [each.question_id for each in asked]
    chat.questions.mark(ids, state, actor=accounts.viewer())
    words = gettext("Отложено.") if state == DISMISSED else gettext("Снова ждёт ответа.")
    return _done(form, asked, words)


def _asked() -> list[Question]:
    """The questions that the form names, newest first."""
    ids = [read(each) for each in request.form.getlist("q")]
    return chat.questions.get(ids[: questions.MOST_TOGETHER])[::-1] if ids else []


def _permitted(asked: list[Question]) -> dict[str, WebinarRecord]:
    """Their webinars, all of them the person's to run; 403 otherwise."""
    webinars = core.webinars.by_ids({each.webinar_id for each in asked})
    if not all(authors.may_run(accounts.viewer(), webinar) for webinar in webinars.values()):
        abort(403)
    return webinars


def _refused(form: AnswerForm, asked: list[Question], words: str) -> Response:
    """The card again with what was typed; without HTMX a page that says what was wrong."""
    context = {
        "groups": questions.grouped(asked),
        "registrations": questions.askers(asked),
        "form": OnceForm(formdata=None),
        "back": form.back.data,
        "state": OPEN,
        "error": words,
        "typed": (form.text.data or "")[: chat.LONGEST * 2],
    }
    if htmx:
        name = "_question_groups.html" if asked else "_question_refusal.html"
        return pages.page(f"studio/{name}", status=422, **context)
    nav = desk_nav("questions")
    return pages.page("studio/question_refused.html", status=422, desk_nav=nav, **context)


def _done(form: AnswerForm, asked: list[Question], words: str) -> Response:
    if htmx:
        return pages.page("studio/_question_done.html", words=words, count=len(asked))
    flash(words, "success")
    return make_response(pages.go(pages.safe_next(form.back.data, "/studio/questions/")))

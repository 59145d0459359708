"""The inbox: what viewers ask, over all webinars that a person may run or of one of them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask import Response, request, url_for
from flask_babel import lazy_gettext

from app import chat, clock, core
from app.blueprints.studio import blueprint, panels
from app.chat.questions import ANSWERED, DISMISSED, OPEN, STATES, Question
from app.core import RegistrationRecord, WebinarRecord, access
from app.web import accounts, pages
from app.web.desk import desk_nav
from app.web.forms import OnceForm
from app.web.numbers import asked, cursor
from app.web.room import team

PAGE = 60
SOUGHT = 600
MOST_TOGETHER = 100
LABELS = {
    OPEN: lazy_gettext("Ждут ответа"),
    ANSWERED: lazy_gettext("С ответом"),
    DISMISSED: lazy_gettext("Не вопросы"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Questions of one webinar that ask the same; the newest leads."""

    webinar: WebinarRecord
    questions: list[Question]

    @property
    def first(self) -> Question:
        return self.questions[0]

    @property
    def key(self) -> str:
        return f"q{self.first.question_id}"


@blueprint.get("/questions/")
@accounts.requires(access.WEBINAR_CHAT)
def questions() -> Response:
    person = accounts.viewer()
    team.watch(person, clock.now())
    return pages.page(
        "studio/questions.html", desk_nav=desk_nav("questions"), **listing(_of_mine(), None)
    )


@blueprint.get("/<slug>/questions/")
@accounts.requires(access.WEBINAR_CHAT)
def webinar_questions(slug: str) -> Response:
    webinar = panels.webinar_of(slug)
    team.watch(accounts.viewer(), clock.now(), webinar.webinar_id)
    context = listing([webinar.webinar_id], webinar)
    return panels.show("questions", "webinar_questions.html", webinar, **context)


def _of_mine() -> list[str] | None:
    """The webinars that are the person's to run; None for all."""
    person = accounts.viewer()
    return None if person.can(access.WEBINAR_ALL) else core.webinars.run_by(person.user_id)


def listing(webinar_ids: list[str] | None, webinar: WebinarRecord | None) -> dict[str, Any]:
    """A page of questions in groups, and the way to the older ones."""
    state = request.args.get("state", OPEN)
    state = state if state in STATES else OPEN
    before = cursor("before")
    found = chat.questions.page(webinar_ids, state, before=before, limit=PAGE)
    more, groups = len(found) == PAGE, grouped(found)
    likes = join_older(groups, found[-1].question_id) if more and state == OPEN else []
    return {
        "groups": groups,
        "state": state,
        "states": _tabs(webinar, state, webinar_ids),
        "next_url": _address(webinar, state, found[-1].question_id) if more else None,
        "news_url": _news_address(webinar, found) if state == OPEN and before is None else None,
        "registrations": askers([*found, *likes]),
        "form": OnceForm(formdata=None),
        "back": _address(webinar, state, before),
    }


def grouped(found: list[Question]) -> list[Group]:
    """What asks the same together, within one webinar."""
    webinars = core.webinars.by_ids({each.webinar_id for each in found})
    by_webinar: dict[str, list[Question]] = {}
    for each in found:
        by_webinar.setdefault(each.webinar_id, []).append(each)
    groups = [
        Group(webinars[webinar_id], group)
        for webinar_id, asked in by_webinar.items()
        if webinar_id in webinars
        for group in chat.similar.together(asked, lambda question: question.text)
    ]
    return sorted(groups, key=lambda group: group.first.question_id, reverse=True)


def join_older(groups: list[Group], before: int) -> list[Question]:
    """What asks the same on the pages to come joins its group, to be answered with it: of the next
    `SOUGHT` open questions of these webinars. Returns what joined."""
    leads: dict[str, list[tuple[str, Group]]] = {}
    for group in groups:
        lead = chat.similar.stemmed(group.first.text), group
        leads.setdefault(group.webinar.webinar_id, []).append(lead)
    older = chat.questions.page(list(leads), OPEN, before=before, limit=SOUGHT)
    return [each for each in older if _joined(each, leads.get(each.webinar_id, []))]


def _joined(question: Question, leads: list[tuple[str, Group]]) -> bool:
    """A group takes no more than one answer may name."""
    stems = chat.similar.stemmed(question.text)
    group = next((each for lead, each in leads if chat.similar.alike(lead, stems)), None)
    if group is None or len(group.questions) >= MOST_TOGETHER:
        return False
    group.questions.append(question)
    return True


def askers(found: Collection[Question]) -> dict[int, RegistrationRecord]:
    return core.registrations.by_ids({each.registration_id for each in found})


def _tabs(
    webinar: WebinarRecord | None, active: str, webinar_ids: list[str] | None
) -> list[dict[str, object]]:
    waiting = chat.questions.open_count(webinar_ids)
    most = chat.questions.MOST_COUNTED
    count = f"{most - 1}+" if waiting >= most else str(waiting)
    return [
        {
            "url": _address(webinar, state),
            "label": LABELS[state],
            "active": state == active,
            "count": count if state == OPEN else None,
        }
        for state in STATES
    ]


def _address(webinar: WebinarRecord | None, state: str, before: int | None = None) -> str:
    place = {"state": state if state != OPEN else None, "before": before}
    if webinar is None:
        return url_for(".questions", **place)  # type: ignore[arg-type]
    return url_for(".webinar_questions", slug=webinar.slug, **place)  # type: ignore[arg-type]


def _news_address(webinar: WebinarRecord | None, found: list[Question]) -> str:
    after = found[0].question_id if found else 0
    slug = webinar.slug if webinar else None
    return url_for(".new_questions", webinar=slug, after=after)


@blueprint.get("/questions/new/")
@accounts.requires(access.WEBINAR_CHAT)
def new_questions() -> Response:
    """How many came since the page was opened. Who asks is there: that is the team's presence."""
    slug, person = request.args.get("webinar"), accounts.viewer()
    webinar = panels.webinar_of(slug) if slug else None
    team.watch(person, clock.now(), webinar.webinar_id if webinar else None)
    ids = [webinar.webinar_id] if webinar else _of_mine()
    found = chat.questions.page(ids, OPEN, limit=PAGE)
    after = asked("after")
    fresh = sum(question.question_id > after for question in found)
    return pages.page(
        "studio/_new_questions.html",
        fresh=fresh,
        news_url=url_for(".new_questions", webinar=slug, after=after),
        here=_address(webinar, OPEN),
    )

"""The room as an imagined viewer would see it at any second and any moment: by the functions and the
templates that serve the room, for who may edit the webinar. Nothing is recorded, nothing is sent."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from flask import Response, abort, current_app, make_response, render_template, url_for
from flask_babel import get_locale, gettext

from app import chat, clock
from app.autowebinar import answers, audience, doors, draft_version, imagined
from app.autowebinar.doors import RECORDING, ROOM
from app.blueprints.autowebinar_delivery import (
    backlog,
    blueprint,
    composition,
    cues,
    entrance,
    ways,
)
from app.blueprints.autowebinar_delivery.backlog import Backlog
from app.blueprints.autowebinar_delivery.cues import Own, Shown
from app.chat import presence
from app.chat.people import FREE
from app.core import WebinarRecord, access
from app.extensions import htmx
from app.web import accounts, authors, localisation, pages, previews, security, slots, video
from app.web.numbers import asked
from app.web.preview_form import GUEST, SECOND, PreviewForm
from app.web.previews import Sight
from app.web.room import chat_form, team
from app.web.room import fragments as furniture
from app.web.slot_form import SlotForm

OURSELVES = ("'self'",)
PARTS = {
    "in_head": "autowebinar_delivery/_preview_head.html",
    "above": "autowebinar_delivery/_preview_bar.html",
}
Shows = Callable[[Sight], dict[str, Any]]


@blueprint.get("/<slug>/preview/")
@accounts.requires(access.WEBINAR_EDIT)
def preview(slug: str) -> Response:
    form, sight = previews.read(_authors(slug))
    security.allow_framing(OURSELVES)
    if sight is None:
        return _kept_nowhere(_refused(form), 422)
    bar = _bar(sight)
    with localisation.seen_by(sight.form.zone.data, sight.form.language.data):
        return _kept_nowhere(_shown(sight, bar))


@blueprint.get("/<slug>/preview/earlier/")
@accounts.requires(access.WEBINAR_EDIT)
def preview_earlier(slug: str) -> Response:
    """Lines before those that the page has."""
    form, sight = previews.read(_authors(slug))
    if sight is None:
        return _kept_nowhere(_refused(form), 422)
    page = _lines(sight, position=asked("r"))
    with localisation.seen_by(sight.form.zone.data, sight.form.language.data):
        body = furniture.part("_earlier", messages=page.messages, earlier=page.earlier, me="")
    return _kept_nowhere(body)


@blueprint.route("/<slug>/preview/nothing/<path:what>", methods=["GET", "POST"])
@accounts.requires(access.WEBINAR_EDIT)
def preview_nothing(slug: str, what: str) -> Response:
    """Where all of a preview's buttons and forms lead: it says so, and that is all it does."""
    webinar = _authors(slug)
    if htmx:
        response = _kept_nowhere(gettext("Это предпросмотр: ничего не записано и не отправлено."))
        response.headers["HX-Retarget"] = "#preview-said"
        response.headers["HX-Reswap"] = "innerHTML"
        return response
    _, sight = previews.read(webinar)
    cue = sight.version.cue(what.removeprefix("go/")) if sight else None
    page = "autowebinar_delivery/preview_nothing.html"
    return _kept_nowhere(render_template(page, webinar=webinar, cue=cue))


def _authors(slug: str) -> WebinarRecord:
    webinar = entrance.room_of(slug)
    if not authors.may_work_on(webinar):
        abort(403)
    return webinar


def _kept_nowhere(body: str, status: int = 200) -> Response:
    response = make_response(body, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _refused(form: PreviewForm) -> str:
    problems = [words for field in form for words in field.errors]
    return render_template("autowebinar_delivery/preview_refused.html", problems=problems)


def _shown(sight: Sight, bar: dict[str, str]) -> str:
    ways.lead_elsewhere(partial(_way, sight))
    kinds: dict[str, tuple[str, Shows]] = {
        ROOM: ("room", _room),
        RECORDING: ("recording", _recording),
        GUEST: ("preview_guest", _threshold),
    }
    name, shows = kinds.get(sight.door, (sight.door, _threshold))
    context = shows(sight) | _links(sight)
    page = f"autowebinar_delivery/{name}.html"
    return render_template(page, previewed=bar, **PARTS, **context)


def _bar(sight: Sight) -> dict[str, str]:
    """What stands above the page, in the language of who looks."""
    number, zone = sight.version.number, sight.form.zone.data
    is_draft = sight.form.version.data == draft_version.DRAFT
    when = localisation.moment(sight.viewer.now, "d MMMM, HH:mm", zone)
    place = slots.place_in_words(zone)
    return {
        "language": str(get_locale() or "ru"),
        "what": gettext("Предпросмотр: %(what)s", what=previews.where_in_words(sight)),
        "whom": gettext("как увидит зритель: %(place)s, %(when)s", place=place, when=when),
        "version": gettext("черновик") if is_draft else gettext("версия %(number)s", number=number),
        "run": gettext("Пустить время"),
        "stop": gettext("Остановить время"),
        "held": gettext(
            "Плеер не начал показ. Проверьте, что видео открывается, и нажмите ещё раз."
        ),
        "quiet": gettext("Браузер пустил видео без звука."),
        "next": str(sight.version.next_moment(sight.step.place.seconds) or ""),
        "lacks": "" if sight.version.video else gettext("Видео ещё не добавлено."),
    }


def _way(sight: Sight, name: str, values: dict[str, Any]) -> str:
    """From the waiting page one comes into the room, from the end to the recording; all else leads
    to nothing."""
    slug = sight.webinar.slug
    if name == ROOM:
        start = sight.form.query(by=SECOND, second="00:00")
        return url_for(".preview", slug=slug, **start)
    if name == RECORDING:
        recording = sight.form.query(by=SECOND, second="00:00", start=slots.RECORDING)
        return url_for(".preview", slug=slug, **recording)
    if name == "go":
        version = sight.form.version.data
        return url_for(
            ".preview_nothing", slug=slug, what=f"go/{values['cue_id']}", version=version
        )
    return url_for(".preview_nothing", slug=slug, what=name)


def _links(sight: Sight) -> dict[str, Any]:
    """A viewer's own links stand where they would; they are nobody's."""
    bot = current_app.config["SETTINGS"].telegram_bot_username
    link = partial(_way, sight)
    return {
        "room_link": pages.public_address(link("r/", {})),
        "telegram_link": link("telegram", {}) if bot else None,
    }


def _room(sight: Sight) -> dict[str, Any]:
    step, version = sight.step, sight.version
    second = step.place.seconds
    shown = composition.room_of(
        sight.webinar,
        step,
        _cues(sight, second),
        _recording_until(sight) if step.place.ended else None,
        pages.public_address(""),
    )
    video.permit(shown["scene"].picture)
    page = _lines(sight)
    return shown | {
        "messages": page.messages,
        "earlier": page.earlier,
        "me": "",
        "shared": bool(step.registration.slot_id) and chat.rules.of(version.webinar_id).shared,
        "standing": FREE,
        "say": ways.room_way("say", slug=sight.webinar.slug),
        "poll": None,
        "ticket": "",
        "form": chat_form.fresh(),
        **_present(sight),
    }


def _present(sight: Sight) -> dict[str, Any]:
    """Who is really there at this moment: a count, and none of it of the one who looks."""
    now = clock.now()
    room = audience.presence_key(sight.viewer.registration)
    return {
        "viewers": presence.count(room, now),
        "team_here": team.is_watching(sight.webinar, now),
        "inviter": None,
    }


def _cues(sight: Sight, second: int) -> list[Shown]:
    held, now = sight.version.shown_at(second), sight.viewer.now
    ends = imagined.ends_of(held, second, now, sight.form.offer.data)
    own = Own({}, ends, partial(answers.tallied, sight.version.webinar_id))
    return cues.composed(held, own, second, now)


def _lines(sight: Sight, *, position: int = backlog.NOWHERE) -> Backlog:
    slug, second = sight.webinar.slug, sight.step.place.seconds

    def address(place: int, _: int) -> str:
        return url_for(".preview_earlier", slug=slug, r=place, **sight.form.query())

    return backlog.composed(sight.version, second, [], address, position=position)


def _recording_until(sight: Sight) -> datetime | None:
    step = sight.step
    return doors.recording_until(
        step.registration, step.viewing, sight.rules, sight.version, step.now
    )


def _recording(sight: Sight) -> dict[str, Any]:
    until = _recording_until(sight) or sight.viewer.now
    shown = composition.recording_of(sight.webinar, sight.step, until, pages.public_address(""))
    video.permit(shown["scene"].picture)
    return shown | {"cues": _cues(sight, shown["second"]), "ticket": ""}


def _threshold(sight: Sight) -> dict[str, Any]:
    registration, now = sight.viewer.registration, sight.viewer.now
    form = SlotForm(formdata=None)
    form.offer = slots.Offer(sight.webinar, sight.rules, sight.form.zone.data, now)
    form.slot.data = registration.slot_id
    form.choose_first()
    return composition.threshold_of(sight.webinar, sight.version, registration, now) | {
        "form": form,
        "place": slots.place_in_words(form.zone.data),
    }

"""What a landing page says of its webinar, read from the webinar itself."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from app import autowebinar, clock, core, live
from app.autowebinar import Version
from app.core import WebinarRecord
from app.web import offers, prose, slots

CTA_OF_CORE = "Забронировать место на вебинар"
LONGEST_SUMMARY = 220


@dataclass(frozen=True, slots=True)
class About:
    """A description taken apart: the first paragraph leads, the rest follows."""

    lead: str
    body: tuple[prose.Block, ...]


def context(webinar: WebinarRecord, *, seconds: int | None = None) -> dict[str, Any]:
    """All that `landing/_article.html` shows. `seconds`: the length of a recording that is not
    published yet."""
    found = recording(webinar)
    offer = slots.offer(webinar)
    return {
        "webinar": webinar,
        "src": offers.poster(webinar),
        "speaker": speaker(webinar, found),
        "minutes": in_minutes(seconds) if seconds else minutes(found),
        "about": about(webinar),
        "is_open": offers.is_open(webinar),
        "is_late": webinar.scheduled_at is not None and webinar.scheduled_at < clock.now(),
        "offer": offer,
        "when": in_words(offer) if offer else None,
        "cta": cta_text(webinar),
        "place_in_words": slots.place_in_words,
    }


def about(webinar: WebinarRecord) -> About:
    found = prose.blocks(webinar.description)
    if found and found[0].kind == "paragraph":
        return About(found[0].text, tuple(found[1:]))
    return About("", tuple(found))


def summary(webinar: WebinarRecord) -> str:
    """The lead, short enough for the schedule, cut at a word."""
    lead = about(webinar).lead
    if len(lead) <= LONGEST_SUMMARY:
        return lead
    return lead[:LONGEST_SUMMARY].rsplit(" ", 1)[0].rstrip(",;:—- ") + "…"


def cta_text(webinar: WebinarRecord) -> str:
    """The button's words: the author's own, else ours for this kind of webinar."""
    if webinar.guest_cta_text and webinar.guest_cta_text != CTA_OF_CORE:
        return webinar.guest_cta_text
    if webinar.type == "auto":
        return gettext("Забронировать место")
    return gettext("Забронировать место на вебинар")


@dataclass(frozen=True, slots=True)
class Speaker:
    name: str
    role: str = ""


def speaker(webinar: WebinarRecord, recording: Version | None) -> Speaker | None:
    """Who speaks: as the recording or the broadcast says, else the account that leads it."""
    if recording is not None and recording.speaker_name:
        return Speaker(recording.speaker_name, recording.speaker_role)
    named = live.broadcasts.speakers_of({webinar.webinar_id} if webinar.type == "live" else set())
    if webinar.webinar_id in named:
        return Speaker(*named[webinar.webinar_id])
    return account_speaker(webinar)


def account_speaker(webinar: WebinarRecord) -> Speaker | None:
    """The account that leads it, where the page names nobody."""
    name = core.users.shown_names({webinar.speaker_id or 0}).get(webinar.speaker_id or 0)
    return Speaker(name) if name else None


def recording(webinar: WebinarRecord) -> Version | None:
    """What an AutoWebinar shows now."""
    return autowebinar.published(webinar.webinar_id) if webinar.type == "auto" else None


def minutes(recording: Version | None) -> int | None:
    """The recording's length, rounded, one at least."""
    return in_minutes(recording.duration) if recording else None


def in_minutes(seconds: int) -> int:
    return max(1, round(seconds / 60))


def speakers(webinars: list[WebinarRecord]) -> dict[str, str]:
    """Names of who speaks, where one is known, by webinar id, in two queries."""
    wanted = {each.speaker_id for each in webinars if each.speaker_id is not None}
    accounts = core.users.shown_names(wanted)
    broadcasts = {each.webinar_id for each in webinars if each.type == "live"}
    named = live.broadcasts.speakers_of(broadcasts)
    found = {each.webinar_id: accounts.get(each.speaker_id or 0, "") for each in webinars}
    found |= {webinar_id: name for webinar_id, (name, _) in named.items()}
    return {webinar_id: name for webinar_id, name in found.items() if name}


def when_of(recordings: list[WebinarRecord]) -> dict[str, str]:
    """The nearest that each recording offers, in words, by webinar id; in one query."""
    return {key: in_words(offer) for key, offer in slots.offers(recordings).items()}


def in_words(offer: slots.Offer) -> str:
    """What comes first: at once, else the next session, else the recording."""
    if offer.rules.at_once:
        return gettext("Сразу после записи на вебинар")
    first = next(iter(offer.choices), None)
    if first is None:
        return gettext("Скоро объявим")
    return first.words

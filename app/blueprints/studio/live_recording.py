"""A broadcast that is over becomes an AutoWebinar: its recording, what was written at its second,
the call to action where the speaker showed it. It goes by the open file of webinars, which can be
taken along as well, so that neither kind of webinar knows of the other.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Response, abort, flash, url_for
from flask_babel import gettext

from app import chat, core, live, media
from app.autowebinar import webinar_file
from app.autowebinar.content import LONGEST_AUTHOR
from app.blueprints.studio import blueprint, broadcast
from app.blueprints.studio import webinar_file as files
from app.blueprints.studio.forms import NothingForm
from app.core import WebinarRecord, access, events
from app.live import Broadcast
from app.media import Asset
from app.web import accounts, landing, pages


@dataclass(frozen=True, slots=True)
class Recording:
    """`began_at`: when its first picture was taken, where our media server took it."""

    address: str
    seconds: int
    asset: Asset | None
    began_at: datetime | None


def of(webinar: WebinarRecord, kept: Broadcast) -> Recording | None:
    """None while there is none, and before the broadcast is over."""
    if webinar.status not in live.state.OVER or not kept.recording:
        return None
    asset = media.assets.by_address(webinar.webinar_id, kept.recording)
    seconds = (asset.duration_sec if asset else None) or max(1, kept.air.length)
    return Recording(kept.recording, seconds, asset, _began_at(webinar, asset, seconds))


def _began_at(webinar: WebinarRecord, asset: Asset | None, seconds: int) -> datetime | None:
    """The media server tells of a file at its end."""
    if asset is None or not asset.source:
        return None
    told = live.streams.recordings_of(webinar.webinar_id)
    end = next((each.told_at for each in told if each.source == asset.source), None)
    return end - timedelta(seconds=seconds) if end else None


@blueprint.post("/<slug>/broadcast/recording/auto/")
@accounts.requires(access.WEBINAR_EDIT)
def make_auto(slug: str) -> Response:
    webinar = broadcast.live_of(slug)
    if not NothingForm().validate_on_submit():
        abort(400)
    kept = live.broadcasts.of(webinar.webinar_id)
    recording = of(webinar, kept)
    if recording is None:
        return broadcast.show(webinar, refusal=gettext("Записи эфира пока нет."), status=409)
    document = webinar_file.parse(webinar_file.canonical(_document(webinar, kept, recording)))
    made = files.made_of(
        document, accounts.viewer(), placed=_placed(recording), lend=_lending(webinar, recording)
    )
    flash(gettext("Автовебинар создан. Это черновик: проверьте и опубликуйте."), "success")
    return pages.go(url_for(".overview", slug=made.slug))


def _placed(recording: Recording) -> Callable[[str], str]:
    return lambda text: recording.address if text.startswith(webinar_file.REFERENCE) else text


def _lending(webinar: WebinarRecord, recording: Recording) -> Callable[[str, int], None]:
    def lend(webinar_id: str, owner_id: int) -> None:
        media.assets.lend(webinar.webinar_id, recording.address, webinar_id, owner_id)

    return lend


@blueprint.get("/<slug>/broadcast/recording/webinar.zip")
@accounts.requires(access.WEBINAR_EDIT)
def export_recording(slug: str) -> Response:
    webinar = broadcast.live_of(slug)
    kept = live.broadcasts.of(webinar.webinar_id)
    recording = of(webinar, kept)
    if recording is None:
        abort(404)
    return files.sent(slug, _document(webinar, kept, recording))


def _document(webinar: WebinarRecord, kept: Broadcast, recording: Recording) -> dict[str, Any]:
    asset = recording.asset
    named = f"{webinar_file.REFERENCE}{asset.sha256}" if asset else recording.address
    return {
        "format": webinar_file.FORMAT,
        "version": webinar_file.VERSION,
        "kind": "live",
        "webinar": {"title": webinar.title, "description": webinar.description},
        "content": {
            "video": named,
            "duration_sec": recording.seconds,
            "speaker": _speaker(webinar),
            "cues": list(_cues(webinar, kept, recording)),
        },
        "lines": list(_lines(webinar, kept, recording)),
        "schedule": None,
        "media": {asset.sha256: {"kind": "video", "name": asset.name}} if asset else {},
    }


def _speaker(webinar: WebinarRecord) -> dict[str, str]:
    found = landing.speaker(webinar, None)
    return {"name": found.name if found else "", "role": found.role if found else ""}


def _lines(
    webinar: WebinarRecord, kept: Broadcast, recording: Recording
) -> Iterator[dict[str, Any]]:
    """What was written while the recording ran, and is not hidden."""
    channel = live.places.room_key(webinar.webinar_id)
    for line in chat.recent(channel, limit=webinar_file.MOST_LINES):
        second = _second(line.created_at, recording, line.at_sec)
        if 0 <= second <= recording.seconds and line.text:
            role = "team" if line.origin == "team" else "guest"
            author = (line.author or gettext("Зритель"))[:LONGEST_AUTHOR].strip()
            yield {"at": second, "author": author, "role": role, "text": line.text}


def _second(moment: datetime, recording: Recording, on_air: int) -> int:
    """Of the recording; where it is not ours, the broadcast's own is the best that is known."""
    if recording.began_at is None:
        return on_air
    return int((moment - recording.began_at).total_seconds())


def _cues(
    webinar: WebinarRecord, kept: Broadcast, recording: Recording
) -> Iterator[dict[str, Any]]:
    """The call to action, from each time that it was shown until it was hidden."""
    shown_at: int | None = None
    pressed = core.timeline.of_webinar(
        webinar.webinar_id, events.core_webinar_cta_visibility_changed
    )
    for fact in pressed:
        second = _second(fact.occurred_at, recording, kept.air.second(fact.occurred_at))
        if fact.payload["after"] == "shown":
            shown_at = shown_at if shown_at is not None else max(0, second)
        elif shown_at is not None:
            yield from _cue(kept, recording, shown_at, second)
            shown_at = None
    if shown_at is not None:
        yield from _cue(kept, recording, shown_at, None)


def _cue(
    kept: Broadcast, recording: Recording, shown_at: int, hidden_at: int | None
) -> Iterator[dict[str, Any]]:
    if shown_at >= recording.seconds or (hidden_at is not None and hidden_at <= shown_at):
        return
    over = hidden_at is None or hidden_at >= recording.seconds
    yield {
        "kind": "cta",
        "show_at": shown_at,
        "hide_at": None if over else hidden_at,
        "text": kept.cta_text or gettext("Обсудить с тем, кто пригласил"),
        "note": "",
        "link": kept.cta_link or None,
    }

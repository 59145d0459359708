"""Where the landing page's words lie that are not Core's: with what each kind of webinar shows."""

from app import live
from app.autowebinar import drafts
from app.core import UserRecord, WebinarRecord
from app.web.landing import Speaker


def speaker_of(webinar: WebinarRecord) -> Speaker:
    """As the author gave it: a recording's is its draft's, a broadcast's its own."""
    if webinar.type == "live":
        kept = live.broadcasts.of(webinar.webinar_id)
        return Speaker(kept.speaker_name, kept.speaker_role)
    given = drafts.get(webinar.webinar_id).content.get("speaker") or {}
    return Speaker(given.get("name", ""), given.get("role", ""))


def keep_speaker(webinar: WebinarRecord, speaker: Speaker, actor: UserRecord) -> None:
    if webinar.type == "live":
        given = {"speaker_name": speaker.name, "speaker_role": speaker.role}
        live.broadcasts.set_up(webinar.webinar_id, **given)
    else:
        said = {"speaker": {"name": speaker.name, "role": speaker.role}}
        drafts.change(webinar.webinar_id, said, actor=actor)


def seconds_of(webinar: WebinarRecord) -> int | None:
    """How long the draft's recording is; a broadcast's length is not promised."""
    if webinar.type == "live":
        return None
    return drafts.get(webinar.webinar_id).content.get("duration_sec")


def shown_as(webinar: WebinarRecord) -> str:
    """The state in which the page is drawn for its author: that of visitors, as soon as there are
    any."""
    if webinar.type == "auto":
        return "published"
    return "scheduled" if webinar.status == "draft" else webinar.status

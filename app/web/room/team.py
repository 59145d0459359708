"""Whether somebody of the team is there: who has a chat or the questions open gives signs of life."""

from datetime import datetime

from app import core
from app.chat import presence
from app.core import UserRecord, WebinarRecord, access

AT_THE_INBOX = "team:inbox"
MOST = 50


def may_run(person: UserRecord, webinar: WebinarRecord) -> bool:
    """Whether the webinar is this person's to run: one's own, or anybody's for an admin."""
    own = person.user_id in (webinar.owner_id, webinar.speaker_id)
    return own or person.can(access.LEADS_ALL)


def watch(person: UserRecord, now: datetime, webinar_id: str | None = None) -> None:
    """This person has that webinar's chat open; or the questions of all."""
    room = AT_THE_INBOX if webinar_id is None else f"team:{webinar_id}"
    presence.touch(room, str(person.user_id), now)


def is_watching(webinar: WebinarRecord, now: datetime) -> bool:
    if presence.count(f"team:{webinar.webinar_id}", now):
        return True
    people = (core.users.get(int(each)) for each in presence.members(AT_THE_INBOX, now, MOST))
    return any(person is not None and may_run(person, webinar) for person in people)

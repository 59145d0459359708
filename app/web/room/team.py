"""Who speaks for the team, and whether somebody of it is there: who has a chat or the questions open
gives signs of life."""

from datetime import datetime

from flask_login import current_user

from app import core
from app.chat import presence
from app.core import RegistrationRecord, UserRecord, WebinarRecord, access
from app.web.authors import may_run

AT_THE_INBOX = "team:inbox"
MOST = 50


def host_of(registration: RegistrationRecord, webinar: WebinarRecord) -> UserRecord | None:
    """The signed-in person of the team whose own place this is. The personal link alone does
    not make anybody speak for the team."""
    person: UserRecord | None = current_user.record if current_user.is_authenticated else None
    if person is None or person.user_id != registration.user_id:
        return None
    return person if may_run(person, webinar) and person.can(access.WEBINAR_CHAT) else None


def watch(person: UserRecord, now: datetime, webinar_id: str | None = None) -> None:
    """This person has that webinar's chat open; or the questions of all."""
    room = AT_THE_INBOX if webinar_id is None else f"team:{webinar_id}"
    presence.touch(room, str(person.user_id), now)


def is_watching(webinar: WebinarRecord, now: datetime) -> bool:
    if presence.count(f"team:{webinar.webinar_id}", now):
        return True
    people = (core.users.get(int(each)) for each in presence.members(AT_THE_INBOX, now, MOST))
    return any(person is not None and may_run(person, webinar) for person in people)

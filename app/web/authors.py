"""Who works on a webinar: whose it is, and who may run everybody's."""

from flask_login import current_user

from app.core import UserRecord, WebinarRecord, access


def may_run(person: UserRecord, webinar: WebinarRecord) -> bool:
    """Whether the webinar is this person's to run: one's own, or anybody's for an admin."""
    own = person.user_id in (webinar.owner_id, webinar.speaker_id)
    return own or person.can(access.WEBINAR_ALL)


def may_work_on(webinar: WebinarRecord) -> bool:
    """Whether the person who asks may see it in the studio."""
    if not current_user.is_authenticated or not current_user.can(access.STUDIO):
        return False
    return may_run(current_user.record, webinar)

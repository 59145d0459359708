"""Who works on a webinar: whose it is, and who may edit everybody's."""

from flask_login import current_user

from app.core import WebinarRecord, access


def may_work_on(webinar: WebinarRecord) -> bool:
    """Whether the person who asks may see it in the studio."""
    if not current_user.is_authenticated or not current_user.can(access.STUDIO):
        return False
    own = current_user.record.user_id in (webinar.owner_id, webinar.speaker_id)
    return own or current_user.can(access.LEADS_ALL)

"""What a new webinar gets by itself: an address that is free, and who speaks."""

from slugify import slugify

from app import core
from app.core import UserRecord, access

LONGEST_SLUG = 60
MOST_TRIES = 50


def free_slug(title: str) -> str:
    """An address that nobody has, made of the title."""
    base = slugify(title, max_length=LONGEST_SLUG, word_boundary=True) or "webinar"
    tries = [base, *(f"{base}-{number}" for number in range(2, MOST_TRIES))]
    return next(slug for slug in tries if core.webinars.is_free(slug))


def first_speaker(viewer: UserRecord) -> int | None:
    """Whoever makes a webinar speaks at it; who may choose among all chooses later."""
    return None if viewer.can(access.WEBINAR_ALL) else viewer.user_id

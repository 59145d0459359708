"""The stream check: asked by a button, by whoever opens the console before the start, and by a new
address. The workers look; `stream_words` says what they saw."""

from app import clock, live
from app.blueprints.studio import stream_words
from app.core import WebinarRecord

BEFORE = ("draft", "scheduled")


def may_be_asked(webinar: WebinarRecord) -> bool:
    return stream_words.is_checked(webinar) and webinar.status in ("draft", *live.state.OPEN)


def ask(webinar: WebinarRecord) -> None:
    live.broadcasts.of(webinar.webinar_id)
    live.checks.ask(webinar.webinar_id, webinar.stream_source, clock.now())


def ask_unless_fresh(webinar: WebinarRecord) -> None:
    """Before the start; a check of five minutes ago still tells."""
    if webinar.status not in BEFORE or not stream_words.is_checked(webinar):
        return
    known = live.checks.of(webinar.webinar_id, webinar.stream_source)
    if known is None or not known.is_fresh(clock.now()):
        ask(webinar)

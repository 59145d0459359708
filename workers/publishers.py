"""Cuts publishers off by the media server's control address, which answers on its own machine alone."""

import http.client
import logging
import urllib.request
from urllib.parse import urlencode

from flask import current_app

from app import clock, core, live, messages
from app.live.cutting import Cut

log = logging.getLogger(__name__)
TIMEOUT_SECONDS = 2
APPLICATION = "live"
"""As deploy/media-server.conf calls it."""


def is_due() -> bool:
    """Nothing is where the operator has named no control address."""
    return bool(_control()) and live.cutting.is_due(clock.now())


def cut_off() -> int:
    """How many were carried out."""
    return sum(_carry_out(cut) for cut in live.cutting.take(clock.now()))


def _carry_out(cut: Cut) -> bool:
    try:
        if not live.cutting.is_settled(cut):
            _drop(cut.stream_id)
    except (OSError, http.client.HTTPException, ValueError) as error:
        loud = logging.ERROR if cut.attempts < live.cutting.TOLD_AFTER else logging.WARNING
        log.log(loud, "the publisher of %s was not cut off: %s", cut.webinar_id, error)
        with core.transaction():
            if live.cutting.failed(cut, clock.now()):
                _tell_the_team(cut)
        return False
    live.cutting.done(cut, clock.now())
    return True


def _drop(stream_id: str) -> None:
    """The server answers how many it has dropped; ValueError for any other answer."""
    query = urlencode({"app": APPLICATION, "name": stream_id})
    address = f"{_control()}/drop/publisher?{query}"
    with urllib.request.urlopen(address, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
        int(answer.read(16))


def _control() -> str:
    return str(current_app.config["SETTINGS"].media_server_control_url)


def _tell_the_team(cut: Cut) -> None:
    webinar = core.webinars.get(cut.webinar_id)
    assert webinar is not None
    site = current_app.config["SETTINGS"].site_address
    messages.plan(
        messages.Plan(
            kind="live_not_cut",
            recipient=messages.TEAM,
            dedupe=f"live_not_cut:{cut.webinar_id}:{clock.unix(cut.asked_at)}",
            webinar_id=cut.webinar_id,
            values={"webinar": webinar.title, "link": f"{site}/studio/{webinar.slug}/"},
        )
    )

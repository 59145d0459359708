"""The schedule and the landing pages."""

from datetime import datetime, timedelta

from flask import Response, abort, request

from app import clock, core
from app.blueprints.catalogue import blueprint
from app.web import campaign, landing, offers, pages, slots

ON_AIR = ("live", "paused")
WAITED_FOR = timedelta(hours=12)
"""So long after its hour a broadcast that has not begun is still to come."""


@blueprint.get("/")
@blueprint.get("/webinars/")
def schedule() -> Response:
    campaign.remember()
    webinars, now = core.webinars.listed(), clock.now()
    return pages.page(
        "catalogue/schedule.html",
        on_air=[each for each in webinars if _on_air(each)],
        coming=[each for each in webinars if _is_coming(each, now)],
        late={each.webinar_id for each in webinars if _is_late(each, now)},
        recordings=[each for each in webinars if each.type == "auto"],
        speakers=landing.speakers(webinars),
        summaries={each.webinar_id: landing.summary(each) for each in webinars},
        when=landing.when_of([each for each in webinars if each.type == "auto"]),
    )


@blueprint.get("/webinars/<slug>/")
def webinar(slug: str) -> Response:
    campaign.remember()
    found = offers.shown(slug, offers.ANNOUNCED)
    return pages.page("catalogue/webinar.html", **landing.context(found))


@blueprint.get("/webinars/<slug>/times/")
def times(slug: str) -> Response:
    """The times that can be chosen, for the zone that the browser tells."""
    found = offers.shown(slug)
    offer = slots.offer(found, request.args.get("zone"))
    if offer is None or not offer.asks:
        abort(404)
    return pages.page("landing/_times.html", webinar=found, offer=offer)


def _on_air(webinar: core.WebinarRecord) -> bool:
    return webinar.status in ON_AIR


def _is_late(webinar: core.WebinarRecord, now: datetime) -> bool:
    return webinar.scheduled_at is not None and webinar.scheduled_at < now


def _is_coming(webinar: core.WebinarRecord, now: datetime) -> bool:
    forgotten = _is_late(webinar, now - WAITED_FOR)
    return webinar.type == "live" and not _on_air(webinar) and not forgotten


@blueprint.context_processor
def _addresses() -> dict[str, object]:
    return {
        "poster_of": offers.poster,
        "public_address": pages.public_address,
        "place_in_words": slots.place_in_words,
    }

"""Who may see a file. Derived from what is published, so that nothing need be told of it.

A file is public for good once a version of its webinar shows it or hands it out, while it is the
poster of a webinar that is not a draft, and while it is the recording of a broadcast that is over:
nobody guesses its address who does not have the file. Until then it is its authors' alone.
"""

from collections.abc import Callable

from app import autowebinar, core, live
from app.core import WebinarRecord
from app.media import Asset
from app.web.authors import may_work_on


def public(assets: list[Asset]) -> Asset | None:
    """That by which the file is everybody's; what it is called is then no secret either."""
    shown = (each for each in assets if autowebinar.versions.shows(each.webinar_id, each.address))
    return next(shown, None) or _of(assets, _is_shown)


def authors(assets: list[Asset]) -> Asset | None:
    """That by which it is the viewer's to work on."""
    return _of(assets, lambda webinar, _: may_work_on(webinar))


def _of(assets: list[Asset], may: Callable[[WebinarRecord, str], bool]) -> Asset | None:
    webinars = core.webinars.by_ids({asset.webinar_id for asset in assets})
    return next(
        (
            each
            for each in assets
            if each.webinar_id in webinars and may(webinars[each.webinar_id], each.address)
        ),
        None,
    )


def _is_shown(webinar: WebinarRecord, address: str) -> bool:
    if webinar.type == "live" and webinar.status in live.state.OVER:
        recorded = live.broadcasts.of(webinar.webinar_id).recording == address
    else:
        recorded = False
    return recorded or (webinar.status != "draft" and webinar.poster == address)

"""Who may see a file. Derived from what is published, so that nothing need be told of it.

A file is public for good once a version of its webinar shows it, while it is the poster of a
webinar that is not a draft, and while it is the recording of a broadcast that is over: nobody guesses its address who does not have the file. Until then it
is its authors' alone.
"""

from app import autowebinar, core, live
from app.core import WebinarRecord
from app.media import Asset
from app.web.authors import may_work_on

OVER = ("finished", "archived")


def is_public(assets: list[Asset]) -> bool:
    shown = any(autowebinar.versions.shows(each.webinar_id, each.address) for each in assets)
    return shown or any(_is_shown(webinar, assets[0].address) for webinar in _webinars(assets))


def _is_shown(webinar: WebinarRecord, address: str) -> bool:
    if webinar.type == "live" and webinar.status in OVER:
        recorded = live.broadcasts.of(webinar.webinar_id).recording == address
    else:
        recorded = False
    return recorded or (webinar.status != "draft" and webinar.poster == address)


def is_authors(assets: list[Asset]) -> bool:
    return any(may_work_on(webinar) for webinar in _webinars(assets))


def _webinars(assets: list[Asset]) -> list[WebinarRecord]:
    return list(core.webinars.by_ids({asset.webinar_id for asset in assets}).values())

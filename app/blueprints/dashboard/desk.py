"""What every page of the desk shares: who may, the menu, cursors, what is still being processed."""

from collections.abc import Sequence
from typing import Any, TypeVar

from flask import Response, request

from app import core
from app.blueprints.dashboard import blueprint, message_words, words
from app.core import access
from app.web import pages
from app.web.desk import desk_nav

SEES_LEADS = (access.LEADS_OWN, access.LEADS_BRANCH, access.LEADS_ALL)
PAGE = 50
LONGEST_SEARCH = 100
Row = TypeVar("Row")


def show(
    active: str, template: str, fragment: str | None = None, *, status: int = 200, **context: Any
) -> Response:
    """A page of the desk, or its fragment for HTMX."""
    return pages.page(
        f"dashboard/{template}",
        f"dashboard/{fragment}" if fragment else None,
        status=status,
        desk_nav=desk_nav(active),
        **context,
    )


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {
        "waiting_facts": lambda: core.backlog().waiting,
        "message_words": message_words,
        "source_words": lambda value: words.named(words.SOURCES, value) if value else "",
        "contact_words": lambda kind: words.named(words.CONTACTS, kind),
    }


def searched() -> str:
    return request.args.get("q", "").strip()[:LONGEST_SEARCH]


def one_page(rows: Sequence[Row], size: int = PAGE) -> tuple[Sequence[Row], Row | None]:
    """Of one row more than a page holds: the page, and its last row where more follow."""
    shown = rows[:size]
    return shown, shown[-1] if len(rows) > size else None

"""Links in a line: found for what a reader would take for one, safe for who presses it."""

from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from linkify_it import LinkifyIt


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line's words; `href` where it is a link."""

    text: str
    href: str | None = None


@cache
def _finder() -> LinkifyIt:
    finder = LinkifyIt(options={"fuzzy_link": True, "fuzzy_email": False, "fuzzy_ip": True})
    for schema in ("ftp:", "mailto:", "//"):
        finder.add(schema, None)
    return finder


def has_link(text: str) -> bool:
    return bool(_finder().test(text))


def pieces(text: str) -> list[Piece]:
    """The words in order, links apart. Only http and https become links."""
    found, end = [], 0
    for match in _finder().match(text) or ():
        href = match.url
        if urlsplit(href).scheme not in ("http", "https"):
            continue
        if match.index > end:
            found.append(Piece(text[end : match.index]))
        found.append(Piece(text[match.index : match.last_index], href))
        end = match.last_index
    if end < len(text) or not found:
        found.append(Piece(text[end:]))
    return found

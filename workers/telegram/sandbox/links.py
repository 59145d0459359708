"""Which addresses Telegram takes for links, in a text as under a button."""

from __future__ import annotations

from urllib.parse import urlsplit


def is_link(url: str) -> bool:
    """True for a web address whose host has a dot (so not for `localhost`), and for tg: links."""
    if not url or any(char.isspace() for char in url):
        return False
    try:
        address = urlsplit(url)
        host = address.hostname or ""
        address.port  # noqa: B018  raises for a port that is no number
    except ValueError:
        return False
    if address.scheme == "tg":
        return bool(host)
    return address.scheme in ("http", "https") and "." in host.strip(".")

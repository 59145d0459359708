"""Pages and fragments: one view serves both, by whether HTMX asks."""

from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, make_response, redirect, render_template, request

from app.extensions import htmx


def page(
    template: str, fragment: str | None = None, *, status: int = 200, **context: Any
) -> Response:
    """The whole page, or for HTMX its fragment, which has one root element and an id."""
    wanted = fragment if fragment and wants_fragment() else template
    response = make_response(render_template(wanted, **context), status)
    if fragment:
        response.vary.add("HX-Request")
    return response


def wants_fragment() -> bool:
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def go(address: str, *, status: int = 303) -> Response:
    """Send the browser on: a redirect, or HTMX's header for one of its requests."""
    if htmx:
        response = make_response("", 200)
        response.headers["HX-Redirect"] = address
        response.vary.add("HX-Request")
        return response
    return make_response(redirect(address, status))


def safe_next(value: str | None, default: str) -> str:
    """An address of ours to go on to; anything that could lead elsewhere becomes `default`."""
    if not value or not value.startswith("/") or value.startswith(("//", "/\\")):
        return default
    parts = urlsplit(value)
    odd = "\\" in value or any(ord(c) < 33 for c in value)
    if parts.scheme or parts.netloc or odd or not _is_page(parts.path):
        return default
    return value


def _is_page(path: str) -> bool:
    """Whether a GET of the path is one of our pages, and not a way out."""
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return False
    try:
        endpoint, _ = adapter.match(path, method="GET")
    except Exception:
        return False
    return not endpoint.startswith(("static", "ops.")) and endpoint != "account.logout"


def public_address(path: str) -> str:
    """The whole address of one of our paths, as a person outside opens it."""
    settings = current_app.config["SETTINGS"]
    return (settings.public_url or request.host_url.rstrip("/")) + path

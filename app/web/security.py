"""Security headers of every answer, and the nonce of its scripts."""

import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request

POLICY = {
    "default-src": "'none'",
    "script-src": "'self' 'nonce-{nonce}'",
    "style-src": "'self'",
    "img-src": "'self' data: https:",
    "media-src": "'self' https: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
TWO_YEARS = 63_072_000


def connect(app: Flask) -> None:
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    app.after_request(_harden)


def csp_nonce() -> str:
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def allow_framing(origins: tuple[str, ...]) -> None:
    """This answer may stand in an iframe of these origins (all, where none are named)."""
    g.frame_ancestors = " ".join(origins) if origins else "*"


def allow_frames(origin: str) -> None:
    """This answer may show an iframe of that origin."""
    g.frame_src = origin


def allow_playlists() -> None:
    """This answer may read a stream's playlists and pieces by script. They may lie on any host:
    a playlist names the machines of its network, and not those of its own address alone."""
    g.connect_src = "'self' https:"


def allow_stream(address: str) -> None:
    """This answer may read the stream at that address: our own media server's, which on one
    machine speaks http."""
    parts = urlsplit(address)
    origin = f"{parts.scheme}://{parts.netloc}"
    g.connect_src = f"'self' https: {origin}"
    g.media_src = f"'self' https: blob: {origin}"


def keep_address_secret() -> None:
    """This page's address is a secret: tell it to nobody."""
    g.referrer_policy = "no-referrer"


def _harden(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if "referrer_policy" in g:
        response.headers["Referrer-Policy"] = g.referrer_policy
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Security-Policy", _policy())
        if "frame_ancestors" not in g:
            response.headers["X-Frame-Options"] = "DENY"
    if current_app.config["SETTINGS"].in_production and request.is_secure:
        response.headers["Strict-Transport-Security"] = f"max-age={TWO_YEARS}; includeSubDomains"
    return response


def _policy() -> str:
    rules = dict(POLICY)
    rules["script-src"] = rules["script-src"].format(nonce=csp_nonce())
    for name in ("frame_ancestors", "frame_src", "connect_src", "media_src"):
        if name in g:
            rules[name.replace("_", "-")] = g.get(name)
    return "; ".join(f"{name} {value}" for name, value in rules.items())

"""Who may read the figures: this very machine, or who holds METRICS_TOKEN."""

import hmac
import ipaddress

from flask import current_app, request

PROXY_HEADERS = ("X-Forwarded-For", "X-Real-IP", "Forwarded")


def may_read_metrics() -> bool:
    return _holds_token() or _is_this_machine()


def _holds_token() -> bool:
    token = current_app.config["SETTINGS"].metrics_token
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if not token or scheme.lower() != "bearer":
        return False
    return hmac.compare_digest(given.strip().encode(), token.encode())


def _is_this_machine() -> bool:
    """Loopback, and straight: behind a proxy on this machine everybody comes from loopback."""
    if any(name in request.headers for name in PROXY_HEADERS):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False

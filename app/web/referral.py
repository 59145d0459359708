"""`?ref=CODE` on any public page records a touch and marks the browser with `wh_ref`."""

import secrets

from flask import Flask, Response, current_app, g, request
from itsdangerous import BadSignature, URLSafeSerializer

from app import core

COOKIE = "wh_ref"
A_YEAR = 31_536_000


def connect(app: Flask) -> None:
    app.before_request(_note_touch)
    app.after_request(_mark_browser)


def visitor_id() -> str | None:
    """The browser's random id, if its cookie is one that we signed."""
    cookie = request.cookies.get(COOKIE, "")
    try:
        value = _signer().loads(cookie) if cookie else None
    except BadSignature:
        return None
    return value if isinstance(value, str) else None


def current_code() -> str | None:
    """The code in this very address, where no cookie of ours may have arrived."""
    code = request.args.get("ref") or request.form.get("ref")
    return code[:32] if code else None


def _note_touch() -> None:
    code = request.args.get("ref")
    if request.method != "GET" or not code or request.endpoint in (None, "static"):
        return
    known = visitor_id()
    visitor = known or secrets.token_urlsafe(16)
    if (
        core.referrals.touch(visitor, code, landing=request.path.replace("\0", ""))
        and known is None
    ):
        g.new_visitor = visitor


def _mark_browser(response: Response) -> Response:
    if "new_visitor" in g:
        response.set_cookie(
            COOKIE,
            _signer().dumps(g.new_visitor),
            max_age=A_YEAR,
            httponly=True,
            secure=current_app.config["SETTINGS"].in_production,
            samesite="Lax",
        )
    return response


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="wh_ref")

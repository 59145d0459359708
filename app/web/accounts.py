"""Who is signed in, and what they may do here."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, abort, make_response, redirect, request, session
from flask_login import UserMixin, current_user, login_user, logout_user

from app import core
from app.core import UserRecord
from app.extensions import htmx, login


class SignedIn(UserMixin):
    """Flask-Login's user. Its id carries the account's epoch: raising it ends all sessions."""

    def __init__(self, record: UserRecord) -> None:
        self.record = record

    def get_id(self) -> str:
        return f"{self.record.user_id}.{self.record.epoch}"

    @property
    def name(self) -> str:
        return self.record.name or self.record.email

    def can(self, capability: str) -> bool:
        return self.record.can(capability)


def connect(app: Flask) -> None:
    login.init_app(app)
    # Its only hook serves a «remember me» cookie that we never set, and for it opens the session
    # of every answer: static files and polls would vary by cookie and be cached by nobody.
    app.after_request_funcs[None].remove(login._update_remember_cookie)
    login.user_loader(_load)
    login.unauthorized_handler(_ask_to_sign_in)


def _load(identity: str) -> SignedIn | None:
    user_id, _, epoch = identity.partition(".")
    record = core.users.get(int(user_id)) if user_id.isdigit() else None
    return SignedIn(record) if record and str(record.epoch) == epoch else None


def _ask_to_sign_in() -> Response:
    """To the log-in page and back; a fragment is told to move the whole page."""
    wanted = quote(request.full_path.rstrip("?"), safe="/")
    address = f"/login/?next={wanted}" if not htmx else "/login/"
    if htmx:
        response = make_response("", 401)
        response.headers["HX-Redirect"] = address
        return response
    return make_response(redirect(address, 303))


def sign_in(record: UserRecord) -> None:
    """Begin a session of its own: nothing of the anonymous one is carried over."""
    session.clear()
    login_user(SignedIn(record))


def sign_out() -> None:
    logout_user()
    session.clear()


def viewer() -> UserRecord:
    """The signed-in person's record; only behind `requires`."""
    return current_user.record  # type: ignore[no-any-return]


def requires(*capabilities: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Guard a view: signed in, and holding at least one of the capabilities (if any are named)."""

    def guard(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                return _ask_to_sign_in()
            if capabilities and not any(current_user.can(each) for each in capabilities):
                abort(403)
            return view(*args, **kwargs)

        return guarded

    return guard

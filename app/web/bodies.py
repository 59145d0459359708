"""Requests that may be larger than a form: files, of those who may bring them.

What may be sent is decided before the body is read, and the CSRF token after: everywhere else the
token is looked for first, in a body that would be refused as too large.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from io import RawIOBase
from typing import Any

from flask import Flask, Response, request
from flask_login import current_user
from werkzeug.exceptions import ClientDisconnected
from werkzeug.wsgi import LimitedStream

from app.core import access
from app.extensions import csrf

View = Callable[..., Any]
PIECE = 65_536
PATIENCE_SECONDS = 5


def up_to(most: Callable[[], int]) -> Callable[[View], View]:
    """Guard a view whose body may have `most()` bytes, where the sender may edit webinars. It goes
    above every other guard of the view."""

    def guard(view: View) -> View:
        @csrf.exempt  # type: ignore[untyped-decorator]
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if current_user.is_authenticated and current_user.can(access.WEBINAR_EDIT):
                request.max_content_length = most()
            csrf.protect()
            return view(*args, **kwargs)

        return guarded

    return guard


def connect(app: Flask) -> None:
    app.after_request(_hear_out)


def _hear_out(response: Response) -> Response:
    """Read on to the end of a body that was refused, for a while: a connection that is closed while
    the other side still sends is reset, and the answer is lost with it."""
    if response.status_code >= 400 and (request.content_length or 0) > PIECE:
        whole = LimitedStream(request.environ["wsgi.input"], request.content_length or 0)
        _exhaust(vars(request).get("stream") or whole)
    return response


def _exhaust(body: RawIOBase) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    with suppress(ClientDisconnected, OSError):
        while body.read(PIECE) and time.monotonic() < until:
            pass

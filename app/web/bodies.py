"""Requests that may be larger than a form: files, of those who may bring them.

What may be sent is decided before the body is read, and the CSRF token after: everywhere else the
token is looked for first, in a body that would be refused as too large.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import request
from flask_login import current_user

from app.core import access
from app.extensions import csrf

View = Callable[..., Any]


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

"""Every failure has a kind page: for a person in words, for HTMX a fragment of the same."""

import logging
from typing import Any

from flask import Flask, Response, make_response, render_template
from flask_babel import gettext
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from app.core.errors import Forbidden, NotFound
from app.extensions import htmx

log = logging.getLogger(__name__)
OWN_PAGES = frozenset({400, 403, 404, 405, 413, 429, 500, 503})
RETRY_SECONDS = 5


def connect(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, lambda error: answer(400))
    app.register_error_handler(RateLimitExceeded, _too_many)
    app.register_error_handler(NotFound, lambda error: answer(404))
    app.register_error_handler(Forbidden, lambda error: answer(403))
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(InterfaceError, _database_away)
    app.register_error_handler(PoolTimeout, _database_away)
    app.register_error_handler(Exception, _unexpected)


def answer(status: int) -> Response:
    """The page of this status; for HTMX a notice below what was asked: nothing typed is lost."""
    if htmx:
        body = render_template("errors/_notice.html", status=status, text=_short(status))
        response = make_response(body, status)
        response.headers["HX-Reswap"] = "none" if status >= 500 else "beforeend"
    else:
        template = f"errors/{status}.html" if status in OWN_PAGES else "errors/error.html"
        response = make_response(render_template(template, code=status), status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _short(status: int) -> str:
    return {
        400: gettext("Форма устарела. Обновите страницу и отправьте ещё раз."),
        403: gettext("Это действие вам недоступно."),
        404: gettext("Такой страницы нет."),
        413: gettext("Слишком много данных."),
        429: gettext("Слишком часто. Подождите немного и попробуйте ещё раз."),
    }.get(status, gettext("Не получилось. Попробуйте ещё раз через несколько секунд."))


def _http(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.response)
    response = answer(error.code or 500)
    for name, value in error.get_headers():
        if name in ("Allow", "Content-Range", "Retry-After", "Location"):
            response.headers[name] = value
    return response


def _too_many(error: RateLimitExceeded) -> Response:
    if error.response is not None:
        return make_response(error.response)
    response = answer(429)
    limit = error.limit.limit if error.limit else None
    response.headers["Retry-After"] = str(limit.get_expiry() if limit else 60)
    return response


def _database_away(error: DBAPIError | PoolTimeout) -> Response:
    log.error("the database did not answer: %s", type(error).__name__, exc_info=error)
    response = answer(503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _unexpected(error: Any) -> Response:
    log.error("unhandled: %s", type(error).__name__, exc_info=error)
    return answer(500)

"""The one application of a worker process, made when it is first needed."""

from collections.abc import Callable

from flask import Flask

from app import create_app, load
from app.database import WORKER_LOCK_SECONDS

_application: Flask | None = None
_stopping: list[Callable[[], bool]] = []


def application() -> Flask:
    """Made after the fork, so that no connection is inherited; wired like the site."""
    global _application
    if _application is None:
        from workers import composition

        app = create_app(load(), lock_seconds=WORKER_LOCK_SECONDS)
        composition.prepare(app)
        composition.keep_time(app)
        _application = app
    return _application


def use(app: Flask) -> None:
    """Work inside this application: the site's own commands, and tests."""
    global _application
    _application = app


def stop_when(asked: Callable[[], bool]) -> None:
    """Long work of this process ends early once `asked()`."""
    _stopping[:] = [asked]


def asked_to_stop() -> bool:
    return any(asked() for asked in _stopping)

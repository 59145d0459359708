"""Addresses of static files with their content's hash, so that they may be cached for ever."""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for

A_YEAR = 31_536_000
TEXT = frozenset({"text/css", "text/javascript", "text/vtt", "image/svg+xml"})


def connect(app: Flask) -> None:
    app.jinja_env.globals["static_url"] = static_url
    app.after_request(_cache_versioned)
    app.after_request(_hold_text)


def static_url(path: str) -> str:
    """The file's address; it changes when the content does."""
    folder = Path(current_app.static_folder or "")
    file = folder / path
    stamp = file.stat().st_mtime_ns if file.is_file() else 0
    return url_for("static", filename=path, v=_version(str(file), stamp))


def whole_address(path: str) -> str:
    """A whole address as it is; else that of one of our static files."""
    whole = path.startswith(("https://", "http://", "/"))
    return path if whole or not path else static_url(path)


@lru_cache(maxsize=500)
def _version(file: str, stamp: int) -> str | None:
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()[:10] if stamp else None


def _cache_versioned(response: Response) -> Response:
    if request.endpoint == "static" and "v" in request.args and response.status_code < 400:
        response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response


def _hold_text(response: Response) -> Response:
    """Text is read whole, for what is streamed from its file is not compressed."""
    whole = request.endpoint == "static" and response.status_code == 200
    if whole and response.mimetype in TEXT:
        response.direct_passthrough = False
        response.make_sequence()
    return response

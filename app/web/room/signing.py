"""Signed tokens in addresses that a room's page polls: read once a process, no session opened."""

from functools import lru_cache
from typing import Any

from flask import abort, current_app
from itsdangerous import BadSignature, URLSafeSerializer


def sign(purpose: str, values: tuple[Any, ...]) -> str:
    """A token for these values that is good for that purpose alone."""
    return str(URLSafeSerializer(str(current_app.secret_key), salt=purpose).dumps(values))


def read(purpose: str, token: str) -> tuple[Any, ...]:
    """The values of a token, or 404: the address was never given out."""
    found = _read(str(current_app.secret_key), purpose, token)
    if found is None:
        abort(404)
    return found


@lru_cache(maxsize=4096)
def _read(secret: str, purpose: str, token: str) -> tuple[Any, ...] | None:
    try:
        return tuple(URLSafeSerializer(secret, salt=purpose).loads(token))
    except (BadSignature, TypeError):
        return None

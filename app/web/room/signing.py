"""Signed records that a room's page carries: in addresses that it polls, in what it posts."""

from dataclasses import astuple
from functools import lru_cache
from typing import Any, NoReturn, TypeVar, get_type_hints

from flask import abort, current_app
from itsdangerous import BadSignature, URLSafeSerializer

from app.web import errors

T = TypeVar("T")


class Outdated(Exception):
    """It is ours, and of a release whose record had other fields."""


def sign(purpose: str, record: Any) -> str:
    """A token of this dataclass's values that is good for that purpose alone."""
    return str(URLSafeSerializer(str(current_app.secret_key), salt=purpose).dumps(astuple(record)))


def read(purpose: str, kind: type[T], token: str) -> T:
    """What a token says, read once a process, no session opened. 404 where the address was never
    given out; where another release gave it out the page is told besides to load itself anew."""
    try:
        found: T | None = _read(str(current_app.secret_key), purpose, kind, token)  # type: ignore[arg-type]
    except Outdated:
        load_anew(404)
    if found is None:
        abort(404)
    return found


@lru_cache(maxsize=4096)
def _read(secret: str, purpose: str, kind: type[Any], token: str) -> Any:
    try:
        values = URLSafeSerializer(secret, salt=purpose).loads(token)
    except BadSignature:
        return None
    return record_of(kind, values)


def record_of(kind: type[T], values: Any) -> T:
    """The record of these values, the last of which may be left out where they have defaults;
    Outdated where they are not what its fields are."""
    try:
        found = kind(*values)
    except TypeError:
        raise Outdated from None
    if any(type(getattr(found, name)) is not wanted for name, wanted in _types(kind).items()):  # type: ignore[arg-type]
        raise Outdated
    return found


@lru_cache(maxsize=32)
def _types(kind: type[Any]) -> dict[str, Any]:
    return get_type_hints(kind)


def load_anew(status: int) -> NoReturn:
    """End the request so that the page which asked gets itself, and tokens of this release."""
    response = errors.answer(status)
    response.headers["HX-Refresh"] = "true"
    abort(response)

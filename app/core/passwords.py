"""Passwords: argon2id, and the same time spent whether or not there is an account."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

SHORTEST = 8
LONGEST = 200
_hasher = PasswordHasher()
_NOBODY = _hasher.hash("nobody's password")


def hashed(password: str) -> str:
    return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Verify against a decoy where there is nothing stored, so that time tells nothing."""
    try:
        return _hasher.verify(stored or _NOBODY, password[:LONGEST]) and stored is not None
    except (VerifyMismatchError, InvalidHashError):
        return False

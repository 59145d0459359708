"""Telegram's refusals, in Telegram's own words."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """An answer with `ok: false`. `parameters` is Telegram's ResponseParameters."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def as_json(self) -> dict[str, Any]:
        """The body of the answer."""
        body: dict[str, Any] = {
            "ok": False,
            "error_code": self.code,
            "description": self.description,
        }
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad_request(description: str) -> Refusal:
    """400: the request itself is wrong, and will be as wrong the next time."""
    return Refusal(400, f"Bad Request: {description}")


def forbidden(description: str) -> Refusal:
    """403: the chat does not take messages of this bot."""
    return Refusal(403, f"Forbidden: {description}")


def conflict(description: str) -> Refusal:
    """409: somebody else receives this bot's updates."""
    return Refusal(409, f"Conflict: {description}")


def unauthorized() -> Refusal:
    """401: a token of the right shape that belongs to no bot."""
    return Refusal(401, "Unauthorized")


def not_found() -> Refusal:
    """404: a malformed token, or a method that does not exist."""
    return Refusal(404, "Not Found")


def too_many_requests(seconds: int) -> Refusal:
    """429: flood control, over in `seconds`."""
    return Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def migrated(new_chat_id: int) -> Refusal:
    """400: the group became a supergroup with another id."""
    return Refusal(
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        migrate_to_chat_id=new_chat_id,
    )

"""A person who fills in `/form/` and sends it."""

import re
import secrets

from bench.visitor import Answer, UnexpectedAnswer, Visitor

PATH = "/form/"
TAKEN = 303
BUSY = 503
HIDDEN = re.compile(r"<input\b[^>]*>")
ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')


def new_email() -> str:
    return f"{secrets.token_hex(8)}@example.org"


def fill_in(visitor: Visitor, email: str) -> dict[str, str]:
    """Draw the form; its hidden fields come back together with what the person typed."""
    hidden = hidden_fields(visitor.get(PATH).body)
    if "csrf_token" not in hidden:
        raise UnexpectedAnswer(f"{PATH} has no CSRF token")
    return hidden | {"name": f"Гость {email[:6]}", "email": email, "consent": "y"}


def send(visitor: Visitor, fields: dict[str, str]) -> Answer:
    """UnexpectedAnswer unless it was taken, and answered by a redirect to the thanks."""
    return visitor.post(PATH, fields, TAKEN)


def hidden_fields(page: str) -> dict[str, str]:
    """Names and values of the hidden inputs of a piece of markup."""
    inputs = [dict(ATTRIBUTE.findall(tag)) for tag in HIDDEN.findall(page)]
    return {each["name"]: each.get("value", "") for each in inputs if each.get("type") == "hidden"}

"""UTM tags of the visit: those of this address, else those the browser first came with."""

from flask import request, session

TAGS = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
LONGEST = 200
KEPT = "utm"


def of_address() -> dict[str, str]:
    """The tags in this very address, cleaned and cut."""
    found = {tag: _clean(request.args.get(tag, "")) for tag in TAGS}
    return {tag: value for tag, value in found.items() if value}


def remember() -> None:
    """Keep the first tags of this browser: the form is some pages away from the advertisement."""
    tags = of_address()
    if tags and KEPT not in session:
        session[KEPT] = tags


def tags() -> dict[str, str]:
    """What a submission carries."""
    kept = session.get(KEPT)
    return of_address() or (dict(kept) if isinstance(kept, dict) else {})


def _clean(value: str) -> str:
    return "".join(c for c in value if c.isprintable())[:LONGEST].strip()

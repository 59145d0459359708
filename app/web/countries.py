"""Countries by their two letters, named in the page's language."""

from babel import Locale
from flask_babel import get_locale

NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
"""Unions, regions and made-up places that stand among the countries."""


def name_of(code: str | None) -> str:
    """Nothing for a code that is none."""
    return str(_locale().territories.get(code, "")) if code and _is_country(code) else ""


def all_of() -> dict[str, str]:
    """Names by code, in the order of the alphabet."""
    known = _locale().territories.items()
    named = {code: str(name) for code, name in known if _is_country(code)}
    return dict(sorted(named.items(), key=lambda each: each[1].casefold()))


def _locale() -> Locale:
    return get_locale() or Locale.parse("ru")


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES

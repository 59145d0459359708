"""The length of a text as Telegram counts it, and what to do where there is too much.

Telegram counts Unicode characters (code points) of the text that is shown, after tags and
entities have been read; only the offsets of its own entities are in UTF-16 units.
"""

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

LONGEST = 4096
MORE = "…"
WORD = 200
_TOKEN = re.compile(
    r"(?P<tag></?(?P<name>[a-zA-Z][\w-]*)[^<>]*>)|&(?:#[0-9]+|#x[0-9a-fA-F]+|[a-zA-Z]+);|.",
    re.DOTALL,
)


def shown_length(text: str) -> int:
    """Characters that a reader sees: a tag is none, an entity is one."""
    return sum(not token["tag"] for token in _TOKEN.finditer(text))


def shorten(value: str, excess: int) -> str:
    """The value without `excess` of its characters, «…» counted."""
    kept = max(0, len(value) - excess - len(MORE))
    return value[:kept].rstrip() + MORE


def longest(values: Mapping[str, Any]) -> str | None:
    """The value that can best do with less. An address is of no use when it is cut."""
    free = [name for name, value in values.items() if value and not name.endswith("_link")]
    best = max(free, key=lambda name: len(str(values[name])), default=None)
    return best if best is not None and len(str(values[best])) > len(MORE) else None


def cut(text: str, limit: int = LONGEST) -> str:
    """Telegram HTML of `limit` shown characters at most: ends at a word, never inside a tag or an
    entity, and closes what is open."""
    if shown_length(text) <= limit:
        return text
    kept = _at_a_word(list(_first(text, limit - len(MORE))))
    closing = "".join(f"</{name}>" for name in reversed(_open(kept)))
    return "".join(token[0] for token in kept).rstrip() + MORE + closing


def _first(text: str, count: int) -> Iterator[re.Match[str]]:
    for token in _TOKEN.finditer(text):
        count -= not token["tag"]
        if count < 0:
            return
        yield token


def _at_a_word(tokens: list[re.Match[str]]) -> list[re.Match[str]]:
    """Without the word that was cut in two, unless it is longer than any word or link of ours."""
    for back in range(1, min(WORD, len(tokens)) + 1):
        if tokens[-back][0].isspace():
            return tokens[: len(tokens) - back]
    return tokens


def _open(tokens: list[re.Match[str]]) -> list[str]:
    found: list[str] = []
    for token in tokens:
        if token["tag"] and token[0].startswith("</"):
            found[-1:] = []
        elif token["tag"]:
            found.append(token["name"])
    return found


def escaped(value: str) -> str:
    """Safe in Telegram's HTML, and without what no database or no UTF-8 can hold."""
    clean = value.replace("\x00", "").encode("utf-8", "replace").decode()
    return html.escape(clean)

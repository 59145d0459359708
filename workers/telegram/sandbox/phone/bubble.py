"""A message as a person sees it: entities as HTML, safe whatever the text holds."""

from __future__ import annotations

from html import escape
from itertools import pairwise

from workers.telegram.sandbox.links import is_link
from workers.telegram.sandbox.markup import Entity

_TAGS = {
    "bold": ("<b>", "</b>"),
    "italic": ("<i>", "</i>"),
    "underline": ("<u>", "</u>"),
    "strikethrough": ("<s>", "</s>"),
    "code": ("<code>", "</code>"),
    "pre": ('<code class="block">', "</code>"),
    "spoiler": ('<span class="spoiler">', "</span>"),
    "blockquote": ('<span class="quote">', "</span>"),
    "expandable_blockquote": ('<span class="quote">', "</span>"),
    "bot_command": ('<span class="command">', "</span>"),
}


def render_text(text: str, entities: tuple[Entity, ...]) -> str:
    """HTML of `text`. Entities may nest; their offsets are UTF-16 code units."""
    units = text.encode("utf-16-le")
    edges = {0, len(units) // 2}
    for entity in entities:
        edges |= {entity["offset"], entity["offset"] + entity["length"]}
    marks = sorted(edge for edge in edges if edge <= len(units) // 2)
    return "".join(
        _piece(units[start * 2 : end * 2].decode("utf-16-le", "replace"), start, entities)
        for start, end in pairwise(marks)
    )


def _piece(text: str, start: int, entities: tuple[Entity, ...]) -> str:
    html = escape(text)
    for entity in reversed(entities):
        if entity["offset"] <= start < entity["offset"] + entity["length"]:
            before, after = _wrapping(entity, text)
            html = before + html + after
    return html


def _wrapping(entity: Entity, text: str) -> tuple[str, str]:
    if entity["type"] in ("url", "text_link"):
        url = entity.get("url", text)
        if is_link(url):
            return f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">', "</a>"
    return _TAGS.get(entity["type"], ("", ""))

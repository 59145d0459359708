"""Text of messages: parse_mode=HTML, entities, and lengths as Telegram counts them.

Telegram counts text in UTF-16 code units, tells byte offsets of UTF-8 in its complaints, knows a
short list of tags, and refuses every other `<`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from workers.telegram.sandbox.links import is_link
from workers.telegram.sandbox.refusal import Refusal, bad_request

TEXT_LIMIT = 4096

Entity = dict[str, Any]

_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_FLAGS = ("expandable",)
_SPECIAL = re.compile("[<&]")
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[^\s>]*)(?=[\s>])")
_ATTRIBUTE = re.compile(
    r"""\s*(?P<name>[^\s=>]+)(?P<given>\s*=\s*(?:"(?P<a>[^"]*)"|'(?P<b>[^']*)'|(?P<c>[\w.-]+)))?"""
)
_TAG_END = re.compile(r"\s*>")
_REFERENCE = re.compile("&(#x[0-9a-fA-F]+|#[0-9]+|[a-zA-Z]+);?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_LINK = re.compile(r"https?://[^\s<>\"«»]*[^\s<>\"«».,;:!?)]")
_COMMAND = re.compile(r"(?:^|(?<=\s))/[A-Za-z0-9_]{1,32}")


def utf16_length(text: str) -> int:
    """Length of `text` in UTF-16 code units, the unit of entities; the limit counts characters."""
    return len(text) + sum(char > "\uffff" for char in text)


def read_text(source: str, parse_mode: str) -> tuple[str, list[Entity]]:
    """What a message of `source` shows, and its entities; refuses what Telegram refuses."""
    if parse_mode not in ("", "HTML", "html"):
        # MarkdownV2 exists there. Nothing of ours uses it, so here it is refused, not guessed at.
        raise bad_request("unsupported parse_mode")
    try:
        source.encode()
    except UnicodeEncodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
    text, entities = parse_html(source) if parse_mode else (source, [])
    text, entities = _trim(text, entities)
    if not text:
        raise bad_request("message text is empty")
    if len(text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    return text, sorted(entities + found_entities(text, entities), key=_position)


def found_entities(text: str, known: list[Entity] | None = None) -> list[Entity]:
    """Addresses and commands that Telegram marks by itself, outside the entities `known`."""
    taken = [(entity["offset"], entity["offset"] + entity["length"]) for entity in known or []]
    found = [_span("url", text, match) for match in _LINK.finditer(text) if is_link(match[0])]
    found += [_span("bot_command", text, match) for match in _COMMAND.finditer(text)]
    return [entity for entity in found if not _overlaps(entity, taken)]


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Plain text and entities of `source`, or the refusal «can't parse entities»."""
    reader = _Reader(source)
    while special := _SPECIAL.search(source, reader.position):
        reader.take_text(special.start())
        if special[0] == "&":
            reader.take_reference()
        else:
            reader.take_tag()
    reader.take_text(len(source))
    if reader.open:
        raise _unparsable(
            f'Can\'t find end tag corresponding to start tag "{reader.open[-1].name}"'
        )
    return "".join(reader.parts), reader.entities


@dataclass(slots=True)
class _Tag:
    name: str
    attributes: dict[str, str]
    offset: int


@dataclass(slots=True)
class _Reader:
    """How far `source` is read, the text that came out, and the tags that are still open."""

    source: str
    position: int = 0
    parts: list[str] = field(default_factory=list)
    length: int = 0
    open: list[_Tag] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)

    def take_text(self, end: int) -> None:
        self._add(self.source[self.position : end])
        self.position = end

    def take_reference(self) -> None:
        match = _REFERENCE.match(self.source, self.position)
        end = match.end() if match else self.position + 1
        self._add((match and _character(match[1])) or self.source[self.position : end])
        self.position = end

    def take_tag(self) -> None:
        match = _TAG.match(self.source, self.position)
        if match is None:
            kind = "end" if self.source.startswith("</", self.position) else "start"
            raise self._complaint(f"Unclosed {kind} tag at byte offset {{}}")
        if match["end"]:
            self._close(match)
        else:
            self._open(match)

    def _open(self, match: re.Match[str]) -> None:
        name = match["name"].lower()
        if name not in _TYPES:
            raise self._complaint(f'Unsupported start tag "{name}" at byte offset {{}}')
        attributes, end = self._attributes(name, match.end())
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise self._complaint('Tag "span" must have class "tg-spoiler" at byte offset {}')
        self.open.append(_Tag(name, attributes, self.length))
        self.position = end

    def _attributes(self, name: str, position: int) -> tuple[dict[str, str], int]:
        found = {}
        while not (end := _TAG_END.match(self.source, position)):
            match = _ATTRIBUTE.match(self.source, position)
            if match is None:
                raise self._complaint("Unclosed start tag at byte offset {}")
            if not match["given"] and match["name"].lower() not in _FLAGS:
                raise self._valueless(name, match.end())
            value = match["a"] or match["b"] or match["c"] or ""
            found[match["name"].lower()] = _dereferenced(value)
            position = match.end()
        return found, end.end()

    def _close(self, match: re.Match[str]) -> None:
        end = _TAG_END.match(self.source, match.end())
        if not self.open:
            raise self._complaint("Unexpected end tag at byte offset {}")
        if end is None:
            raise self._complaint("Unclosed end tag at byte offset {}")
        tag, found = self.open.pop(), match["name"].lower()
        if found not in ("", tag.name):
            raise self._complaint(
                f'Unmatched end tag at byte offset {{}}, expected "</{tag.name}>",'
                f' found "</{found}>"'
            )
        if self.length > tag.offset:
            self.entities += _entities(tag, self.length - tag.offset)
        self.position = end.end()

    def _valueless(self, name: str, position: int) -> Refusal:
        if self.source[position:].lstrip().startswith("="):
            return self._complaint("Unclosed start tag at byte offset {}")
        return self._complaint(
            "Expected equal sign in declaration of an attribute of the tag"
            f' "{name}" at byte offset {{}}'
        )

    def _add(self, text: str) -> None:
        self.parts.append(text)
        self.length += utf16_length(text)

    def _complaint(self, reason: str) -> Refusal:
        offset = len(self.source[: self.position].encode())
        return _unparsable(reason.replace("{}", str(offset)))


def _entities(tag: _Tag, length: int) -> Iterator[Entity]:
    entity: Entity = {"offset": tag.offset, "length": length, "type": _TYPES[tag.name]}
    if tag.name == "a":
        # A link that is no address is shown as plain text, without a complaint.
        if not is_link(tag.attributes.get("href", "")):
            return
        entity["url"] = tag.attributes["href"]
    if tag.name == "tg-emoji":
        entity["custom_emoji_id"] = tag.attributes.get("emoji-id", "")
    if tag.name == "blockquote" and "expandable" in tag.attributes:
        entity["type"] = "expandable_blockquote"
    yield entity


def _dereferenced(value: str) -> str:
    return _REFERENCE.sub(lambda match: _character(match[1]) or match[0], value)


def _character(reference: str) -> str:
    """The character of `lt`, `#60` or `#x3c`, or "" for a reference that Telegram leaves alone."""
    if not reference.startswith("#"):
        return _NAMED.get(reference, "")
    digits = reference[1:]
    code = int(digits[1:], 16) if digits.startswith("x") else int(digits)
    return chr(code) if 0 < code < 0x10FFFF and not 0xD800 <= code <= 0xDFFF else ""


def _trim(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    stripped = text.lstrip()
    dropped = utf16_length(text) - utf16_length(stripped)
    stripped = stripped.rstrip()
    end = utf16_length(stripped)
    moved = []
    for entity in entities:
        start = max(0, entity["offset"] - dropped)
        stop = min(end, entity["offset"] - dropped + entity["length"])
        if stop > start:
            moved.append(entity | {"offset": start, "length": stop - start})
    return stripped, moved


def _span(kind: str, text: str, match: re.Match[str]) -> Entity:
    offset = utf16_length(text[: match.start()])
    return {"offset": offset, "length": utf16_length(match[0]), "type": kind}


def _overlaps(entity: Entity, taken: list[tuple[int, int]]) -> bool:
    start, stop = entity["offset"], entity["offset"] + entity["length"]
    return any(start < end and begin < stop for begin, end in taken)


def _position(entity: Entity) -> tuple[int, int]:
    return entity["offset"], -entity["length"]


def _unparsable(reason: str) -> Refusal:
    return bad_request(f"can't parse entities: {reason}")

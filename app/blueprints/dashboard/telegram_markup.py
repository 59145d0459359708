"""A message's text as Telegram shows it, made safe for our own page.

Tags of Telegram's subset stay, everything else is text. Secrets of personal and log-in links are
struck out: who reads the ledger must not come in as somebody else.
"""

import re
from html import escape
from html.parser import HTMLParser

from markupsafe import Markup

from app.messages import MessageRecord

PLAIN_TAGS = frozenset({"b", "strong", "i", "em", "u", "s", "code", "pre", "blockquote"})
SECRET = re.compile(r"(/(?:r|login)/|start=)[A-Za-z0-9_-]{16,}")


def shown(message: MessageRecord) -> Markup:
    return as_html(SECRET.sub(r"\1•••", message.text))


def as_html(text: str) -> Markup:
    """Known tags, balanced; a link keeps its words and loses its address."""
    parser = _Subset()
    parser.feed(text)
    parser.close()
    closing = [f"</{tag}>" for tag in reversed(parser.open)]
    return Markup("".join(parser.out + closing))  # noqa: S704 - our tags; the rest is escaped


class _Subset(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.out: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = "u" if tag == "a" else tag
        if name in PLAIN_TAGS:
            self.open.append(name)
            self.out.append(f"<{name}>")

    def handle_endtag(self, tag: str) -> None:
        name = "u" if tag == "a" else tag
        if self.open and self.open[-1] == name:
            self.open.pop()
            self.out.append(f"</{name}>")

    def handle_data(self, data: str) -> None:
        self.out.append(escape(data))

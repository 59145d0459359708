"""Plain text as an author types it, read as headings, paragraphs and lists.

A blank line ends a block. A line that begins with «## » is a heading, one with «- », «— » or «• »
an item of a list. There is no markup beyond that, so nothing an author pastes can break a page.
"""

from dataclasses import dataclass

HEADING = "## "
BULLETS = ("- ", "— ", "• ")


@dataclass(frozen=True, slots=True)
class Block:
    """`kind` is `heading`, `paragraph` or `list`; only a list has more than one line."""

    kind: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return self.lines[0]


def blocks(text: str) -> list[Block]:
    found: list[Block] = []
    for chunk in text.replace("\r\n", "\n").split("\n\n"):
        found += _of_chunk([line.strip() for line in chunk.split("\n") if line.strip()])
    return found


def _of_chunk(lines: list[str]) -> list[Block]:
    """One run of lines without a blank between them: its parts in their order."""
    found: list[Block] = []
    for line in lines:
        kind, content = _kind(line)
        if found and kind == found[-1].kind == "list":
            found[-1] = Block(kind, (*found[-1].lines, content))
        elif found and kind == found[-1].kind == "paragraph":
            found[-1] = Block(kind, (f"{found[-1].text} {content}",))
        else:
            found.append(Block(kind, (content,)))
    return found


def _kind(line: str) -> tuple[str, str]:
    if line.startswith(HEADING):
        return "heading", line.removeprefix(HEADING)
    if line.startswith(BULLETS):
        return "list", line[2:].strip()
    return "paragraph", line

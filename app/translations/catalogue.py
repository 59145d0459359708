"""The catalogue of translations: extracted from the source, checked, compiled.

`python -m app.translations.catalogue` brings the English `.po` up to date with the source and
compiles it; what it leaves untranslated is named by `problems`. Neither file holds a date or a
version of a tool, so that the same source and the same translations give the same bytes.
"""

import io
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).parent
SOURCES = (HERE.parent, HERE.parents[1] / "workers")
PO = HERE / "en" / "LC_MESSAGES" / "messages.po"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}
TITLE = """\
# English translations for Efir.
# This file is distributed under the same license as Efir.
#"""
HEADERS = [
    ("Project-Id-Version", "Efir"),
    ("Language", "en"),
    ("Plural-Forms", "nplurals=2; plural=(n != 1);"),
    ("MIME-Version", "1.0"),
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Content-Transfer-Encoding", "8bit"),
]
Text = str | Sequence[str] | None
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w+\}")


class English(Catalog):
    """A catalogue with our own header: Babel's names the hour at which it was written."""

    mime_headers = property(lambda self: HEADERS)

    def __init__(self) -> None:
        super().__init__(locale="en", header_comment=TITLE, fuzzy=False)


def extracted() -> Catalog:
    """Every marked string of the source, with the places where it stands."""
    found = English()
    for folder in SOURCES:
        for file, line, message, _comments, context in _messages(folder):
            found.add(message, None, [(f"{folder.name}/{file}", line)], context=context)
    return found


def _messages(folder: Path) -> Iterator[tuple[str, int, Any, list[str], str | None]]:
    return extract_from_dir(str(folder), METHODS, keywords=KEYWORDS, options_map={})


def translated(po: Path = PO) -> Catalog:
    if not po.exists():
        return English()
    with po.open("rb") as file:
        return read_po(file, locale="en")


def problems(po: Path = PO) -> list[str]:
    """What stands in the way of a complete English: a line for each string."""
    known = translated(po)
    found = [line for message in strings(extracted()) for line in _problems(message, known)]
    if not found and not _is_compiled(po):
        found.append("messages.mo устарел: python -m app.translations.catalogue")
    return found


def strings(catalogue: Catalog) -> list[Message]:
    """The messages of a catalogue without its header."""
    return [message for message in catalogue if message.id]


def _problems(message: Message, known: Catalog) -> Iterator[str]:
    twin = known.get(message.id, message.context)
    if twin is None or twin.fuzzy or not all(_texts(twin.string)):
        yield f"нет перевода: {message.id!r}"
        return
    yield from (f"{message.id!r}: {error}" for error in twin.check(known))
    lost = placeholders(twin.id) ^ placeholders(twin.string)
    if lost:
        yield f"{message.id!r}: подстановки расходятся: {', '.join(sorted(lost))}"


def placeholders(text: Text) -> set[str]:
    """`%(name)s` and `{variable}` of a string, or of all the forms of a plural."""
    return {name for form in _texts(text) for name in PLACEHOLDER.findall(form)}


def _texts(text: Text) -> tuple[str, ...]:
    return (text or "",) if isinstance(text, str | None) else tuple(text)


def _is_compiled(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return mo.exists() and mo.read_bytes() == compiled(merged(po))


def compiled(catalogue: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def merged(po: Path = PO) -> Catalog:
    """The source's strings with the translations known; a string that is gone is dropped."""
    known, result = translated(po), English()
    for message in strings(extracted()):
        twin = known.get(message.id, message.context) or message
        result.add(
            message.id,
            twin.string,
            message.locations,
            message.flags | (twin.flags & {"fuzzy"}),
            user_comments=twin.user_comments,
            context=message.context,
        )
    return result


def update(po: Path = PO) -> None:
    """Bring the source's strings into the `.po`, keep its translations, compile."""
    catalogue = merged(po)
    po.parent.mkdir(parents=True, exist_ok=True)
    with po.open("wb") as file:
        write_po(file, catalogue, include_lineno=False, width=100, sort_output=True)
    po.with_suffix(".mo").write_bytes(compiled(catalogue))


if __name__ == "__main__":
    update()
    sys.stdout.writelines(f"{line}\n" for line in problems())

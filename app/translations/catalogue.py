"""The catalogue of translations: extracted from the source, checked, compiled.

`python -m app.translations.catalogue` brings the English `.po` up to date with the source and
compiles it; what it leaves untranslated is named by `problems`.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).parent
SOURCE = HERE.parent
PO = HERE / "en" / "LC_MESSAGES" / "messages.po"
MO = PO.with_suffix(".mo")
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}


def extracted() -> Catalog:
    """Every marked string of the source, with the places where it stands."""
    found = Catalog(locale="en", project="Efir", fuzzy=False)
    for file, line, message, _comments, context in _messages():
        found.add(message, None, [(f"app/{file}", line)], context=context)
    return found


def _messages() -> Iterator[tuple[str, int, str | tuple[str, ...], list[str], str | None]]:
    return extract_from_dir(str(SOURCE), METHODS, keywords=KEYWORDS, options_map={})


def translated() -> Catalog:
    if not PO.exists():
        return Catalog(locale="en", project="Efir", fuzzy=False)
    with PO.open("rb") as file:
        return read_po(file, locale="en")


def problems() -> list[str]:
    """What stands in the way of a complete English: a line for each string."""
    known = translated()
    found = []
    for message in extracted():
        if not message.id:
            continue
        twin = known.get(message.id, message.context)
        if twin is None or not twin.string or twin.fuzzy:
            found.append(f"нет перевода: {message.id!r}")
        else:
            found += [f"{message.id!r}: {error}" for error in twin.check(known)]
    if not found and (not MO.exists() or MO.read_bytes() != compiled(known)):
        found.append("messages.mo устарел: python -m app.translations.catalogue")
    return found


def compiled(catalogue: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def update() -> None:
    """Bring the source's strings into the `.po`, keep its translations, compile."""
    known = translated()
    known.update(extracted(), no_fuzzy_matching=True)
    known.obsolete.clear()
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(file, known, omit_header=False, include_lineno=False, width=100, sort_output=True)
    MO.write_bytes(compiled(translated()))


if __name__ == "__main__":
    update()
    sys.stdout.write("\n".join(problems()) + "\n")

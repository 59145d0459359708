"""The English of every string: complete, true to its placeholders, the same bytes each time."""

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.translations import catalogue

MARKERS = {"_", "gettext", "lazy_gettext"}
PERCENT = "%(percent)s"


@pytest.fixture
def po(tmp_path: Path) -> Path:
    """A copy of the English catalogue, to be rewritten freely."""
    for suffix in (".po", ".mo"):
        shutil.copy(catalogue.PO.with_suffix(suffix), tmp_path)
    return tmp_path / catalogue.PO.name


def both(po: Path) -> tuple[bytes, bytes]:
    return po.read_bytes(), po.with_suffix(".mo").read_bytes()


def test_english_is_complete_and_compiled() -> None:
    assert catalogue.problems() == []


def test_placeholders_are_the_same_in_both_languages() -> None:
    differing = [
        message.id
        for message in catalogue.strings(catalogue.translated())
        if catalogue.placeholders(message.id) != catalogue.placeholders(message.string)
    ]
    assert differing == []


def test_update_twice_is_byte_identical(po: Path) -> None:
    catalogue.update(po)
    first = both(po)
    catalogue.update(po)
    assert both(po) == first


def test_update_leaves_the_current_catalogue_as_it_is(po: Path) -> None:
    before = both(po)
    catalogue.update(po)
    assert both(po) == before


def test_header_names_the_product_and_no_hour() -> None:
    header = catalogue.PO.read_text(encoding="utf-8").partition("\n\n")[0]
    fields = [line.strip('"').partition(":")[0] for line in header.splitlines() if ": " in line]
    assert '"Project-Id-Version: Efir\\n"' in header.splitlines()
    assert fields == [name for name, _value in catalogue.HEADERS]


def test_problems_name_a_string_without_translation(po: Path) -> None:
    message = _rewritten(po, "")
    assert catalogue.problems(po) == [f"нет перевода: {message!r}"]


def test_problems_name_a_lost_placeholder(po: Path) -> None:
    message = _rewritten(po, "Watched")
    assert catalogue.problems(po) == [f"{message!r}: подстановки расходятся: {PERCENT}"]


def test_problems_name_a_stale_compilation(po: Path) -> None:
    po.with_suffix(".mo").write_bytes(b"")
    assert catalogue.problems(po) == ["messages.mo устарел: python -m app.translations.catalogue"]


def _rewritten(po: Path, translation: str) -> str:
    """The one message with PERCENT, its translation replaced in the file."""
    known = catalogue.translated(po)
    message = next(m for m in catalogue.strings(known) if PERCENT in m.id)
    old = f'msgid "{message.id}"\nmsgstr "{message.string}"\n'
    text = po.read_text(encoding="utf-8")
    assert text.count(old) == 1
    po.write_text(text.replace(old, f'msgid "{message.id}"\nmsgstr "{translation}"\n'), "utf-8")
    return str(message.id)


def test_every_marked_string_of_python_is_extracted() -> None:
    """The extractor reads tokens, and to it an f-string is one: what is marked inside is lost."""
    known = {message.id for message in catalogue.strings(catalogue.extracted())}
    sources = sorted(file for folder in catalogue.SOURCES for file in folder.rglob("*.py"))
    lost = [(file.name, text) for file in sources for text in _marked(file) if text not in known]
    assert lost == []


def _marked(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id=marker), args=[ast.Constant(value=str(text)), *_]):
                if marker in MARKERS:
                    yield text

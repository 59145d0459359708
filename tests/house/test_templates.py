"""Templates: nothing inline that the policy forbids, nothing unescaped, nothing untranslated."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, nodes

TEMPLATES = Path(__file__).resolve().parents[2] / "app" / "templates"
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.*"))
TRANSLATE = {"_", "gettext", "ngettext", "lazy_gettext", "pgettext"}
CYRILLIC = re.compile(r"[А-Яа-яЁё]")
# A language's own name is the same in every language.
OWN_NAME = re.compile(r"\bРусский\b")

FORBIDDEN = {
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)", re.I),
    "inline style": re.compile(r"<style\b|\sstyle\s*=", re.I),
    "handler attribute": re.compile(r"\son[a-z]+\s*=\s*[\"'{]", re.I),
    "hx-on": re.compile(r"\bhx-on\b", re.I),
    "evaluated value": re.compile(
        r"\bhx-(vals|vars|headers)\s*=\s*[\"']?\s*js(on)?:|javascript:", re.I
    ),
    "event filter": re.compile(r"\bhx-trigger\s*=\s*\"[^\"]*\["),
    "safe filter": re.compile(r"\|\s*safe\b"),
    "autoescape switched off": re.compile(r"autoescape\s+false", re.I),
    "address of another host": re.compile(r"\b(src|href|action)\s*=\s*\"(https?:)?//", re.I),
}


@cache
def source(name: str) -> str:
    return (TEMPLATES / name).read_text("utf-8")


def test_there_are_templates() -> None:
    assert len(NAMES) > 20


@pytest.mark.parametrize("what", FORBIDDEN)
def test_templates_have_no(what: str) -> None:
    found = [(name, match[0]) for name in NAMES if (match := FORBIDDEN[what].search(source(name)))]
    assert found == []


@pytest.mark.parametrize(
    ("what", "example"),
    [
        ("inline script", "<script>alert(1)</script>"),
        ("inline script", '<script nonce="x">'),
        ("inline style", '<p style="color:red">'),
        ("inline style", "<style>"),
        ("handler attribute", '<a onclick="x()">'),
        ("hx-on", '<a hx-on:click="x()">'),
        ("evaluated value", "<a hx-vals='js:{a: 1}'>"),
        ("event filter", '<a hx-trigger="click[ctrlKey]">'),
        ("safe filter", "{{ name | safe }}"),
        ("autoescape switched off", "{% autoescape false %}"),
        ("address of another host", '<img src="//cdn.example/x.png">'),
    ],
)
def test_scan_finds(what: str, example: str) -> None:
    assert FORBIDDEN[what].search(example)


@pytest.fixture(scope="module")
def parser() -> Environment:
    """Jinja with the tags that Flask-Babel adds, and nothing of our own."""
    return Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True)


def untranslated(node: nodes.Node, *, translated: bool = False) -> Iterator[str]:
    """Texts with Cyrillic letters that no translation function gets."""
    if isinstance(node, nodes.Call) and _name(node.node) in TRANSLATE:
        translated = True
    if not translated:
        text = _text(node)
        if CYRILLIC.search(OWN_NAME.sub("", text)):
            yield text.strip()
    for child in node.iter_child_nodes():
        yield from untranslated(child, translated=translated)


def _text(node: nodes.Node) -> str:
    if isinstance(node, nodes.TemplateData):
        return node.data
    return node.value if isinstance(node, nodes.Const) and isinstance(node.value, str) else ""


def _name(node: nodes.Node) -> str | None:
    return node.name if isinstance(node, nodes.Name) else None


@pytest.mark.parametrize("name", NAMES)
def test_every_word_of_a_template_is_translated(parser: Environment, name: str) -> None:
    assert list(untranslated(parser.parse(source(name)))) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<p>Привет</p>", ["<p>Привет</p>"]),
        ("{{ 'Привет' }}", ["Привет"]),
        ("{{ _('Привет') }}", []),
        ("{{ _('Привет, %(name)s', name='Анна') }}", []),
        ("{{ button('Дальше') }}", ["Дальше"]),
        ("{{ button(_('Дальше')) }}", []),
        ("{% trans %}Привет{% endtrans %}", []),
        ("{# Заметка #}", []),
    ],
)
def test_scan_finds_words(parser: Environment, text: str, found: list[str]) -> None:
    assert list(untranslated(parser.parse(text))) == found


def test_every_template_escapes_by_itself(app: Flask) -> None:
    """Flask escapes by the file's ending: another ending would be another language."""
    plain = [name for name in NAMES if not app.jinja_env.autoescape(name)]  # type: ignore[operator]
    assert [name for name in plain if not name.endswith(".txt")] == []

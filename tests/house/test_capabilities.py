"""Code asks what a person may do and never which role a person has."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.access import ROLES
from tests.house.test_files import ROOT, SOURCES

NAMES = set(ROLES)
MAY_NAME = {"app/core/access.py"}
"""Where roles are what is spoken of: what each may do."""
QUOTED = "|".join(ROLES)
BY_ROLE = re.compile(
    rf"(?:==|!=|\bin\b)[^%}}]*['\"](?:{QUOTED})['\"]|['\"](?:{QUOTED})['\"]\s*(?:==|!=|in\b)"
)
ASKS = re.compile(r"{%-?\s*(?:el)?if\b.*?%}|{{.*?\bif\b.*?}}")


def names_in(node: ast.expr) -> bool:
    """Whether a role's name stands there, by itself or in a list of them."""
    if isinstance(node, ast.Constant):
        return node.value in NAMES
    return isinstance(node, ast.Tuple | ast.List | ast.Set) and any(map(names_in, node.elts))


def asked_of(node: ast.AST) -> list[ast.expr]:
    """What decides something: operands of a comparison, what is gone through, what is sought. A row
    that is made has its role given to it."""
    if isinstance(node, ast.Compare):
        return [node.left, *node.comparators]
    if isinstance(node, ast.For | ast.comprehension):
        return [node.iter]
    if isinstance(node, ast.Call) and not ast.unparse(node.func).rpartition(".")[2][:1].isupper():
        return [each.value for each in node.keywords if each.arg == "role"]
    return [
        each.pattern.value for each in getattr(node, "cases", []) if hasattr(each.pattern, "value")
    ]


def trespasses(source: str) -> list[int]:
    found = ast.walk(ast.parse(source))
    return [getattr(node, "lineno", 0) for node in found if any(map(names_in, asked_of(node)))]


def templates() -> Iterator[Path]:
    yield from sorted((ROOT / "app/templates").rglob("*.html"))


def test_code_asks_for_capabilities() -> None:
    found = {
        name: lines
        for path in SOURCES
        if (name := str(path.relative_to(ROOT))) not in MAY_NAME
        and (lines := trespasses(path.read_text("utf-8")))
    }
    assert found == {}


def test_templates_ask_for_capabilities() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {asked}"
        for path in templates()
        for asked in ASKS.findall(path.read_text("utf-8"))
        if BY_ROLE.search(asked)
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        'x = 1 if "speaker" in viewer.roles else 2',
        'if user.role == "admin":\n    pass',
        'if user.role in ("leader", "partner"):\n    pass',
        'y = [each for role in ("speaker", "admin") for each in page(role)]',
        'page(role="admin")',
        'match role:\n    case "admin":\n        pass',
    ],
)
def test_scan_finds_a_role(source: str) -> None:
    assert trespasses(source)


@pytest.mark.parametrize(
    "text",
    [
        "{% if viewer.role == 'admin' %}",
        "{{ badge(x, 'ok' if role in ('partner', 'leader') else '') }}",
        "{% if 'speaker' in viewer.roles %}",
    ],
)
def test_scan_finds_a_role_in_a_template(text: str) -> None:
    assert any(BY_ROLE.search(asked) for asked in ASKS.findall(text))

"""The shape of the house: what may stand where, how long it may be, how it may be called."""

import ast
import re
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FILE = 400
AT_THE_ROOT = {
    ".ci",
    ".env.example",
    ".gitattributes",
    ".gitignore",
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "Procfile",
    "README.md",
    "app",
    "bench",
    "deploy",
    "docs",
    "pyproject.toml",
    "tests",
    "workers",
    "wsgi.py",
}
SAYING_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "stuff"}
# A migration is a record of what was, not a file to be read through.
SOURCES = [
    path
    for folder in ("app", "workers")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "versions" not in path.parts
]


def kept() -> list[str]:
    """Files that the repository keeps, or would if all were added."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if answer.returncode:
        pytest.skip("not a git checkout")
    return [name for name in answer.stdout.splitlines() if (ROOT / name).exists()]


def test_root_holds_what_is_allowed() -> None:
    assert {name.partition("/")[0] for name in kept()} - AT_THE_ROOT == set()


def test_no_file_is_too_long() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in SOURCES
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_files_are_named_for_what_they_know() -> None:
    assert [str(path) for path in SOURCES if {path.stem, *path.parts} & SAYING_NOTHING] == []


def functions() -> Iterator[tuple[str, int]]:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                place = f"{path.relative_to(ROOT)}:{node.name}"
                yield place, node.end_lineno - node.lineno + 1


def test_functions_are_small() -> None:
    lengths = sorted(length for _, length in functions())
    assert statistics.median(lengths) < 10
    assert statistics.quantiles(lengths, n=20)[-1] < 40


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []


PINS = re.compile(r"(^|/)(requirements[^/]*|constraints[^/]*|[^/]*lock[^/]*)\.(txt|toml|json)$")


def test_pins_hold_no_address() -> None:
    """A name and a version; from where is the machine's own affair."""
    pins = [name for name in kept() if PINS.search(name)]
    assert "deploy/constraints.txt" in pins
    for name in pins:
        lines = (ROOT / name).read_text("utf-8").splitlines()
        wrong = [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+|#.*|", line)]
        assert (name, wrong) == (name, [])


def test_nothing_kept_leads_to_another_index() -> None:
    wrong = []
    for name in kept():
        if Path(name).suffix in {".toml", ".txt", ".cfg", ".ini", ".py", ".yml"} or "/" not in name:
            text = (ROOT / name).read_text("utf-8", errors="ignore")
            if re.search(r"--(extra-)?index-url|PIP_INDEX_URL\s*=|--find-links", text):
                wrong.append(name)
    assert [name for name in wrong if name != "tests/house/test_files.py"] == []

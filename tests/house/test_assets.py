"""What pages load: built from its parts, unchanged since it was vendored, from no other host."""

import hashlib
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

STATIC = Path(__file__).resolve().parents[2] / "app" / "static"
VENDORED = re.compile(r"^\| `(?P<file>[^`]+)` \|.*`(?P<sha256>[0-9a-f]{64})` \|$", re.M)


def build(kind: str) -> ModuleType:
    """The script that puts the files of a kind (`css`, `js`) together."""
    spec = importlib.util.spec_from_file_location(f"{kind}_build", STATIC / kind / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("kind", ["css", "js"])
def test_files_are_built_from_their_parts(kind: str) -> None:
    assert build(kind).stale() == []


def test_every_part_is_in_a_style_sheet() -> None:
    built = build("css").SHEETS
    folder = STATIC / "css"
    found = {
        str(path.relative_to(folder).with_suffix(""))
        for path in folder.rglob("*.css")
        if path.name not in built
    }
    assert {part for parts in built.values() for part in parts} == found


def test_every_part_is_in_a_bundle_of_scripts() -> None:
    folder = STATIC / "js"
    found = {str(path.relative_to(folder).with_suffix("")) for path in folder.rglob("*/*.js")}
    assert {part for parts in build("js").BUNDLES.values() for part in parts} == found


def test_vendored_files_are_what_their_list_says() -> None:
    listed = dict(VENDORED.findall((STATIC / "vendor" / "VENDORED.md").read_text("utf-8")))
    found = {name: hashlib.sha256((STATIC / name).read_bytes()).hexdigest() for name in listed}
    assert found == listed
    vendored = {
        str(path.relative_to(STATIC))
        for path in [*(STATIC / "vendor").iterdir(), *(STATIC / "fonts").glob("*.woff2")]
    }
    assert vendored - {"vendor/VENDORED.md"} == set(listed)


def test_nothing_of_ours_loads_from_another_host() -> None:
    pattern = re.compile(r"url\(\s*['\"]?(https?:)?//|@import|import\s.*https?://")
    ours = [*(STATIC / "css").rglob("*.css"), *(STATIC / "js").rglob("*.js")]
    assert [path.name for path in ours if pattern.search(path.read_text("utf-8"))] == []


def test_scripts_of_ours_evaluate_nothing() -> None:
    pattern = re.compile(
        r"\beval\(|new Function\(|\.innerHTML\s*=|document\.write|insertAdjacentHTML"
    )
    assert [
        path.name
        for path in (STATIC / "js").rglob("*.js")
        if pattern.search(path.read_text("utf-8"))
    ] == []

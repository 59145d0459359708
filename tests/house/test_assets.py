"""What pages load: built from its parts, unchanged since it was vendored, from no other host."""

import hashlib
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

STATIC = Path(__file__).resolve().parents[2] / "app" / "static"
VENDORED = re.compile(r"^\| `(?P<file>[^`]+)` \|.*`(?P<sha256>[0-9a-f]{64})` \|$", re.M)


@pytest.fixture(scope="module")
def build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("css_build", STATIC / "css" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_style_sheet_is_built_from_its_parts(build: ModuleType) -> None:
    assert build.is_fresh()


def test_every_part_is_in_the_style_sheet(build: ModuleType) -> None:
    parts = {path.stem for path in (STATIC / "css").glob("*.css")} - {"efir"}
    assert set(build.PARTS) == parts


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
    ours = [*(STATIC / "css").glob("*.css"), *(STATIC / "js").glob("*.js")]
    assert [path.name for path in ours if pattern.search(path.read_text("utf-8"))] == []


def test_scripts_of_ours_evaluate_nothing() -> None:
    pattern = re.compile(
        r"\beval\(|new Function\(|\.innerHTML\s*=|document\.write|insertAdjacentHTML"
    )
    assert [
        path.name
        for path in (STATIC / "js").glob("*.js")
        if pattern.search(path.read_text("utf-8"))
    ] == []

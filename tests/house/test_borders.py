"""The borders between rooms are kept by a machine, and the machine is seen to refuse."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT = Path(sys.executable).with_name("lint-imports")
TRESPASSES = {
    "Imports go down": ("app/core/leads.py", "from app import web"),
    "rooms of one floor": ("app/attendance/verdict.py", "from app import messages"),
    "Blueprints are strangers": (
        "app/blueprints/catalogue/views.py",
        "from app.blueprints.signup import views as signup_views",
    ),
    "Executors are strangers": (
        "workers/executors/scenario_welcome_telegram/__init__.py",
        "from workers.executors import scenario_followup_telegram",
    ),
    "The application knows no workers": ("app/cli.py", "from workers import queues"),
    "Core's models": ("app/web/viewer.py", "from app.core.models import Lead"),
    "The engine, the ledger": ("app/scenario_engine/rules.py", "import redis"),
    "Telegram is spoken": ("workers/sender.py", "import telegram"),
    "What lies behind Core's door": (
        "app/messages/plan.py",
        "from app.core.storage import insert_new",
    ),
    "The tracker knows": (
        "app/client_webinar_tracker/__init__.py",
        "from app.extensions import db",
    ),
    "LIVE runs without AUTO": (
        "app/blueprints/live_webinars/views.py",
        "from app.web import landing",
    ),
    "AUTO runs without LIVE": (
        "app/blueprints/autowebinar_delivery/views.py",
        "from app import live",
    ),
    "The form knows": (
        "app/blueprints/integration_web_form/views.py",
        "from app import messages",
    ),
}


# Parts of `app` that no layer holds: the logs and the words, which any floor may use, and what
# the database was.
OF_NO_FLOOR = {"telemetry", "translations", "migrations"}


def configured() -> list[dict[str, Any]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return contracts


def lint(folder: Path) -> str:
    # Root pins importlib to the copy: the package under test must not come from the checkout.
    done = subprocess.run(
        [str(LINT), "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(folder), "COLUMNS": "200"},
    )
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("borders")
    for package in ("app", "workers"):
        ignored = shutil.ignore_patterns("static", "templates", "__pycache__")
        shutil.copytree(ROOT / package, folder / package, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_borders_are_kept(tree: Path) -> None:
    assert "0 broken" in lint(tree)


@pytest.mark.parametrize("contract", TRESPASSES)
def test_border_refuses_a_trespass(tree: Path, contract: str) -> None:
    file, trespass = TRESPASSES[contract]
    path = tree / file
    before = path.read_text("utf-8")
    path.write_text(f"{before}\n{trespass}\n", "utf-8")
    try:
        said = lint(tree)
    finally:
        path.write_text(before, "utf-8")
    broken = [line for line in said.splitlines() if line.endswith("BROKEN")]
    assert any(contract in line for line in broken), said


def test_every_contract_is_broken_on_purpose() -> None:
    untried = [
        contract["name"]
        for contract in configured()
        if not any(start in contract["name"] for start in TRESPASSES)
    ]
    assert untried == []


def test_every_room_stands_on_a_floor() -> None:
    (layers,) = [contract["layers"] for contract in configured() if contract["type"] == "layers"]
    placed = {room.strip() for layer in layers for room in layer.split("|")}
    rooms = {
        path.stem
        for path in (ROOT / "app").iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").exists()
    }
    assert {f"app.{room}" for room in rooms - OF_NO_FLOOR} == placed - {"workers"}

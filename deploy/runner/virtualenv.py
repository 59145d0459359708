"""`.venv` and what is installed into it: made once, brought up to date when the pins change."""

import hashlib
import shutil
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from deploy.runner.console import Refusal, both, say, show_progress
from deploy.runner.given import ROOT
from deploy.runner.waiting import run_to_end
from workers.child_process import Child
from workers.stop_signal import StopSignal

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
CONSTRAINTS = ROOT / "deploy" / "constraints.txt"
LOG = VENV / "install.log"
PRODUCT = "product"


def prepare(extras: Sequence[str], stop: StopSignal) -> None:
    """Make `.venv` hold the product's dependencies and those of the extras (`test`, `lint`)."""
    wanted = {name: requirements(name) for name in (PRODUCT, *extras)}
    stale = {name: lines for name, lines in wanted.items() if not _stamp_holds(name, lines)}
    if not stale:
        return
    _make_environment(stop)
    _install([line for lines in stale.values() for line in lines], stop)
    for name, lines in stale.items():
        _stamp(name).write_text(_fingerprint(lines))


def requirements(name: str) -> list[str]:
    """The requirement lines of pyproject.toml: the product's own, or those of an extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    if name == PRODUCT:
        return list(project["dependencies"])
    try:
        return list(project["optional-dependencies"][name])
    except KeyError:
        raise Refusal(f"Нет набора «{name}»", f"There is no extra “{name}”") from None


def _stamp(name: str) -> Path:
    return VENV / f"installed-{name}"


def _stamp_holds(name: str, lines: Sequence[str]) -> bool:
    try:
        return PYTHON.exists() and _stamp(name).read_text() == _fingerprint(lines)
    except OSError:
        return False


def _fingerprint(lines: Sequence[str]) -> str:
    return hashlib.sha256(CONSTRAINTS.read_bytes() + "\n".join(lines).encode()).hexdigest()


def _make_environment(stop: StopSignal) -> None:
    if _environment_works(stop):
        return
    _refuse_without_ensurepip()
    say(both("Создаю виртуальное окружение .venv…", "Making the virtual environment .venv…"))
    shutil.rmtree(VENV, ignore_errors=True)
    VENV.mkdir(exist_ok=True)
    run_to_end(Child("venv", [sys.executable, "-m", "venv", str(VENV)], log=LOG), stop)


def _environment_works(stop: StopSignal) -> bool:
    """False for one that was interrupted half-way or whose Python is gone or too old."""
    question = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
    try:
        run_to_end(Child("python", [str(PYTHON), "-c", question], log=LOG), stop)
    except Refusal:
        return False
    return True


def _refuse_without_ensurepip() -> None:
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise Refusal(
            f"Этому Python не хватает модуля venv: apt install python{version}-venv",
            f"This Python lacks the venv module: apt install python{version}-venv",
        ) from None


def _install(lines: Sequence[str], stop: StopSignal) -> None:
    say(both("Ставлю зависимости…", "Installing dependencies…"))
    child = pip_install("pip", *lines)
    try:
        run_to_end(child, stop, meanwhile=lambda: show_progress(_last_package(child)))
    except Refusal:
        raise Refusal(
            f"Зависимости не поставились: нужна сеть до индекса пакетов Python; журнал: {LOG}",
            "the dependencies could not be installed: the Python package index is needed",
        ) from None
    finally:
        show_progress("")


def pip_install(name: str, *arguments: str) -> Child:
    """pip, held to the pinned versions. Its cache and index are as the machine has them."""
    quiet = ("--disable-pip-version-check", "--no-input", "--progress-bar", "off")
    command = (str(PYTHON), "-m", "pip", "install", *quiet, "-c", str(CONSTRAINTS), *arguments)
    return Child(name, command, cwd=ROOT, log=LOG)


def _last_package(child: Child) -> str:
    steps = [
        line
        for line in child.output().splitlines()
        if line.startswith(("Collecting ", "Installing collected packages"))
    ]
    return f"{len(steps)}: {steps[-1].split(' (from')[0][:60]}" if steps else ""

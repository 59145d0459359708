"""`flask --app wsgi events` prints the catalogue, as an operator calls it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app import core
from tests.contracts.canonical_events import CONTRACTS

ROOT = Path(__file__).parents[2]
HEAD = re.compile(r"^(\w+)  \((request|fact); raised by ([\w, ]+)\)$")
MEMBER = re.compile(r"^    - (\w+): (.+)$")


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    environment = os.environ | {"EFIR_DATA_DIR": str(tmp_path_factory.mktemp("instance"))}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "events"]
    answer = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return answer.stdout


def blocks(printed: str) -> dict[str, list[str]]:
    """The lines of each event under its name."""
    found: dict[str, list[str]] = {}
    for line in printed.splitlines():
        if head := HEAD.match(line):
            name = head[1]
            found[name] = []
        if found:
            found[name].append(line)
    return found


def test_command_prints_every_event_once(printed: str) -> None:
    heads = [head for head in map(HEAD.match, printed.splitlines()) if head]
    assert sorted(head[1] for head in heads) == sorted(CONTRACTS)
    for head in heads:
        assert head[2] == CONTRACTS[head[1]].kind
        assert tuple(head[3].split(", ")) == CONTRACTS[head[1]].raisers


def test_command_prints_the_members_of_each_payload(printed: str) -> None:
    for name, lines in blocks(printed).items():
        members = {member[1]: member[2] for member in map(MEMBER.match, lines) if member}
        required = {member for member, words in members.items() if "optional" not in words}
        assert set(members) == CONTRACTS[name].required | CONTRACTS[name].optional
        assert required == CONTRACTS[name].required


def test_command_prints_what_each_event_means(printed: str) -> None:
    for name, lines in blocks(printed).items():
        assert lines[1].strip() == " ".join((core.events.named(name).__doc__ or "").split())

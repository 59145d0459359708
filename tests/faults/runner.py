"""Inject a fault, wait until the product is quiet, and compare the ledgers."""

import random
import time
from dataclasses import dataclass, field

from tests.faults import ledgers
from tests.faults.catalogue import Fault, Scene
from tests.faults.ledgers import Findings, Found
from tests.faults.load import Load
from tests.faults.plant import Plant
from tests.faults.rows import Kept

LOOK_EVERY = 0.05
QUIET_LOOKS = 3


@dataclass(slots=True)
class Outcome:
    """One line of the table."""

    number: int
    name: str
    database: str
    injected: int = 0
    allowed: int = 0
    seconds: float = 0.0
    messages: int = 0
    findings: Findings = field(default_factory=Findings)
    notes: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.reasons

    @property
    def reasons(self) -> list[str]:
        """Why it does not hold."""
        found = self.findings
        reasons = [
            *(f"lost: {each}" for each in found.lost),
            *(f"doubled unflagged: {each}" for each in found.unflagged),
            *(f"stuck: {each}" for each in found.stuck),
            *found.other,
        ]
        if len(found.unknown) > self.allowed:
            reasons.append(f"unknown {len(found.unknown)}, {self.allowed} allowed")
        if not self.injected:
            reasons.append("the fault did not strike")
        return reasons


def run(fault: Fault, plant: Plant, *, seed: int, quick: bool) -> Outcome:
    """The product must be quiet before, and is so after unless the outcome says otherwise."""
    chance = random.Random(f"{seed}:{fault.number}:{plant.database.kind}")
    tag = f"f{fault.number}-{chance.randrange(10**6)}"
    scene = Scene(plant, Load(plant, tag, chance), chance, quick)
    plant.sandbox.tell("reset")
    scene.after = plant.database.last_message()
    try:
        fault.inject(scene)
    finally:
        _mend(plant)
    mended = time.monotonic()
    unfinished = _quiet(plant, fault.patience)
    seconds = time.monotonic() - mended
    outcome = Outcome(fault.number, fault.name, plant.database.kind, scene.injected)
    outcome.allowed, outcome.seconds, outcome.notes = scene.allowed, seconds, scene.notes
    outcome.findings = _compare(scene, fault)
    outcome.messages = len(plant.sandbox.messages())
    for name, count in unfinished.items():
        outcome.findings.stuck.append(f"{name}: {count} after {fault.patience:g} s")
    return outcome


def _mend(plant: Plant) -> None:
    plant.points.disarm()
    plant.sandbox.tell("clear")
    plant.sandbox.tell("latency", ms=0)
    plant.redis_wire.mend()
    plant.telegram_wire.mend()
    plant.stop_extra()
    plant.restore()


def _quiet(plant: Plant, patience: float) -> dict[str, int]:
    """Wait until nothing is left to do; what is left where it never is."""
    deadline, calm = time.monotonic() + patience, 0
    while True:
        unfinished = plant.database.unfinished()
        calm = 0 if unfinished else calm + 1
        if calm >= QUIET_LOOKS or time.monotonic() > deadline:
            return unfinished
        time.sleep(LOOK_EVERY)


def _compare(scene: Scene, fault: Fault) -> Findings:
    plant, load = scene.plant, scene.load
    database = plant.database
    found = Found(
        database.leads_of(load.tag), database.lead_ids_of(load.tag), database.rows(scene.after)
    )
    kept = [
        Kept(each["chat_id"], each["message_id"], each["text"], each["received_at"])
        for each in plant.sandbox.messages()
    ]
    findings = ledgers.compare(load.accepted, found, kept)
    findings.other += ledgers.untimely(load.plans, kept)
    findings.other += [f"the web answered {answer}" for answer in load.wrong]
    findings.lost += scene.lost
    findings.doubled += scene.doubled
    findings.unflagged += scene.doubled
    findings.other += scene.failures
    excess = plant.sandbox.flooded()
    if excess and fault.limit_holds:
        findings.other.append(f"the limit was exceeded {excess} times")
    return findings

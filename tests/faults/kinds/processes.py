"""Parts are killed at random, replaced under load, stopped past their lease: 8, 9, 10, 12, 33."""

import os
import signal
import time

from tests.faults.catalogue import BOTH, Scene, fault
from tests.faults.plant import SENDERS, stop
from tests.fixtures.servers import wait_until
from workers.__main__ import SENDERS as SENDING_PROCESSES
from workers.sender import AT_ONCE

PARTS = ("queue facts", "queue sends", "ticker", "polling")
KILLING_SECONDS = 45
DEPLOYS = 20
DRAINED_WITHIN = 10.0
SLOW_MILLISECONDS = 1500


def _pass(seconds: float) -> None:
    until = time.monotonic() + seconds
    wait_until(lambda: time.monotonic() >= until, seconds + 30)


@fault(8, f"случайные kill -9 частей воркеров, {KILLING_SECONDS} с")
def parts_are_killed_at_random(scene: Scene) -> None:
    """What a killed sender may leave in doubt is what it can have under way. There are as many people
    as the limit lets be written to within the minute after: more would wait for it, killed or not."""
    until = time.monotonic() + KILLING_SECONDS
    with scene.load.flowing():
        while time.monotonic() < until:
            _pass(scene.random.uniform(0.5, 1.5))
            part = scene.random.choice(PARTS)
            if killed := scene.plant.signal(part, signal.SIGKILL):
                scene.injected += killed
                scene.allowed += AT_ONCE * killed * (part in SENDERS)


@fault(9, "два тикера сразу, один убит трижды")
def ticker_is_killed_beside_another(scene: Scene) -> None:
    plant = scene.plant
    plant.start_extra(plant.machine("ticker"))
    with scene.load.flowing():
        for _ in range(3):
            pid = _running(scene, "ticker")
            os.kill(pid, signal.SIGKILL)
            scene.injected += 1
            scene.allowed += AT_ONCE
            _pass(1.0)
        _running(scene, "ticker")


def _running(scene: Scene, part: str) -> int:
    return _all_running(scene, part)[0]


def _all_running(scene: Scene, part: str) -> list[int]:
    """The processes of a part, once as many of them run as there should."""
    wanted = SENDING_PROCESSES if part == "queue sends" else 1
    wait_until(lambda: len(scene.plant.pids(part)) == wanted, 30)
    return scene.plant.pids(part)


@fault(
    10, "kill -9 главного процесса воркеров", why="у SimpleWorker нет детей; убит их надсмотрщик"
)
def supervisor_is_killed(scene: Scene) -> None:
    """Its parts go with it, so that none lives on unseen beside the next ones."""
    plant = scene.plant
    with scene.load.flowing():
        for _ in range(3):
            parts = [pid for part in PARTS for pid in _all_running(scene, part)]
            assert plant.workers.pid is not None
            os.kill(plant.workers.pid, signal.SIGKILL)
            wait_until(lambda parts=parts: not any(map(_alive, parts)), 10)
            scene.injected += 1
            scene.allowed += AT_ONCE * (SENDING_PROCESSES + 1)
            plant.workers.start()
        plant.wait_for_workers()


def _alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@fault(12, f"выкатка: SIGTERM всем и новые, {DEPLOYS} раз под нагрузкой")
def everything_is_deployed_anew(scene: Scene) -> None:
    """All is put away within ten seconds; nothing is left in doubt."""
    plant, slowest = scene.plant, 0.0
    with scene.load.flowing():
        for _ in range(DEPLOYS):
            _pass(scene.random.uniform(0.2, 1.0))
            began = time.monotonic()
            for child in (plant.web, plant.workers):
                child.terminate()
            for child in (plant.workers, plant.web):
                stop(child)
            slowest = max(slowest, time.monotonic() - began)
            scene.injected += 1
            plant.web.start()
            plant.workers.start()
            wait_until(plant.web_answers, 60)
            plant.wait_for_workers()
    scene.notes.append(f"самая долгая остановка / the longest stop {slowest:.1f} s")
    scene.must(slowest < DRAINED_WITHIN, f"a stop took {slowest:.1f} s")


@fault(
    33,
    "отправитель замер дольше аренды и ожил",
    quick=BOTH,
    why="замер вне записи: кто замер внутри неё, держит SQLite, пока его не убьют",
)
def sender_is_paused_past_its_lease(scene: Scene) -> None:
    """Others take its messages over; what it says after that is proof and nothing more."""
    plant = scene.plant
    plant.sandbox.tell("latency", ms=SLOW_MILLISECONDS)
    scene.load.plan(8)
    wait_until(lambda: plant.sandbox.sends() > 0, 30)
    wait_until(lambda: _frozen(scene), 30)
    stopped = plant.pids("queue sends")
    scene.allowed += plant.database.sending()
    taken_over = "SELECT count(*) FROM message WHERE id > :after AND unknown_count > 0"
    try:
        wait_until(lambda: plant.database.number(taken_over, after=scene.after) > 0, 30)
    finally:
        plant.signal("queue sends", signal.SIGCONT)
    scene.injected += len(stopped)


def _frozen(scene: Scene) -> bool:
    """The senders stand still with messages in their hands, and none of them in the middle of a write."""
    plant = scene.plant
    plant.signal("queue sends", signal.SIGSTOP)
    if plant.database.writable() and plant.database.sending():
        return True
    plant.signal("queue sends", signal.SIGCONT)
    return False

"""The database goes, comes back, is locked, is full: 18 to 21, and the webhook without it, 29."""

import signal
import time
from pathlib import Path

from tests.faults import small_disk
from tests.faults.catalogue import Scene, fault
from tests.faults.kinds import updates
from tests.faults.plant import POSTGRESQL, SQLITE
from tests.fixtures.servers import wait_until

SLOW_MILLISECONDS = 700
IN_FLIGHT = 4


def _taken(scene: Scene, leads: int, seconds: float = 60) -> None:
    wanted = len(scene.load.emails) + leads
    wait_until(lambda: len(scene.load.emails) >= wanted or bool(scene.load.wrong), seconds)


def _in_flight(scene: Scene) -> None:
    """Wait until the Bot API holds requests that it has not answered."""
    before = scene.plant.sandbox.sends()
    wait_until(lambda: scene.plant.sandbox.sends() > before, 30)


@fault(
    18,
    "PostgreSQL перезапущен без прощания (immediate)",
    databases=(POSTGRESQL,),
    quick=(POSTGRESQL,),
)
def postgres_restarts(scene: Scene) -> None:
    database = scene.plant.database
    with scene.load.flowing():
        for _ in range(2 if scene.quick else 5):
            _taken(scene, 1)
            database.stop(signal.SIGQUIT)
            scene.injected += 1
            database.start()
        _taken(scene, 1)


@fault(19, "PostgreSQL нет, пока сообщения в пути", databases=(POSTGRESQL,), quick=(POSTGRESQL,))
def postgres_is_gone(scene: Scene) -> None:
    """An answer is written down once the database is back, if that is within the lease."""
    scene.plant.sandbox.tell("latency", ms=SLOW_MILLISECONDS)
    scene.load.plan(8)
    _in_flight(scene)
    scene.plant.database.stop(signal.SIGINT)
    scene.injected += 1
    scene.allowed += 2 * IN_FLIGHT
    scene.plant.sandbox.tell("latency", ms=0)
    until = time.monotonic() + (2 if scene.quick else 10)
    with scene.load.flowing():
        wait_until(lambda: time.monotonic() > until and scene.load.busy > 0, 60)
        scene.plant.database.start()
        _taken(scene, 1)


@fault(20, "SQLite занят другим писателем 10 с", databases=(SQLITE,))
def sqlite_is_locked(scene: Scene) -> None:
    """Who comes meanwhile is told 503 and when to come again, and is taken then."""
    with scene.load.flowing():
        _taken(scene, 1)
        with scene.plant.database.locked():
            scene.injected += 1
            until = time.monotonic() + 10
            wait_until(lambda: time.monotonic() > until, 30)
        _taken(scene, 2)
    scene.must(scene.load.busy, "nobody was told 503 while the database was locked")


@fault(21, "диск полон", limit_holds=False, small_disk=True, needs=small_disk.missing)
def disk_is_full(scene: Scene) -> None:
    """503, nothing half written; all goes on once there is room."""
    plant = scene.plant
    with scene.load.flowing():
        _taken(scene, 1)
        ballast = _fill(plant.folder / "ballast")
        scene.injected += 1
        wait_until(lambda: scene.load.busy > 2, 90)
        ballast.unlink()
        if plant.database.cluster and not plant.database.cluster.running:
            plant.database.start()
            scene.notes.append("PostgreSQL ended by itself / started again")
        _taken(scene, 2)


def _fill(path: Path) -> Path:
    """Take all the room there is on that disk."""
    with path.open("wb", buffering=0) as file:
        for size in (65536, 4096, 512):
            block = bytes(size)
            try:
                while True:
                    file.write(block)
            except OSError:
                continue
    return path


@fault(29, "вебхук Telegram, пока базы нет")
def webhook_without_a_database(scene: Scene) -> None:
    """503, so that Telegram repeats; then each update is taken once."""
    plant = scene.plant
    updates.set_webhook(scene)
    chats = updates.strangers(scene, 4)
    if plant.database.kind == POSTGRESQL:
        plant.database.stop(signal.SIGINT)
        updates.write_from(scene, chats)
        updates.wait_for_refusal(scene)
        plant.database.start()
    else:
        with plant.database.locked():
            updates.write_from(scene, chats)
            updates.wait_for_refusal(scene)
    scene.injected += 1
    updates.wait_until_taken(scene, chats)
    updates.delete_webhook(scene)

"""Redis is emptied, killed, hangs, falls back, is full: 13 to 17. The doorbell alone suffers."""

import statistics
import time

from tests.faults.catalogue import Scene, fault
from tests.faults.plant import SQLITE
from tests.fixtures.servers import wait_until

ANSWERED_WITHIN = 2.0
SOME_TIME = 3.0


def _until_taken(scene: Scene, leads: int) -> None:
    """Wait until so many more leads were taken: the load flows beside."""
    wanted = len(scene.load.emails) + leads
    wait_until(lambda: len(scene.load.emails) >= wanted or scene.load.wrong, 60)


@fault(13, "Redis FLUSHALL под нагрузкой", quick=(SQLITE,), limit_holds=False)
def redis_is_flushed(scene: Scene) -> None:
    with scene.load.flowing():
        for _ in range(3 if scene.quick else 10):
            _until_taken(scene, 1)
            scene.plant.redis.client.flushall()
            scene.injected += 1
        _until_taken(scene, 1)


@fault(14, "Redis убит; пуст; с AOF; нет его долго", limit_holds=False)
def redis_is_killed(scene: Scene) -> None:
    """Sign-ups succeed and messages go out all the while."""
    redis = scene.plant.redis
    for keeping, seconds in ((False, 0.5), (True, 0.5), (True, 6.0), (False, 0.5)):
        with scene.load.flowing():
            _until_taken(scene, 1)
            redis.kill()
            scene.injected += 1
            began = time.monotonic()
            _until_taken(scene, 3)
            wait_until(lambda began=began, s=seconds: time.monotonic() > began + s, 60)
            if not keeping:
                redis.forget()
            redis.start(keeping=keeping)
            _until_taken(scene, 2)
    scene.must(not scene.load.busy, f"the site was busy {scene.load.busy} times without Redis")


@fault(15, "Redis принимает соединения и молчит", limit_holds=False)
def redis_hangs(scene: Scene) -> None:
    """The site's own answers stay quick: it gives Redis a moment and does without."""
    with scene.load.flowing():
        _until_taken(scene, 2)
        scene.plant.redis_wire.hang()
        scene.injected += 1
        before = len(scene.load.seconds)
        until = time.monotonic() + 3 * SOME_TIME
        wait_until(lambda: time.monotonic() > until and len(scene.load.seconds) > before + 10, 60)
        took = scene.load.seconds[before:]
        scene.plant.redis_wire.mend()
        _until_taken(scene, 2)
    p99 = statistics.quantiles(took, n=100)[-1]
    scene.notes.append(f"p99 формы / of the form {p99:.2f} s")
    scene.must(p99 <= ANSWERED_WITHIN, f"p99 of the form is {p99:.2f} s while Redis hangs")


@fault(16, "Redis возвращается со старыми данными", limit_holds=False)
def redis_falls_back(scene: Scene) -> None:
    redis = scene.plant.redis
    redis.kill()
    redis.forget()
    redis.start(keeping=True)
    with scene.load.flowing():
        _until_taken(scene, 2)
        older = redis.remember()
        _until_taken(scene, 4)
        redis.kill()
        scene.injected += 1
        redis.fall_back(older)
        redis.start(keeping=True)
        _until_taken(scene, 2)
    redis.kill()
    redis.forget()
    redis.start()


@fault(17, "Redis полон (maxmemory, noeviction)", limit_holds=False)
def redis_is_full(scene: Scene) -> None:
    redis = scene.plant.redis
    redis.configure("maxmemory-policy", "noeviction")
    with scene.load.flowing():
        _until_taken(scene, 1)
        redis.configure("maxmemory", "1")
        scene.injected += 1
        _until_taken(scene, 8)
        redis.configure("maxmemory", "0")
    scene.must(not scene.load.busy, f"the site was busy {scene.load.busy} times")

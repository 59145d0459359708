"""Clocks that are wrong, 31, and far too much that is due, 34."""

import time
from datetime import UTC, datetime, timedelta

from tests.faults.catalogue import Scene, fault
from tests.faults.crashing import AHEAD
from tests.faults.plant import POSTGRESQL, stop
from tests.faults.rows import Planned
from tests.fixtures.servers import wait_until

AN_HOUR = 3600
# The night on which Berlin's clocks go back: at 01:00 UTC three o'clock is two again.
CHANGE = datetime(2026, 10, 25, 1, tzinfo=UTC)
BERLIN = "Europe/Berlin"
BACKLOG = 50_000
IN_TIME = 2_000
OUT_OF_ORDER = 40
INSERT = (
    "INSERT INTO message (dedupe_key, kind, policy, recipient, about_webinar, chat, text, buttons,"
    " state, due_at, not_after, created_at, attempts, unknown_count) VALUES (:key, 'reply',"
    " :policy, 'team', false, :chat, :text, '[]', 'planned', :due_at, :not_after, :due_at, 0, 0)"
)


@fault(
    31,
    "часы воркеров ±1 ч; ночь перевода часов",
    why="SQLite — один узел и одни часы, там ночь перевода часов; PostgreSQL — часы базы",
)
def clocks_are_wrong(scene: Scene) -> None:
    if scene.plant.database.kind == POSTGRESQL:
        for wrong in (AN_HOUR, -AN_HOUR):
            _with_wrong_workers(scene, wrong)
    else:
        _on_the_night_of_the_change(scene)


def _with_wrong_workers(scene: Scene, wrong: float) -> None:
    plant = scene.plant
    stop(plant.workers)
    plant.start_extra(plant.machine(**{AHEAD: str(wrong)}))
    _plan_and_wait(scene)
    scene.injected += 1
    plant.stop_extra()
    plant.workers.start()


def _on_the_night_of_the_change(scene: Scene) -> None:
    """All of the product lives through that night: it begins twenty seconds before the change."""
    plant = scene.plant
    stop(plant.workers)
    stop(plant.web)
    ahead = (CHANGE - datetime.now(UTC)).total_seconds() - 20
    environment = {AHEAD: str(ahead), "TZ": BERLIN}
    plant.start_extra(plant.site(**environment))
    plant.start_extra(plant.machine(**environment))
    wait_until(plant.web_answers, 60)
    _plan_and_wait(scene)
    _plan_and_wait(scene, 20)
    scene.injected += 1
    plant.stop_extra()
    plant.web.start()
    plant.workers.start()
    wait_until(plant.web_answers, 60)


def _plan_and_wait(scene: Scene, due_in: float = 3) -> None:
    """What is due soon waits for its time; what is of use for half a minute is not too late."""
    scene.load.lead()
    scene.load.plan(6, due_in=due_in, not_after_in=due_in + 30)
    scene.load.plan(6)
    scene.wait_for_quiet()


@fault(34, f"{BACKLOG} сообщений просрочены разом", patience=400.0)
def everything_is_due_at_once(scene: Scene) -> None:
    """The limit holds, the oldest go first, and what is too late to be of use is not sent."""
    plant, load = scene.plant, scene.load
    now = datetime.now(UTC)
    chats = [load.new_chat() for _ in range(200)]
    rows, plans = [], []
    for number in range(BACKLOG):
        useful = number % (BACKLOG // IN_TIME) == 0
        due_at = now - timedelta(hours=2) + timedelta(milliseconds=100 * number)
        key, chat = f"{load.tag}:b{number}", chats[number % len(chats)]
        not_after = None if useful else now - timedelta(minutes=1)
        policy = scene.random.choice(("at_least_once", "at_most_once"))
        rows.append(
            {
                "key": key,
                "policy": policy,
                "chat": chat,
                "text": key,
                "due_at": due_at,
                "not_after": not_after,
            }
        )
        plans.append(Planned(key, policy, chat, key, due_at.timestamp()))
        load.ends[key] = "sent" if useful else "skipped"
    plant.database.write(INSERT, *rows)
    load.plans += plans
    scene.injected = BACKLOG
    load.leads(3)
    began = time.monotonic()
    wait_until(lambda: not plant.database.unfinished(), 400)
    _in_order(scene)
    rate = IN_TIME / (time.monotonic() - began)
    scene.notes.append(f"{rate:.1f} сообщения в секунду / messages a second")


def _in_order(scene: Scene) -> None:
    """By their numbers, but for what was under way at once."""
    kept = sorted(scene.plant.sandbox.messages(), key=lambda each: each["received_at"])
    numbers = [int(each["text"].rpartition(":b")[2]) for each in kept if ":b" in each["text"]]
    places = {number: place for place, number in enumerate(sorted(numbers))}
    furthest = max(abs(places[number] - place) for place, number in enumerate(numbers))
    scene.must(furthest <= OUT_OF_ORDER, f"a message went {furthest} places out of its order")

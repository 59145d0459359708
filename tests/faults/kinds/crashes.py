"""A process dies at a named point: 1 to 7, and 11."""

from tests.faults.catalogue import BOTH, Scene, fault
from tests.faults.rows import AT_MOST_ONCE
from tests.fixtures.servers import wait_until

STRIKES_WITHIN = 30.0
BATCH = 8


def _strike_a_form(scene: Scene, point: str) -> None:
    """A person's form dies on the way; the person sends it again."""
    struck = scene.plant.points.arm(point)
    scene.load.lead()
    wait_until(struck, STRIKES_WITHIN)
    scene.injected += 1


def _strike_a_sender(scene: Scene, point: str) -> None:
    """What the dead sender had in hand is in doubt, and nothing else."""
    struck = scene.plant.points.arm(point)
    scene.load.plan(BATCH)
    wait_until(struck, STRIKES_WITHIN)
    scene.allowed += scene.plant.database.sending()
    scene.injected += 1


@fault(1, "kill -9 сайта: лид записан, ответа не было", quick=BOTH)
def site_dies_before_its_answer(scene: Scene) -> None:
    _strike_a_form(scene, "form.answering")
    scene.must(scene.load.cut_off, "the visitor was answered by the dead")


@fault(2, "kill -9 сайта до записи лида", quick=BOTH)
def site_dies_before_the_commit(scene: Scene) -> None:
    _strike_a_form(scene, "lead.before_commit")
    scene.must(scene.load.cut_off, "the visitor was answered by the dead")


@fault(3, "kill -9 сайта: записано, воркеров не позвали", quick=BOTH)
def site_dies_before_the_bell(scene: Scene) -> None:
    _strike_a_form(scene, "bell.before_ring")


@fault(4, "kill -9 сценария между запуском и сообщениями", quick=BOTH)
def engine_dies_before_the_messages(scene: Scene) -> None:
    for point in ("engine.run_made", "executor.before_plan", "executor.one_planned"):
        _strike_a_form(scene, point)


@fault(5, "kill -9 отправителя: взял, но не отправил", quick=BOTH)
def sender_dies_before_the_request(scene: Scene) -> None:
    _strike_a_sender(scene, "sender.claimed")


@fault(6, "kill -9 отправителя: Telegram принял, ответ не записан", quick=BOTH)
def sender_dies_with_the_answer(scene: Scene) -> None:
    _strike_a_sender(scene, "sender.answered")


@fault(7, "kill -9 отправителя после записи ответа", quick=BOTH)
def sender_dies_after_it_settled(scene: Scene) -> None:
    _strike_a_sender(scene, "sender.settled")


@fault(11, "SIGTERM между очередью и началом работы", quick=BOTH)
def worker_told_to_stop_in_the_gap(scene: Scene) -> None:
    struck = scene.plant.points.arm("rq.taken")
    scene.load.lead()
    scene.load.plan(BATCH, policy=AT_MOST_ONCE)
    wait_until(struck, STRIKES_WITHIN)
    scene.injected += 1

"""People at the desk and at the form: messages that are no longer wanted, 32; double clicks, 35."""

from concurrent.futures import ThreadPoolExecutor

from bench import webform
from bench.visitor import Visitor
from tests.faults.catalogue import BOTH, Scene, fault
from tests.faults.rows import AT_MOST_ONCE
from tests.fixtures.servers import wait_until

CLICKS = 2
DUE_IN = 5.0


@fault(
    32,
    "данные клиента удалены, а 1000 сообщений о нём ждут",
    why="отмены и переноса эфира у автовебинара нет: отменяет удаление данных",
)
def lead_is_erased_while_messages_wait(scene: Scene) -> None:
    load = scene.load
    email = load.lead()
    scene.wait_for_quiet()
    scene.begin_anew()
    load.emails.remove(email)
    load.plan(1000, due_in=DUE_IN, lead=email, ends="cancelled")
    load.plan(10, due_in=DUE_IN)
    load.ask("erase", {"email": email})
    scene.injected += 1
    planned = "SELECT count(*) FROM message WHERE id > :after AND state = 'planned'"
    wait_until(lambda: scene.plant.database.number(planned, after=scene.after) <= 10, 60)


@fault(35, "двойные нажатия: форма и «отправить ещё раз» у двух сотрудников", quick=BOTH)
def buttons_are_pressed_twice(scene: Scene) -> None:
    """One lead, and one message, however many say so at once."""
    plant, load = scene.plant, scene.load
    _press_a_form_twice(scene)
    scene.wait_for_quiet()
    count = 2 if scene.quick else 8
    plant.sandbox.fail("close", times=count)
    load.plan(count, policy=AT_MOST_ONCE)
    unknown = "SELECT id FROM message WHERE id > :after AND state = 'unknown'"
    wait_until(lambda: len(plant.database.ask(unknown, after=scene.after)) == count, 60)
    numbers = [row[0] for row in plant.database.ask(unknown, after=scene.after)]
    with Visitor(plant.port) as first, Visitor(plant.port) as second:
        for person, name in ((first, "one"), (second, "two")):
            sign_in(scene, person, f"{load.tag}.{name}@example.org")
        for number in numbers:
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(lambda who, n=number: _press_again(who, n), (first, second)))
            scene.injected += 2 * CLICKS


def _press_a_form_twice(scene: Scene) -> None:
    email = f"{scene.load.tag}-double@example.org"
    with Visitor(scene.plant.port) as first:
        fields = webform.fill_in(first, email)

        def press(_click: int) -> None:
            with Visitor(scene.plant.port) as same:
                same._cookies.update(first._cookies)
                webform.send(same, fields)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(press, range(4)))
    scene.injected += 4
    scene.load.emails.append(email)


def sign_in(scene: Scene, person: Visitor, email: str) -> None:
    password = scene.load.ask("admin", {"email": email})
    page = webform.hidden_fields(person.get("/login/").body)
    person.post("/login/", page | {"email": email, "password": password}, 303, 302)


def _press_again(person: Visitor, number: int) -> None:
    address = f"/dashboard/messages/{number}/"
    fields = webform.hidden_fields(person.get(address).body)
    for _ in range(CLICKS):
        person.post(f"{address}again/", fields, 200, 303, 302, 409)

"""What comes in from Telegram: repeated, out of order, poison, while the database is away."""

import json
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bench.visitor import HOST
from tests.faults.catalogue import BOTH, Scene, fault
from tests.faults.plant import BOT_ID, BOT_TOKEN, SECRET
from tests.fixtures.servers import wait_until

PATH = "/telegram/webhook/"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
TIMES = 3


def post(scene: Scene, body: bytes) -> int:
    """What the webhook answers to such a body."""
    headers = {"Content-Type": "application/json", HEADER: SECRET}
    url = f"http://{HOST}:{scene.plant.port}{PATH}"
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=20) as it:
            return int(it.status)
    except urllib.error.HTTPError as error:
        return error.code


def strangers(scene: Scene, count: int) -> list[int]:
    """Chats that the bot may write to and that belong to no lead."""
    chats = [700_000 + scene.random.randrange(10**8) for _ in range(count)]
    for chat in chats:
        scene.plant.sandbox.tell("chats", id=chat, name=f"stranger {chat}", started=True)
    return chats


def greeting(chat: int, update_id: int) -> dict[str, Any]:
    """A stranger writes; the bot answers each once, that it does not know them."""
    person = {"id": chat, "is_bot": False, "first_name": "Гость"}
    message = {
        "message_id": 1,
        "from": person,
        "chat": {"id": chat, "first_name": "Гость", "type": "private"},
        "date": int(time.time()),
        "text": "Здравствуйте",
    }
    return {"update_id": update_id, "message": message}


def answers(scene: Scene, chats: list[int]) -> list[int]:
    """How many messages each of the chats got."""
    kept = scene.plant.sandbox.messages()
    return [sum(each["chat_id"] == chat for each in kept) for chat in chats]


def stored(scene: Scene, first: int) -> tuple[int, int]:
    """How many updates from that number on are done, and how many stand flagged with an error."""
    (row,) = scene.plant.database.ask(
        "SELECT count(CASE WHEN state = 'done' THEN 1 END),"
        " count(CASE WHEN error IS NOT NULL THEN 1 END) FROM inbox_update"
        " WHERE bot_id = :bot AND (update_id >= :first OR update_id < 0)",
        bot=BOT_ID,
        first=first,
    )
    return row[0], row[1]


@fault(28, "одно обновление трижды, сразу и вперемешку", quick=BOTH)
def updates_are_repeated(scene: Scene) -> None:
    first = 10**9 + scene.random.randrange(10**8)
    chats = strangers(scene, 6)
    bodies = [
        json.dumps(greeting(chat, first + number)).encode()
        for number, chat in enumerate(chats)
        for _ in range(TIMES)
    ]
    scene.random.shuffle(bodies)
    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(lambda body: post(scene, body), bodies))
    scene.injected = len(bodies)
    scene.must(set(statuses) == {200}, f"the webhook answered {set(statuses)}")
    wait_until(lambda: min(answers(scene, chats)) > 0, 60)
    scene.must(stored(scene, first)[0] == len(chats), "not every update is stored once")
    scene.must(answers(scene, chats) == [1] * len(chats), f"answered {answers(scene, chats)}")


POISON: tuple[bytes, ...] = (
    b"",
    b"{",
    b"[]",
    b'"update"',
    b'{"update_id": "seven"}',
    b'{"update_id": true}',
    b"\xff\xfe\x00",
    b'{"message": {}}',
)


@fault(30, "отравленные обновления: не JSON и не та форма", quick=BOTH)
def updates_are_poison(scene: Scene) -> None:
    """Each is kept, flagged, answered 200, and the next ones flow."""
    first = 2 * 10**9 + scene.random.randrange(10**8)
    chats = strangers(scene, 2)
    misshapen = [
        {"update_id": first, "message": {}},
        {"update_id": first + 1, "my_chat_member": None},
    ]
    _, before = stored(scene, first)
    bodies = [*POISON, *(json.dumps(each).encode() for each in misshapen)]
    for number, chat in enumerate(chats):
        bodies.append(json.dumps(greeting(chat, first + 10 + number)).encode())
    statuses = [post(scene, body) for body in bodies]
    scene.injected = len(POISON) + len(misshapen)
    scene.must(set(statuses) == {200}, f"the webhook answered {statuses}")
    wait_until(lambda: min(answers(scene, chats)) > 0, 60)
    wait_until(lambda: stored(scene, first)[1] >= before + scene.injected, 30)


def _ask_bot_api(scene: Scene, method: str, **arguments: Any) -> None:
    request = urllib.request.Request(
        f"http://{HOST}:{scene.plant.sandbox_port}/bot{BOT_TOKEN}/{method}",
        json.dumps(arguments).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20):
        return


def set_webhook(scene: Scene) -> None:
    address = f"http://{HOST}:{scene.plant.port}{PATH}"
    _ask_bot_api(scene, "setWebhook", url=address, secret_token=SECRET)


def delete_webhook(scene: Scene) -> None:
    _ask_bot_api(scene, "deleteWebhook")


def write_from(scene: Scene, chats: list[int]) -> None:
    """People write to the bot; Telegram brings it to the webhook, again and again."""
    for chat in chats:
        scene.plant.sandbox.tell("text", user_id=chat, text="Здравствуйте")


def wait_for_refusal(scene: Scene) -> None:
    """Until the webhook answers 503 with the time to come again."""
    probe = json.dumps(greeting(1, 3 * 10**9)).encode()
    wait_until(lambda: post(scene, probe) == 503, 60)


def wait_until_taken(scene: Scene, chats: list[int]) -> None:
    wait_until(lambda: min(answers(scene, chats)) > 0, 90)
    scene.must(answers(scene, chats) == [1] * len(chats), f"answered {answers(scene, chats)}")

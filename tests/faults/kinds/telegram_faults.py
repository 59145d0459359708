"""Telegram as it is on a bad day: 22 to 27."""

import json
import time

from bench import webform
from bench.visitor import Visitor
from tests.faults.catalogue import Scene, fault
from tests.faults.kinds import people
from tests.faults.plant import SQLITE
from tests.fixtures.servers import wait_until

AMBIGUOUS = ("accept_close", "accept_hang", "accept_garbage", "accept_500", "close", "hang")


def _struck(scene: Scene, count: int, *modes: str) -> None:
    wait_until(lambda: scene.plant.sandbox.taken(*modes) >= count, 60)


@fault(22, "Telegram 429: одному чату и всем", quick=(SQLITE,))
def telegram_says_wait(scene: Scene) -> None:
    sandbox = scene.plant.sandbox
    one = scene.load.plan(1)[0].chat
    sandbox.fail("429", times=1, retry_after=1)
    scene.load.plan(6)
    _struck(scene, 1, "429")
    sandbox.fail("429", times=1, retry_after=1 if scene.quick else 3, chat_id=one)
    scene.load.plan(6, chats=[one])
    _struck(scene, 2, "429")
    scene.injected = sandbox.taken("429")


@fault(23, "Telegram отвечает 500 и страницей 502", quick=(SQLITE,))
def telegram_is_broken(scene: Scene) -> None:
    """No one knows whether such a request was carried out."""
    sandbox = scene.plant.sandbox
    times = 2 if scene.quick else 10
    sandbox.fail("500", times=times)
    sandbox.fail("502", times=times)
    scene.load.plan(10 if scene.quick else 60)
    _struck(scene, 2 * times, "500", "502")
    scene.injected = scene.allowed = sandbox.taken("500", "502")


@fault(24, "Telegram принял (или нет) и не ответил", quick=(SQLITE,))
def telegram_does_not_answer(scene: Scene) -> None:
    """Reset, silence, garbage, each once with the message taken and without."""
    sandbox = scene.plant.sandbox
    for mode in AMBIGUOUS:
        sandbox.fail(mode, times=1)
    scene.load.plan(14)
    _struck(scene, len(AMBIGUOUS), *AMBIGUOUS)
    scene.injected = scene.allowed = sandbox.taken(*AMBIGUOUS)


@fault(25, "Telegram недоступен: соединение отклонено", quick=(SQLITE,))
def telegram_is_out_of_reach(scene: Scene) -> None:
    """Such a request never left: nothing is unknown, and all is sent later."""
    plant = scene.plant
    plant.telegram_wire.refuse()
    scene.load.plan(8)
    tried = "SELECT count(*) FROM message WHERE state = 'planned' AND attempts > 0"
    wait_until(lambda: plant.database.number(tried) > 0, 60)
    until = time.monotonic() + (0 if scene.quick else 8)
    wait_until(lambda: time.monotonic() >= until, 60)
    scene.injected += 1


@fault(26, "403 у каждого десятого чата; группа переехала", quick=(SQLITE,))
def telegram_refuses_some(scene: Scene) -> None:
    """A blocked chat is final, and its row says so; a migrated group is followed."""
    sandbox, load = scene.plant.sandbox, scene.load
    blocked = [load.new_chat(blocked=True) for _ in range(2)]
    load.plan(2, chats=blocked, ends="failed")
    load.plan(18)
    new = load.new_chat(group=True)
    old = load.new_chat(group=True, migrated_to=new)
    load.plan(2, chats=[old])
    scene.injected = len(blocked) + 1
    wait_until(lambda: not scene.plant.database.unfinished(), 60)
    arrived = sum(each["chat_id"] == new for each in sandbox.messages())
    scene.must(arrived == 2, f"{arrived} of 2 messages followed the group")


@fault(27, "токен бота отозван (401, 404)", quick=(SQLITE,))
def bot_is_revoked(scene: Scene) -> None:
    """Rows are kept and the alarm is up; once the bot is known again, a press of a button, or the
    next check, sends them."""
    with Visitor(scene.plant.port) as admin:
        people.sign_in(scene, admin, f"{scene.load.tag}.admin@example.org")
        _revoke_and_restore(scene, admin)


def _revoke_and_restore(scene: Scene, admin: Visitor) -> None:
    plant, sandbox = scene.plant, scene.plant.sandbox
    for mode in ("401", "404"):
        sandbox.fail(mode, method="")
        scene.load.plan(6)
        wait_until(lambda: (_alarm(plant.port) or "").startswith("bot_revoked"), 60)
        scene.must(not sandbox.messages() or mode == "404", "something went out without a token")
        scene.injected += 1
        sandbox.tell("clear")
        page = webform.hidden_fields(admin.get("/dashboard/messages/").body)
        admin.post("/dashboard/bot/check/", page, 200, 302, 303)
        wait_until(lambda: _alarm(plant.port) is None, 60)


def _alarm(port: int) -> str | None:
    """What /readyz says of the bot."""
    with Visitor(port) as visitor:
        told = json.loads(visitor.get("/readyz", 200, 503).body)
    bot = told["checks"]["bot"]
    return None if bot["ok"] else str(bot["detail"])

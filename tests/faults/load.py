"""People who use the product while it is being hurt, and who write down what it promised them."""

import contextlib
import http.client
import json
import random
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

from bench import webform
from bench.visitor import HOST, UnexpectedAnswer, Visitor
from tests.faults.ledgers import Accepted
from tests.faults.plant import Plant
from tests.faults.rows import AT_MOST_ONCE, Planned

AT_LEAST_ONCE = "at_least_once"
PATIENCE = 90.0
PAUSE = 0.1
LOST_CONNECTION = (OSError, http.client.HTTPException)


class Person(Visitor):
    """A visitor from an address of their own, as a proxy tells it: nobody is too frequent."""

    def __init__(self, port: int, random: random.Random) -> None:
        super().__init__(port)
        self._address = ".".join(str(random.randrange(1, 255)) for _ in range(4))

    def hang_up(self) -> None:
        self._connection.close()

    def _headers(self, body: bytes | None) -> dict[str, str]:
        return super()._headers(body) | {"X-Forwarded-For": self._address}


class Load:
    """Everything that is asked of the product under one tag.

    A person whom the site does not answer, or answers 503, sends the same form again, as a
    browser does; any other answer is a fault of the product and kept in `wrong`.
    """

    def __init__(self, plant: Plant, tag: str, random: random.Random) -> None:
        self._plant = plant
        self.tag = tag
        self._random = random
        self._lock = threading.Lock()
        self._count = 0
        self.emails: list[str] = []
        self.plans: list[Planned] = []
        self.ends: dict[str, str] = {}
        self.wrong: list[str] = []
        self.seconds: list[float] = []
        self.busy = 0
        self.cut_off = 0

    @property
    def accepted(self) -> Accepted:
        return Accepted(self.emails, self.plans, self.ends)

    def lead(self) -> str:
        """A person fills the form in and sends it until it is taken; the address."""
        email = f"{self.tag}-{self._next()}@example.org"
        fields: dict[str, str] = {}
        with Person(self._plant.port, self._random) as person:

            def once() -> None:
                person.hang_up()
                if not fields:
                    fields.update(webform.fill_in(person, email))
                began = time.perf_counter()
                try:
                    person.post(webform.PATH, fields, webform.TAKEN)
                finally:
                    self.seconds.append(time.perf_counter() - began)

            taken = self._until_taken(once)
        with self._lock:
            if taken:
                self.emails.append(email)
        return email

    def leads(self, count: int) -> None:
        for _ in range(count):
            self.lead()

    def plan(
        self,
        count: int,
        *,
        policy: str | None = None,
        due_in: float | None = None,
        not_after_in: float | None = None,
        chats: list[int] | None = None,
        lead: str | None = None,
        ends: str = "sent",
    ) -> list[Planned]:
        """Messages to private chats: every other at most once, unless a policy is named."""
        made = [
            self._planned(
                policy or (AT_MOST_ONCE, AT_LEAST_ONCE)[n % 2],
                due_in,
                not_after_in,
                chats[n % len(chats)] if chats else None,
            )
            for n in range(count)
        ]
        body = [
            {
                "dedupe": each.dedupe,
                "policy": each.policy,
                "chat": each.chat,
                "text": each.text,
                "due_in": due_in,
                "not_after_in": not_after_in,
                "lead": lead,
            }
            for each in made
        ]
        if self._until_taken(lambda: self.ask("plan", body)):
            with self._lock:
                self.plans += made
                self.ends |= {each.dedupe: ends for each in made}
        return made

    @contextlib.contextmanager
    def flowing(self, *, leads: bool = True, pause: float = PAUSE) -> Iterator[None]:
        """Leads and messages keep coming from another thread all this while."""
        over, failed = threading.Event(), []

        def flow() -> None:
            try:
                while not over.wait(pause):
                    self.plan(2)
                    if leads:
                        self.lead()
            except BaseException as error:
                failed.append(error)

        thread = threading.Thread(target=flow, name="load", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join(PATIENCE)
        if failed:
            raise failed[0]

    def new_chat(self, *, group: bool = False, **state: Any) -> int:
        """A chat that the bot may write to, unless its state says otherwise."""
        chat = 10**9 + self._random.randrange(10**9)
        chat = -chat if group else chat
        self._plant.sandbox.tell("chats", id=chat, name=self.tag, started=True, **state)
        return chat

    def _planned(
        self,
        policy: str,
        due_in: float | None,
        not_after_in: float | None,
        chat: int | None = None,
    ) -> Planned:
        chat = chat or self.new_chat()
        number = self._next()
        now = time.time()
        return Planned(
            dedupe=f"{self.tag}:{number}",
            policy=policy,
            chat=chat,
            text=f"{self.tag} {number}",
            due_at=now + (due_in or 0),
            not_after=None if not_after_in is None else now + not_after_in,
        )

    def ask(self, what: str, body: Any) -> str:
        """A door of `tests.faults.site`; what it answers."""
        request = urllib.request.Request(
            f"http://{HOST}:{self._plant.port}/faults/{what}/",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as error:
            raise UnexpectedAnswer(f"POST /faults/{what}/: {error.code}") from error

    def _until_taken(self, once: Callable[[], Any]) -> bool:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                once()
                return True
            except UnexpectedAnswer as answer:
                self._note(str(answer))
            except LOST_CONNECTION:
                self.cut_off += 1
            if time.monotonic() > deadline:
                self.wrong.append(f"not taken within {PATIENCE:g} s")
                return False
            time.sleep(PAUSE)

    def _note(self, answer: str) -> None:
        if f": {webform.BUSY} " in answer or answer.endswith(f": {webform.BUSY}"):
            self.busy += 1
        else:
            self.wrong.append(answer[:200])

    def _next(self) -> int:
        with self._lock:
            self._count += 1
            return self._count

"""`send`: what the ledger sends in a second, how late, and what a full ledger costs who signs up.

When a message arrived is told by the sandbox Bot API itself; each is a real HTTP request to it.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import median, quantiles

from bench import form, ledger_rows, webform
from bench.product import Product, running
from bench.ratio import interleaved, ratio_of
from bench.table import Row, milliseconds, number
from bench.visitor import Visitor, at_once

BACKLOG = 5000
LIMIT = 30.0
SHARE = 0.97
LEAD_IN = 150  # arrivals before the steady stretch that is measured
STRETCH_SECONDS = 40.0
FASTEST = 230.0
PRESENT = "23; n8n 49"
PATIENCE_SECONDS = 120.0
PLANNED = 100_000
PAIRS, FORMS = 24, 12
BOUND = 1.2
SPREAD_SECONDS, SPREAD_MESSAGES = 20.0, 200


@dataclass(frozen=True, slots=True)
class Arrival:
    """`due` and `at` in unix seconds."""

    due: float
    at: float


def at_the_limit() -> list[Row]:
    """Each part has a product of its own, as it is in production but for what is said."""
    with running(workers=True, sandbox_limits=True) as product:
        return [_at_the_limit(product)]


def without_limits() -> list[Row]:
    with running(workers=True, **form.NO_SENDING_LIMITS) as product:
        return [*_late(product), *_unlimited(product)]


def with_many_planned() -> list[Row]:
    with (
        running(workers=True, RATELIMIT_ENABLED="0", **form.NO_SENDING_LIMITS) as full,
        running(workers=True, RATELIMIT_ENABLED="0", **form.NO_SENDING_LIMITS) as empty,
    ):
        return [_with_many_planned(full, empty)]


def _at_the_limit(product: Product) -> Row:
    """A backlog that is due at once, at thirty a second, for private chats."""
    _plan(product, "limit", BACKLOG)
    _wait(product, "limit", LEAD_IN)
    until = time.monotonic() + STRETCH_SECONDS
    time.sleep(max(0.0, until - time.monotonic()))
    came = [each.at for each in _arrivals(product, "limit")][LEAD_IN:]
    rate = (len(came) - 1) / (came[-1] - came[0])
    flooded = _summary(product)["flooded"]
    return Row.of_limit(
        f"send: {BACKLOG} сразу при пределе 30/с",
        ours=f"{number(rate)}/с, отказов 429: {flooded}",
        value=float("inf") if flooded else SHARE * LIMIT / rate,
        limit=1.0,
        most="≥ 97 % и ни одного 429",
        generator="",
    )


def _unlimited(product: Product) -> list[Row]:
    """The same with the limits lifted; and forms that are posted meanwhile."""
    _plan(product, "fast", BACKLOG)
    _wait(product, "fast", 1)
    with_forms = _form_times(product, 60)
    _wait(product, "fast", BACKLOG)
    busy = quantiles(with_forms, n=100)[94]
    _plan(product, "alone", BACKLOG)
    _wait(product, "alone", BACKLOG)
    came = [each.at for each in _arrivals(product, "alone")]
    rate = (len(came) - 1) / (came[-1] - came[0])
    return [
        Row.of_limit(
            f"send: {BACKLOG} сразу без предела",
            ours=f"{number(rate, 0)}/с",
            value=FASTEST / rate,
            limit=1.0,
            most=f"≥ 230/с; прежняя {PRESENT}",
            generator="",
        ),
        Row.of_limit(
            "form: p95, пока отправка пишет в SQLite без передышки",
            ours=milliseconds(busy),
            value=busy,
            limit=5.0,
            most="ответ до 503, 5 с",
            generator="",
        ),
    ]


def _late(product: Product) -> list[Row]:
    """From the moment at which a message is due to its arrival, on a machine that does nothing
    else; none may be early."""
    _plan(product, "late", SPREAD_MESSAGES, ahead=4.0, spread=SPREAD_SECONDS)
    _wait(product, "late", SPREAD_MESSAGES)
    late = [each.at - each.due for each in _arrivals(product, "late")]
    p95 = quantiles(late, n=100)[94]
    early = sum(each < 0 for each in late)
    return [
        Row.of_limit(
            "send: опоздание к сроку, p95",
            ours=f"{milliseconds(p95)}, раньше срока: {early}",
            value=float("inf") if early else p95,
            limit=1.0,
            most="≤ 1 с, ни одного раньше",
            generator="",
        )
    ]


def _with_many_planned(full: Product, empty: Product) -> Row:
    _plan(full, "planned", PLANNED, ahead=86_400.0, spread=86_400.0)
    many, none = partial(_batch, full), partial(_batch, empty)
    many()
    none()
    pairs = interleaved(many, none, PAIRS)
    return Row.of_ratio(
        f"form: при {PLANNED} запланированных сообщений",
        ours=milliseconds(median(ours for ours, _ in pairs)),
        against=milliseconds(median(against for _, against in pairs)),
        ratio=ratio_of(pairs),
        bound=BOUND,
        generator="",
    )


def _batch(product: Product) -> float:
    """The median of some forms, once what the last ones brought has been sent."""
    product.witness.wait_for_quiet()
    return median(_form_times(product, FORMS, concurrency=1))


def _form_times(product: Product, count: int, concurrency: int = 2) -> list[float]:
    def send(_number: int) -> float:
        with Visitor(product.port) as visitor:
            fields = webform.fill_in(visitor, webform.new_email())
            return webform.send(visitor, fields).seconds

    return at_once(send, range(count), concurrency)


def _plan(
    product: Product, name: str, count: int, *, ahead: float = 0.0, spread: float = 0.0
) -> None:
    with Visitor(product.sandbox_port) as operator:
        chats = {"id": str(ledger_rows.FIRST_CHAT), "name": "Лид", "started": "1"}
        operator.post("/sandbox/chats", chats | {"count": str(2 * BACKLOG + 2000)}, 200)
    product.flask(
        "bench-messages",
        "--name",
        name,
        "--count",
        str(count),
        "--ahead",
        str(ahead),
        "--spread",
        str(spread),
    )


def _wait(product: Product, name: str, count: int) -> None:
    _until(lambda: len(_arrivals(product, name)) >= count, f"{count} of {name}")


def _until(come: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not come():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {PATIENCE_SECONDS:g} s: {what}")
        time.sleep(0.5)


def _arrivals(product: Product, name: str) -> list[Arrival]:
    with Visitor(product.sandbox_port) as operator:
        found = json.loads(operator.get("/sandbox/arrivals").body)
    mine = [(at, text) for at, text in found if text.startswith(f"{name}:")]
    return sorted(
        (Arrival(float(text.split(":")[2]), at) for at, text in mine), key=lambda each: each.at
    )


def _summary(product: Product) -> dict[str, int]:
    with Visitor(product.sandbox_port) as operator:
        found: dict[str, int] = json.loads(operator.get("/sandbox/").body)
        return found

"""`form`: from a form's POST to `scenario_start` recorded, whatever the Bot API takes.

The visitor must not wait for Telegram, and neither must the scenario. What is compared is the
same with the Bot API answering in 300 ms and at once; a batch posts one form after another, so
that from the second on messages of the first are being sent.
"""

import time
from dataclasses import dataclass
from functools import partial
from statistics import median

from bench import sandbox, webform
from bench.product import Product
from bench.ratio import interleaved, ratio_of
from bench.table import Row, milliseconds
from bench.visitor import Visitor

SLOW_MILLISECONDS = 300
PAIRS = 17
FORMS = 20
WARM_UP = 20
BOUND = 1.2
PRESENT_SYSTEM = "16 (40 → 643 мс)"  # there the visitor waits for both
NO_SENDING_LIMITS = {
    "TELEGRAM_MESSAGES_PER_SECOND": "1000",
    "TELEGRAM_CHAT_MESSAGES_PER_SECOND": "1000",
    "TELEGRAM_GROUP_MESSAGES_PER_MINUTE": "60000",
}


@dataclass(frozen=True, slots=True)
class Batch:
    """Medians in seconds: until the visitor's answer, until the scenario's start, of a sending.

    `generator`: processor seconds of this process per form.
    """

    answered: float
    started: float
    sending: float
    generator: float


def measure(product: Product) -> list[Row]:
    _batch(product, 0, WARM_UP)
    slow = partial(_batch, product, SLOW_MILLISECONDS, FORMS)
    fast = partial(_batch, product, 0, FORMS)
    pairs = interleaved(slow, fast, PAIRS)
    _check_that_it_was_slow([slow.sending for slow, _ in pairs])
    return [
        _row(pairs, "started", "form: до `scenario_start`"),
        _row(pairs, "answered", "form: до ответа посетителю"),
    ]


def _batch(product: Product, latency: int, forms: int) -> Batch:
    product.witness.wait_for_quiet()
    sandbox.set_latency(product, latency)
    cpu = time.process_time()
    sent = [_send_one(product) for _ in range(forms)]
    cpu = time.process_time() - cpu
    product.witness.wait_for_quiet()
    return Batch(
        answered=median(answered for answered, _, _ in sent),
        started=median(started for _, started, _ in sent),
        sending=median(product.witness.sending_seconds([lead for _, _, lead in sent])),
        generator=cpu / forms,
    )


def _send_one(product: Product) -> tuple[float, float, int]:
    """Seconds until the answer, seconds until the scenario's start, and the lead."""
    email = webform.new_email()
    with Visitor(product.port) as visitor:
        fields = webform.fill_in(visitor, email)
        began = time.perf_counter()
        answer = webform.send(visitor, fields)
        lead_id = product.witness.lead_of(email)
        product.witness.wait_for_start(lead_id)
        return answer.seconds, time.perf_counter() - began, lead_id


def _check_that_it_was_slow(sending: list[float]) -> None:
    if min(sending) < SLOW_MILLISECONDS / 1000:
        raise RuntimeError(f"the Bot API was meant to be slow, it took {min(sending):.3f} s")


def _row(pairs: list[tuple[Batch, Batch]], what: str, name: str) -> Row:
    times = [(getattr(slow, what), getattr(fast, what)) for slow, fast in pairs]
    return Row.of_ratio(
        name,
        ours=f"{milliseconds(median(slow for slow, _ in times))} (Bot API {SLOW_MILLISECONDS} мс)",
        against=f"{milliseconds(median(fast for _, fast in times))} (Bot API 0 мс)",
        ratio=ratio_of(times),
        bound=BOUND,
        present=PRESENT_SYSTEM,
        generator=milliseconds(median(batch.generator for pair in pairs for batch in pair)),
    )

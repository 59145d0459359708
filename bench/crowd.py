"""`crowd`: 200 people send the form, eight at a time. Nothing planned for any of them may be lost."""

import time
from functools import partial

from bench import webform
from bench.product import Product
from bench.table import Row, milliseconds
from bench.visitor import Visitor, at_once

PEOPLE = 200
CONCURRENCY = 8
ROUNDS = 3
FOLLOWUPS = "напоминания"
PRESENT_SYSTEM = {FOLLOWUPS: "28 из 200"}
KEPT = {
    "лиды": "SELECT count(*) FROM lead WHERE id > ?",
    "приветствия": "SELECT count(DISTINCT lead_id) FROM message"
    " WHERE kind = 'welcome' AND recipient = 'team' AND lead_id > ?",
    FOLLOWUPS: "SELECT count(DISTINCT lead_id) FROM message"
    " WHERE kind = 'followup' AND recipient = 'team' AND lead_id > ?",
}


def measure(product: Product) -> list[Row]:
    rounds = [_round(product) for _ in range(ROUNDS)]
    generator = milliseconds(sum(cost for _, cost in rounds) / ROUNDS)
    return [
        Row.of_count(
            f"crowd: {what}",
            kept=min(kept[what] for kept, _ in rounds),
            sent=PEOPLE,
            rounds=ROUNDS,
            present=PRESENT_SYSTEM.get(what, ""),
            generator=generator,
        )
        for what in KEPT
    ]


def _round(product: Product) -> tuple[dict[str, int], float]:
    """What was kept of one crowd, and this process's processor seconds per person."""
    before = product.witness.one("SELECT coalesce(max(id), 0) FROM lead")
    cpu = time.process_time()
    at_once(partial(_come, product.port), range(PEOPLE), CONCURRENCY)
    cpu = time.process_time() - cpu
    product.witness.wait_for_quiet()
    kept = {what: product.witness.one(question, before) for what, question in KEPT.items()}
    return kept, cpu / PEOPLE


def _come(port: int, _number: int) -> None:
    with Visitor(port) as visitor:
        webform.send(visitor, webform.fill_in(visitor, webform.new_email()))

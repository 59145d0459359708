"""`crowd`: 200 people send the form, eight at a time. Nothing planned for any of them may be lost."""

import time
from dataclasses import dataclass
from functools import partial

from bench import webform
from bench.product import Product
from bench.table import Row, milliseconds
from bench.visitor import Answer, Visitor, at_once

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


@dataclass(frozen=True, slots=True)
class Round:
    """What a crowd was answered, and what was kept of it.

    `longest`: seconds until the last person's answer; `generator`: processor seconds of this
    process per person.
    """

    taken: int
    kept: dict[str, int]
    longest: float
    generator: float


def measure(product: Product) -> list[Row]:
    rounds = [_round(product) for _ in range(ROUNDS)]
    longest = milliseconds(max(each.longest for each in rounds))
    worst_taken = min(each.taken for each in rounds)
    return [
        _row(f"принято, дольше всех {longest}", worst_taken, rounds),
        *(_row(what, min(each.kept[what] for each in rounds), rounds) for what in KEPT),
    ]


def _round(product: Product) -> Round:
    before = product.witness.one("SELECT coalesce(max(id), 0) FROM lead")
    cpu = time.process_time()
    answers = at_once(partial(_come, product.port), range(PEOPLE), CONCURRENCY)
    cpu = time.process_time() - cpu
    product.witness.wait_for_quiet()
    return Round(
        taken=sum(answer.status == webform.TAKEN for answer in answers),
        kept={what: product.witness.one(question, before) for what, question in KEPT.items()},
        longest=max(answer.seconds for answer in answers),
        generator=cpu / PEOPLE,
    )


def _come(port: int, _number: int) -> Answer:
    """One person, who sends once: whoever is told to try again later has been lost."""
    with Visitor(port) as visitor:
        fields = webform.fill_in(visitor, webform.new_email())
        return visitor.post(webform.PATH, fields, webform.TAKEN, webform.BUSY)


def _row(what: str, kept: int, rounds: list[Round]) -> Row:
    return Row.of_count(
        f"crowd: {what}",
        kept=kept,
        sent=PEOPLE,
        rounds=ROUNDS,
        present=PRESENT_SYSTEM.get(what, ""),
        generator=milliseconds(sum(each.generator for each in rounds) / len(rounds)),
    )

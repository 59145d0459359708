"""Many requests of a kind over kept connections: what each cost the servers and who asks."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench import processor
from bench.visitor import Visitor, at_once


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of processor time per request: of the servers' processes, and of this one."""

    servers: float
    generator: float
    requests_per_second: float


Ask = Callable[[Visitor, int], object]
"""One request of a visitor's; the number says which of many it is."""


def volley(
    port: int,
    ask: Ask,
    *,
    requests: int,
    connections: int,
    servers: Sequence[int],
) -> Cost:
    """What `ask` raises ends it: a single answer that is not as expected spoils the figure."""
    began, mine, theirs = time.perf_counter(), time.process_time(), processor.seconds_used(servers)
    share = requests // connections
    at_once(lambda first: _connected(port, ask, first, share), range(connections), connections)
    total = share * connections
    return Cost(
        servers=(processor.seconds_used(servers) - theirs) / total,
        generator=(time.process_time() - mine) / total,
        requests_per_second=total / (time.perf_counter() - began),
    )


def getting(paths: Sequence[str], expected: int) -> Ask:
    """GETs of these addresses by turns."""
    return lambda visitor, number: visitor.get(paths[number % len(paths)], expected)


def _connected(port: int, ask: Ask, first: int, times: int) -> None:
    with Visitor(port) as visitor:
        for number in range(first, first + times):
            ask(visitor, number)

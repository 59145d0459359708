"""Many GETs of a kind over kept connections, and what each cost the servers and the one who asks."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench import processor
from bench.visitor import Visitor, at_once


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of processor time per request: of the servers' processes, and of this one."""

    servers: float
    generator: float
    requests_per_second: float


def volley(
    port: int,
    paths: Sequence[str],
    *,
    requests: int,
    connections: int,
    expected: int,
    servers: Sequence[int],
) -> Cost:
    """UnexpectedAnswer where a single one of them was answered otherwise than `expected`."""
    began, mine, theirs = time.perf_counter(), time.process_time(), processor.seconds_used(servers)
    share = requests // connections
    at_once(
        lambda first: _ask(port, paths, first, share, expected), range(connections), connections
    )
    total = share * connections
    return Cost(
        servers=(processor.seconds_used(servers) - theirs) / total,
        generator=(time.process_time() - mine) / total,
        requests_per_second=total / (time.perf_counter() - began),
    )


def _ask(port: int, paths: Sequence[str], first: int, times: int, expected: int) -> None:
    with Visitor(port) as visitor:
        for number in range(first, first + times):
            visitor.get(paths[number % len(paths)], expected)

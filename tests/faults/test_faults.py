"""The faults that always go alike: real processes, real signals, and nothing may be lost.

A test a database, since the product is slow to start; each fault is a subtest of it. `FAULTS=6,18`
for some of them.
"""

from contextlib import ExitStack

import pytest

from tests.faults import catalogue, plant, runner
from tests.faults.catalogue import Fault
from tests.faults.plant import POSTGRESQL, SQLITE, Plant
from tests.fixtures import servers
from tests.requirements import need

SEED = 1


@pytest.mark.parametrize("kind", [SQLITE, POSTGRESQL])
def test_nothing_is_lost(kind: str, subtests: pytest.Subtests) -> None:
    need(servers.redis_binary() is not None, "redis-server")
    need(kind != POSTGRESQL or servers.postgres_binaries() is not None, "PostgreSQL")
    product: Plant | None = None
    with ExitStack() as parts:
        for fault in catalogue.chosen():
            if kind not in fault.quick:
                continue
            product = product or parts.enter_context(plant.running(kind))
            with subtests.test(f"{fault.number}: {fault.name}"):
                if reasons := _reasons(fault, product):
                    written, product = product.written(), None
                    parts.close()
                    pytest.fail("\n".join([*reasons, written]), pytrace=False)


def _reasons(fault: Fault, product: Plant) -> list[str]:
    """Why it does not hold; a product that did not get over a fault is of no more use."""
    try:
        return runner.run(fault, product, seed=SEED, quick=True).reasons[:10]
    except Exception as error:
        return [f"{type(error).__name__}: {error}"]

"""`poll`: the processor time of the room's poll with nothing new, against a hello-world.

Forty viewers of one room take turns at their own addresses. The hello-world is a view of the
same application; a second one, of a Flask with none of the product's parts, shows what those
parts cost any view. A broadcast's poll is measured in the same way: its viewers share one address.
"""

from functools import partial
from statistics import median

from bench import addresses
from bench.product import Product
from bench.ratio import interleaved, ratio_of
from bench.room import quiet_poll
from bench.table import Row, milliseconds
from bench.volley import Cost, getting, volley

PAIRS = 12
REQUESTS = 1200
CONNECTIONS = 6
WARM_UP = 400
BOUND = 3.0
PRESENT = "20 мс; WI 28 мс"
"""CPU of a poll of chat with nothing new: the customer's present system, and WebinarIgnition."""


def measure(product: Product) -> list[Row]:
    recorded = [quiet_poll(product, link) for link in product.flask("bench-room").split()]
    on_air = [quiet_poll(product, link) for link in product.flask("bench-live").split()]
    rows = []
    for name, quiet, path, bound in (
        ("poll: к hello в том же приложении", recorded, addresses.HELLO, BOUND),
        ("poll: к hello в голом Flask", recorded, addresses.BARE_HELLO, None),
        ("live: опрос к hello в том же приложении", on_air, addresses.HELLO, BOUND),
    ):
        poll = partial(_volley, product, quiet, 204)
        hello = partial(_volley, product, [path], 200)
        poll(WARM_UP)
        hello(WARM_UP)
        rows.append(_row(name, interleaved(poll, hello, PAIRS), bound))
    return rows


def _volley(product: Product, paths: list[str], expected: int, requests: int = REQUESTS) -> Cost:
    return volley(
        product.port,
        getting(paths, expected),
        requests=requests,
        connections=CONNECTIONS,
        servers=product.web_pids,
    )


def _row(name: str, pairs: list[tuple[Cost, Cost]], bound: float | None) -> Row:
    return Row.of_ratio(
        name,
        ours=f"{milliseconds(median(poll.servers for poll, _ in pairs))} CPU",
        against=f"{milliseconds(median(hello.servers for _, hello in pairs))} CPU",
        ratio=ratio_of([(poll.servers, hello.servers) for poll, hello in pairs]),
        bound=bound,
        generator=milliseconds(median(cost.generator for pair in pairs for cost in pair)),
        present=PRESENT if bound is not None else "",
    )

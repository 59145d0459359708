"""`flat`: what a poll and a sign of life cost, whatever the room and the base have grown to.

Polls: a recording of a hundred chat lines against one of a hundred thousand, in one product.
Signs of life: a product with ten viewing sessions against one with ten thousand, side by side.
"""

from functools import partial
from statistics import median

from bench import room
from bench.audience import Seat
from bench.product import Product
from bench.ratio import interleaved, ratio_of
from bench.table import Row, milliseconds
from bench.visitor import Visitor
from bench.volley import Cost, getting, volley

PAIRS = 12
REQUESTS = 900
CONNECTIONS = 6
WARM_UP = 300
BOUND = 1.2
FEW, MANY = 10, 10_000


def lines(product: Product) -> list[Row]:
    """The poll with nothing new, by the number of recorded lines."""
    quiet = {
        count: [
            room.quiet_poll(product, link)
            for link in product.flask(
                "bench-room", "--slug", f"lines-{count}", "--lines", str(count), "--viewers", "12"
            ).split()
        ]
        for count in (100, 100_000)
    }
    many, few = (partial(_polls, product, quiet[count]) for count in (100_000, 100))
    return [_row("poll: 100 000 реплик к 100", many, few)]


def _polls(product: Product, paths: list[str], requests: int = REQUESTS) -> Cost:
    return volley(
        product.port,
        getting(paths, 204),
        requests=requests,
        connections=CONNECTIONS,
        servers=product.web_pids,
    )


def sessions(large: Product, small: Product) -> list[Row]:
    """Polls and signs of life, by the number of viewing sessions in the base."""
    seats = {product.port: _seated(product) for product in (large, small)}
    large_base = large.flask("bench-sessions", "--count", str(MANY - FEW))
    if large_base.strip() != str(MANY - FEW):
        raise RuntimeError(f"bench-sessions: {large_base}")
    rows = []
    for name, cost in (("beat", _beats), ("poll", _seat_polls)):
        many = partial(cost, large, seats[large.port])
        few = partial(cost, small, seats[small.port])
        rows.append(_row(f"{name}: 10 000 сессий к 10", many, few))
    return rows


def _seated(product: Product) -> list[Seat]:
    return room.seats(product, product.flask("bench-room", "--viewers", str(FEW)).split())


def _beats(product: Product, seats: list[Seat], requests: int = REQUESTS) -> Cost:
    def ask(visitor: Visitor, number: int) -> None:
        seat = seats[number % len(seats)]
        visitor.become(seat.cookie)
        visitor.post(seat.beat, seat.fields, 200)

    return volley(
        product.port,
        ask,
        requests=requests,
        connections=CONNECTIONS,
        servers=product.web_pids,
    )


def _seat_polls(product: Product, seats: list[Seat], requests: int = REQUESTS) -> Cost:
    return _polls(product, [seat.poll for seat in seats], requests)


def _row(name: str, many: partial[Cost], few: partial[Cost]) -> Row:
    many(requests=WARM_UP)
    few(requests=WARM_UP)
    pairs = interleaved(many, few, PAIRS)
    return Row.of_ratio(
        f"flat: {name}",
        ours=f"{milliseconds(median(cost.servers for cost, _ in pairs))} CPU",
        against=f"{milliseconds(median(cost.servers for _, cost in pairs))} CPU",
        ratio=ratio_of([(large.servers, small.servers) for large, small in pairs]),
        bound=BOUND,
        generator=milliseconds(median(cost.generator for pair in pairs for cost in pair)),
    )

"""The documented nginx before a product, and what of the polls came through to the application."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.product import Product
from tests.fixtures import nginx
from tests.fixtures.nginx import Nginx

CONNECTIONS = 16_384
BEHIND = {"TRUSTED_PROXIES": "1", "PUBLIC_URL": ""}
"""Settings of a product that nginx stands before."""
KEPT = ("HIT", "STALE", "UPDATING")


@dataclass(frozen=True, slots=True)
class Polls:
    """`asked` by pages; `through`: those that the application was asked."""

    asked: int
    through: int

    def since(self, before: "Polls") -> "Polls":
        return Polls(self.asked - before.asked, self.through - before.through)


def is_there() -> bool:
    return nginx.binary() is not None


@contextmanager
def before(product: Product) -> Iterator[Nginx]:
    with (
        tempfile.TemporaryDirectory(prefix="efir-front-", ignore_cleanup_errors=True) as folder,
        nginx.nginx(product.port, Path(folder), CONNECTIONS) as front,
    ):
        yield front


def authority(front: Nginx) -> str:
    return str(front.folder / "fullchain.pem")


def polls(front: Nginx) -> Polls:
    """So far, by nginx's own log."""
    ends = [line.rsplit(" ", 1)[1] for line in front.logged().splitlines() if "/poll/-/" in line]
    return Polls(len(ends), sum(end not in KEPT for end in ends))

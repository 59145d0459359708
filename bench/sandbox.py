"""The sandbox Bot API's control plane."""

import json

from bench.product import Product
from bench.visitor import Visitor


def set_latency(product: Product, milliseconds: int) -> None:
    """From now on each answer of the Bot API comes so much later."""
    with Visitor(product.sandbox_port) as operator:
        operator.post("/sandbox/latency", {"ms": str(milliseconds)}, 200)


def messages_received(product: Product) -> int:
    with Visitor(product.sandbox_port) as operator:
        count: int = json.loads(operator.get("/sandbox/").body)["messages"]
        return count

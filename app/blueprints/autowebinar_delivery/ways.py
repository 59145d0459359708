"""Where a part of the room leads: to the room's own address or, in a preview, to one at which nothing
happens. Every template of the room asks here, so no page of it can be pressed by mistake."""

from collections.abc import Callable
from typing import Any

from flask import g, url_for

from app.blueprints.autowebinar_delivery import blueprint

Ways = Callable[[str, dict[str, Any]], str]


def lead_elsewhere(ways: Ways) -> None:
    """While the present request is answered. `ways` is asked with the part's name and values."""
    g.room_ways = ways


@blueprint.app_template_global("room_way")
def room_way(name: str, **values: Any) -> str:
    """`name`: the part's endpoint in this room."""
    ways: Ways | None = g.get("room_ways")
    return ways(name, values) if ways else url_for(f"{blueprint.name}.{name}", **values)

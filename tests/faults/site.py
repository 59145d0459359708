"""The site with what only the fault suite needs: a way to plan messages, and points to die at."""

import secrets
from datetime import timedelta
from typing import Any

from flask import request

from tests.faults import crashing

crashing.enter()

from app import clock, core, live, messages  # noqa: E402
from app.extensions import csrf  # noqa: E402
from app.web import viewer  # noqa: E402
from bench import broadcast as on_air  # noqa: E402
from wsgi import app  # noqa: E402


@app.post("/faults/plan/")
@csrf.exempt
def plan() -> tuple[str, int]:
    """Rows of the ledger as an executor plans them: all of one request or none."""
    with core.transaction():
        for wanted in request.get_json():
            messages.plan(_plan(wanted))
    return "", 204


@app.post("/faults/erase/")
@csrf.exempt
def erase() -> tuple[str, int]:
    """A lead's data are erased."""
    core.leads.erase(_lead(request.get_json()["email"]))
    return "", 204


@app.post("/faults/admin/")
@csrf.exempt
def admin() -> str:
    """An administrator of that address; answers the password."""
    password = secrets.token_urlsafe(18)
    email = request.get_json()["email"]
    core.users.create(email, name="Admin", password=password, roles=("admin",), proven=True)
    return password


@app.post("/faults/broadcast/")
@csrf.exempt
def broadcast() -> dict[str, Any]:
    """A broadcast on air and people who have a place in it; its key and their personal links."""
    asked = request.get_json()
    webinar = on_air.on_air(asked["slug"])
    with core.transaction():
        places = [on_air.place(webinar, number) for number in range(asked["viewers"])]
    kept = live.broadcasts.of(webinar.webinar_id)
    return {
        "webinar_id": webinar.webinar_id,
        "key": f"{kept.stream_id}?key={kept.stream_key}",
        "links": [viewer.personal_path(place) for place in places],
    }


def _lead(email: str) -> int:
    found = core.contacts.by_value("email", email)
    assert found is not None
    return found.lead_id


def _plan(wanted: dict[str, Any]) -> messages.Plan:
    return messages.Plan(
        kind="reply",
        recipient=messages.TEAM,
        dedupe=wanted["dedupe"],
        chat=wanted["chat"],
        lead_id=_lead(wanted["lead"]) if wanted["lead"] else None,
        policy=wanted["policy"],
        due_at=_in(wanted["due_in"]),
        not_after=_in(wanted["not_after_in"]),
        values={"lead_id": 0, "name": "faults", "text": wanted["text"]},
    )


def _in(seconds: float | None) -> Any:
    return None if seconds is None else clock.now() + timedelta(seconds=seconds)


__all__ = ["app"]

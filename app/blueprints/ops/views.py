"""The three addresses. None is cached, counted against a limit, or asks for a token of a form."""

from typing import Any

from flask import Response, abort, jsonify, make_response

from app.blueprints.ops import blueprint, figures, readiness, visitors
from app.extensions import csrf, limiter

csrf.exempt(blueprint)
limiter.exempt(blueprint)


@blueprint.after_request
def _never_cached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers. Nothing else is asked, so that a PaaS routes by it."""
    response = make_response("ok")
    response.mimetype = "text/plain"
    return response


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Whether all is well, and what is not: for people and alarms, never for routing."""
    verdicts = readiness.ask()
    ready = all(each.ok for each in verdicts.values())
    body: dict[str, Any] = {
        "ready": ready,
        "checks": {name: {"ok": each.ok, "detail": each.detail} for name, each in verdicts.items()},
    }
    return jsonify(body), 200 if ready else 503


@blueprint.get("/metrics")
def metrics() -> Response:
    if not visitors.may_read_metrics():
        abort(403)
    body, content_type = figures.exposition()
    return Response(body, content_type=content_type)

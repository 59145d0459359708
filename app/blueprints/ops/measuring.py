"""Counts and times every answer, save those of the hot path, where a microsecond is a cost."""

from time import perf_counter

from flask import Response, g, request

from app.blueprints.ops import blueprint, figures

UNMEASURED = frozenset({"static", "ops.healthz", "autowebinar_delivery.poll"})


@blueprint.before_app_request
def _begin() -> None:
    if request.endpoint not in UNMEASURED:
        g.began = perf_counter()


@blueprint.after_app_request
def _end(response: Response) -> Response:
    if "began" in g:
        endpoint = request.endpoint or "none"
        figures.requests.labels(endpoint, request.method, response.status_code).inc()
        figures.seconds.labels(endpoint).observe(perf_counter() - g.began)
    return response

"""The form in a third party's frame: who may frame it, and how a submission proves its origin."""

from urllib.parse import urlsplit

from flask import abort, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.blueprints.integration_web_form.forms import EmbeddedForm
from app.web import security

TWELVE_HOURS = 43_200


def asked() -> bool:
    return request.args.get("embed") == "1"


def permit_framing() -> None:
    """The origins of `EMBED_ORIGINS` may frame the form; where there are none, nobody may."""
    origins = current_app.config["SETTINGS"].embed_origins
    if origins:
        security.allow_framing(origins)


def sign(slug: str) -> str:
    """A token that this form was drawn here, lately, for this webinar."""
    return str(_signer().dumps(slug))


def check(form: EmbeddedForm, slug: str) -> None:
    """400 for a submission whose token is not ours, is old, or belongs to another form."""
    try:
        drawn_for = _signer().loads(form.token.data or "", max_age=TWELVE_HOURS)
    except BadSignature:
        abort(400)
    if drawn_for != slug:
        abort(400)


def refuse_foreign_origin() -> None:
    """400 where a browser says that another site's page sends this. Our frame's page is ours."""
    origin = request.headers.get("Origin", "null")
    if origin != "null" and urlsplit(origin).netloc.lower() not in _own_hosts():
        abort(400)


def _own_hosts() -> set[str]:
    public = current_app.config["SETTINGS"].public_url
    return {request.host.lower(), urlsplit(public).netloc.lower()} - {""}


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="web-form-embed")

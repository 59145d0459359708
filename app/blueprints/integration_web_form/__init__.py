"""integration-web-form: draws a minimal form, builds a payload, raises `core_ingest_event`, and
does nothing more. With `?embed=1` it stands in another site's frame, where no cookie arrives."""

from flask import Blueprint

blueprint = Blueprint("integration_web_form", __name__)

from app.blueprints.integration_web_form import views  # noqa: F401

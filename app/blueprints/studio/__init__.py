"""The studio: webinars are made, scheduled, previewed and run here. Each module brings a panel."""

from flask import Blueprint

blueprint = Blueprint("studio", __name__, url_prefix="/studio")

from app.blueprints.studio import (  # noqa: F401
    answering,
    chat_console,
    broadcast,
    console,
    console_show,
    console_talk,
    creation,
    moderating,
    overview,
    questions,
    duplication,
    landing_page,
    publishing,
    schedule,
    texts,
    timeline,
    timeline_cues,
    timeline_export,
    timeline_import,
    timeline_lines,
    tus,
    video,
    webinar_file,
    webinars,
)

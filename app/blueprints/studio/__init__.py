"""The studio: webinars are made, scheduled, previewed and run here. Each module brings a panel."""

from flask import Blueprint

blueprint = Blueprint("studio", __name__, url_prefix="/studio")

from app.blueprints.studio import (  # noqa: F401
    answering,
    answers,
    archive_uploads,
    broadcast,
    broadcast_stream,
    chat_console,
    console,
    console_show,
    console_talk,
    creation,
    documents,
    duplication,
    landing_page,
    live_recording,
    moderating,
    overview,
    preview,
    publishing,
    questions,
    recording_choice,
    recording_start,
    schedule,
    texts,
    timeline,
    timeline_cues,
    timeline_export,
    timeline_import,
    timeline_lines,
    tus,
    video,
    video_length,
    webinar_file,
    webinars,
)

"""`flask --app wsgi client-webinar`: a manual emission."""

import json
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from app import core

CONTEXT = {"lead_id": 7, "webinar_id": "wb_1", "session_id": "s1", "form_id": "feedback"}
STATES = {
    "register": "client_webinar_registered",
    "enter": "client_webinar_entered",
    "leave": "client_webinar_left",
    "complete": "client_webinar_completed",
    "form-submit": "client_webinar_form_submitted",
}


def run(app: Flask, state: str, context: Any) -> Result:
    text = context if isinstance(context, str) else json.dumps(context)
    return app.test_cli_runner().invoke(args=["client-webinar", state, text])


@pytest.mark.parametrize("state", sorted(STATES))
def test_command_emits_by_hand_and_answers_the_event_id(app: Flask, state: str) -> None:
    answer = run(app, state, CONTEXT)
    (envelope,) = core.timeline.everything()
    assert answer.exit_code == 0
    assert answer.output == f"{envelope.event_id}\n"
    assert (envelope.name, envelope.lead_id, envelope.webinar_id) == (STATES[state], 7, "wb_1")


def test_command_says_that_a_session_had_said_so(app: Flask) -> None:
    run(app, "enter", CONTEXT)
    again = run(app, "enter", CONTEXT)
    assert (again.exit_code, again.output) == (0, "уже было: ничего не добавлено\n")
    assert len(list(core.timeline.everything())) == 1


@pytest.mark.parametrize(
    "context",
    [
        "",
        "not json",
        "[]",
        "5",
        "null",
        "{}",
        '{"lead_id": 1}',
        '{"webinar_id": "w", "lead_id": "x"}',
    ],
)
def test_command_refuses_in_one_line(app: Flask, context: str) -> None:
    answer = run(app, "enter", context)
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: ")
    assert "Traceback" not in answer.output
    assert answer.output.count("\n") == 1
    assert list(core.timeline.everything()) == []


def test_command_refuses_an_unknown_state(app: Flask) -> None:
    assert run(app, "dance", CONTEXT).exit_code == 2

"""Executors of scenarios: each hears `scenario_start` and does one scenario's part of the work.

Strangers to each other. An executor plans rows of the ledger; the sender sends them.
"""

from workers.executors import (
    live_changes_telegram,
    partner_attendance_telegram,
    post_webinar_telegram,
    scenario_followup_telegram,
    scenario_reminders_telegram,
    scenario_welcome_telegram,
)


def connect() -> None:
    for executor in (
        scenario_welcome_telegram,
        scenario_followup_telegram,
        post_webinar_telegram,
        partner_attendance_telegram,
        scenario_reminders_telegram,
        live_changes_telegram,
    ):
        executor.connect()

"""What goes to Telegram from a chat: a question that nobody of the team sees, and an answer whose
asker is not there. The row of the line comes first, the message's row in the same transaction."""

from flask import current_app
from flask_babel import force_locale, gettext

from app import chat, clock, core, messages
from app.chat import Line
from app.chat.answers import Answer
from app.core import RegistrationRecord, WebinarRecord
from app.messages import LEAD, TEAM, Plan, subject
from app.web.localisation import timecode
from app.web.room import team

PAUSE_SECONDS = 300
QUESTION = "question"
ANSWER = "chat_answer"


def tell_team(line: Line, registration: RegistrationRecord, webinar: WebinarRecord) -> None:
    """Ping the team's chat about a question, where nobody watches; once in five minutes a chat."""
    now = clock.now()
    if not line.asks or team.is_watching(webinar, now):
        return
    with core.transaction():
        if chat.questions.may_ping(line.channel, now, PAUSE_SECONDS):
            messages.plan(_ping(line, registration, webinar))


def _ping(line: Line, registration: RegistrationRecord, webinar: WebinarRecord) -> Plan:
    lead = core.leads.get(registration.lead_id)
    site = current_app.config["SETTINGS"]
    link = f"{site.site_address}/studio/{webinar.slug}/questions/"
    with force_locale(site.default_locale):
        buttons = [[{"text": gettext("Ответить"), "url": link}]]
    return Plan(
        kind=QUESTION,
        recipient=TEAM,
        dedupe=f"question:{line.channel}:{line.number}",
        lead_id=registration.lead_id,
        webinar_id=webinar.webinar_id,
        registration_id=registration.registration_id,
        values={
            "name": lead.name,
            "question": line.text,
            "timecode": timecode(line.at_sec),
            "webinar": webinar.title,
            "link": link,
        },
        buttons=buttons,
    )


def send_due_answers(limit: int = 50) -> int:
    """Plan a message for each answer that no page has taken in time; how many there were."""
    due = chat.answers.due(limit)
    for answer in due:
        with core.transaction():
            if chat.answers.take(answer):
                _plan(answer)
    return len(due)


def _plan(answer: Answer) -> None:
    registration = core.registrations.get(answer.registration_id)
    if registration.cancelled:
        return
    lead = core.leads.get(registration.lead_id)
    values = subject.values(registration.lead_id, registration)
    messages.plan(
        Plan(
            kind=ANSWER,
            recipient=LEAD,
            dedupe=f"chat_answer:{answer.answer_id}:{answer.registration_id}",
            lead_id=registration.lead_id,
            webinar_id=answer.webinar_id,
            registration_id=registration.registration_id,
            about_webinar=True,
            locale=lead.locale,
            values=values | {"question": answer.question, "text": answer.text},
            buttons=subject.room_buttons(registration, lead.locale),
        )
    )

"""A broadcast on air, and seats in a room by the thousand; made inside the application."""

from dataclasses import replace

from app import clock, core, live
from app.core import RegistrationRecord, WebinarRecord
from app.web.room.tickets import Ticket, _signer, sign
from bench import copies


def on_air(slug: str, title: str = "Прямой разговор") -> WebinarRecord:
    """Announced for now and started, as the studio does both."""
    speaker = core.users.create(
        f"speaker@{slug}.example.org",
        name="Ведущий",
        roles=("speaker",),
        proven=True,
    )
    made = core.webinars.create(
        type="live", slug=slug, title=title, speaker_id=speaker.user_id, stream_type="obs"
    )
    webinar_id = made.webinar_id
    live.broadcasts.of(webinar_id)
    core.webinar_states.schedule(webinar_id, clock.now(), actor_id=None)
    start(webinar_id, speaker.user_id)
    return made


def start(webinar_id: str, actor_id: int) -> None:
    now = clock.now()
    context = {"actor_id": actor_id, "timestamp": clock.unix(now), "source": "studio"}
    payload = {"webinar_id": webinar_id, "status": "start", "context": context}
    with core.transaction():
        core.request(core.events.core_webinar_set_status, payload, raiser="studio")
        live.broadcasts.started(webinar_id, now)


def place(webinar: WebinarRecord, number: int) -> RegistrationRecord:
    """A person signs up."""
    payload = {
        "source": "signup",
        "name": f"Зритель {number}",
        "email": f"viewer{number}@{webinar.slug}.example.org",
        "consent": "bench",
        "ip": "127.0.0.1",
        "user_agent": "bench",
        "webinar_id": webinar.webinar_id,
    }
    ingested = core.request(core.events.core_ingest_event, payload, raiser="signup")
    user_id, _ = core.users.ensure_for_lead(ingested.lead_id, None, new_lead=True)
    registration, _ = core.registrations.register(
        ingested.lead_id,
        user_id,
        webinar.webinar_id,
        proven=False,
        name=payload["name"],
    )
    return registration


def tickets(of_one: str, count: int) -> list[str]:
    """So many more places like that one's, each as if its page were open: their tickets."""
    known = Ticket(*_signer().loads(of_one))
    return [
        sign(replace(known, registration_id=each.registration_id, session_id=each.session_id))
        for each in copies.of(known.registration_id, count)
    ]

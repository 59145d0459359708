"""Seeds the demo. Run again it finds everything made and adds nothing."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import autowebinar, core
from app import client_webinar_tracker as tracker
from app.core import RegistrationRecord, WebinarRecord
from app.demo import broadcasts

CONTENT = Path(__file__).with_name("autowebinar.json")
SCHEDULE = Path(__file__).with_name("schedule.json")
PEOPLE = Path(__file__).with_name("people.json")
PASSWORD = "efir-demo-2026"  # noqa: S105 - printed for everybody who runs the demo
CONSENT = "demo"


@dataclass(frozen=True, slots=True)
class Login:
    """An account of the demo. `title`: the role in words."""

    role: str
    title: str
    email: str
    name: str
    ref_code: str | None = None


LOGINS = (
    Login("admin", "администратор", "admin@efir.test", "Марина Орлова"),
    Login("leader", "лидер", "leader@efir.test", "Игорь Ветров", "IGOR"),
    Login("partner", "партнёр", "partner@efir.test", "Анна Лебедева", "ANNA"),
    Login("speaker", "спикер", "speaker@efir.test", "Андрей Соколов"),
    Login("candidate", "кандидат", "candidate@efir.test", "Денис Кравцов"),
)


def seed() -> WebinarRecord:
    """The whole demo in one transaction; the webinar that it shows."""
    with core.transaction():
        _invite_partner()
        accounts = {login.role: _account(login) for login in LOGINS}
        webinar = _webinar(accounts["admin"].user_id, accounts["speaker"].user_id)
        leads = [
            _lead(number, person, webinar)
            for number, person in enumerate(json.loads(PEOPLE.read_text("utf-8")), start=1)
        ]
        broadcasts.seed(
            accounts["admin"],
            accounts["speaker"],
            json.loads(CONTENT.read_text("utf-8")),
            lambda broadcast: _places(leads, broadcast),
        )
        return webinar


def webinar() -> WebinarRecord | None:
    return core.webinars.ever_at(json.loads(CONTENT.read_text("utf-8"))["slug"])


def _account(login: Login) -> core.UserRecord:
    known = core.users.by_email(login.email)
    if known is not None and login.role in known.roles:
        return known
    return core.users.create(
        login.email,
        name=login.name,
        password=PASSWORD,
        roles=("candidate", login.role),
        proven=True,
        ref_code=login.ref_code,
    )


def _invite_partner() -> None:
    """The partner came by the leader's link, so that the leader has a branch."""
    leader, partner = LOGINS[1], LOGINS[2]
    _account(leader)
    person = {"name": partner.name, "email": partner.email, "ref": leader.ref_code}
    ingested = _ingest("demo:partner", person, source="signup")
    core.users.ensure_for_lead(ingested.lead_id, None, new_lead=True)


def _webinar(owner_id: int, speaker_id: int) -> WebinarRecord:
    known = webinar()
    if known is not None:
        return known
    content = json.loads(CONTENT.read_text("utf-8"))
    made = core.webinars.create(
        type="auto",
        slug=content["slug"],
        title=content["title"],
        description=content["description"],
        poster=content["poster"],
        guest_cta_text="Забронировать место",
        owner_id=owner_id,
        speaker_id=speaker_id,
    )
    version = autowebinar.create_version(made.webinar_id, content)
    autowebinar.publish(made.webinar_id, version.version_id)
    rules = autowebinar.schedule_rules.checked(json.loads(SCHEDULE.read_text("utf-8")))
    autowebinar.schedule.save(made.webinar_id, rules, actor_id=owner_id)
    return core.webinar_states.publish(made.webinar_id, actor_id=owner_id)


def _lead(number: int, person: dict[str, Any], webinar: WebinarRecord) -> tuple[int, str, bool]:
    """Some filled in the form, some took a place on the webinar: (who, name, whether so)."""
    key = f"demo:{number}"
    registers = bool(person.get("registers"))
    source = "signup" if registers else "web_form"
    ingested = _ingest(key, person, source=source, webinar_id=webinar.webinar_id)
    if ingested.created and registers:
        _register(ingested.lead_id, person["name"], key, webinar)
    return ingested.lead_id, person["name"], registers


def _places(
    leads: list[tuple[int, str, bool]], broadcast: WebinarRecord
) -> list[RegistrationRecord]:
    """Who took a place on the recording takes one on the broadcast, too."""
    return [
        _register(lead_id, name, f"demo:{broadcast.slug}:{lead_id}", broadcast)
        for lead_id, name, registers in leads
        if registers
    ]


def _ingest(key: str, person: dict[str, Any], **more: Any) -> core.Ingested:
    payload = {
        "name": person["name"],
        "email": person["email"],
        "ref": person.get("ref"),
        "consent": CONSENT,
        **{name: person[name] for name in person if name.startswith("utm_")},
        **more,
    }
    raiser = "signup" if more["source"] == "signup" else "integration_web_form"
    ingested: core.Ingested = core.request(
        core.events.core_ingest_event, payload, raiser=raiser, once=key, locale="ru"
    )
    return ingested


def _register(lead_id: int, name: str, key: str, webinar: WebinarRecord) -> RegistrationRecord:
    user_id, _ = core.users.ensure_for_lead(lead_id, None, new_lead=True)
    registration, _ = core.registrations.register(
        lead_id,
        user_id,
        webinar.webinar_id,
        proven=True,
        name=name,
        starts_at=webinar.scheduled_at,
        submission=key,
    )
    tracker.client_webinar_register(
        {
            "lead_id": lead_id,
            "webinar_id": webinar.webinar_id,
            "webinar_type": webinar.type,
            "source": "signup",
        },
        session_id=registration.session_id,
    )
    return registration

"""The catalogue of canonical events: each a blinker signal, raised by one system.

Subscribe by `core.subscribe(event, name, handler)`; raise by the emitter that Core gives to the
owner. Delivery of facts is at least once and in no promised order: a handler is idempotent by a
unique constraint of its own.
"""

from app.core import payloads as p
from app.core.catalogue import CanonicalEvent, Kind

CATALOGUE: dict[str, CanonicalEvent] = {}
PERSONAL_INGEST = ("name", "email", "phone", "ip", "user_agent")
PERSONAL_META = (
    "lead_meta.name",
    "lead_meta.email",
    "lead_meta.phone",
    "lead_meta.consent_ip",
)


def _event(
    name: str,
    payload: type,
    raiser: str | tuple[str, ...],
    doc: str,
    *,
    request: bool = False,
    personal: tuple[str, ...] = (),
) -> CanonicalEvent:
    raisers = (raiser,) if isinstance(raiser, str) else raiser
    kind: Kind = "request" if request else "fact"
    event = CanonicalEvent(name, payload, raisers=raisers, doc=doc, kind=kind, personal=personal)
    CATALOGUE[name] = event
    return event


def named(name: str) -> CanonicalEvent:
    return CATALOGUE[name]


core_ingest_event = _event(
    "core_ingest_event",
    p.Ingest,
    ("integration_web_form", "signup", "api"),
    """A person submitted a form: find or make the lead. Raised by every door through which a
    person comes in (web form, sign-up, API). Not sent for a submission that a page refused.""",
    request=True,
    personal=PERSONAL_INGEST,
)
core_lead_created = _event(
    "core_lead_created",
    p.LeadCreated,
    "core",
    """A lead that did not exist now does. Once in a lead's life; a later submission of the same
    person raises `core_lead_updated` or nothing.""",
    personal=tuple(f"payload.{field}" for field in PERSONAL_INGEST),
)
core_lead_updated = _event(
    "core_lead_updated",
    p.LeadChanged,
    "core",
    """Blank fields of a lead were filled, or the team edited it; `lead_meta` holds what changed.
    Not sent when a submission brought nothing new.""",
    personal=PERSONAL_META,
)
core_lead_deleted = _event(
    "core_lead_deleted",
    p.LeadChanged,
    "core",
    """A lead's personal data was erased. The row, its ids and its facts stay; names do not.""",
    personal=PERSONAL_META,
)
core_lead_merged = _event(
    "core_lead_merged",
    p.LeadMerged,
    "core",
    """Two leads are one person: the secondary now answers as the primary. Both histories stay,
    and the merge can be undone (`lead_meta.undone` is then true).""",
    personal=PERSONAL_META,
)
core_user_registered = _event(
    "core_user_registered",
    p.UserFact,
    "core",
    """An account was made for a lead. Not sent when a known person signs up again.""",
)
core_user_login = _event(
    "core_user_login",
    p.UserFact,
    "core",
    """A person signed in, by password or one-time link.""",
)
core_ref_context_resolved = _event(
    "core_ref_context_resolved",
    p.UserFact,
    "core",
    """The inviter of a user became known: `invited_by` was set, once and for ever. Not sent for
    a user without an inviter.""",
)
core_webinar_set_status = _event(
    "core_webinar_set_status",
    p.SetStatus,
    ("studio", "rules"),
    """Start or stop a webinar. Core does it or refuses by name. The only way to do either.""",
    request=True,
)
core_webinar_set_cta_visibility = _event(
    "core_webinar_set_cta_visibility",
    p.SetCtaVisibility,
    ("studio", "timeline"),
    """Show or hide a webinar's call to action.""",
    request=True,
)
core_webinar_status_changed = _event(
    "core_webinar_status_changed",
    p.WebinarChanged,
    "core",
    """A webinar passed from one state to another, by whatever way.""",
)
core_webinar_cta_visibility_changed = _event(
    "core_webinar_cta_visibility_changed",
    p.WebinarChanged,
    "core",
    """The call to action was shown or hidden; not sent when it was so already.""",
)
core_contact_linked = _event(
    "core_contact_linked",
    p.ContactFact,
    "core",
    """A way to reach the lead was added: what waited for it may go.""",
)
core_contact_blocked = _event(
    "core_contact_blocked",
    p.ContactFact,
    "core",
    """The way to the lead is shut: the bot was blocked, or the chat is gone.""",
)
core_contact_unsubscribed = _event(
    "core_contact_unsubscribed",
    p.ContactFact,
    "core",
    """The lead asked for no more, save messages about a webinar they registered for.""",
)
core_contact_message_received = _event(
    "core_contact_message_received",
    p.ContactMessage,
    "core",
    """The lead wrote to us outside a room.""",
    personal=("text",),
)
scenario_start = _event(
    "scenario_start",
    p.ScenarioStart,
    "scenario_engine",
    """A rule matched an event: the executors of `scenario` do their part. Once for each rule
    and event, however often the event is delivered.""",
    personal=tuple(
        f"context.payload.{field}" for field in (*PERSONAL_INGEST, *PERSONAL_META, "form_payload")
    ),
)
message_planned = _event(
    "message_planned",
    p.MessageFact,
    "messages",
    """A message became a row of the ledger. `reason` says what it waits for, if for anything.""",
)
message_sent = _event(
    "message_sent",
    p.MessageFact,
    "messages",
    """The channel took the message, or a late proof shows that it had.""",
)
message_not_sent = _event(
    "message_not_sent",
    p.MessageFact,
    "messages",
    """It was decided not to send, or sending failed or ended without an answer; `reason`
    says which. A later `message_sent` of the same message is possible: somebody sent it again.""",
)
client_webinar_registered = _event(
    "client_webinar_registered",
    p.ClientRegistered,
    "client_webinar_tracker",
    """A lead took a place on a webinar. Once for each registration, for known leads too.""",
)
client_webinar_entered = _event(
    "client_webinar_entered",
    p.ClientEntered,
    "client_webinar_tracker",
    """A lead came into the room. Once for each viewing session; coming back raises nothing.""",
)
client_webinar_left = _event(
    "client_webinar_left",
    p.ClientLeft,
    "client_webinar_tracker",
    """A lead is out of the room. Once for each viewing session.""",
)
client_webinar_completed = _event(
    "client_webinar_completed",
    p.ClientCompleted,
    "client_webinar_tracker",
    """A lead saw it to the end. Once for each viewing session.""",
)
client_webinar_form_submitted = _event(
    "client_webinar_form_submitted",
    p.ClientFormSubmitted,
    "client_webinar_tracker",
    """A lead sent a form inside the room. May repeat.""",
    personal=("form_payload",),
)
webinar_completed = _event(
    "webinar_completed",
    p.ClientCompleted,
    "attendance",
    """The normalised completion, from whichever room it came.""",
)
client_webinar_attendance_classified = _event(
    "client_webinar_attendance_classified",
    p.AttendanceClassified,
    "attendance",
    """Whether the lead attended is settled, once for each viewing session.""",
)
post_webinar_route = _event(
    "post_webinar_route",
    p.PostWebinarRoute,
    "attendance",
    """What comes after the webinar for this lead.""",
)
autowebinar_session_created = _event(
    "autowebinar_session_created",
    p.AutowebinarFact,
    "autowebinar",
    """A viewing session of an AutoWebinar began. Once for each registration.""",
)
autowebinar_join = _event(
    "autowebinar_join",
    p.AutowebinarFact,
    "autowebinar",
    """The viewer came into the room for the first time. Once for each session.""",
)
autowebinar_progress = _event(
    "autowebinar_progress",
    p.AutowebinarProgress,
    "autowebinar",
    """The viewer's page acknowledged a quarter of the recording. Each step once.""",
)
autowebinar_cta_click = _event(
    "autowebinar_cta_click",
    p.AutowebinarFact,
    "autowebinar",
    """The viewer pressed the call to action. Once for each session.""",
)
autowebinar_completed = _event(
    "autowebinar_completed",
    p.AutowebinarFact,
    "autowebinar",
    """The viewer's page acknowledged the whole recording. Once for each session.""",
)

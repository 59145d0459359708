"""Payload types of the canonical events. `timestamp` and all `_at` are unix seconds."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from app.core.catalogue import STRICT

Scalar = str | int | bool | None
WebinarType = Literal["live", "auto"]


@STRICT
class Ingest(TypedDict):
    """What a person submitted. `consent`: the version of the text agreed to, or None."""

    source: str
    name: str
    email: str
    phone: NotRequired[str | None]
    ref: NotRequired[str | None]
    webinar_id: NotRequired[str | None]
    entry_timestamp: NotRequired[int]
    user_agent: NotRequired[str]
    ip: NotRequired[str]
    utm_source: NotRequired[str]
    utm_medium: NotRequired[str]
    utm_campaign: NotRequired[str]
    utm_content: NotRequired[str]
    utm_term: NotRequired[str]
    consent: str | bool | None


@STRICT
class LeadCreated(TypedDict):
    lead_id: int
    payload: Ingest


@STRICT
class LeadChanged(TypedDict):
    lead_id: int
    lead_meta: dict[str, Scalar]


@STRICT
class LeadMerged(TypedDict):
    primary_lead_id: int
    secondary_lead_id: int
    lead_meta: dict[str, Scalar]


@STRICT
class UserFact(TypedDict):
    """`ref_id`: the inviter's user id."""

    event_id: str
    user_id: int
    ref_id: int | None
    timestamp: int


@STRICT
class WebinarContext(TypedDict):
    """`actor_id`: the user who acted; None for a rule. `source`: `studio`, `rule`, `timeline`."""

    actor_id: int | None
    timestamp: int
    source: str


@STRICT
class SetStatus(TypedDict):
    webinar_id: str
    status: Literal["start", "stop"]
    context: WebinarContext


@STRICT
class SetCtaVisibility(TypedDict):
    webinar_id: str
    visible: bool
    context: WebinarContext


@STRICT
class WebinarChanged(TypedDict):
    webinar_id: str
    before: str
    after: str
    context: WebinarContext


@STRICT
class ContactFact(TypedDict):
    lead_id: int
    kind: str
    timestamp: int


@STRICT
class ContactMessage(TypedDict):
    lead_id: int
    kind: str
    text: str
    timestamp: int


@STRICT
class ScenarioContext(TypedDict):
    """What the executors need. `rule` and `event_id` tell the timeline why it started."""

    lead_id: int
    payload: dict[str, object]
    webinar_id: str | None
    session_id: str | None
    run_id: int
    rule: str
    event_id: str


@STRICT
class ScenarioStart(TypedDict):
    scenario: str
    context: ScenarioContext


@STRICT
class MessageFact(TypedDict):
    """`recipient`: `team` or `lead`. `reason`: a stable word, None when all is well."""

    message_id: int
    lead_id: int | None
    kind: str
    recipient: str
    reason: str | None
    timestamp: int


@STRICT
class ClientRegistered(TypedDict):
    lead_id: int
    webinar_id: str
    webinar_type: NotRequired[WebinarType]
    slot_id: NotRequired[str | None]
    registered_at: int
    source: NotRequired[str]


@STRICT
class ClientEntered(TypedDict):
    lead_id: NotRequired[int]
    webinar_id: str
    session_id: NotRequired[str]
    timestamp: int


@STRICT
class ClientLeft(TypedDict):
    lead_id: NotRequired[int]
    webinar_id: str
    webinar_type: NotRequired[WebinarType]
    session_id: NotRequired[str]
    left_at: int
    leave_reason: Literal["user_exit", "session_end", "network_loss"]


@STRICT
class ClientCompleted(TypedDict):
    lead_id: NotRequired[int]
    webinar_id: str
    webinar_type: NotRequired[WebinarType]
    session_id: NotRequired[str]
    completed_at: int


@STRICT
class ClientFormSubmitted(TypedDict):
    lead_id: NotRequired[int]
    webinar_id: str
    webinar_type: NotRequired[WebinarType]
    session_id: NotRequired[str]
    submitted_at: int
    form_id: str
    form_payload: dict[str, Scalar]


@STRICT
class AttendanceClassified(TypedDict):
    lead_id: int
    webinar_id: str
    attended: bool
    timestamp: int


@STRICT
class PostWebinarRoute(AttendanceClassified):
    route: Literal["attended", "not_attended"]


@STRICT
class AutowebinarFact(TypedDict):
    event_id: str
    user_id: int
    lead_id: int
    ref_id: int | None
    webinar_id: str
    session_id: str
    timestamp: int


@STRICT
class AutowebinarProgress(AutowebinarFact):
    progress: Literal[25, 50, 75, 100]

"""Payload types of the canonical events. `timestamp` and all `_at` are unix seconds."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from app.core.catalogue import STRICT

Scalar = str | int | bool | None
# What the columns hold: a number or name beyond them is refused here and not by one database.
Id = Annotated[int, Field(ge=0, le=2_147_483_647)]
Moment = Annotated[int, Field(ge=0, le=253_402_300_799)]
WebinarId = Annotated[str, Field(max_length=32)]
SessionId = Annotated[str, Field(max_length=64)]
WebinarType = Literal["live", "auto"]


@STRICT
class Ingest(TypedDict):
    """What a person submitted. `consent`: the version of the text agreed to, or None."""

    source: str
    name: str
    email: str
    phone: NotRequired[str | None]
    ref: NotRequired[str | None]
    webinar_id: NotRequired[WebinarId | None]
    entry_timestamp: NotRequired[Moment]
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
    lead_id: Id
    payload: Ingest


@STRICT
class LeadChanged(TypedDict):
    lead_id: Id
    lead_meta: dict[str, Scalar]


@STRICT
class LeadMerged(TypedDict):
    primary_lead_id: Id
    secondary_lead_id: Id
    lead_meta: dict[str, Scalar]


@STRICT
class UserFact(TypedDict):
    """`ref_id`: the inviter's user id."""

    event_id: str
    user_id: Id
    ref_id: Id | None
    timestamp: Moment


@STRICT
class WebinarContext(TypedDict):
    """`actor_id`: the user who acted; None for a rule. `source`: `studio`, `rule`, `timeline`."""

    actor_id: Id | None
    timestamp: Moment
    source: str


@STRICT
class SetStatus(TypedDict):
    webinar_id: WebinarId
    status: Literal["start", "stop"]
    context: WebinarContext


@STRICT
class SetCtaVisibility(TypedDict):
    webinar_id: WebinarId
    visible: bool
    context: WebinarContext


@STRICT
class WebinarChanged(TypedDict):
    webinar_id: WebinarId
    before: str
    after: str
    context: WebinarContext


@STRICT
class ContactFact(TypedDict):
    lead_id: Id
    kind: str
    timestamp: Moment


@STRICT
class ContactMessage(TypedDict):
    lead_id: Id
    kind: str
    text: str
    timestamp: Moment


@STRICT
class ScenarioContext(TypedDict):
    """What the executors need. `rule` and `event_id` tell the timeline why it started."""

    lead_id: Id
    payload: dict[str, object]
    webinar_id: WebinarId | None
    session_id: SessionId | None
    run_id: Id
    rule: str
    event_id: str


@STRICT
class ScenarioStart(TypedDict):
    scenario: str
    context: ScenarioContext


@STRICT
class MessageFact(TypedDict):
    """`recipient`: `team` or `lead`. `reason`: a stable word, None when all is well."""

    message_id: Id
    lead_id: Id | None
    kind: str
    recipient: str
    reason: str | None
    timestamp: Moment


@STRICT
class ClientRegistered(TypedDict):
    lead_id: Id
    webinar_id: WebinarId
    webinar_type: NotRequired[WebinarType]
    slot_id: NotRequired[str | None]
    registered_at: Moment
    source: NotRequired[str]


@STRICT
class ClientEntered(TypedDict):
    lead_id: NotRequired[Id]
    webinar_id: WebinarId
    session_id: NotRequired[SessionId]
    timestamp: Moment


@STRICT
class ClientLeft(TypedDict):
    lead_id: NotRequired[Id]
    webinar_id: WebinarId
    webinar_type: NotRequired[WebinarType]
    session_id: NotRequired[SessionId]
    left_at: Moment
    leave_reason: Literal["user_exit", "session_end", "network_loss"]


@STRICT
class ClientCompleted(TypedDict):
    lead_id: NotRequired[Id]
    webinar_id: WebinarId
    webinar_type: NotRequired[WebinarType]
    session_id: NotRequired[SessionId]
    completed_at: Moment


@STRICT
class ClientFormSubmitted(TypedDict):
    lead_id: NotRequired[Id]
    webinar_id: WebinarId
    webinar_type: NotRequired[WebinarType]
    session_id: NotRequired[SessionId]
    submitted_at: Moment
    form_id: str
    form_payload: dict[str, Scalar]


@STRICT
class AttendanceClassified(TypedDict):
    lead_id: Id
    webinar_id: WebinarId
    attended: bool
    timestamp: Moment


@STRICT
class PostWebinarRoute(AttendanceClassified):
    route: Literal["attended", "not_attended"]


@STRICT
class AutowebinarFact(TypedDict):
    event_id: str
    user_id: Id
    lead_id: Id
    ref_id: Id | None
    webinar_id: WebinarId
    session_id: SessionId
    timestamp: Moment


@STRICT
class AutowebinarProgress(AutowebinarFact):
    progress: Literal[25, 50, 75, 100]

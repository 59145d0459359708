"""Refusals of Core. Each has a name that callers, tests and logs rely on."""


class CoreRefusal(Exception):
    """Core did nothing. `name` is stable; the message is for people and logs."""

    name = "core_refused"

    def __init__(self, message: str = "", *, name: str | None = None) -> None:
        if name:
            self.name = name
        super().__init__(message or self.name)


class EventRefused(CoreRefusal):
    """The payload is not what the catalogue says."""

    name = "event_payload_invalid"


class EventNotYours(CoreRefusal):
    """A system raised an event that another one owns."""

    name = "event_not_yours"


class IngestRefused(CoreRefusal):
    """`field` says what was wrong: `email`, `name`, `phone` or `consent`."""

    name = "ingest_invalid"

    def __init__(self, field: str, message: str = "") -> None:
        self.field = field
        super().__init__(message, name=f"ingest_invalid_{field}")


class UserMetaForbidden(CoreRefusal):
    """A system wrote outside its own namespace, or something that is not a small scalar."""

    name = "user_meta_forbidden"


class WebinarRefused(CoreRefusal):
    """A change of a webinar's state that the table of states does not allow."""


class NotFound(CoreRefusal):
    name = "not_found"


class Forbidden(CoreRefusal):
    """The actor lacks the capability."""

    name = "forbidden"


class ReferralRefused(CoreRefusal):
    name = "referral_refused"


class MergeRefused(CoreRefusal):
    name = "lead_merge_refused"


class TokenRefused(CoreRefusal):
    """A one-time token that is unknown, spent, expired or meant for something else."""

    name = "token_refused"

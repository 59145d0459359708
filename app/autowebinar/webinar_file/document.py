"""The JSON inside: its members, checked whole; written the same way each time."""

import json
from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from app.autowebinar.content import LineContent
from app.autowebinar.cues import is_safe_link

DOCUMENT = "webinar.json"
FORMAT = "efir-webinar"
VERSION = 1
MOST_LINES = 100_000
MOST_MEDIA = 50
LARGEST_DOCUMENT = 64_000_000
REFERENCE = "media/"

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class FileInvalid(ValueError):
    """Nothing of the file was taken. `why`: `not_a_zip`, `entries`, `too_many`, `too_large`, `no_document`,
    `not_json`, `other_format`, `newer`, `member` (`where` says which), `media_missing`,
    `media_unused`, `media_differs`."""

    def __init__(self, why: str, where: str = "") -> None:
        super().__init__(f"{why}: {where}" if where else why)
        self.why = why
        self.where = where


class _Member(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


def _safe(link: str) -> str:
    if link and not is_safe_link(link):
        raise ValueError("must be http://…, https://… or a path of this site")
    return link


class WebinarMembers(_Member):
    """What Core knows of the webinar, but ids, states and people."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    description: Annotated[str, StringConstraints(max_length=20_000)] = ""
    poster: Annotated[str, StringConstraints(max_length=500)] = ""
    guest_cta_text: Annotated[str, StringConstraints(max_length=120)] = ""
    guest_cta_link: Annotated[str, StringConstraints(max_length=500), AfterValidator(_safe)] = ""


class ChatMembers(_Member):
    """How the chat is held: among those who watch together, or with the team alone; how slowly."""

    shared: bool = False
    slow_seconds: Annotated[int, Field(ge=0, le=3600)] = 0


class MediaEntry(_Member):
    kind: Literal["video", "image", "captions", "document"]
    name: Annotated[str, StringConstraints(max_length=200)] = ""


class Document(_Member):
    """`kind`: of which webinar it was made; a recorded broadcast becomes an AutoWebinar too.
    `content`: what a draft holds but its lines; `schedule`: the rules of its sessions; `chat`: where it
    is held otherwise than usual."""

    format: Literal["efir-webinar"]
    version: Literal[1]
    kind: Literal["auto", "live"]
    webinar: WebinarMembers
    content: dict[str, Any]
    lines: Annotated[list[LineContent], Field(max_length=MOST_LINES)] = Field(default_factory=list)
    schedule: dict[str, Any] | None = None
    chat: ChatMembers | None = None
    media: dict[Sha256, MediaEntry] = Field(default_factory=dict, max_length=MOST_MEDIA)

    def references(self) -> set[str]:
        """SHA-256 of the media that its texts name."""
        found: set[str] = set()

        def note(text: str) -> str:
            if text.startswith(REFERENCE):
                found.add(text.removeprefix(REFERENCE))
            return text

        replaced(self.content, note)
        note(self.webinar.poster)
        return found


def canonical(document: dict[str, Any]) -> bytes:
    """Keys in order, one member a line: the same content is the same bytes, and can be compared."""
    text = json.dumps(
        document, ensure_ascii=False, sort_keys=True, indent=1, separators=(",", ": ")
    )
    return (text + "\n").encode()


def parse(body: bytes) -> Document:
    """FileInvalid names the first member that will not do."""
    try:
        found = json.loads(body.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise FileInvalid("not_json") from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise FileInvalid("other_format")
    if isinstance(found.get("version"), int) and found["version"] > VERSION:
        raise FileInvalid("newer", str(found["version"]))
    try:
        document = Document.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        raise FileInvalid("member", ".".join(str(part) for part in first["loc"])) from None
    missing = document.references() - document.media.keys()
    if missing:
        raise FileInvalid("media_missing", min(missing))
    unused = document.media.keys() - document.references()
    if unused:
        raise FileInvalid("media_unused", min(unused))
    return document


def replaced(value: Any, change: Callable[[str], str]) -> Any:
    """The value with every text in it changed, however deep it lies."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [replaced(each, change) for each in value]
    if isinstance(value, dict):
        return {name: replaced(each, change) for name, each in value.items()}
    return value

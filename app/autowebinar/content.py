"""What an author hands in, checked whole before anything of it is kept."""

import hashlib
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from app.autowebinar.errors import VersionInvalid

A_DAY = 86_400
SHORT = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
ADDRESS = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Second = Annotated[int, Field(ge=0, le=A_DAY)]


def is_safe_link(link: str) -> bool:
    """http(s), or a path of this site. Nothing that a browser could read as another host."""
    if any(ord(character) <= 32 for character in link) or "\\" in link:
        return False
    if link.startswith("/"):
        return not link.startswith("//")
    parts = urlsplit(link)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _safe_link(link: str | None) -> str | None:
    if link is not None and not is_safe_link(link):
        raise ValueError("must be http://…, https://… or a path of this site")
    return link


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class LineContent(_Part):
    at: Second
    author: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
    role: Literal["guest", "team"] = "guest"


class CueContent(_Part):
    kind: Literal["cta"]
    show_at: Second
    hide_at: Second | None = None
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""
    link: Annotated[ADDRESS | None, AfterValidator(_safe_link)] = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "CueContent":
        if self.hide_at is not None and self.hide_at <= self.show_at:
            raise ValueError("hide_at must be later than show_at")
        return self


class SpeakerContent(_Part):
    name: SHORT = ""
    role: SHORT = ""


class Content(_Part):
    """Title, slug and description are the webinar's, which Core owns: they may be there too."""

    video: Annotated[ADDRESS, StringConstraints(min_length=1)]
    poster: ADDRESS = ""
    captions: ADDRESS = ""
    duration_sec: Annotated[int, Field(ge=1, le=A_DAY)]
    speaker: SpeakerContent = SpeakerContent()
    lines: list[LineContent] = []
    cues: list[CueContent] = []

    @model_validator(mode="after")
    def _all_within_the_recording(self) -> "Content":
        seconds = [line.at for line in self.lines] + [cue.show_at for cue in self.cues]
        if any(second > self.duration_sec for second in seconds):
            raise ValueError("a line or a cue comes after the end of the recording")
        return self

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


class Unfinished(_Part):
    """A content in the making: any member may be missing, those that are there will do. What
    must fit together is asked when it is published."""

    video: ADDRESS = ""
    poster: ADDRESS = ""
    captions: ADDRESS = ""
    duration_sec: Annotated[int, Field(ge=1, le=A_DAY)] | None = None
    speaker: SpeakerContent = SpeakerContent()
    cues: list[CueContent] = []


def checked(content: dict[str, Any]) -> Content:
    """VersionInvalid names the first member that will not do."""
    try:
        return Content.model_validate(content)
    except ValidationError as error:
        raise _invalid(error) from None


def checked_in_part(content: dict[str, Any]) -> dict[str, Any]:
    """The members of an unfinished content, as JSON holds them. VersionInvalid as above."""
    try:
        return Unfinished.model_validate(content).model_dump(mode="json", exclude_unset=True)
    except ValidationError as error:
        raise _invalid(error) from None


def _invalid(error: ValidationError) -> VersionInvalid:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "content"
    return VersionInvalid(f"{where}: {first['msg']}")

"""What an author hands in, checked whole before anything of it is kept."""

import hashlib
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, ValidationError, model_validator

from app.autowebinar.cues import (
    A_DAY,
    Address,
    CueContent,
    CueDraft,
    Part,
    Second,
    Words,
    is_safe_link,
    keyed,
    stored,
)
from app.autowebinar.errors import VersionInvalid
from app.core import normalise
from app.video_source import VideoRefused, source_of

MOST_CUES = 300
LONGEST_AUTHOR = 80
LONGEST_LINE = 1000
LONGEST_ADDRESS = 500


def _video(address: str) -> str:
    """In the form under which it is kept."""
    if not address:
        return address
    try:
        kept = source_of(address).address
    except VideoRefused as refusal:
        raise ValueError(str(refusal)) from None
    if len(kept) > LONGEST_ADDRESS:
        raise ValueError("the address is too long")
    return kept


Video = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=2000), AfterValidator(_video)
]


Source = Literal["broadcast", "imported", "typed"]
UNKNOWN: Source = "imported"
Mode = Literal["chat", "question", "answer", "highlighted", "tip"]
MODES: dict[str, tuple[Mode, ...]] = {
    "guest": ("chat", "question", "answer"),
    "team": ("chat", "question", "answer", "highlighted", "tip"),
}
"""What a line was in EverWebinar, by who wrote it. The room shows them alike: it is carried along."""


def _author(name: str) -> str:
    return _read(normalise.visible(name), LONGEST_AUTHOR)


def _text(words: str) -> str:
    return _read(normalise.words(words), LONGEST_LINE)


def _read(text: str, longest: int) -> str:
    """Cleaned as a viewer's own words are; ValueError where nothing can be read, or too much."""
    if normalise.is_blank(text):
        raise ValueError("there is nothing to read")
    if len(text) > longest:
        raise ValueError(f"longer than {longest} characters")
    return text


class LineContent(Part):
    """`source`: written in the broadcast that was recorded, brought by the author in a file, or typed
    by the author. Left out where it is the second: a file that says nothing claims nothing.
    `mode` as in `MODES`; left out of a plain line."""

    at: Second
    author: Annotated[str, AfterValidator(_author)]
    text: Annotated[str, AfterValidator(_text)]
    role: Literal["guest", "team"] = "guest"
    source: Source = Field(default=UNKNOWN, exclude_if=lambda source: source == UNKNOWN)

    mode: Mode = Field(default="chat", exclude_if=lambda mode: mode == "chat")

    @classmethod
    def kept(cls, line: Any) -> "LineContent":
        """Of a line, or a row of one, that was checked when it came."""
        return cls.model_construct(
            at=line.at,
            author=line.author,
            role=line.role,
            text=line.text,
            source=line.source,
            mode=line.mode,
        )


def line_members(line: Any) -> dict[str, Any]:
    """A line, or a row of one, as contents and files hold it."""
    members = {"at": line.at, "author": line.author, "role": line.role, "text": line.text}
    if line.source != UNKNOWN:
        members["source"] = line.source
    if line.mode != "chat":
        members["mode"] = line.mode
    return members


class SpeakerContent(Part):
    name: Words = ""
    role: Words = ""


ClosingWords = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class ClosingContent(Part):
    """The author's words on the three closing screens; where there are none, the room has its
    own: it has ended, what next, the final choice."""

    ended: ClosingWords = ""
    next: ClosingWords = ""
    choice: ClosingWords = ""


class Content(Part):
    """Title, slug and description are the webinar's, which Core owns: they may be there too."""

    video: Annotated[Video, StringConstraints(min_length=1)]
    poster: Address = ""
    captions: Address = ""
    duration_sec: Annotated[int, Field(ge=1, le=A_DAY)]
    speaker: SpeakerContent = SpeakerContent()
    closing: ClosingContent = ClosingContent()
    lines: list[LineContent] = Field(default_factory=list)
    cues: list[CueContent] = Field(default_factory=list, max_length=MOST_CUES)

    @model_validator(mode="after")
    def _all_within_the_recording(self) -> "Content":
        seconds = [line.at for line in self.lines] + [cue.show_at for cue in self.cues]
        if any(second > self.duration_sec for second in seconds):
            raise ValueError("a line or a cue comes after the end of the recording")
        return self

    @model_validator(mode="after")
    def _keys_are_unique(self) -> "Content":
        if len({cue.key for cue in self.cues}) < len(self.cues):
            raise ValueError("two cues have one key")
        return self

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


class Unfinished(Part):
    """A content in the making: any member may be missing, those that are there will do. What
    must fit together is asked when it is published."""

    video: Video = ""
    poster: Address = ""
    captions: Address = ""
    duration_sec: Annotated[int, Field(ge=1, le=A_DAY)] | None = None
    speaker: SpeakerContent = SpeakerContent()
    closing: ClosingContent = ClosingContent()
    cues: list[CueDraft] = Field(default_factory=list, max_length=MOST_CUES)


def checked(content: dict[str, Any]) -> Content:
    """VersionInvalid names the first member that will not do."""
    try:
        return Content.model_validate({**content, "cues": keyed(content.get("cues", []))})
    except ValidationError as error:
        raise _invalid(error) from None


def checked_in_part(content: dict[str, Any]) -> dict[str, Any]:
    """The members of an unfinished content, as JSON holds them. VersionInvalid as above."""
    if "cues" in content:
        content = {**content, "cues": keyed(content["cues"])}
    try:
        unfinished = Unfinished.model_validate(content)
    except ValidationError as error:
        raise _invalid(error) from None
    members = unfinished.model_dump(mode="json", exclude_unset=True)
    if "cues" in members:
        members["cues"] = [stored(cue) for cue in unfinished.cues]
    return members


def _invalid(error: ValidationError) -> VersionInvalid:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "content"
    return VersionInvalid(f"{where}: {first['msg']}")


__all__ = [
    "Content",
    "CueContent",
    "CueDraft",
    "LineContent",
    "checked",
    "checked_in_part",
    "is_safe_link",
    "line_members",
]

"""What an author may put on the timeline: six kinds of cues, whole or still being made."""

import hashlib
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

A_DAY = 86_400
A_MONTH_OF_MINUTES = 43_200
LATEST_MOMENT = 4_133_980_799
"""The end of 2100: a moment that every zone has a day for."""
MOST_OPTIONS = 6
FEWEST_OPTIONS = 2

Kind = Literal["cta", "offer", "poll", "question", "note", "handout"]
KINDS: tuple[str, ...] = get_args(Kind)
Second = Annotated[int, Field(ge=0, le=A_DAY)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{0,24}$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]
Option = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
Address = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


def is_safe_link(link: str) -> bool:
    """http(s), or a path of this site. Nothing that a browser could read as another host."""
    if any(ord(character) <= 32 for character in link) or "\\" in link:
        return False
    if link.startswith("/"):
        return not link.startswith("//")
    try:
        parts = urlsplit(link)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


class Part(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class CueDraft(Part):
    """A cue in the making. What it still lacks is the linter's affair.

    `key` is the cue's own through all versions: votes and deadlines hang on it. `results_at`: the
    second from which everybody sees a poll's results; None for at once after answering.
    An offer ends `minutes` after it was first shown to the viewer, or at `until` (unix seconds).
    """

    kind: Kind
    key: Key = ""
    show_at: Second
    hide_at: Second | None = None
    text: Words = ""
    note: Note = ""
    link: Address | None = None
    options: list[Option] = Field(default_factory=list, max_length=MOST_OPTIONS)
    results_at: Second | None = None
    minutes: Annotated[int, Field(ge=1, le=A_MONTH_OF_MINUTES)] | None = None
    until: Annotated[int, Field(ge=0, le=LATEST_MOMENT)] | None = None


class CueContent(CueDraft):
    """A cue that can be shown."""

    @model_validator(mode="after")
    def _can_be_shown(self) -> "CueContent":
        wrong = faults(self)
        if wrong:
            raise ValueError(wrong[0])
        return self


def faults(cue: CueDraft) -> list[str]:
    """Names of what keeps a cue from being shown; the linter has words for them."""
    checks = {
        "hide_before_show": cue.hide_at is not None and cue.hide_at <= cue.show_at,
        "text_empty": not cue.text,
        "link_unsafe": cue.link is not None and not is_safe_link(cue.link),
        "link_missing": cue.kind == "handout" and not cue.link,
        **_faults_of_poll(cue),
        **_faults_of_offer(cue),
    }
    return [name for name, wrong in checks.items() if wrong]


def _faults_of_poll(cue: CueDraft) -> dict[str, bool]:
    poll = cue.kind == "poll"
    named = [option for option in cue.options if option]
    return {
        "options_few": poll and len(named) < FEWEST_OPTIONS,
        "options_empty": poll and len(named) < len(cue.options),
        "options_same": poll and len(set(named)) < len(named),
        "results_before_show": poll and cue.results_at is not None and cue.results_at < cue.show_at,
    }


def _faults_of_offer(cue: CueDraft) -> dict[str, bool]:
    offer = cue.kind == "offer"
    return {
        "deadline_missing": offer and cue.minutes is None and cue.until is None,
        "deadline_double": offer and cue.minutes is not None and cue.until is not None,
    }


PLAIN = ("kind", "key", "show_at", "hide_at", "text", "note", "link")
OF_A_KIND: dict[str, Any] = {"options": [], "results_at": None, "minutes": None, "until": None}


def stored(cue: CueDraft) -> dict[str, Any]:
    """As drafts and files hold it: what is of one kind alone stands only where it was given."""
    whole = cue.model_dump(mode="json")
    return {
        name: value
        for name, value in whole.items()
        if name in PLAIN or value != OF_A_KIND.get(name)
    }


def keyed(cues: Any) -> Any:
    """Cues that came without a key get one from what they say, the same each time."""
    if not isinstance(cues, list) or not all(isinstance(cue, dict) for cue in cues):
        return cues
    taken = {str(cue.get("key")) for cue in cues if cue.get("key")}
    return [cue if cue.get("key") else {**cue, "key": _new_key(cue, taken)} for cue in cues]


def _new_key(cue: dict[str, Any], taken: set[str]) -> str:
    said = f"{cue.get('kind')}|{cue.get('show_at')}|{cue.get('text')}"
    number = 0
    while True:
        key = "c" + hashlib.sha256(f"{said}|{number}".encode()).hexdigest()[:11]
        if key not in taken:
            taken.add(key)
            return key
        number += 1

"""What is wrong with a content, and where: pure, over what the author made and facts handed in.

An `error` keeps it from being published; a `warning` says what a viewer may stumble over; an
`advice` what would be better. Codes are stable; words for them are the studio's.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from pydantic import ValidationError

from app.autowebinar.cues import CueDraft, faults, is_safe_link
from app.autowebinar.timeline import PLACES

Level = Literal["error", "warning", "advice"]
VARIABLES: frozenset[str] = frozenset()
"""Names that may stand in braces in a text of the room. There are none yet."""
VARIABLE = re.compile(r"\{\s*([A-Za-zА-Яа-яЁё][\w. -]{0,40})\s*\}")
MONTHS_RU = (
    "янв(?:аря)?|фев(?:раля|р)?|мар(?:та)?|апр(?:еля)?|мая|июн[яь]?|июл[яь]?|авг(?:уста)?"
    "|сен(?:тября|т)?|окт(?:ября)?|ноя(?:бря|б)?|дек(?:абря)?"
)
MONTHS_EN = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
TIME = r"\d{1,2}(?:[:.]\d{2}|\s?(?:час|ч\b|am\b|pm\b|a\.m|p\.m|o'clock))"
DATED = re.compile(
    r"\b(?:понедельник|вторник|четверг|пятниц|суббот|воскресень)\w*"
    r"|\b(?:в|по|до|со?|на|к|эту|каждую)\s+сред(?:у|ам|ы|е)\b"
    rf"|\b(?:\d{{1,2}}(?:-?го)?|\w+го)\s+(?:{MONTHS_RU})\b"
    r"|\b\d{1,2}([./])\d{1,2}\1(?:\d{4}|\d{2})\b|\b\d{4}-\d{2}-\d{2}\b"
    r"|\b(?:завтра|послезавтра)\b"
    rf"|\bсегодня\b(?:\s+\w+)?\s*,?\s*(?:в|к|до|с)?\s*{TIME}"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b"
    rf"|\b(?:{MONTHS_EN})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{MONTHS_EN})\b"
    r"|\btomorrow\b"
    rf"|\b(?:today|tonight)\s+(?:at|by|until)\s+(?:{TIME}|\d{{1,2}}\b)",
    re.IGNORECASE,
)
QUOTE = 80


@dataclass(frozen=True, slots=True)
class Finding:
    """`cue`: the cue's key; `line`: the draft line's id; `quote`: the words in question."""

    code: str
    level: Level
    at: int | None = None
    cue: str | None = None
    line: int | None = None
    quote: str = ""


@dataclass(frozen=True, slots=True)
class LineSeen:
    """A recorded line as the linter reads it; `line_id` is None outside a draft."""

    at: int
    text: str
    line_id: int | None = None


def _never(link: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Facts:
    """What the content alone does not tell. `is_dead`: whether a link leads to what is no more;
    `video_seconds`: how long the video really is, where that is known."""

    now: datetime
    is_dead: Callable[[str], bool] = field(default=_never)
    video_seconds: int | None = None


def lint(
    content: dict[str, Any], facts: Facts, lines: Iterable[LineSeen] | None = None
) -> Iterator[Finding]:
    """Findings in the order: the recording, its closing words, cues by second, lines by second.

    `lines` are the content's own where they are not handed in.
    """
    duration = content.get("duration_sec")
    yield from _of_recording(content, facts)
    yield from _of_closing(content)
    drafts = _cues(content)
    for cue in drafts:
        yield from _of_cue(cue, duration, facts)
    yield from _overlaps(drafts)
    own = (LineSeen(line["at"], line["text"]) for line in content.get("lines", ()))
    for line in own if lines is None else lines:
        yield from of_line(line, duration)


def _cues(content: dict[str, Any]) -> list[CueDraft]:
    try:
        drafts = [CueDraft.model_validate(cue) for cue in content.get("cues", ())]
    except ValidationError:
        return []
    return sorted(drafts, key=lambda cue: cue.show_at)


def _of_recording(content: dict[str, Any], facts: Facts) -> Iterator[Finding]:
    duration, real = content.get("duration_sec"), facts.video_seconds
    if not content.get("video"):
        yield Finding("video_missing", "error")
    if duration is None:
        yield Finding("duration_missing", "error")
    elif real is not None and real < duration:
        yield Finding("video_shorter", "error", at=real)
    if content.get("video") and not content.get("captions"):
        yield Finding("captions_missing", "advice")


def _of_closing(content: dict[str, Any]) -> Iterator[Finding]:
    """The author's words on the closing screens."""
    for text in filter(None, (content.get("closing") or {}).values()):
        for name in unknown_variables(text):
            yield Finding("variable_unknown", "error", quote=name)
        if dated := DATED.search(text):
            yield Finding("text_dated", "warning", quote=dated[0])


def _of_cue(cue: CueDraft, duration: int | None, facts: Facts) -> Iterator[Finding]:
    for code in faults(cue):
        yield _finding(cue, code, "error")
    if duration is not None and cue.show_at > duration:
        yield _finding(cue, "cue_after_end", "error")
    elif duration is not None and (cue.hide_at or 0) > duration:
        yield _finding(cue, "cue_hides_after_end", "warning")
    yield from _of_results(cue, duration)
    if cue.link and is_safe_link(cue.link) and facts.is_dead(cue.link):
        yield _finding(cue, "link_dead", "error", cue.link)
    if cue.until is not None and cue.until <= facts.now.timestamp():
        yield _finding(cue, "offer_over", "error")
    for text in (cue.text, cue.note, *cue.options):
        for name in unknown_variables(text):
            yield _finding(cue, "variable_unknown", "error", name)
        if dated := DATED.search(text):
            yield _finding(cue, "text_dated", "warning", dated[0])


def _of_results(cue: CueDraft, duration: int | None) -> Iterator[Finding]:
    """A poll's results that nobody will see, or only after the recording."""
    if cue.kind != "poll" or cue.results_at is None:
        return
    if cue.hide_at is not None and cue.results_at >= cue.hide_at:
        yield _finding(cue, "results_after_hide", "warning")
    elif duration is not None and cue.results_at > duration:
        yield _finding(cue, "results_after_end", "warning")


def _finding(cue: CueDraft, code: str, level: Level, quote: str = "") -> Finding:
    return Finding(code, level, at=cue.show_at, cue=cue.key, quote=(quote or cue.text)[:QUOTE])


def _overlaps(cues: list[CueDraft]) -> Iterator[Finding]:
    """Cues of one place at one time, each told with the one that it pushes aside."""
    last: dict[str, CueDraft] = {}
    for cue in cues:
        place = PLACES[cue.kind]
        if place == "handout":
            continue
        before = last.get(place)
        if before is not None and (before.hide_at is None or cue.show_at < before.hide_at):
            code = "two_ctas" if place == "offer" else "two_at_once"
            yield _finding(cue, code, "warning", before.text)
        if before is None or _ends(cue) >= _ends(before):
            last[place] = cue


def _ends(cue: CueDraft) -> float:
    return float("inf") if cue.hide_at is None else cue.hide_at


def of_line(line: LineSeen, duration: int | None = None) -> Iterator[Finding]:
    """What is wrong with one recorded line."""
    quote = line.text[:QUOTE]
    if duration is not None and line.at > duration:
        yield Finding("line_after_end", "error", at=line.at, line=line.line_id, quote=quote)
    if dated := DATED.search(line.text):
        yield Finding("line_dated", "warning", at=line.at, line=line.line_id, quote=dated[0])
    for name in unknown_variables(line.text):
        yield Finding("variable_unknown", "warning", at=line.at, line=line.line_id, quote=name)


def unknown_variables(text: str) -> list[str]:
    if "{" not in text:
        return []
    return [found[0] for found in VARIABLE.finditer(text) if found[1].strip() not in VARIABLES]

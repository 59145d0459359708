"""What viewers answered, for the author: true counts by option, of one version or of all.

A vote is for the words that it was cast for: options that are worded otherwise in another version
are counted apart, wherever they stand.
"""

from dataclasses import dataclass, field

from sqlalchemy import select

from app import core
from app.autowebinar import seen
from app.autowebinar.answers import ANSWER, HANDOUT
from app.autowebinar.models import AutowebinarCue, AutowebinarVersion
from app.extensions import db

NEWEST = 20
PREFIXES = {"poll": ANSWER, "question": ANSWER, "handout": HANDOUT}


@dataclass(frozen=True, slots=True)
class Asked:
    """A cue as one version has it."""

    version_id: str
    number: int
    key: str
    kind: str
    show_at: int
    text: str
    options: tuple[str, ...]


@dataclass(slots=True)
class Result:
    """`asked` in the newest words; `options`: how many chose each; `answered`: registrations that
    answered, or took what was handed out; `said`: the newest answers in the viewers' own words."""

    asked: Asked
    options: dict[str, int] = field(default_factory=dict)
    answered: int = 0
    said: list[str] = field(default_factory=list)


def of(webinar_id: str, number: int | None = None) -> list[Result]:
    """In the order of the recording. `number`: of the one version that is wanted."""
    asked = [each for each in _asked(webinar_id) if number in (None, each.number)]
    found: dict[str, Result] = {}
    for each in asked:
        result = found.setdefault(each.key, Result(each))
        for words in each.options:
            result.options.setdefault(words, 0)
    _count(webinar_id, found, asked, number)
    for result in found.values():
        if result.asked.kind == "question" and number is None:
            said = core.user_meta.newest(ANSWER + result.asked.key, webinar_id, limit=NEWEST)
            result.said = [str(each) for each in said]
    return sorted(found.values(), key=lambda each: (each.asked.show_at, each.asked.key))


def _asked(webinar_id: str) -> list[Asked]:
    """Of every version, the newest first."""
    cue, version = AutowebinarCue, AutowebinarVersion
    statement = (
        select(version.id, version.number, cue.key, cue.kind, cue.show_at, cue.text, cue.data)
        .join(version, version.id == cue.version_id)
        .where(version.webinar_id == webinar_id, cue.kind.in_(PREFIXES))
        .order_by(version.number.desc(), cue.show_at, cue.id)
    )
    return [
        Asked(version_id, number, key, kind, show_at, text, tuple(data.get("options", ())))
        for version_id, number, key, kind, show_at, text, data in db.session.execute(statement)
    ]


def _count(
    webinar_id: str, found: dict[str, Result], asked: list[Asked], number: int | None
) -> None:
    """Whose session tells no version is counted with the newest one that asked, among all."""
    by_version = {(each.version_id, each.key): each for each in asked}
    polls = [key for key, result in found.items() if result.asked.kind == "poll"]
    for version_id, name, option, count in _rows(webinar_id, found, polls):
        key = name.removeprefix(ANSWER).removeprefix(HANDOUT)
        if number is not None and (version_id, key) not in by_version:
            continue
        found[key].answered += count
        words = _words(option, by_version.get((str(version_id), key), found[key].asked))
        if words in found[key].options:
            found[key].options[words] += count


def _words(answer: object, asked: Asked) -> str:
    """Votes were once kept as the option's place in the version that the session began with."""
    if isinstance(answer, int) and answer < len(asked.options):
        return asked.options[answer]
    return str(answer)


def _rows(
    webinar_id: str, found: dict[str, Result], polls: list[str]
) -> list[tuple[object, str, object, int]]:
    """Only a poll's answers are few enough to be told apart."""
    others = [PREFIXES[found[key].asked.kind] + key for key in found if key not in polls]
    chosen = [ANSWER + key for key in polls]
    return [
        *core.user_meta.counts_by(chosen, seen.VERSION_ID, webinar_id, apart=True),
        *core.user_meta.counts_by(others, seen.VERSION_ID, webinar_id, apart=False),
    ]

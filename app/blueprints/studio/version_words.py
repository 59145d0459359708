"""What was changed in a version, for who looks through their list."""

from typing import Any

from flask_babel import gettext, lazy_gettext

from app.autowebinar.versions import Note

MEMBERS = {
    "video": lazy_gettext("видео"),
    "poster": lazy_gettext("постер видео"),
    "captions": lazy_gettext("субтитры"),
    "duration_sec": lazy_gettext("длительность"),
    "speaker": lazy_gettext("ведущий"),
    "closing": lazy_gettext("тексты завершения"),
}


def in_words(note: Note) -> str:
    if note.changes is None:
        return gettext("Первая версия") if note.number == 1 else ""
    changed = [str(MEMBERS.get(name, name)) for name in note.changes["members"]]
    changed += _moved(note.changes["lines"], gettext("реплики"))
    changed += _moved(note.changes["cues"], gettext("события"))
    return ", ".join(changed)


def _moved(counts: dict[str, Any], what: str) -> list[str]:
    signs = [("+", counts["added"]), ("−", counts["removed"])]
    shown = " ".join(f"{sign}{count}" for sign, count in signs if count)
    return [f"{what} {shown}"] if shown else []

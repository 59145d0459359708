"""One cue of a draft changed at a time, so that two editors hinder each other only there."""

import hashlib
import json
import secrets
from typing import Any

from app import core
from app.autowebinar import drafts
from app.autowebinar.drafts import Draft
from app.autowebinar.errors import DraftConflict
from app.core import UserRecord

Cue = dict[str, Any]


def find(draft: Draft, key: str) -> Cue | None:
    return next((cue for cue in draft.content.get("cues", ()) if cue["key"] == key), None)


def seal(cue: Cue) -> str:
    """Tells one state of a cue from another: what an editor has seen."""
    said = json.dumps(cue, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def add(webinar_id: str, cue: Cue, *, actor: UserRecord) -> Cue:
    """The cue as it is kept, with a key of its own."""
    return _keep(webinar_id, {**cue, "key": f"c{secrets.token_hex(5)}"}, actor)


def change(webinar_id: str, key: str, cue: Cue, *, seen: str, actor: UserRecord) -> Cue:
    """DraftConflict where the cue is no longer what was `seen`, or is gone."""
    with core.transaction():
        _require_unchanged(webinar_id, key, seen)
        return _keep(webinar_id, {**cue, "key": key}, actor)


def remove(webinar_id: str, key: str, *, seen: str, actor: UserRecord) -> None:
    """DraftConflict as above; a cue that is gone is gone."""
    with core.transaction():
        draft = drafts.get(webinar_id)
        if find(draft, key) is None:
            return
        _require_unchanged(webinar_id, key, seen)
        left = [cue for cue in draft.content["cues"] if cue["key"] != key]
        drafts.change(webinar_id, {"cues": left}, actor=actor)


def _require_unchanged(webinar_id: str, key: str, seen: str) -> None:
    drafts.hold(webinar_id)
    cue = find(drafts.get(webinar_id), key)
    if cue is None or seal(cue) != seen:
        raise DraftConflict(webinar_id)


def _keep(webinar_id: str, cue: Cue, actor: UserRecord) -> Cue:
    with core.transaction():
        drafts.hold(webinar_id)
        others = [
            each
            for each in drafts.get(webinar_id).content.get("cues", [])
            if each["key"] != cue["key"]
        ]
        cues = sorted([*others, cue], key=lambda each: (each["show_at"], each["key"]))
        draft = drafts.change(webinar_id, {"cues": cues}, actor=actor)
        found = find(draft, cue["key"])
        assert found is not None
        return found

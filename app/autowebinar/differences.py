"""What is otherwise in one content than in another, counted."""

import json
from collections import Counter
from typing import Any

COUNTED = ("lines", "cues")


def between(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """`members` that are otherwise, and for lines and cues how many came and went; one that was
    changed came and went."""
    members = [name for name in new if name not in COUNTED and new[name] != old.get(name)]
    return {"members": members} | {name: _moved(old, new, name) for name in COUNTED}


def _moved(old: dict[str, Any], new: dict[str, Any], name: str) -> dict[str, int]:
    before, after = _counted(old.get(name, ())), _counted(new.get(name, ()))
    return {"added": (after - before).total(), "removed": (before - after).total()}


def _counted(parts: Any) -> Counter[str]:
    return Counter(json.dumps(part, sort_keys=True, ensure_ascii=False) for part in parts)

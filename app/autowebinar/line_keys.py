"""Keys by which a line that is brought again is known again."""

import hashlib
from collections import Counter
from collections.abc import Iterable

from app.autowebinar.content import LineContent


def keys_of(lines: Iterable[LineContent]) -> list[str]:
    """A key for each: the same line gets the same key in every file, its twin another."""
    met: Counter[str] = Counter()
    keys = []
    for line in lines:
        said = f"{line.at}\0{line.author}\0{line.role}\0{line.text}"
        met[said] += 1
        keys.append(hashlib.sha256(f"{said}\0{met[said]}".encode()).hexdigest())
    return keys

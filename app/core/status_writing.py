"""Whether an SQL statement writes a webinar's status, read from its text.

Comments and quoted values are taken out first, so that neither hides it nor looks like it.
"""

import re
from functools import lru_cache
from typing import Literal

Kind = Literal["update", "insert", ""]

ASIDE = re.compile(r"--[^\n]*|/\*.*?\*/|E?'(?:[^'\\]|''|\\.)*'|\$(\w*)\$.*?\$\1\$", re.S | re.I)
NAME = r'(?:["`\[]?\w+["`\]]?\s*\.\s*)?["`\[]?webinar["`\]]?(?![\w.])'
UPDATED = re.compile(rf"\bupdate\s+(?:or\s+\w+\s+)?(?:only\s+)?{NAME}(.*)", re.S | re.I)
INSERTED = re.compile(
    rf"\b(?:insert\s+(?:or\s+\w+\s+)?|replace\s+|merge\s+)into\s+{NAME}(.*)", re.S | re.I
)
STATUS = r'["`\[]?status["`\]]?'
ASSIGNED = re.compile(
    rf"(?:\bset\b|,)\s*(?:\w+\s*\.\s*)?{STATUS}\s*=|\([^()]*\b{STATUS}[^()]*\)\s*=", re.I
)


@lru_cache(maxsize=1024)
def kind_of(statement: str) -> Kind:
    """`update`: of its status; `insert`: of a row, whichever status that has."""
    plain = ASIDE.sub(" ", statement)
    updated = UPDATED.search(plain)
    if updated and ASSIGNED.search(updated[1]):
        return "update"
    inserted = INSERTED.search(plain)
    if inserted and ASSIGNED.search(inserted[1]):
        return "update"
    return "insert" if inserted else ""

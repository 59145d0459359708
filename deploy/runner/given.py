"""The settings that the operator gave: the environment, else `.env` beside the checkout.

The product reads the same two by itself; the runner only has to know what was left to it.
"""

import os
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINE = re.compile(r"\s*(?:export\s+)?(?P<name>[A-Za-z_]\w*)\s*=\s*(?P<value>.*?)\s*")
QUOTED = re.compile(r"(?P<quote>['\"])(?P<inside>.*?)(?P=quote)(\s+#.*)?")


def given(name: str, default: str = "") -> str:
    """The value of a setting; a blank one is as good as none."""
    return os.environ.get(name) or _from_file().get(name) or default


def parse_settings(text: str) -> dict[str, str]:
    """The `NAME=value` lines of a `.env`, with quotes and comments taken off."""
    lines = (LINE.fullmatch(line) for line in text.splitlines())
    return {line["name"]: _bare(line["value"]) for line in lines if line}


def _bare(value: str) -> str:
    quoted = QUOTED.fullmatch(value)
    return quoted["inside"] if quoted else re.split(r"(?:^|\s)#", value)[0].strip()


def _from_file() -> dict[str, str]:
    try:
        return parse_settings((ROOT / ".env").read_text("utf-8"))
    except OSError:
        return {}


def data_directory() -> Path:
    return (ROOT / given("EFIR_DATA_DIR", "instance")).resolve()


def in_production() -> bool:
    return given("EFIR_ENV") == "production"


def is_on(name: str, *, default: bool) -> bool:
    value = given(name).lower()
    return value in ("1", "true", "yes", "on") if value else default

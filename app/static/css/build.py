"""Concatenate the parts of the style sheet into efir.css, the one file that pages link.

Addresses of fonts get the version that `static_url` gives them, so that they may be cached for
ever and a page's preload names the very same address.

``python app/static/css/build.py`` writes it; ``--check`` exits 1 if it is stale.
"""

import hashlib
import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
TARGET = HERE / "efir.css"
PARTS = (
    "tokens",
    "base",
    "layout",
    "controls",
    "forms",
    "notices",
    "webinars",
    "tables",
    "timeline",
    "room",
)


def versioned(match: re.Match[str]) -> str:
    """Add to `url("…")` the first ten hex digits of the file's SHA-256."""
    version = hashlib.sha256((HERE / match[1]).read_bytes()).hexdigest()[:10]
    return f'url("{match[1]}?v={version}")'


def concatenated() -> str:
    """Return the text that efir.css must have."""
    parts = (f"/* {name}.css */\n{(HERE / name).with_suffix('.css').read_text()}" for name in PARTS)
    return re.sub(r'url\("([^"]+)"\)', versioned, "\n".join(parts))


def is_fresh() -> bool:
    """Say whether efir.css was built from the parts as they are now."""
    return TARGET.exists() and TARGET.read_text() == concatenated()


def main(arguments: list[str]) -> int:
    """Write the style sheet, or with ``--check`` only say whether it is fresh."""
    if "--check" not in arguments:
        TARGET.write_text(concatenated())
    return 0 if is_fresh() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Concatenate the parts of the style sheets: efir.css, which every page links, and studio.css,
which the studio's pages link beside it, so that a viewer's room does not carry the studio's looks.

Addresses of fonts get the version that `static_url` gives them, so that they may be cached for
ever and a page's preload names the very same address.

``python app/static/css/build.py`` writes them; ``--check`` exits 1 if one is stale.
"""

import hashlib
import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
SHEETS = {
    "efir.css": (
        "tokens",
        "base",
        "layout",
        "controls",
        "forms",
        "notices",
        "webinars",
        "slots",
        "tables",
        "timeline",
        "room",
        "cues",
        "stage",
        "chat",
        "rewind",
    ),
    "studio.css": (
        "studio/shell",
        "studio/media",
        "studio/overview",
        "studio/schedule",
        "studio/chat",
        "studio/timeline",
        "studio/travel",
        "studio/console",
    ),
    "live.css": ("live/room",),
    "preview.css": ("preview/bar",),
}


def versioned(match: re.Match[str]) -> str:
    """Add to `url("…")` the first ten hex digits of the file's SHA-256."""
    version = hashlib.sha256((HERE / match[1]).read_bytes()).hexdigest()[:10]
    return f'url("{match[1]}?v={version}")'


def concatenated(sheet: str) -> str:
    """Return the text that a sheet must have."""
    parts = (
        f"/* {name}.css */\n{(HERE / name).with_suffix('.css').read_text()}"
        for name in SHEETS[sheet]
    )
    return re.sub(r'url\("([^"]+)"\)', versioned, "\n".join(parts))


def stale() -> list[str]:
    """Sheets that were not built from their parts as they are now."""
    return [
        sheet
        for sheet in SHEETS
        if not (HERE / sheet).exists() or (HERE / sheet).read_text() != concatenated(sheet)
    ]


def main(arguments: list[str]) -> int:
    """Write the style sheets, or with ``--check`` only say whether they are fresh."""
    if "--check" not in arguments:
        for sheet in SHEETS:
            (HERE / sheet).write_text(concatenated(sheet))
    return 1 if stale() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

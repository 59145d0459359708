"""Concatenate the parts of a page's script into the one file that the page links.

The parts of a bundle share one scope and stand in the order in which they are listed: a page that
asks once for its script is there sooner than one that asks five times.

``python app/static/js/build.py`` writes them; ``--check`` exits 1 if one is stale.
"""

import sys
from pathlib import Path

HERE = Path(__file__).parent
BUNDLES = {
    "room.js": (
        "shared/timecode",
        "shared/begin",
        "room/page",
        "room/clock",
        "room/video",
        "room/embeds",
        "room/player",
        "room/closing",
        "room/recorded",
        "room/chat",
        "room/timeline",
        "room/life",
    ),
    "studio-timeline.js": ("shared/timecode", "studio/player", "studio/track"),
    "studio-preview.js": ("shared/timecode", "studio/preview"),
    "preview.js": (
        "shared/timecode",
        "shared/begin",
        "room/video",
        "room/embeds",
        "preview/still",
        "preview/running",
    ),
    "recording.js": ("shared/timecode", "room/video", "room/embeds", "recording/page"),
    "live.js": ("live/page", "room/chat", "live/stage", "live/state", "live/life"),
}


def concatenated(bundle: str) -> str:
    """The text that a bundle must have."""
    parts = (
        f"// {part}.js\n{(HERE / part).with_suffix('.js').read_text('utf-8')}"
        for part in BUNDLES[bundle]
    )
    return '(() => {\n"use strict";\n\n' + "\n".join(parts) + "})();\n"


def stale() -> list[str]:
    """Bundles that were not built from their parts as they are now."""
    return [
        bundle
        for bundle in BUNDLES
        if not (HERE / bundle).exists()
        or (HERE / bundle).read_text("utf-8") != concatenated(bundle)
    ]


def main(arguments: list[str]) -> int:
    """Write the bundles, or with ``--check`` only say whether they are fresh."""
    if "--check" not in arguments:
        for bundle in BUNDLES:
            (HERE / bundle).write_text(concatenated(bundle), "utf-8")
    return 1 if stale() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

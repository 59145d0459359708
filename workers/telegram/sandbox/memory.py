"""A file in which a demo's chats outlive a restart: else each would be a stranger's again."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path

from workers.telegram.sandbox.state import Sandbox
from workers.telegram.sandbox.webhook import Webhook

log = logging.getLogger(__name__)


def load(sandbox: Sandbox, path: Path) -> None:
    """Take up what `path` remembers; a missing or unreadable file is an empty memory."""
    try:
        kept = json.loads(path.read_text("utf-8"))
        sandbox.chats.load(kept["chats"])
        sandbox.updates.pending[:0] = kept["updates"]
        sandbox.courier.change(Webhook(**kept["webhook"]))
    except FileNotFoundError:
        return
    except (OSError, ValueError, KeyError, TypeError) as exc:
        log.warning("cannot read %s, starting empty: %s", path, exc)


def save(sandbox: Sandbox, path: Path) -> None:
    """Write all of it; the file is replaced at once, so it is never half a memory."""
    webhook = sandbox.courier.webhook
    kept = {
        "chats": sandbox.chats.dump(),
        "updates": sandbox.updates.pending,
        "webhook": {"url": webhook.url, "secret": webhook.secret},
    }
    fresh = path.with_suffix(".new")
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(fresh, "w", encoding="utf-8", opener=_private) as file:
        json.dump(kept, file, ensure_ascii=False)
    fresh.replace(path)


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)

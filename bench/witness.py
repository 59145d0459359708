"""What the database holds, read from beside the product and never written."""

import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

LOOK_EVERY_SECONDS = 0.002
PATIENCE_SECONDS = 60.0


class Witness:
    """Read-only, for one thread. Every wait ends: TimeoutError where it did not come true."""

    def __init__(self, database: Path) -> None:
        self._connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=5)

    def close(self) -> None:
        self._connection.close()

    def one(self, question: str, *values: object) -> Any:
        """The first column of the first row, or None."""
        row = self._connection.execute(question, values).fetchone()
        return row[0] if row else None

    def wait_for(self, question: str, *values: object, seconds: float = PATIENCE_SECONDS) -> Any:
        """The answer as soon as it is neither nothing nor zero; looks every two milliseconds."""
        deadline = time.monotonic() + seconds
        while not (found := self.one(question, *values)):
            if time.monotonic() > deadline:
                raise TimeoutError(f"not within {seconds:g} s: {question} {values}")
            time.sleep(LOOK_EVERY_SECONDS)
        return found

    def lead_of(self, email: str) -> int:
        found: int = self.wait_for(
            "SELECT lead_id FROM contact WHERE kind = 'email' AND value = ?", email
        )
        return found

    def wait_for_start(self, lead_id: int, seconds: float = PATIENCE_SECONDS) -> None:
        """Until the lead's `scenario_start` is in the event table."""
        question = "SELECT 1 FROM event WHERE lead_id = ? AND name = 'scenario_start'"
        self.wait_for(question, lead_id, seconds=seconds)

    def wait_for_quiet(self) -> None:
        """Until every fact is delivered and every message that is due is sent."""
        self.wait_for(
            "SELECT NOT EXISTS (SELECT 1 FROM event_outbox) AND NOT EXISTS"
            " (SELECT 1 FROM message WHERE state = 'sending') AND NOT EXISTS (SELECT 1 FROM message"
            " WHERE state = 'planned' AND due_at <= strftime('%Y-%m-%d %H:%M:%f', 'now'))"
        )

    def wait_for_workers(self, parts: Sequence[str]) -> None:
        marks = ", ".join("?" * len(parts))
        self.wait_for(
            f"SELECT count(*) = {len(parts)} FROM worker_heartbeat WHERE part IN ({marks})", *parts
        )

    def sending_seconds(self, lead_ids: Sequence[int]) -> list[float]:
        """How long each call to the Bot API took that was made about these leads."""
        marks = ", ".join("?" * len(lead_ids))
        rows = self._connection.execute(
            "SELECT (julianday(attempt.ended_at) - julianday(attempt.started_at)) * 86400"
            " FROM message_attempt AS attempt JOIN message ON message.id = attempt.message_id"
            f" WHERE attempt.ended_at IS NOT NULL AND message.lead_id IN ({marks})",
            lead_ids,
        )
        return [seconds for (seconds,) in rows]

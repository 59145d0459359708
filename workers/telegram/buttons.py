"""Tell Telegram that a press of a button arrived, so that the phone stops its clock."""

import logging
from collections.abc import Sequence
from functools import lru_cache

from workers.telegram.errors import CallFailed
from workers.telegram.transport import TelegramTransport, Timeouts

log = logging.getLogger(__name__)
IMPATIENT = Timeouts(connect=1.0, pool=1.0, write=1.0, read=1.5, ceiling=2.0)


def answer(token: str, api_url: str, query_ids: Sequence[str]) -> None:
    """Best effort: what cannot be told at once is not told, and the first failure ends it."""
    for query_id in query_ids:
        try:
            _line(token, api_url).answer_callback(query_id)
        except CallFailed as failure:
            log.info("a button's press was not answered: %s", failure)
            if failure.outcome.kind != "refused":
                return


@lru_cache(maxsize=2)
def _line(token: str, api_url: str) -> TelegramTransport:
    return TelegramTransport(token, api_url, concurrency=1, timeouts=IMPATIENT)

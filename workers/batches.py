"""What waits is written a batch at a time, until none is left or others have waited long enough."""

from collections.abc import Callable

MOST = 20


def until_none(write: Callable[[], int]) -> int:
    """How many were written; what is left waits for the next call."""
    total = 0
    for _ in range(MOST):
        count = write()
        total += count
        if not count:
            break
    return total

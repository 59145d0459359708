"""Waiting that a signal ends: for processes that keep other processes. Standard library only."""

import os
import select
import signal
from types import FrameType, TracebackType
from typing import Any, Self

ASKED_TO_STOP = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class StopSignal:
    """Counts the requests to stop (SIGTERM, SIGINT, a closed terminal) instead of raising.

    One asks for a stop, a second for haste. A child's end (SIGCHLD) wakes `wait` and counts
    for nothing. Enter it in the main thread; leaving it restores what was there before.
    """

    def __init__(self) -> None:
        self.count = 0
        self._before: dict[int, Any] = {}

    @property
    def asked(self) -> bool:
        return self.count > 0

    @property
    def hurried(self) -> bool:
        return self.count > 1

    def wait(self, seconds: float | None) -> None:
        """Sleep until a signal comes or `seconds` have passed; None is for ever."""
        ready, _, _ = select.select([self._reader], [], [], seconds)
        if ready:
            os.read(self._reader, 4096)

    def __enter__(self) -> Self:
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)
        self._wakeup_before = signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        self._listen(signal.SIGCHLD, self._wake)
        for number in ASKED_TO_STOP:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup
                self._listen(number, self._count)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ASKED_TO_STOP)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup_before)
        os.close(self._reader)
        os.close(self._writer)

    def _listen(self, number: int, handler: Any) -> None:
        self._before[number] = signal.signal(number, handler)

    def _count(self, _number: int, _frame: FrameType | None) -> None:
        self.count += 1

    def _wake(self, _number: int, _frame: FrameType | None) -> None:
        """The byte in the pipe has woken `wait`; a handler has to exist for that."""

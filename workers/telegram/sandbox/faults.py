"""Faults on demand: what Telegram, or the network before it, does on a bad day."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from workers.telegram.sandbox.refusal import (
    Refusal,
    bad_request,
    forbidden,
    migrated,
    not_found,
    too_many_requests,
    unauthorized,
)

Mode = Literal[
    "429",
    "403",
    "400",
    "401",
    "404",
    "500",
    "502",
    "migrate",
    "close",
    "hang",
    "accept_close",
    "accept_hang",
    "accept_garbage",
    "accept_500",
    "slow",
]
MODES: tuple[str, ...] = get_args(Mode)


@dataclass(slots=True)
class Fault:
    """What to do to calls of `method` ("" for all), of one chat or of all, `times` times or always.

    `close` and `hang` lose the request, `accept_…` keeps the message first: to a client both look
    the same. `502` answers with a page of HTML. `slow` accepts and answers after `ms`.
    """

    mode: Mode
    times: int | None = None
    chat_id: int | None = None
    method: str = "sendMessage"
    retry_after: int = 3
    new_chat_id: int = -1001000000001
    ms: int = 1000
    description: str = ""

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ValueError(f"no such mode: {self.mode!r}; there are {', '.join(MODES)}")

    @property
    def accepts(self) -> bool:
        """True where the call is carried out before things go wrong."""
        return self.mode.startswith("accept_") or self.mode == "slow"

    def concerns(self, method: str, chat_id: int | None) -> bool:
        """Whether this call is one of those to harm."""
        return self.method in ("", method) and self.chat_id in (None, chat_id)

    def refusal(self) -> Refusal | None:
        """The refusal that this fault answers with, if it is that kind of fault."""
        match self.mode:
            case "429":
                return too_many_requests(self.retry_after)
            case "403":
                return forbidden(self.description or "bot was blocked by the user")
            case "400":
                return bad_request(self.description or "chat not found")
            case "401":
                return unauthorized()
            case "404":
                return not_found()
            case "migrate":
                return migrated(self.new_chat_id)
            case "500" | "accept_500":
                return Refusal(500, self.description or "Internal Server Error")
            case _:
                return None


@dataclass(slots=True)
class Faults:
    """The faults in force, oldest first. `taken` counts how often each mode struck."""

    active: list[Fault] = field(default_factory=list)
    taken: dict[str, int] = field(default_factory=dict)

    def take(self, method: str, chat_id: int | None) -> Fault | None:
        """The fault for this call, counted down."""
        fault = next((each for each in self.active if each.concerns(method, chat_id)), None)
        if fault is None:
            return None
        self.taken[fault.mode] = self.taken.get(fault.mode, 0) + 1
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self.active.remove(fault)
        return fault

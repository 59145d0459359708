"""What a canonical event is: a blinker signal with an owner, a typed payload and a docstring."""

import json
import re
from typing import Any, Literal, get_args, get_type_hints

from blinker import NamedSignal
from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

from app.core.errors import EventRefused

Kind = Literal["request", "fact"]
STRICT = with_config(ConfigDict(extra="forbid"))


class CanonicalEvent(NamedSignal):
    """A named signal whose payload is checked and whose raisers are named.

    A fact has one raiser; a request may come through several doors.

    `kind`: a *request* is heard by Core at once, in the raiser's transaction; a *fact* is
    recorded with the change it tells of and delivered after the commit by a worker.
    `personal`: paths of the payload ("name", "payload.email") that are kept in the erasable
    side table and nowhere else.
    """

    def __init__(
        self,
        name: str,
        payload: type,
        *,
        raisers: tuple[str, ...],
        doc: str,
        kind: Kind = "fact",
        personal: tuple[str, ...] = (),
    ) -> None:
        super().__init__(name, doc)
        self.payload_type = payload
        self.raisers = raisers
        self.members = frozenset(payload.__annotations__)
        self.kind = kind
        self.personal = personal
        self._adapter: TypeAdapter[Any] = TypeAdapter(payload)

    def check(self, payload: dict[str, Any]) -> dict[str, Any]:
        """A copy of the payload that has gone through JSON; EventRefused if it does not fit."""
        try:
            checked = self._adapter.validate_python(payload, strict=True)
            return json.loads(json.dumps(checked, allow_nan=False, ensure_ascii=False))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise EventRefused(f"{self.name}: {where}: {first['msg']}") from None
        except ValueError as error:
            raise EventRefused(f"{self.name}: {error}") from None

    def fields(self) -> dict[str, str]:
        """Payload members and their types in words, as `flask events` prints them."""
        hints = get_type_hints(self.payload_type)
        required = self.payload_type.__required_keys__  # type: ignore[attr-defined]
        return {
            name: _words(hint) + ("" if name in required else ", optional")
            for name, hint in hints.items()
        }


def _words(hint: Any) -> str:
    if hasattr(hint, "__required_keys__"):
        return "object"
    text = hint.__name__ if isinstance(hint, type) and not get_args(hint) else str(hint)
    plain = re.sub(r"typing(_extensions)?\.|NotRequired\[(.*)\]", r"\2", text)
    return re.sub(r"^Optional\[(.*)\]$", r"\1 | None", plain)

"""Arguments of a Bot API method, from wherever a client put them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

from workers.telegram.sandbox.refusal import bad_request
from workers.telegram.sandbox.wire import Request


class Parameters:
    """The arguments of one call, typed on reading.

    Telegram takes JSON, form-urlencoded and multipart bodies and the query string; only JSON keeps
    types, so numbers and structures may arrive as text.
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) not in (None, "")

    def text(self, name: str, default: str = "") -> str:
        """A string; numbers of a JSON body are written out."""
        value = self._values.get(name)
        return default if value is None else str(value)

    def number(self, name: str, default: int = 0) -> int:
        """An integer, or `default` where there is none or it is something else."""
        try:
            return int(str(self._values.get(name)))
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        """A boolean, in the spellings that Telegram takes."""
        return str(self._values.get(name, "")).lower() in ("true", "yes", "1")

    def structure(self, name: str, description: str) -> Any:
        """A list or an object, or its JSON text; None where there is none.

        Refuses with `description` what is neither.
        """
        if name not in self:
            return None
        value = self._values[name]
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                raise bad_request(description) from None
        if not isinstance(value, (list, dict)):
            raise bad_request(description)
        return value


def read_parameters(request: Request) -> Parameters:
    """Arguments of the query string, overridden by those of the body."""
    return Parameters(request.query | read_body(request))


def read_body(request: Request) -> dict[str, Any]:
    """The fields of a body of any of the three kinds; {} where there is no body."""
    kind = request.headers.get("content-type", "")
    if not request.body:
        return {}
    if kind.startswith("application/json"):
        return _json_fields(request.body)
    if kind.startswith("multipart/form-data"):
        return _multipart_fields(kind, request.body)
    return dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))


def _json_fields(body: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(body)
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(fields, dict):
        raise bad_request("can't parse JSON object")
    return fields


def _multipart_fields(kind: str, body: bytes) -> dict[str, Any]:
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    fields = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(payload, bytes):
            fields[name] = payload.decode("utf-8", "replace")
    return fields

"""The Bot API at /bot<token>/<method>: who may call, what goes wrong on demand, and the answer."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

from workers.telegram.sandbox.faults import Fault
from workers.telegram.sandbox.methods import find_method
from workers.telegram.sandbox.parameters import Parameters, read_parameters
from workers.telegram.sandbox.refusal import Refusal, not_found, unauthorized
from workers.telegram.sandbox.state import Sandbox
from workers.telegram.sandbox.wire import Answer, Request, Response, Rude

_PATH = re.compile(r"/bot([^/]+)/([A-Za-z]+)")
_TOKEN = re.compile(r"\d+:[\w-]+")

_BAD_GATEWAY = Response(
    502,
    b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>",
    "text/html",
)
_GARBAGE = Response(200, b'{"ok":true,"result":{"message_id":')


async def answer_call(sandbox: Sandbox, request: Request) -> Answer:
    """The answer to one call, or what a fault makes of it."""
    try:
        name, parameters = _read_call(sandbox, request)
        sandbox.calls[name] += 1
        fault = sandbox.faults.take(name, _chat_id(parameters))
        answer = await _answer(sandbox, name, parameters, fault)
    except Refusal as refusal:
        answer = refused(refusal)
    if sandbox.latency_ms:
        await asyncio.sleep(sandbox.latency_ms / 1000)
    return answer


def refused(refusal: Refusal) -> Response:
    """A refusal as Telegram sends it: its code is the status, and stands in the body again."""
    return _as_json(refusal.as_json(), refusal.code)


def _read_call(sandbox: Sandbox, request: Request) -> tuple[str, Parameters]:
    match = _PATH.fullmatch(request.path)
    if match is None or not _TOKEN.fullmatch(match[1]):
        raise not_found()
    if match[1] not in sandbox.tokens:
        raise unauthorized()
    return match[2], read_parameters(request)


async def _answer(
    sandbox: Sandbox, name: str, parameters: Parameters, fault: Fault | None
) -> Answer:
    method = find_method(name)
    if fault is not None and not fault.accepts:
        return _harm(fault)
    result = await method(sandbox, parameters)
    if fault is not None and fault.mode != "slow":
        return _harm(fault)
    if fault is not None:
        await asyncio.sleep(fault.ms / 1000)
    return _as_json({"ok": True, "result": result})


def _harm(fault: Fault) -> Answer:
    if refusal := fault.refusal():
        return refused(refusal)
    match fault.mode:
        case "502":
            return _BAD_GATEWAY
        case "accept_garbage":
            return _GARBAGE
        case "hang" | "accept_hang":
            return Rude.SILENCE
        case _:
            return Rude.HANG_UP


def _as_json(body: dict[str, Any], status: int = 200) -> Response:
    return Response(status, json.dumps(body, ensure_ascii=False).encode())


def _chat_id(parameters: Parameters) -> int | None:
    return parameters.number("chat_id") if "chat_id" in parameters else None

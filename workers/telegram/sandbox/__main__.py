"""`python -m workers.telegram.sandbox`: the sandbox as a process, for a demo."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from workers.telegram.sandbox.flood import Limits
from workers.telegram.sandbox.service import ProductionRefused, Service, refuse_production
from workers.telegram.sandbox.state import DEMO_TOKEN, DEMO_USERNAME, TEAM_CHAT, new_sandbox


def main() -> int:
    """Serve until SIGINT or SIGTERM. 2 in production, 1 where the port is taken."""
    options = _options(os.environ)
    try:
        refuse_production(os.environ)
        asyncio.run(_serve(options))
    except ProductionRefused as exc:
        return _complain(str(exc), 2)
    except OSError as exc:
        return _complain(f"порт {options.port}: {exc.strerror} / port {options.port}", 1)
    except KeyboardInterrupt:
        pass
    return 0


async def _serve(options: argparse.Namespace) -> None:
    sandbox = new_sandbox(
        tokens=tuple(options.token or [DEMO_TOKEN]),
        username=options.username,
        groups=tuple(options.group),
        limits=None if options.no_limits else Limits(),
    )
    sandbox.latency_ms = options.latency_ms
    service = Service(sandbox, options.port, options.state)
    await service.start()
    address = f"http://127.0.0.1:{service.listener.port}/"
    print(f"Песочница Bot API: {address} (@{options.username})", flush=True)
    await _told_to_stop()
    await service.stop()


async def _told_to_stop() -> None:
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    await told.wait()


def _options(environ: Mapping[str, str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m workers.telegram.sandbox",
        description="Песочница Bot API / a sandbox Bot API. Listens on 127.0.0.1 only.",
    )
    parser.add_argument("--port", type=int, default=8081, help="0: a free one")
    parser.add_argument("--token", action="append", help="a known token; may be repeated")
    parser.add_argument("--username", default=environ.get("TELEGRAM_BOT_USERNAME") or DEMO_USERNAME)
    parser.add_argument(
        "--group",
        action="append",
        type=_group,
        default=_team(environ),
        metavar="ID[:TITLE]",
        help="one more group that the bot is in: --group=-1000:Команда",
    )
    parser.add_argument("--state", type=Path, default=_state(environ), help="file to remember in")
    parser.add_argument("--no-limits", action="store_true", help="no flood control")
    parser.add_argument("--latency-ms", type=int, default=0)
    return parser.parse_args()


def _team(environ: Mapping[str, str]) -> list[tuple[int, str]]:
    chat_id = environ.get("TELEGRAM_CHAT_ID", "")
    return [_group(f"{chat_id}:{TEAM_CHAT[1]}")] if chat_id.startswith("-") else [TEAM_CHAT]


def _group(text: str) -> tuple[int, str]:
    number, _, title = text.partition(":")
    if int(number) >= 0:
        raise ValueError("a group's id is negative")
    return int(number), title or f"Группа {number}"


def _state(environ: Mapping[str, str]) -> Path | None:
    folder = environ.get("EFIR_DATA_DIR")
    return Path(folder) / "telegram-sandbox.json" if folder else None


def _complain(line: str, code: int) -> int:
    print(line, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())

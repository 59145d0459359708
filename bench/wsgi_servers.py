"""Which WSGI server serves the rooms: `python -m bench.wsgi_servers`, no part of `make bench`.

Each candidate runs the whole site and is compared with production's server in interleaved pairs,
the other being idle. Then each alone serves an audience, a kept connection a viewer. Candidates
are installed by hand (`pip install granian gevent`); one that is not there is left out by name.
Written to `bench/wsgi_servers.md`.
"""

import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from bench import full_room, machine
from bench.full_room import Told
from bench.product import IN_PRODUCTION, Product, Server, gunicorn, running
from bench.ratio import Ratio, interleaved, ratio_of
from bench.room import quiet_poll
from bench.table import milliseconds, number
from bench.visitor import HOST
from bench.volley import Cost, getting, volley

PAGE = Path(__file__).with_name("wsgi_servers.md")
PAIRS, REQUESTS, CONNECTIONS, WARM_UP = 10, 800, 6, 400
VIEWERS, SECONDS = 1000, 15.0
OF_THE_SERVER = ("granian", "gevent")


def _kind(name: str, *options: str) -> Callable[[int], list[str]]:
    return lambda port: [*gunicorn(port), "--worker-class", name, *options]


def _granian(threads: int) -> Callable[[int], list[str]]:
    return lambda port: [
        *("--interface", "wsgi", "--host", HOST, "--port", str(port)),
        *("--workers", "2", "--blocking-threads", str(threads)),
        *("--no-access-log", "--log-level", "warning"),
    ]


def _candidates(metrics: str) -> list[Server]:
    """gunicorn makes the folder of metrics itself, granian is given one."""
    given = (("PROMETHEUS_MULTIPROC_DIR", metrics),)
    return [
        Server("gunicorn sync 2", "gunicorn", _kind("sync")),
        Server("gunicorn gevent 2", "gunicorn", _kind("gevent")),
        Server("granian 2×1", "granian", _granian(1), given),
        Server("granian 2×4", "granian", _granian(4), given),
    ]


def main() -> None:
    lines = [f"| {IN_PRODUCTION.name} 2×4 | | | {_audience(IN_PRODUCTION)} |"]
    with tempfile.TemporaryDirectory(prefix="efir-metrics-") as metrics:
        for server in _candidates(metrics):
            if not _installed(server):
                print(f"{server.name}: не установлен / not installed", file=sys.stderr)
                continue
            lines.append(_line(server))
            print(lines[-1], file=sys.stderr, flush=True)
    PAGE.write_text(_page(lines), "utf-8")
    print("\n".join(lines))


def _installed(server: Server) -> bool:
    wanted = "gevent" if "gevent" in server.name else server.module
    return find_spec(wanted) is not None


def _line(server: Server) -> str:
    print(f"{server.name}…", file=sys.stderr, flush=True)
    try:
        cost, pace = _compared(server)
        audience = _audience(server)
    except Exception as error:
        return f"| {server.name} | {type(error).__name__}: {str(error)[:120]} | | |"
    return f"| {server.name} | {_ratio(cost)} | {_ratio(pace)} | {audience} |"


def _compared(server: Server) -> tuple[Ratio, Ratio]:
    """Processor time per quiet poll, and polls in a second, to production's server."""
    with ExitStack() as parts:
        measures = [
            _polling(parts.enter_context(running(workers=False, server=each)))
            for each in (server, IN_PRODUCTION)
        ]
        for measure in measures:
            measure(WARM_UP)
        pairs = interleaved(*measures, PAIRS)
    return (
        ratio_of([(one.servers, other.servers) for one, other in pairs]),
        ratio_of([(one.requests_per_second, other.requests_per_second) for one, other in pairs]),
    )


def _polling(product: Product) -> Callable[..., Cost]:
    quiet = [quiet_poll(product, link) for link in product.flask("bench-room").split()]
    return partial(_volley, product, quiet)


def _volley(product: Product, paths: list[str], requests: int = REQUESTS) -> Cost:
    return volley(
        product.port,
        getting(paths, 204),
        requests=requests,
        connections=CONNECTIONS,
        servers=product.web_pids,
    )


def _audience(server: Server) -> str:
    with running(workers=True, server=server) as product:
        told = full_room.watched(product, VIEWERS, SECONDS)
    return " | ".join([*_percentiles(told), str(told.errors), milliseconds(told.web)])


def _percentiles(told: Told) -> list[str]:
    return [milliseconds(float(told.polls[each])) for each in ("p50", "p95", "p99")]


def _ratio(ratio: Ratio) -> str:
    return f"{number(ratio.median)} [{number(ratio.low)}; {number(ratio.high)}]"


def _page(lines: list[str]) -> str:
    return "\n".join(
        [
            "# Серверы WSGI / WSGI servers",
            "",
            f"- {datetime.now(UTC):%Y-%m-%d %H:%M} UTC; `python -m bench.wsgi_servers`",
            f"- {machine.in_words()}",
            f"- {machine.versions()}, {', '.join(_versions())}",
            "",
            "| сервер / server | CPU опроса к gthread / CPU of a poll, ratio | опросов в секунду к gthread / polls a second, ratio"
            f" | {VIEWERS} зрителей / viewers: p50 | p95 | p99 | ошибок / errors | CPU ответа / per answer |",
            "|---|---|---|---|---|---|---|---|",
            *lines,
            "",
            f"Отношения — медианы {PAIRS} пар вперемежку с интервалом; зрители держат каждый своё",
            "соединение, опрашивают раз в пять секунд и шлют знак жизни раз в десять, воркеры рядом.",
            "",
            f"Ratios are medians of {PAIRS} interleaved pairs with their interval; viewers keep a connection",
            "each, poll every five seconds and give a sign of life every ten, the workers beside.",
            "",
        ]
    )


def _versions() -> list[str]:
    found = []
    for name in OF_THE_SERVER:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return found


if __name__ == "__main__":
    main()

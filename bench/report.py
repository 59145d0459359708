"""`bench/results.md`: the table, when and where it was taken, and how it is read."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench import machine
from bench.table import Row, drawn

RESULTS = Path(__file__).with_name("results.md")
HOW_TO_READ = """\
## Как читать

Всё запускается заново на одной машине и отвечает только на loopback: свой Redis, gunicorn с боевыми
настройками, воркеры, песочница Bot API, SQLite. Отношение — медиана отношений в парах, измеренных
вперемежку; интервал — точный биномиальный для медианы, рядом его надёжность. Граница нарушена,
только если за ней лежит весь интервал; «не решено» — она внутри него. «CPU нагрузки» — сколько
процессорного времени на запрос взял тот, кто создаёт нагрузку: в сами замеры процессорного времени
оно не входит. Прежняя система — плагины WordPress, измеренные 23.11.2026 на двух ядрах;
так же измерен WebinarIgnition (WI).

- `form`: время от отправки `/form/` до записи `scenario_start` и до ответа посетителю. У нас — пока
  Bot API отвечает за 300 мс, против — пока он отвечает сразу.
- `poll`: процессорное время веб-процессов на один опрос комнаты, в которой нет нового (204); против —
  на «hello, world» в том же приложении и в Flask, где нет ничего от продукта.
- `flat`: то же при ста тысячах реплик записи против ста и при десяти тысячах сессий против десяти.
- `room`: две тысячи зрителей одной комнаты: опрос каждые пять секунд, знак жизни каждые десять, и
  ещё опрос в секунду каждой реплики; вместе со всем продуктом и самой нагрузкой на этих ядрах.
- `live`: две тысячи зрителей прямого эфира за nginx из `deploy/`, по TLS: опрос в темпе, который задаёт сервер
  (раз в 1,5 с), знак жизни каждые десять секунд, шестьдесят человек пишут раз в двадцать; приходят за
  двенадцать секунд, дальше меряется. Реплика увидена, когда она на странице; кто её не получил, считается самым
  медленным. «Дошло до приложения» — опросы, на которые nginx не ответил из своей секунды. Рядом — пять тысяч:
  без границы, чтобы знать. Опрос эфира к hello — как `poll`.
- `shared`: две тысячи и пять тысяч зрителей одного сеанса записи за тем же nginx: без границы, чтобы знать.
- `limit`: рассылка при пределе Telegram. Когда сообщение дошло, говорит сама песочница Bot API; каждое —
  настоящий HTTP-запрос. Меряется ровный участок в сорок секунд.
- `send`: то же без предела, от первого до последнего из пяти тысяч.
- `planned`: рассылка, когда в журнале ждут своего часа ещё сто тысяч сообщений, против пустого журнала.
- `crowd`: 200 разных людей отправляют форму, по восемь одновременно и по одному разу; показано,
  сколько форм принято и что сохранилось, в худшем из заходов.

## How to read it

Everything is started afresh on one machine and answers on loopback alone: a Redis, gunicorn as in
production, the workers, the sandbox Bot API, SQLite. The columns: measure, ours, against, ratio,
interval, pairs, bound, verdict, present system, CPU of the load generator per request (which is no part
of the measured CPU). A ratio is the median of the ratios of interleaved pairs; its interval is the exact
binomial one of the median, with its coverage. A bound is «НАРУШЕНА» (missed) only where the whole
interval lies beyond it, «держится» (held) where the whole interval is within, else «не решено» (open).
The present system is a set of WordPress plugins, measured on 2026-11-23 on two cores, as WebinarIgnition (WI) was.

- `form`: from the POST of `/form/` to `scenario_start` recorded, and to the visitor's answer. Ours: with
  the Bot API answering in 300 ms; against: with it answering at once.
- `poll`: CPU of the web processes for one poll of a room with nothing new (204); against: for a
  hello-world in the same application, and in a Flask with none of the product's parts.
- `flat`: the same with 100,000 recorded lines against 100, and 10,000 sessions against 10.
- `room`: 2,000 viewers of one room: a poll each five seconds, a sign of life each ten, and a poll at the
  second of each line; the whole product and the load itself are on the same cores.
- `live`: 2,000 viewers of a broadcast behind the nginx of `deploy/`, over TLS: a poll at the pace that the
  server sets (each 1.5 s), a sign of life each ten, sixty people write each twenty; they come in within twelve
  seconds, then it is measured. A line is seen when it is on a page; who never got it is the slowest.
  «Дошло до приложения» are polls that nginx did not answer from its one second. Beside it 5,000:
  without a bound. The poll against hello is as in `poll`.
- `shared`: 2,000 and 5,000 viewers of one session of a recording behind the same nginx: without a bound.
- `limit`: sending at Telegram's limit. When a message came is told by the sandbox Bot API itself; each is a
  real HTTP request. A steady stretch of forty seconds is measured.
- `send`: the same without a limit, from the first to the last of 5,000.
- `planned`: sending while another 100,000 messages of the ledger wait for their hour, against an empty one.
- `crowd`: 200 different people send the form, eight at a time and once each; what was taken and
  what was kept, in the worst round.
"""


def written(rows: Sequence[Row], *, load: str, seconds: float) -> str:
    """The whole page. `load`: of the machine before the run."""
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return "\n".join(
        [
            "# Сравнительные замеры / Benchmarks",
            "",
            f"- {when}, {seconds:.0f} с / s; `make bench`",
            f"- {machine.in_words()}; нагрузка до начала / load before: {load}",
            f"- {machine.versions()}",
            "",
            drawn(rows),
            "",
            HOW_TO_READ,
        ]
    )

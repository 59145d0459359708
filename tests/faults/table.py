"""The table of outcomes, as a person reads it, and the page that it is kept on."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench import machine
from tests.faults.applicability import NOT_INJECTED
from tests.faults.catalogue import Fault
from tests.faults.plant import PER_SECOND, POSTGRESQL, SCALED, SQLITE
from tests.faults.runner import Outcome
from tests.fixtures import servers

PAGE = Path(__file__).resolve().parents[2] / "bench" / "faults.md"
NAMES = {SQLITE: "SQLite", POSTGRESQL: "PostgreSQL"}
LAST = 39
HEADINGS = (
    "№",
    "сбой",
    "база",
    "раз",
    "сообщений",
    "потеряно",
    "повторов",
    "из них без пометки",
    "неясно (допустимо)",
    "застряло",
    "до порядка, с",
    "вывод",
)
HOW_TO_READ = """\
## Как читать

Каждый сбой — настоящий: процессы под gunicorn и `python -m workers`, сигналы, свой Redis (за своим
прокси), SQLite и PostgreSQL, песочница Bot API с ограничением {per_second} сообщений в секунду. Нагрузка —
форма `/form/` и сообщения журнала двух политик вперемешку: «хотя бы раз» и «не больше раза». После
каждого сбоя сравниваются три счёта: что принял сайт, что лежит в базе, что дошло до песочницы.

- «раз» — сколько раз сбой случился; «сообщений» — сколько дошло за это время.
- «потеряно» — принятый лид или сообщение без строки, без положенного конца или без доставки;
  «без пометки» — второй экземпляр, о котором журнал не знает, или любой второй у политики «не больше
  раза»; «застряло» — не закончено за минуту после сбоя. Во всех трёх обязан быть ноль.
- «неясно» — ответа не было, и политика не велит повторять; не больше, чем было в руках у убитых
  отправителей и двусмысленных ответов (в скобках).
- «до порядка» — от конца сбоя до тишины; в нём и секунда до напоминания.
- 36–39 — прямой эфир: зрители опрашивают комнату, подают знаки жизни и пишут, всё это время.
  «Потеряно» там — ещё и реплика, на которую ответили 200 и которой нет в базе или хотя бы у одного
  зрителя, и запись, которую медиасервер начал и не отдал; «повтор» — реплика, которая есть дважды. Сколько
  было зрителей и реплик, сказано под таблицей.

Минута здесь сжата: {scaled}.

## How to read it

Every fault is real: processes under gunicorn and `python -m workers`, signals, a Redis of our own behind a
proxy of our own, SQLite and PostgreSQL, the sandbox Bot API with a limit of {per_second} messages a second. The load
is the form and messages of both policies. Columns: number, fault, database, times injected, messages
that arrived, lost, duplicated, of those unflagged, unknown (allowed), stuck, seconds to recover, verdict
(«держится» held, «НАРУШЕНО» broken). Lost, unflagged and stuck must be 0; unknown at most what the
killed senders had in hand plus the ambiguous answers. 36 to 39 are of a broadcast: viewers poll, give
signs of life and write all the while; lost is there a line too that was answered 200 and is not in the
database or not on the page of any one viewer, and a recording that was begun and not kept; duplicated, a
line that is there twice. The notes under the table say how many viewers and lines there were.
"""


def drawn(outcomes: Sequence[Outcome]) -> str:
    lines = [list(HEADINGS), *(_cells(each) for each in outcomes)]
    return _table(lines)


def reasons(outcomes: Sequence[Outcome]) -> str:
    """What did not hold, in words."""
    lines = [
        f"{each.number} {NAMES[each.database]}: {reason}"
        for each in outcomes
        for reason in each.reasons[:10]
    ]
    return "\n".join(lines)


def page(
    outcomes: Sequence[Outcome], faults: Sequence[Fault], *, seed: int, load: str, seconds: float
) -> str:
    """`bench/faults.md`. `load`: of the machine before the run."""
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    scaled = ", ".join(f"`{name}={value}`" for name, value in SCALED.items())
    return "\n".join(
        [
            "# Сбои / Faults",
            "",
            f"- {when}, {seconds:.0f} с / s; `make faults SEED={seed}`",
            f"- {machine.in_words()}; нагрузка до начала / load before: {load}",
            f"- {machine.versions()}, {_postgresql()}",
            "",
            drawn(outcomes),
            "",
            *([reasons(outcomes), ""] if reasons(outcomes) else []),
            *_notes(outcomes),
            HOW_TO_READ.format(scaled=scaled, per_second=PER_SECOND),
            "## Какой сбой к чему применим / Applicability",
            "",
            applicability(faults),
            "",
        ]
    )


def applicability(faults: Sequence[Fault]) -> str:
    """Each of the plan, and those of a broadcast: on which database, or why not."""
    here = {each.number: each for each in faults}
    lines = [["№", "сбой / fault", *NAMES.values(), "`make test`", "примечание / why"]]
    for number in range(1, LAST + 1):
        fault = here.get(number)
        if fault is None:
            name, why = NOT_INJECTED[number]
            lines.append([str(number), name, "—", "—", "", why])
            continue
        marks = ["да" if kind in fault.databases else "—" for kind in NAMES]
        quick = ", ".join(NAMES[kind] for kind in fault.quick)
        lines.append([str(number), fault.name, *marks, quick, fault.why])
    return _table(lines)


def _cells(outcome: Outcome) -> list[str]:
    found = outcome.findings
    return [
        str(outcome.number),
        outcome.name,
        NAMES[outcome.database],
        str(outcome.injected),
        str(outcome.messages),
        str(len(found.lost)),
        str(len(found.doubled)),
        str(len(found.unflagged)),
        f"{len(found.unknown)} ({outcome.allowed})",
        str(len(found.stuck)),
        f"{outcome.seconds:.1f}".replace(".", ","),
        "держится" if outcome.holds else "НАРУШЕНО",
    ]


def _notes(outcomes: Sequence[Outcome]) -> list[str]:
    told = [
        f"- {each.number}, {NAMES[each.database]}: {note}"
        for each in outcomes
        for note in each.notes
    ]
    return [*told, ""] if told else []


def _table(lines: Sequence[Sequence[str]]) -> str:
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    drawn_lines = [
        "| " + " | ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)) + " |"
        for line in lines
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([drawn_lines[0], rule, *drawn_lines[1:]])


def _postgresql() -> str:
    folder = servers.postgres_binaries()
    return f"PostgreSQL {folder.parent.name}" if folder else "PostgreSQL —"

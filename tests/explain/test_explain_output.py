"""The command: the same explanation on a terminal, as JSON and as a page, and exit codes to act on."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pytest
from rich.console import Console

from etl.explain.asked import Asked
from etl.explain.evidence import explain
from etl.explain.layout import lay_out
from etl.explain.page import page_text
from etl.explain.question import resolve
from etl.explain.sheet import Grid, Item, Section, Sheet
from etl.explain.terminal import show
from etl.explain.words import percent, tonnes, weight_text
from tests.conftest import ROOT, RunCli

_BAD_INPUT, _ENVIRONMENT = 3, 6
_WITHOUT_END = {"meta", "br", "hr", "link", "img"}
_READING = (
    "series composition as_of share share_low share_high bloc_tonnes world_tonnes world_published world_all_rows "
    "world_named_rows share_of_all_rows share_of_named_rows unit n_members n_members_reporting members"
)
# What scripts hold on to. A key that goes makes the version of the object 2.
_KEYS = {
    "": "version headline release question edition answer rule_words members bystanders world bounds readings "
    "other_series difference printed conflicts documents sql",
    "question": "bloc mineral series composition against choices",
    "question.series": "source edition measure stage basis year",
    "question.composition": "rule scope eu",
    "edition": "source edition publisher title url published_on licence",
    "answer": _READING,
    "members": "party weight memberships claims holding counted_tonnes",
    "members.party": "code name_en name_zh",
    "members.memberships": "bloc via role valid_from precision counted_from valid_to status document locator n_claims "
    "resolution",
    "members.claims": "bloc party role joined joined_precision left_on document locator text_line printed_zh "
    "is_rejected note",
    "members.holding": "value_tonnes low_tonnes high_tonnes part reports cells",
    "members.holding.cells": "party party_printed sub_series value value_low value_high unit value_tonnes value_flag "
    "original_value original_unit note file locator is_corrected is_revised",
    "bystanders": "party because holding",
    "world": "denominators n_named_rows residual_tonnes beyond_rows_tonnes is_lower_bound total_cells residual_cells "
    "silent_cells",
    "world.denominators": "name meaning tonnes share is_used",
    "bounds": "why low high",
    "readings": _READING,
    "other_series": "series asked against is_asked",
    "difference": "against points moves",
    "difference.moves": "party weight weight_against value_tonnes points because",
    "printed": "document locator text_line claim_id subject measure party bloc year printed value unit value_tonnes "
    "qualifier claim_flag note verdict recomputed recomputed_year_end here differs",
    "documents": "document title publisher published_on kind url note",
    "sql": "share cells",
}


class Nesting(HTMLParser):
    """Reads a page, and notes what is loaded and whether every element is closed where it was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _WITHOUT_END:
            self.open.append(tag)
        self.loaded += [f"{tag} {name}" for name, _ in attrs if name in ("src", "srcset", "data", "background")]
        if tag in ("link", "script", "iframe", "object", "embed", "img"):
            self.loaded.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def record(warehouse: Path, cli: RunCli) -> dict[str, Any]:
    done = cli("explain", "msp", "cobalt", "--year", "2022", "--json", "--warehouse", str(warehouse))
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("path", _KEYS)
def test_the_keys_of_the_json_object_are_stable(record: dict[str, Any], path: str) -> None:
    place: Any = record
    for key in filter(None, path.split(".")):
        place = place[key]
        if isinstance(place, list):
            place = max(place, key=lambda entry: len(str(entry)))
    assert set(place) == set(_KEYS[path].split())


def test_the_json_object_has_exact_numbers_and_null_for_what_is_unknown(record: dict[str, Any]) -> None:
    assert record["version"] == "orebloc.explain/1"
    answer = record["answer"]
    assert answer["share"] == answer["bloc_tonnes"] / answer["world_tonnes"]
    silent = next(entry for entry in record["members"] if entry["party"]["code"] == "JPN")
    assert silent["holding"]["value_tonnes"] is None
    assert silent["counted_tonnes"] is None
    assert silent["memberships"][0]["valid_to"] is None
    moved = [entry["points"] for entry in record["difference"]["moves"] if entry["points"] is not None]
    assert sum(moved) == pytest.approx(record["difference"]["points"], abs=1e-12)
    assert record["difference"]["moves"][0]["party"]["code"] == "COD"


def test_the_page_of_the_terminal_answers_in_order(warehouse: Path, cli: RunCli) -> None:
    done = cli("explain", "msp", "cobalt", "--year", "2022", "--warehouse", str(warehouse), COLUMNS="100")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("Minerals Security Partnership: 4.7 % of world cobalt production in 2022")
    titles = [line for line in lines if re.match(r"\d\. ", line)]
    assert titles == [
        "1. The rule in words",
        "2. Who counts, and on whose word",
        "3. What each member reports",
        "4. The world, and the bounds",
        "5. The same question, asked otherwise",
        "6. What makes the difference",
        "7. What the papers print",
        "8. How to reproduce it",
    ]
    code = lines.index("8. How to reproduce it")
    assert max(map(len, lines[:code])) <= 100
    for said in (
        "mcs2024-cobal_world.csv",
        "Prod_t_est_2022",
        "list of partners, as reported",
        "zhang2024 prints 79 %",
    ):
        assert said in done.stdout


def test_a_wide_terminal_loses_nothing(release: duckdb.DuckDBPyConnection) -> None:
    sheet = lay_out(explain(release, resolve(release, Asked("quad", "lithium", 2023))))
    shown = []
    for width in (100, 160):
        console = Console(width=width, file=io.StringIO())
        show(sheet, console)
        text = console.file.getvalue()  # type: ignore[attr-defined]
        shown.append(Counter(re.sub(r"[\s─]", "", text)))
    assert shown[0] == shown[1]


def test_the_page_stands_alone_and_is_well_formed(warehouse: Path, cli: RunCli, tmp_path: Path) -> None:
    file = tmp_path / "share.html"
    done = cli("explain", "msp", "lithium", "--eu", "expanded", "--html", str(file), "--warehouse", str(warehouse))
    assert done.returncode == 0, done.stderr
    assert str(file) in done.stdout
    text = file.read_text(encoding="utf-8")
    page = Nesting()
    page.feed(text)
    page.close()
    assert page.open == []
    assert page.loaded == []
    assert '<html lang="en">' in text
    assert "@import" not in text
    assert "url(" not in text
    assert "prefers-color-scheme" in text
    assert "@media print" in text
    assert "through the EU" in text


def test_texts_are_escaped_on_the_page_and_plain_on_the_terminal() -> None:
    wild = "<script>alert('1')</script> [bold]&[/bold] https://example.org/?a=1&b=2"
    grid = Grid((">a", wild), ((wild, wild),), title=wild, strong=frozenset({0}), below=(wild,))
    section = Section(wild, (wild,), (grid,), (Item(wild, (wild,), wild),), (wild,), ((wild, wild),), (grid,))
    sheet = Sheet(wild, ((wild, wild),), (section,))
    text = page_text(sheet)
    assert "<script" not in text
    assert 'href="https://example.org/?a=1&amp;b=2"' in text
    console = Console(width=400, record=True, file=io.StringIO())
    show(sheet, console)
    assert console.export_text().count("[bold]&[/bold]") >= 9


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("mspp", "cobalt"), "'msp'"),
        (("msp", "cobalt", "--year", "1990"), "2022-2023"),
    ],
)
def test_what_has_no_answer_ends_with_the_nearest_and_code_3(
    warehouse: Path, cli: RunCli, arguments: tuple[str, ...], said: str
) -> None:
    done = cli("explain", *arguments, "--warehouse", str(warehouse))
    assert done.returncode == _BAD_INPUT
    assert said in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_without_a_release_there_is_nothing_to_explain(cli: RunCli, tmp_path: Path) -> None:
    done = cli("explain", "msp", "cobalt", "--warehouse", str(tmp_path / "none"))
    assert done.returncode == _ENVIRONMENT
    assert "orebloc build" in done.stderr


def test_a_page_that_cannot_be_written_says_where(warehouse: Path, cli: RunCli, tmp_path: Path) -> None:
    file = tmp_path / "no" / "folder.html"
    done = cli("explain", "msp", "cobalt", "--html", str(file), "--warehouse", str(warehouse))
    assert done.returncode == _BAD_INPUT
    assert str(file) in done.stderr.replace("\n", "")


def test_the_command_line_starts_without_the_database() -> None:
    code = "import sys, etl.explain.command; print('duckdb' in sys.modules, 'pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_numbers_are_written_as_people_read_them() -> None:
    assert [percent(part) for part in (0.0638, 1.0, 0.0, 0.00001, None)] == ["6.4 %", "100.0 %", "0.0 %", "<0.1 %", "–"]
    assert percent(0.0637896, 3) == "6.379 %"
    assert [tonnes(value) for value in (166030.0, 12.5, 0.0, None)] == ["166,030", "12.5", "0", "–"]
    assert [weight_text(weight) for weight in (1.0, 193 / 365, 0.0)] == ["1", "0.529", "0"]

"""The terminal commands say what the marts say: on the screen, as JSON and as CSV, in both languages."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner, Result

from etl.ask.show import Lang, bar, spark
from etl.ask.words import Words
from etl.cli import app
from etl.explain.words import percent, tonnes
from tests.conftest import ROOT

MSP_SHARES = """
select * from marts.mineral_bloc_share
where bloc = 'msp' and mineral = 'cobalt' and measure = 'production' and membership_rule = 'year_end'
    and party_scope = 'partners' and eu_treatment = 'as_signed' and stage = 'mine' and source = 'usgs_mcs'
order by year
"""
COMMANDS = {
    "blocs": ["blocs"],
    "minerals": ["minerals"],
    "countries": ["countries"],
    "share": ["share", "MSP", "Cobalt"],
    "members": ["members", "MSP", "--on", "2023-12-31"],
    "timeline of a country": ["timeline", "IDN"],
    "timeline of a bloc": ["timeline", "msp"],
    "conflicts": ["conflicts", "msp"],
    "all conflicts": ["conflicts"],
}


def run(warehouse: Path, *arguments: str, width: int = 100) -> Result:
    """Run a command in this process, as in a pipe."""
    environment = {"OREBLOC_WAREHOUSE": str(warehouse), "OREBLOC_PROJECT": str(ROOT), "COLUMNS": str(width)}
    return CliRunner().invoke(app, arguments, env=environment)


def said(warehouse: Path, *arguments: str, width: int = 100) -> str:
    done = run(warehouse, *arguments, width=width)
    assert done.exit_code == 0, done.output
    return done.stdout


def rows(warehouse: Path, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(said(warehouse, *arguments, "--json"))
    return found


def query(release: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    """Run a query; days as ISO text, as JSON has them."""
    cursor = release.execute(sql)
    names = [column[0] for column in cursor.description or []]
    return [
        {
            name: value.isoformat() if hasattr(value, "isoformat") else value
            for name, value in zip(names, row, strict=True)
        }
        for row in cursor.fetchall()
    ]


@pytest.mark.parametrize(
    ("arguments", "sql"),
    [
        (["blocs"], "select * from marts.dim_bloc order by all"),
        (["minerals"], "select * from marts.dim_mineral order by all"),
        (["countries"], "select * from marts.dim_party order by all"),
        (["blocs", "Quad"], "select * from marts.dim_bloc where bloc = 'quad'"),
        (["countries", "刚果"], "select * from marts.dim_party where name_zh like '%刚果%' order by all"),
        (["share", "msp", "cobalt"], MSP_SHARES),
        (
            ["conflicts", "--open"],
            "select 'itself' as touches, * from marts.source_conflict where resolution = 'open' "
            "order by case severity when 'high' then 1 when 'medium' then 2 else 3 end, subject, conflict_id",
        ),
    ],
)
def test_the_rows_for_scripts_are_those_of_the_marts(
    warehouse: Path, release: duckdb.DuckDBPyConnection, arguments: list[str], sql: str
) -> None:
    expected = query(release, sql)
    assert expected
    found = rows(warehouse, *arguments)
    assert found == expected
    assert list(found[0]) == list(expected[0])


def test_members_are_those_of_the_macro_with_their_source(warehouse: Path, release: duckdb.DuckDBPyConnection) -> None:
    found = rows(warehouse, "members", "msp", "--on", "2023-12-31")
    expected = query(release, "from marts.members_on('msp', '2023-12-31')")
    assert len(expected) == 14
    assert {(row["party"], row["role"], row["valid_from"], row["document"]) for row in found} == {
        (row["party"], row["role"], row["valid_from"], row["document"]) for row in expected
    }
    assert all(row["locator"] for row in found)
    assert rows(warehouse, "members", "msp", "--on", "2021-01-01") == []


def test_a_timeline_holds_each_event_and_membership_once_and_in_order(
    warehouse: Path, release: duckdb.DuckDBPyConnection
) -> None:
    found = rows(warehouse, "timeline", "Indonesia")
    events = query(
        release,
        "select event_id from marts.fct_policy_event where list_contains(string_split(actors, ';'), 'IDN') "
        "or list_contains(string_split(targets, ';'), 'IDN')",
    )
    joined = query(release, "select bloc, valid_from from marts.fct_bloc_membership where party = 'IDN'")
    assert Counter(row["event_id"] for row in found if row["entry"] == "event") == Counter(
        row["event_id"] for row in events
    )
    assert Counter((row["bloc"], row["on_date"]) for row in found if row["entry"] == "joined") == Counter(
        (row["bloc"], row["valid_from"]) for row in joined
    )
    assert [row["on_date"] for row in found] == sorted(row["on_date"] for row in found)
    left = query(release, "select party from marts.fct_bloc_membership where bloc = 'eu' and valid_to is not null")
    assert [row["party"] for row in rows(warehouse, "timeline", "eu") if row["entry"] == "left"] == [
        row["party"] for row in left
    ]


def test_conflicts_touch_the_thing_or_a_row_about_it(warehouse: Path, release: duckdb.DuckDBPyConnection) -> None:
    found = rows(warehouse, "conflicts", "钴")
    itself = {row["conflict_id"] for row in found if row["touches"] == "itself"}
    assert itself == {
        row["conflict_id"] for row in query(release, "from marts.source_conflict where mineral = 'cobalt'")
    }
    named = query(
        release,
        "select distinct unnest(string_split(conflict_ids, ', ')) as conflict_id from marts.fct_article_claim "
        "where mineral = 'cobalt'",
    )
    assert named
    assert {row["conflict_id"] for row in named} <= {row["conflict_id"] for row in found}


def test_a_share_on_the_screen_is_that_of_the_mart(warehouse: Path, release: duckdb.DuckDBPyConnection) -> None:
    text = said(warehouse, "share", "msp", "cobalt")
    expected = query(release, MSP_SHARES)
    assert expected
    for row in expected:
        (line,) = [line for line in text.splitlines() if line.startswith(str(row["year"]))]
        for part in (
            row["edition"],
            percent(row["share"]),
            f"{row['n_members_reporting']}/{row['n_members']}",
            tonnes(row["bloc_value"]),
        ):
            assert part in line, (part, line)


@pytest.mark.parametrize(("first", "last"), [(None, "2022"), ("2023", None), ("2023", "2023")])
def test_years_can_be_narrowed(warehouse: Path, first: str | None, last: str | None) -> None:
    options = [*(["--from", first] if first else []), *(["--to", last] if last else [])]
    years = [row["year"] for row in rows(warehouse, "share", "msp", "cobalt", *options)]
    assert years == [2022] if last == "2022" else years == [2023]


def test_options_are_columns_of_the_share(warehouse: Path) -> None:
    options = {
        "--measure": ("measure", "reserves"),
        "--rule": ("membership_rule", "fixed"),
        "--eu": ("eu_treatment", "expanded"),
        "--scope": ("party_scope", "partners_and_forum"),
        "--source": ("source", "usgs_mcs"),
        "--edition": ("edition", "2024"),
        "--stage": ("stage", "mine"),
        "--basis": ("basis", "content"),
    }
    words = [word for option, (_, value) in options.items() for word in (option, value)]
    (row,) = rows(warehouse, "share", "msp", "cobalt", *words)
    assert {column: row[column] for column, _ in options.values()} == dict(options.values())


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
def test_csv_holds_what_json_holds(warehouse: Path, arguments: list[str]) -> None:
    as_json = rows(warehouse, *arguments)
    table = list(csv.DictReader(io.StringIO(said(warehouse, *arguments, "--csv"))))
    assert len(table) == len(as_json)
    for cells, row in zip(table, as_json, strict=True):
        assert list(cells) == list(row)
        for name, value in row.items():
            if isinstance(value, float):
                assert float(cells[name]) == value
            elif isinstance(value, bool):
                assert cells[name] == str(value).lower()
            else:
                assert cells[name] == ("" if value is None else str(value))


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_nothing_is_lost_on_a_narrow_screen(warehouse: Path, arguments: list[str], lang: str) -> None:
    """What only wide screens show aside, every sign that a wide screen shows is on a narrow one."""
    narrow, wide = (
        Counter(re.sub(r"[\s─]", "", said(warehouse, *arguments, "--lang", lang, width=width))) for width in (60, 99)
    )
    assert narrow == wide
    assert all(len(line) <= 80 for line in said(warehouse, *arguments, "--lang", lang, width=80).splitlines())


@pytest.mark.parametrize(
    ("arguments", "english", "chinese"),
    [
        (["members", "msp", "--on", "2023-12-31"], "Australia", "澳大利亚"),
        (["share", "msp", "cobalt"], "Minerals Security Partnership", "矿产安全伙伴关系"),
        (["timeline", "IDN"], "export restriction", "出口限制"),
        (["blocs", "msp_forum"], "in force", "有效"),
        (["minerals", "cobalt"], "reserves", "储量"),
        (["countries", "COD"], "country", "国家"),
        (["conflicts", "msp"], "is used", "采用"),
    ],
)
def test_names_and_headings_are_in_the_language_asked_for(
    warehouse: Path, arguments: list[str], english: str, chinese: str
) -> None:
    assert english in said(warehouse, *arguments)
    assert chinese in said(warehouse, *arguments, "--lang", "zh")
    assert chinese not in said(warehouse, *arguments)


@pytest.mark.parametrize(
    ("mart", "columns"),
    [
        ("dim_bloc", "level bloc_type status"),
        ("dim_mineral", "level"),
        ("dim_party", "party_type region"),
        ("fct_bloc_membership", "role status valid_from_precision"),
        ("fct_policy_event", "category"),
        ("source_conflict", "kind severity resolution"),
        ("mineral_bloc_share", "measure stage membership_rule party_scope eu_treatment"),
    ],
)
def test_every_code_that_is_shown_has_a_chinese_word(
    release: duckdb.DuckDBPyConnection, mart: str, columns: str
) -> None:
    words = Words(Lang.ZH)
    for column in columns.split():
        codes = query(release, f"select distinct {column} as code from marts.{mart} where {column} is not null")
        assert [row["code"] for row in codes if words.code(row["code"]) == row["code"]] == []


def test_a_pipe_gets_no_colour_and_a_reader_may_leave(warehouse: Path) -> None:
    environment = {**os.environ, "OREBLOC_WAREHOUSE": str(warehouse), "PYTHONPATH": str(ROOT)}
    for words in (["countries"], ["countries", "--json"]):
        with subprocess.Popen(
            [sys.executable, "-m", "etl.cli", *words],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as command:
            assert command.stdout is not None
            assert command.stderr is not None
            assert b"\x1b" not in command.stdout.read(64)
            command.stdout.close()
            assert b"Traceback" not in command.stderr.read()


def test_a_terminal_that_knows_only_ascii_gets_marks_and_no_traceback(warehouse: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "etl.cli", "share", "msp", "cobalt"],
        cwd=ROOT,
        env={**os.environ, "OREBLOC_WAREHOUSE": str(warehouse), "PYTHONIOENCODING": "ascii", "NO_COLOR": "1"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert b"##" in done.stdout
    assert done.stdout.isascii()


def test_bars_and_columns_are_to_scale() -> None:
    assert [bar(part, 1.0, 8).plain for part in (0.0, 0.5, 1.0, None)] == ["", "████", "████████", ""]
    assert bar(0.5625, 1.0, 8).plain == "████▌"
    assert bar(0.5, 1.0, 8, upper=0.75).plain == "████░░"
    assert bar(0.0001, 1.0, 8).plain == "▏"
    assert bar(0.5, 1.0, 8, upper=0.75, plain=True).plain == "####--"
    assert spark([0, 1, 4, 8]) == "·▁▄█"
    assert spark([]) == ""

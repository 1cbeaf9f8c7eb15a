"""The examples run against the release and say what the marts say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.conftest import ROOT

EXAMPLES = sorted((ROOT / "examples").glob("*.sql"))


def rows(connection: duckdb.DuckDBPyConnection, file: Path) -> list[dict[str, Any]]:
    cursor = connection.execute(file.read_text(encoding="utf-8"))
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_answers_and_says_how_to_run_it(release: duckdb.DuckDBPyConnection, file: Path) -> None:
    assert rows(release, file)
    text = file.read_text(encoding="utf-8")
    assert f"duckdb -readonly warehouse/orebloc.duckdb < examples/{file.name}" in text
    assert "asked as (" in text


def test_there_are_three() -> None:
    assert len(EXAMPLES) == 3


def test_who_moves_the_share_agrees_with_the_macro(release: duckdb.DuckDBPyConnection) -> None:
    """The row without a country is what the macro gives if that country had never belonged."""
    found = rows(release, ROOT / "examples" / "who_moves_the_share.sql")
    assert found[0]["party"] == "COD"
    for row in found:
        expected = release.execute(
            "select round(100 * share, 1) from marts.bloc_share_if('msp', 'cobalt', 'reserves', [], [?]) "
            "where membership_rule = 'fixed' and party_scope = 'partners_and_forum' and eu_treatment = 'as_signed'",
            [row["party"]],
        ).fetchone()
        assert expected is not None
        assert row["without_it_pct"] == pytest.approx(expected[0], abs=0.1)


def test_who_holds_what_repeats_the_mart(release: duckdb.DuckDBPyConnection) -> None:
    found = rows(release, ROOT / "examples" / "who_holds_what.sql")
    (row,) = [row for row in found if (row["bloc"], row["mineral"]) == ("msp", "lithium")]
    expected = release.execute(
        "select round(100 * share, 1) from marts.bloc_share('msp', 'lithium', 'production', 'year_end', 'expanded') "
        "where party_scope = 'partners' and year = ?",
        [row["year"]],
    ).fetchone()
    assert expected == (row["at_year_end_pct"],)

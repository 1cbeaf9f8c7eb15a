"""The notebook runs against the release, and its pictures show the numbers of the marts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.conftest import ROOT

NOTEBOOK = ROOT / "examples" / "cobalt_and_nickel.py"
# Marimo and its pictures stay out of the process of the tests, as they would hold the release open.
_PROGRAM = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("notebook", sys.argv[1])
notebook = importlib.util.module_from_spec(spec)
spec.loader.exec_module(notebook)
outputs, found = notebook.app.run()
charts = {name: chart.to_dict() for name, chart in found.items() if name.endswith("_chart")}
text = " ".join(getattr(output, "text", "") for output in outputs)
print(json.dumps({"charts": charts, "text": text}))
"""


@pytest.fixture(scope="module")
def told(warehouse: Path) -> dict[str, Any]:
    """What the notebook shows: its pictures as Vega-Lite, and its text."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(NOTEBOOK)],
        env={**os.environ, "OREBLOC_WAREHOUSE": str(warehouse)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def data(told: dict[str, Any], chart: str) -> list[dict[str, Any]]:
    """The rows that a picture is drawn from."""
    (rows,) = told["charts"][chart]["datasets"].values()
    return list(rows)


def test_the_picture_of_cobalt_is_that_of_the_mart(told: dict[str, Any], release: duckdb.DuckDBPyConnection) -> None:
    shown = {(row["membership_rule"], row["party_scope"]): row["share"] for row in data(told, "cobalt_chart")}
    expected = release.execute(
        "select membership_rule, party_scope, share from marts.mineral_bloc_share "
        "where bloc = 'msp' and mineral = 'cobalt' and measure = 'reserves' and eu_treatment = 'as_signed'"
    ).fetchall()
    assert shown == {(rule, scope): share for rule, scope, share in expected}
    assert f"{shown['fixed', 'partners_and_forum']:.1%}" in told["text"]
    holders = data(told, "holders_chart")
    assert holders[0]["country"] == "Congo - Kinshasa"
    assert {row["country"]: row["side"] for row in holders}["Congo - Kinshasa"] == "Forum"


def test_the_picture_of_nickel_is_that_of_the_macro(told: dict[str, Any], release: duckdb.DuckDBPyConnection) -> None:
    shown = {
        row["year"]: row["share"] for row in data(told, "nickel_chart") if row["members"] == "partners as they are"
    }
    expected = release.execute(
        "select year, share from marts.bloc_share('msp', 'nickel', 'production', 'year_end', 'as_signed') "
        "where party_scope = 'partners'"
    ).fetchall()
    assert shown == dict(expected)
    assert "Indonesia" in told["text"]

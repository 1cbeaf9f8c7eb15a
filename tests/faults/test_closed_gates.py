"""What the contracts cannot see, the gates and tests do: nothing wrong is published, and the message shows the rows."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from etl.gates.gate import run_gate
from etl.gates.landing import LANDED_SCHEMA, write_landed
from etl.project import find_project
from etl.seeds.check import load_seeds
from tests.conftest import RunCli
from tests.faults.test_bad_seeds import edit, set_cell

GATE_CLOSED = 4
TRANSFORM = 7
PANEL = "seeds/official/usgs_mcs_2024__observations.csv"


def spoil_world_total(rows: list[list[str]]) -> None:
    """Cobalt's world total of 2022 a thousand times too small: right type, known unit, wrong magnitude."""
    column = {name: index for index, name in enumerate(rows[0])}
    for row in rows[1:]:
        if row[column["mineral"]] == "cobalt" and row[column["party"]] == "WORLD" and row[column["year"]] == "2022":
            row[column["value"]] = "197"


@pytest.mark.long
def test_a_closed_gate_leaves_the_release_and_a_trail(project_copy: Path, warehouse: Path, cli: RunCli) -> None:
    folder = project_copy / "warehouse"
    shutil.copytree(warehouse, folder)
    before = (folder / "current.json").read_text(encoding="utf-8")
    edit(project_copy / PANEL, spoil_world_total)
    done = cli("build", "--project", str(project_copy))
    assert done.returncode == GATE_CLOSED, done.stderr
    assert "cobalt" in done.stderr
    assert "nothing was published" in done.stderr
    assert (folder / "current.json").read_text(encoding="utf-8") == before
    assert not any((folder / "builds").iterdir())
    # What tells why is kept, and nothing else: no database that could be taken for a release.
    left = {path.relative_to(folder / "failed").as_posix() for path in (folder / "failed").rglob("*.*")}
    rows = {name for name in left if name.startswith("failed_rows/")}
    assert left - rows == {"failure.txt", "dbt-child.log", "docs/landed/index.html"}
    assert "cobalt" in "".join((folder / "failed" / name).read_text(encoding="utf-8") for name in rows)
    assert "GateClosed" in (folder / "failed" / "failure.txt").read_text(encoding="utf-8")
    assert [path.name for path in (folder / "releases").iterdir()] == [json.loads(before)["release_id"]]
    status = json.loads(cli("status", "--json", "--project", str(project_copy)).stdout)
    assert status["inputs_changed"] is True
    assert status["release_id"] == json.loads(before)["release_id"]


@pytest.mark.long
def test_a_broken_model_stops_the_build(project_copy: Path, cli: RunCli) -> None:
    model = project_copy / "models/marts/dimensions/dim_unit.sql"
    model.write_text(model.read_text(encoding="utf-8").replace("stg_reference__units", "stg_unitz"), encoding="utf-8")
    done = cli("build", "--project", str(project_copy))
    assert done.returncode == TRANSFORM, done.stderr
    assert "stg_unitz" in done.stderr
    assert "models/marts/dimensions/dim_unit.sql" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (project_copy / "warehouse" / "orebloc.duckdb").exists()
    why = (project_copy / "warehouse" / "failed" / "failure.txt").read_text(encoding="utf-8")
    assert "model dim_unit (models/marts/dimensions/dim_unit.sql): " in why or "stg_unitz" in why


def test_a_decision_without_an_object_closes_the_gate(project_copy: Path, tmp_path: Path) -> None:
    edit(project_copy / "seeds/decisions/membership_resolutions.csv", set_cell(1, "party", "ALB"))
    frames, faults = load_seeds(find_project(project_copy))
    assert faults == []
    write_landed(frames, tmp_path / "landed.duckdb")
    # What the table's own suite says; the others cost most of a build.
    suites = tmp_path / "expectations"
    (suites / "landed").mkdir(parents=True)
    shutil.copy(project_copy / "expectations" / "landed" / "membership_resolutions.yml", suites / "landed")
    result = run_gate("landed", tmp_path / "landed.duckdb", suites, None, LANDED_SCHEMA)
    assert not result.passed
    assert [row["party"] for failure in result.errors for row in failure.rows] == ["ALB"]

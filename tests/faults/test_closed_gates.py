"""What the contracts cannot see, the gates and tests do: nothing wrong is published, and the message shows the rows."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

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


def test_a_wrong_magnitude_closes_the_gate(project_copy: Path, cli: RunCli) -> None:
    edit(project_copy / PANEL, spoil_world_total)
    done = cli("build", "--project", str(project_copy))
    assert done.returncode == GATE_CLOSED
    assert "cobalt" in done.stderr
    assert "nothing was published" in done.stderr
    assert not (project_copy / "warehouse" / "orebloc.duckdb").exists()
    assert (project_copy / "warehouse" / "failed" / "docs" / "landed" / "index.html").is_file()


def spoil_decision(project: Path) -> None:
    edit(project / "seeds/decisions/membership_resolutions.csv", set_cell(1, "party", "ALB"))


def spoil_model(project: Path) -> None:
    model = project / "models/marts/dimensions/dim_unit.sql"
    model.write_text(model.read_text(encoding="utf-8").replace("from units", "from unitz"), encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "code", "named"), [(spoil_decision, GATE_CLOSED, "ALB"), (spoil_model, TRANSFORM, "unitz")]
)
def test_a_failed_build_leaves_the_release_and_a_trail(
    project_copy: Path, warehouse: Path, cli: RunCli, spoil: Callable[[Path], None], code: int, named: str
) -> None:
    folder = project_copy / "warehouse"
    shutil.copytree(warehouse, folder)
    before = (folder / "current.json").read_text(encoding="utf-8")
    spoil(project_copy)
    done = cli("build", "--project", str(project_copy))
    assert done.returncode == code, done.stderr
    assert named in done.stderr
    assert (folder / "current.json").read_text(encoding="utf-8") == before
    assert not any((folder / "builds").iterdir())
    assert (folder / "failed").is_dir()
    status = json.loads(cli("status", "--json", "--project", str(project_copy)).stdout)
    assert status["inputs_changed"] is True
    assert status["release_id"] == json.loads(before)["release_id"]

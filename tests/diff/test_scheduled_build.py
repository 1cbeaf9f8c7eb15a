"""A build that nobody watches: what would lose or distort figures is published only once somebody says it is meant."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from etl.diff.finding import Finding, Level, ReleaseDiff, ReleaseInfo
from etl.diff.show import show_diff
from etl.run.report import Report
from tests.conftest import RunCli
from tests.faults.test_bad_seeds import edit

GATE_CLOSED = 4
PANEL = "seeds/official/usgs_mcs_2024__observations.csv"
SEED = "seeds/decisions/acknowledged_changes.csv"
JUMP = "unit_jump,fct_observation,usgs_mcs/2024/cobalt/production,"


def in_thousands(rows: list[list[str]]) -> None:
    """Cuba's cobalt of 2023 as if its tonnes were thousands: too little to be missed in the world's sum."""
    column = {name: index for index, name in enumerate(rows[0])}
    (row,) = (
        row
        for row in rows[1:]
        if [row[column[name]] for name in ("mineral", "measure", "party", "year")]
        == ["cobalt", "production", "CUB", "2023"]
    )
    for index, cell in enumerate(row):
        if cell == "3200":
            row[index] = "3.2"


@pytest.mark.long
def test_a_scheduled_build_stops_until_the_change_is_acknowledged(
    project_copy: Path, warehouse: Path, cli: RunCli
) -> None:
    folder = project_copy / "warehouse"
    shutil.copytree(warehouse, folder)
    before = (folder / "current.json").read_text(encoding="utf-8")
    edit(project_copy / PANEL, in_thousands)

    stopped = cli("build", "--scheduled", "--project", str(project_copy))
    assert stopped.returncode == GATE_CLOSED, stopped.stdout + stopped.stderr
    assert "1 row of usgs_mcs/2024/cobalt/production jumped ÷1,000" in stopped.stderr
    assert "nothing was published" in stopped.stderr
    assert "Traceback" not in stopped.stderr
    assert (folder / "current.json").read_text(encoding="utf-8") == before
    assert not any((folder / "builds").iterdir())
    assert "CUB" in (folder / "failed" / "diff.md").read_text(encoding="utf-8")
    assert json.loads((folder / "failed" / "diff.json").read_text(encoding="utf-8"))["counts"]["stop"] == 1

    (line,) = (line.strip() for line in stopped.stderr.splitlines() if JUMP in line)
    line = line.replace("WHY IT IS MEANT", "The printed figure was in tonnes all along").replace(
        "WHERE TO SEE IT", "p. 4"
    )
    with (project_copy / SEED).open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    through = cli("build", "--scheduled", "--project", str(project_copy))
    assert through.returncode == 0, through.stdout + through.stderr
    release = folder / "releases" / json.loads((folder / "current.json").read_text(encoding="utf-8"))["release_id"]
    page = (release / "diff.md").read_text(encoding="utf-8")
    assert "The printed figure was in tonnes all along" in page
    assert "## Stops a scheduled build" not in page
    assert "`seeds/official/usgs_mcs_2024__observations.csv`" in page

    # The command says of any two releases what the build said of these.
    said = cli("diff", json.loads(before)["release_id"], "current", "--project", str(project_copy))
    assert said.stdout == page
    again = cli("build", "--scheduled", "--project", str(project_copy))
    assert again.returncode == 0
    assert "Nothing to do" in again.stdout


def test_a_build_by_hand_is_published_and_says_it_loudly(capsys: pytest.CaptureFixture[str]) -> None:
    lost = Finding(
        Level.STOP, "edition_lost", "fct_observation", "wmd/2024", "wmd/2024 [old] is gone.", cause="no file"
    )
    info = ReleaseInfo("a", "1.0", None)
    show_diff(Report(), ReleaseDiff(info, info, (lost,)), "releases/a/diff.md")
    shown = capsys.readouterr().out
    assert "edition lost: wmd/2024 [old] is gone. Why: no file." in shown
    assert "A scheduled build would have stopped here" in shown
    assert "releases/a/diff.md" in shown

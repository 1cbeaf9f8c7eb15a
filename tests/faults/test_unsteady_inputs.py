"""Inputs that change under a build: what cannot be said to come from its inputs is not published."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from etl.history.inspect import inspect
from etl.run.inputs import Inputs, changes_between
from etl.run.releases import pointed
from tests.chaos.counts import record
from tests.chaos.finished import project_at
from tests.conftest import DATA, ROOT

BAD_INPUT = 3


def landing_with_a_note(folder: Path) -> Path:
    file = folder / "notes" / "plan.txt"
    file.parent.mkdir(parents=True)
    file.write_text("Nothing here is read, but all of it is hashed.", encoding="utf-8")
    return file


def landing_with_an_edition(folder: Path) -> Path:
    source = next((DATA / "usgs_mcs").glob("*2024*"), None) if DATA.is_dir() else None
    if source is None:
        pytest.skip("the official files are not at hand")
    shutil.copytree(source, folder / "usgs_mcs" / source.name)
    return next(path for path in sorted(folder.rglob("*.csv")))


@pytest.mark.parametrize("lay_out", [landing_with_a_note, landing_with_an_edition])
def test_a_landing_file_that_vanishes_between_hashing_and_reading(
    warehouse: Path, tmp_path: Path, lay_out: object
) -> None:
    folder, landing = tmp_path / "warehouse", tmp_path / "landing"
    shutil.copytree(warehouse, folder, ignore=shutil.ignore_patterns("*.txt"))
    file = lay_out(landing)  # type: ignore[operator]
    before = pointed(project_at(folder))
    build = subprocess.Popen(
        [sys.executable, "-m", "etl.cli", "build", "--warehouse", str(folder), "--landing", str(landing)],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    # Its folder is made once the inputs are hashed; the seeds are read before the landing folder.
    while build.poll() is None and not any((folder / "builds").iterdir()):
        time.sleep(0.005)
    file.unlink()
    output, errors = build.communicate()
    assert build.returncode == BAD_INPUT, output + errors
    assert f"landing/{file.relative_to(landing)} vanished after it was hashed" in errors
    assert "Let who writes there come to an end, then build again" in errors
    assert "Traceback" not in errors
    assert pointed(project_at(folder)) == before
    assert inspect(project_at(folder)).whole
    assert not any((folder / "builds").iterdir())
    assert "vanished" in (folder / "failed" / "failure.txt").read_text(encoding="utf-8")
    record("landing file that vanishes", exit_code=build.returncode, errors=0)


def test_every_change_is_named_but_that_of_code() -> None:
    before = Inputs({"seeds/a.csv": "1", "seeds/b.csv": "1", "seeds/c.csv": "1", "etl/cli.py": "1"}, {}, "x")
    after = Inputs({"seeds/a.csv": "1", "seeds/b.csv": "2", "seeds/d.csv": "1", "etl/cli.py": "2"}, {}, "y")
    assert [(fault.file, fault.problem) for fault in changes_between(before, after)] == [
        ("seeds/b.csv", "changed after it was hashed"),
        ("seeds/c.csv", "vanished after it was hashed"),
        ("seeds/d.csv", "came after the inputs were hashed"),
    ]
    assert changes_between(before, before) == []

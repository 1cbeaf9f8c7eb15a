"""A plain `dbt build` builds the project, and passes the unit tests that no build of orebloc repeats."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import duckdb

from tests.conftest import RunCli


def test_a_plain_dbt_build_passes_with_all_unit_tests(project_copy: Path, cli: RunCli) -> None:
    landed = cli("land", "--project", str(project_copy))
    assert landed.returncode == 0, landed.stderr
    done = subprocess.run(
        [str(Path(sys.executable).with_name("dbt")), "build", "--quiet", "--profiles-dir", "."],
        cwd=project_copy,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads((project_copy / "target" / "run_results.json").read_text(encoding="utf-8"))["results"]
    unit_tests = [result for result in results if result["unique_id"].startswith("unit_test.")]
    assert len(unit_tests) > 70
    assert {result["status"] for result in unit_tests} == {"pass"}
    with duckdb.connect(str(project_copy / "target" / "orebloc.duckdb"), read_only=True) as connection:
        assert connection.execute("select count(*) > 0 from marts.mineral_bloc_share").fetchone() == (True,)

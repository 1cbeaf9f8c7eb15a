"""A plain `dbt build` makes the tables from nothing, with all unit tests; a build that takes over makes the same."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from etl.project import Project
from etl.run.releases import current_release
from tests.conftest import DATA, ROOT, copy_project, run_cli

pytestmark = pytest.mark.long
# A value of an official table, a name that many tables repeat: (file, before, after).
CHANGES = (
    (
        "seeds/official/usgs_mcs_2024__observations.csv",
        "United States,USA,2022,500,t,500,500,500",
        "United States,USA,2022,510,t,510,510,510",
    ),
    ("seeds/reference/minerals.csv", "cobalt,cobalt,", "cobalt,cobalt ore and metal,"),
)
# A build writes into these what only it knows: of itself, and of the macros.
OF_THE_RUN = {"build_info", "data_dictionary"}
# Numbers given in any order, by which tables of one build find each other.
ANY_NUMBER = {"int_shares__change_pairs": "pair_id"}


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose seeds have changed since the shared release, with an edition which that does not have."""
    project = copy_project(tmp_path_factory.mktemp("changed") / "project")
    for name, before, after in CHANGES:
        text = (project / name).read_text(encoding="utf-8")
        assert before in text
        (project / name).write_text(text.replace(before, after), encoding="utf-8")
    if DATA.is_dir():
        edition = project / "data" / "landing" / "bgs"
        edition.mkdir(parents=True)
        shutil.copy(DATA / "bgs" / "BGS_cobalt_production.csv", edition)
    return project


@pytest.fixture(scope="module")
def plain(changed: Path) -> Path:
    """The file that dbt's own command line makes of it."""
    landed = run_cli("land", "--project", str(changed))
    assert landed.returncode == 0, landed.stderr
    done = subprocess.run(
        [str(Path(sys.executable).with_name("dbt")), "build", "--quiet", "--profiles-dir", "."],
        cwd=changed,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return changed / "target" / "orebloc.duckdb"


@pytest.fixture(scope="module")
def taken_over(changed: Path, warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse in which the changed project was built upon the shared release."""
    folder = tmp_path_factory.mktemp("taken_over") / "warehouse"
    shutil.copytree(warehouse, folder)
    done = run_cli("build", "--project", str(changed), "--warehouse", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "made anew (what depends on" in done.stdout
    return folder


def test_all_unit_tests_pass(plain: Path) -> None:
    results = json.loads((plain.parent / "run_results.json").read_text(encoding="utf-8"))["results"]
    unit_tests = [result for result in results if result["unique_id"].startswith("unit_test.")]
    assert len(unit_tests) > 70
    assert {result["status"] for result in unit_tests} == {"pass"}


def test_what_is_taken_over_and_made_anew_is_what_is_made_from_nothing(plain: Path, taken_over: Path) -> None:
    """Every row of every table of every schema, to the last digit."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{plain}' as nothing (read_only)")
        connection.execute(f"attach '{taken_over / 'orebloc.duckdb'}' as taken (read_only)")
        listed = "select schema_name, table_name from duckdb_tables() where database_name = ? order by all"
        tables = connection.execute(listed, ["nothing"]).fetchall()
        assert tables == connection.execute(listed, ["taken"]).fetchall()
        assert len(tables) > 200
        differing = [
            (schema, table)
            for schema, table in tables
            if table not in OF_THE_RUN and connection.execute(difference(schema, table)).fetchall()
        ]
        assert differing == []
        missing = connection.execute(
            "from nothing.marts.data_dictionary except from taken.marts.data_dictionary"
        ).fetchall()
        assert missing == []


def test_types_keys_comments_and_views_are_those_made_from_nothing(plain: Path, taken_over: Path) -> None:
    assert documented(taken_over / "orebloc.duckdb") == documented(plain)


def test_a_release_that_takes_over_says_what_any_release_says(taken_over: Path, warehouse: Path) -> None:
    """As many checks, the same models, and the same macros as the release that was made from nothing."""
    anew, before = (current_release(Project(ROOT, folder)) for folder in (taken_over, warehouse))
    assert anew is not None
    assert before is not None
    assert anew.manifest["checks"]["run"] == before.manifest["checks"]["run"]
    assert anew.manifest["checks"]["dbt_tests"] == before.manifest["checks"]["dbt_tests"] > 100
    assert (anew.folder / "lineage.json").read_bytes() == (before.folder / "lineage.json").read_bytes()
    assert macros(anew.database) == macros(before.database) != []


def difference(schema: str, table: str) -> str:
    columns = f"select * exclude ({ANY_NUMBER[table]})" if table in ANY_NUMBER else "select *"
    nothing, taken = (f"{columns} from {database}.{schema}.{table}" for database in ("nothing", "taken"))
    return f"({nothing} except all {taken}) union all ({taken} except all {nothing}) limit 1"


def documented(file: Path) -> dict[str, list[tuple[object, ...]]]:
    asked = {
        "columns": "select schema_name, table_name, column_name, data_type, is_nullable, comment from duckdb_columns()",
        "tables": "select schema_name, table_name, comment, has_primary_key from duckdb_tables()",
        "views": "select schema_name, view_name, comment, sql from duckdb_views() where not internal",
    }
    with duckdb.connect(str(file), read_only=True) as connection:
        return {
            name: connection.execute(f"select * from ({sql}) order by all").fetchall() for name, sql in asked.items()
        }


def macros(file: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(
            "select function_name, parameters, macro_definition, comment from duckdb_functions() where not internal "
            "order by all"
        ).fetchall()

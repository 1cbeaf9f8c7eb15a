"""What a build makes anew: what depends on changed data; everything where anything else changed."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from etl.project import Project
from etl.run import rebuild
from etl.run.inputs import Inputs, read_inputs
from etl.run.rebuild import MOST_STEPS, TAKEN_UP, Plan, plan
from etl.run.releases import current_release
from tests.conftest import ROOT

PANEL = "seeds/official/usgs_mcs_2024__observations.csv"


@pytest.fixture
def built(warehouse: Path, tmp_path: Path) -> Project:
    """A project whose warehouse is a copy of the shared one."""
    shutil.copytree(warehouse, tmp_path / "warehouse")
    return Project(ROOT, tmp_path / "warehouse")


@pytest.fixture
def inputs(built: Project) -> Inputs:
    return read_inputs(built)


def landed_of(project: Project) -> dict[str, str]:
    release = current_release(project)
    assert release is not None
    taken_up = rebuild.taken_up_of(release)
    assert taken_up is not None
    return taken_up.landed


def with_file(inputs: Inputs, name: str, sha256: str | None = "0" * 64) -> Inputs:
    files = {**inputs.files, name: sha256 or ""}
    if sha256 is None:
        del files[name]
    return replace(inputs, files=files)


def planned(project: Project, inputs: Inputs) -> Plan:
    return plan(project, inputs, landed_of(project), from_nothing=False)


def test_a_changed_seed_is_followed_by_what_depends_on_it(built: Project, inputs: Inputs) -> None:
    found = planned(built, with_file(inputs, PANEL))
    assert found.release is not None
    assert found.selectors == (f"path:{PANEL}+", "build_info", "data_dictionary")
    assert "usgs_mcs_2024__observations" in found.reason


def test_a_changed_official_table_is_followed_by_what_depends_on_it(built: Project, inputs: Inputs) -> None:
    landed = {**landed_of(built), "observations": "0" * 64}
    changed = with_file(inputs, "landing/wmd/2024/a.xlsx")
    found = plan(built, changed, landed, from_nothing=False)
    assert found.selectors == ("source:landed.observations+", "build_info", "data_dictionary")


def test_expectations_and_mappings_that_change_no_table_make_none_anew(built: Project, inputs: Inputs) -> None:
    mapping = next(name for name in inputs.files if name.startswith("seeds/sources/wmd/"))
    changed = with_file(with_file(inputs, "expectations/landed/minerals.yml"), mapping)
    assert planned(built, changed).selectors == ("build_info", "data_dictionary")


@pytest.mark.parametrize(
    ("name", "sha256", "said"),
    [
        ("models/marts/dimensions/dim_bloc.sql", "0", "everything may depend"),
        ("macros/rules/rounding.sql", "0", "everything may depend"),
        ("etl/run/build.py", "0", "everything may depend"),
        ("seeds/seeds.yml", "0", "everything may depend"),
        ("dbt_project.yml", "0", "everything may depend"),
        ("tests/dbt/new.sql", "0", "everything may depend"),
        ("option/redistributable", "True", "everything may depend"),
        ("seeds/reference/new.csv", "0", "came or went"),
        (PANEL, None, "came or went"),
    ],
)
def test_what_decides_over_everything_makes_everything_anew(
    built: Project, inputs: Inputs, name: str, sha256: str | None, said: str
) -> None:
    found = planned(built, with_file(inputs, name, sha256))
    assert (found.release, found.selectors) == (None, ())
    assert name in found.reason
    assert said in found.reason


def test_a_release_that_cannot_be_taken_over_is_left_alone(built: Project, inputs: Inputs) -> None:
    changed, landed = with_file(inputs, PANEL), landed_of(built)
    assert plan(built, changed, landed, from_nothing=True).reason == "as asked"
    assert "version" in planned(built, replace(changed, versions={**inputs.versions, "duckdb": "0"})).reason
    release = current_release(built)
    assert release is not None
    left = release.folder / TAKEN_UP
    left.chmod(0o644)
    left.write_bytes(left.read_bytes()[:-20])
    assert "left nothing" in plan(built, changed, landed, from_nothing=False).reason
    left.unlink()
    assert "left nothing" in plan(built, changed, landed, from_nothing=False).reason
    assert "no release" in plan(Project(ROOT, built.warehouse / "none"), changed, {}, from_nothing=False).reason


def test_a_damaged_release_is_not_taken_over(built: Project, inputs: Inputs) -> None:
    landed, release = landed_of(built), current_release(built)
    assert release is not None
    release.database.chmod(0o644)
    with release.database.open("r+b") as file:
        file.seek(20_000)
        file.write(b"rot")
    assert "not whole" in plan(built, with_file(inputs, PANEL), landed, from_nothing=False).reason


def test_after_so_many_steps_a_build_starts_from_nothing(
    built: Project, inputs: Inputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = with_file(inputs, PANEL)
    assert planned(built, changed).steps == 1
    assert MOST_STEPS > 1
    monkeypatch.setattr(rebuild, "MOST_STEPS", 0)
    assert "steps from a build from nothing" in planned(built, changed).reason

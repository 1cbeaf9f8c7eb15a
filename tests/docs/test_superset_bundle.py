"""The sources of the Superset dashboard: described from the dictionary, whole, and zipped for one release."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from bi.superset.bundle import DATABASE, HERE, TOP
from bi.superset.describe import DATASETS, described, words_of
from tests.conftest import ROOT


def sources(folder: str) -> dict[str, dict[str, Any]]:
    return {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in (HERE / folder).rglob("*.yaml")}


def bundle(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "bi/superset/bundle.py", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


def test_the_datasets_are_described_as_the_release_is(release: duckdb.DuckDBPyConnection) -> None:
    """After a change of the marts: `.venv/bin/python bi/superset/describe.py warehouse/orebloc.duckdb`."""
    words = words_of(release)
    files = sorted(DATASETS.glob("*.yaml"))
    assert len(files) >= 8
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert described(text, release, words) == text, file.name
        assert all(len(column["description"]) > 8 for column in yaml.safe_load(text)["columns"]), file.name


def test_a_column_that_nobody_describes_is_refused(release: duckdb.DuckDBPyConnection) -> None:
    text = (DATASETS / "conflicts.yaml").read_text(encoding="utf-8").replace("select *,", "select *, 1 as mystery,")
    with pytest.raises(KeyError):
        described(text, release, words_of(release))


def test_all_parts_hang_together() -> None:
    (database,) = sources("databases").values()
    datasets, charts = sources("datasets"), sources("charts")
    (dashboard,) = sources("dashboards").values()
    columns = {
        dataset["uuid"]: {column["column_name"] for column in dataset["columns"]} for dataset in datasets.values()
    }
    assert {dataset["database_uuid"] for dataset in datasets.values()} == {database["uuid"]}
    assert len(charts) >= 8
    for name, chart in charts.items():
        known = columns[chart["dataset_uuid"]]
        params = chart["params"]
        used = {one["subject"] for one in params["adhoc_filters"]} | set(params.get("all_columns", []))
        used |= set(params.get("groupby", [])) | ({params["x_axis"]} if "x_axis" in params else set())
        assert used <= known, name
        assert chart["description"], name
    shown = {
        part["meta"]["uuid"]
        for part in dashboard["position"].values()
        if isinstance(part, dict) and part.get("type") == "CHART"
    }
    assert shown == {chart["uuid"] for chart in charts.values()}
    filters = dashboard["metadata"]["native_filter_configuration"]
    assert {"Bloc", "Mineral", "Year", "Membership rule"} <= {one["name"] for one in filters}
    for one in filters:
        (target,) = one["targets"]
        assert target["column"]["name"] in columns[target["datasetUuid"]]


def test_no_metric_adds_shares() -> None:
    expressions = [metric["expression"] for dataset in sources("datasets").values() for metric in dataset["metrics"]]
    assert not [text for text in expressions if re.search(r"\b(sum|avg|mean)\s*\(", text)]
    for metric in sources("datasets")["shares"]["metrics"]:
        assert metric["expression"].startswith("case\n    when count(*) > 1 then error(")


def test_the_bundle_opens_the_stable_file_read_only(warehouse: Path, tmp_path: Path) -> None:
    made = [tmp_path / "one.zip", tmp_path / "two.zip"]
    for target in made:
        done = bundle(warehouse, target)
        assert done.returncode == 0, done.stderr
    assert f"charts, reading {warehouse / 'orebloc.duckdb'}" in done.stdout
    assert made[0].read_bytes() == made[1].read_bytes()
    with zipfile.ZipFile(made[0]) as archive:
        database = yaml.safe_load(archive.read(f"{TOP}/{DATABASE}"))
        names = {name.removeprefix(f"{TOP}/") for name in archive.namelist()}
    assert database["sqlalchemy_uri"] == f"duckdb:///{warehouse / 'orebloc.duckdb'}?access_mode=read_only"
    assert names == {path.relative_to(HERE).as_posix() for path in HERE.rglob("*.yaml")}
    # What stands in the project names no machine.
    assert "////path/to/" in (HERE / DATABASE).read_text(encoding="utf-8")


def test_what_cannot_be_zipped_is_told(warehouse: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.duckdb"
    duckdb.connect(str(other)).close()
    (tmp_path / "what?").mkdir()
    (tmp_path / "what?" / "orebloc.duckdb").symlink_to(warehouse / "orebloc.duckdb")
    refused = [
        ((tmp_path / "othr.duckdb",), 3, "There is no release at", "Nearest known value: 'other.duckdb'"),
        ((tmp_path / "nothing" / "x.duckdb",), 3, "There is no release at", "make build"),
        ((tmp_path / "what?",), 3, "cannot hold the ?", "otherwise"),
        ((other,), 6, "is not a warehouse of this version", "make build"),
        ((ROOT / "README.md",), 6, "is not a warehouse of this version", "make build"),
        ((warehouse, tmp_path / "gone" / "x.zip"), 6, "Cannot write", "Name another file"),
    ]
    for arguments, code, *words in refused:
        target = arguments[1:] or (tmp_path / "x.zip",)
        done = bundle(arguments[0], *target)
        assert (done.returncode, done.stdout) == (code, ""), arguments
        assert all(word in done.stderr for word in words), done.stderr
        assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("*.zip*"))

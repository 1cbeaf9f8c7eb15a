"""Shared fixtures: the checkout, a scratch copy of it, and two real releases that all tests read."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[1]
# The official files, where they are at hand.
DATA = Path(os.environ.get("OREBLOC_SHARED", ROOT.parent / "shared")) / "data"
# What a build reads; tests that need a project of their own copy just this.
PROJECT_PARTS = (
    "seeds",
    "models",
    "macros",
    "expectations",
    "etl",
    "tests/dbt",
    "dbt_project.yml",
    "profiles.yml",
    "pyproject.toml",
    "requirements.lock",
)

RunCli = Callable[..., subprocess.CompletedProcess[str]]


def run_cli(*arguments: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own, as a scheduler would."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("OREBLOC_")}
    return subprocess.run(
        [sys.executable, "-m", "etl.cli", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env={**clean, "PYTHONPATH": str(ROOT), "COLUMNS": "200", **environment},
    )


@pytest.fixture(scope="session")
def cli() -> RunCli:
    return run_cli


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with one release, built by the real command from the real seeds; the workers share it."""
    return _built(shared_folder(tmp_path_factory) / "warehouse")


@pytest.fixture
def release(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection to the published file."""
    with duckdb.connect(str(warehouse / "orebloc.duckdb"), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def landed_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with one release, built with every official file at hand; the workers share it."""
    if not DATA.is_dir():
        pytest.skip("the official files are not at hand")
    return _built(shared_folder(tmp_path_factory) / "landed_warehouse", "--landing", str(DATA))


@pytest.fixture
def landed(landed_warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection to the file published with the official files."""
    with duckdb.connect(str(landed_warehouse / "orebloc.duckdb"), read_only=True) as connection:
        yield connection


def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the workers of one run find what one of them made."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


def _built(folder: Path, *arguments: str) -> Path:
    """Build a release into a folder, once; what the build printed stands in its `build.txt`."""
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "build.txt").is_file():
            done = run_cli("build", "--warehouse", str(folder), *arguments)
            assert done.returncode == 0, done.stdout + done.stderr
            (folder / "build.txt").write_text(done.stdout, encoding="utf-8")
    return folder


def copy_project(target: Path) -> Path:
    """Copy what a build reads."""
    for part in PROJECT_PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, target / part, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.is_file():
            (target / part).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target / part)
    # dbt's own cache of the parsed project: saves each copy the seconds of a full parse.
    cache = ROOT / "target" / "partial_parse.msgpack"
    if cache.is_file():
        (target / "target").mkdir()
        shutil.copyfile(cache, target / "target" / cache.name)
    return target


@pytest.fixture
def project_copy(tmp_path: Path) -> Path:
    """A project of its own, for tests that spoil something."""
    return copy_project(tmp_path / "project")

"""Shared fixtures: the checkout, a scratch copy of it, and two real releases that all tests read."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import chdir
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from etl.cli import app
from etl.run.sealed import open_sealed

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
# What runs in a process of its own: a build loads dbt and Great Expectations, and both write.
_OF_ITS_OWN = ("build", "land")
# The shared releases by the names of their fixtures and folders, with the options they are built with.
_RELEASES: dict[str, tuple[str, ...]] = {"warehouse": (), "landed_warehouse": ("--landing", str(DATA))}


def run_cli(*arguments: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own, as a scheduler would."""
    return subprocess.run(
        [sys.executable, "-m", "etl.cli", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env={**_clean_environment(), **environment},
    )


def answer(*arguments: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command in this process: what a process of its own answers, without the cost of starting one."""
    unset = {name: None for name in os.environ if name.startswith("OREBLOC_")}
    with chdir(cwd):
        done = CliRunner().invoke(app, arguments, env={**unset, "COLUMNS": "200", **environment})
    said = done.stderr
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        said += "".join(traceback.format_exception(done.exception))
    return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, said)


def _clean_environment() -> dict[str, str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("OREBLOC_")}
    return {**clean, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}


@pytest.fixture(scope="session")
def cli() -> RunCli:
    return lambda *arguments, **how: (run_cli if arguments[0] in _OF_ITS_OWN else answer)(*arguments, **how)


@pytest.hookimpl(tryfirst=True)  # before what `-m` leaves out is chosen
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put first what needs no release: meanwhile the releases are built. That of all official files takes long."""
    needed: dict[Path, int] = {}
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "landed_warehouse" in fixtures:
            item.add_marker(pytest.mark.long)
        place = max((number for number, name in enumerate(_RELEASES, start=1) if name in fixtures), default=0)
        needed[item.path] = max(place, needed.get(item.path, 0))
    items.sort(key=lambda item: needed[item.path])


def pytest_collection_finish(session: pytest.Session) -> None:
    """Begin to build the releases that the tests need, both at once; of several workers the first one does."""
    factory: pytest.TempPathFactory = session.config._tmp_path_factory  # type: ignore[attr-defined]
    wanted = {name for item in session.items for name in getattr(item, "fixturenames", ())}
    if session.config.option.collectonly:
        return
    for name in _RELEASES:
        if name in wanted and (name != "landed_warehouse" or DATA.is_dir()):
            _begin(shared_folder(factory) / name)


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with one release, built by the real command from the real seeds; the workers share it."""
    return _built(shared_folder(tmp_path_factory) / "warehouse")


@pytest.fixture(scope="session")
def compiled_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Dbt's manifest of this project with all SQL compiled; the workers share it."""
    from tests.compiled import compile_project

    folder = shared_folder(tmp_path_factory) / "compiled_project"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        manifest = folder / "manifest.json"
        return manifest if manifest.is_file() else compile_project(folder)


@pytest.fixture
def release(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the published file as the commands have it: one process opens it with one configuration only."""
    with open_sealed(warehouse / "orebloc.duckdb") as connection:
        yield connection


@pytest.fixture(scope="session")
def landed_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with one release, built with every official file at hand; the workers share it."""
    if not DATA.is_dir():
        pytest.skip("the official files are not at hand")
    return _built(shared_folder(tmp_path_factory) / "landed_warehouse")


@pytest.fixture
def landed(landed_warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection to the file published with the official files."""
    with open_sealed(landed_warehouse / "orebloc.duckdb") as connection:
        yield connection


def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the workers of one run find what one of them made."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


def _begin(folder: Path) -> None:
    """Begin to build a shared release, unless somebody has; what the build prints stands beside its folder."""
    with folder.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        if folder.with_suffix(".txt").exists():
            return
        with folder.with_suffix(".txt").open("w") as printed:
            # The lock goes to the build and is let go of when that ends.
            subprocess.Popen(
                [sys.executable, "-m", "etl.cli", "build", "--warehouse", str(folder), *_RELEASES[folder.name]],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=subprocess.STDOUT,
                pass_fds=[lock.fileno()],
                env=_clean_environment(),
            )


def _built(folder: Path) -> Path:
    """Wait for a shared release."""
    _begin(folder)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
    assert (folder / "current.json").is_file(), folder.with_suffix(".txt").read_text(encoding="utf-8")
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

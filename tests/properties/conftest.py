"""Fixtures of the properties: the compiled models, a database that replays them, and each release at hand."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.conftest import shared_folder
from tests.properties.replay import Replay, compile_models


@pytest.fixture(scope="session")
def compiled_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manifest of dbt with the compiled models; the workers share it."""
    folder = shared_folder(tmp_path_factory) / "compiled_models"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return folder / "manifest.json" if folder.is_dir() else compile_models(folder)


@pytest.fixture(scope="session")
def replay(compiled_models: Path) -> Replay:
    return Replay(compiled_models)


# The releases are only read, so that all tests of a file can use one connection: opening one costs more than a query.
@pytest.fixture(scope="module")
def release(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The release built from the bundled seeds."""
    yield from _opened(warehouse)


@pytest.fixture(scope="module")
def landed(landed_warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The release built with every official file."""
    yield from _opened(landed_warehouse)


@pytest.fixture(scope="module", params=["bundled", "landed"])
def published(request: pytest.FixtureRequest) -> duckdb.DuckDBPyConnection:
    """Each release at hand."""
    found: duckdb.DuckDBPyConnection = request.getfixturevalue("release" if request.param == "bundled" else "landed")
    return found


def _opened(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(warehouse / "orebloc.duckdb"), read_only=True, config={"threads": 1}) as connection:
        yield connection

"""Fixtures of the properties: the compiled models, a database that replays them, and each release at hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.properties.replay import Replay


@pytest.fixture(scope="session")
def replay(compiled_project: Path) -> Replay:
    return Replay(compiled_project)


# The releases are only read, so that all tests of a file can use one connection: opening one costs more than a query.
@pytest.fixture(scope="module")
def release(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The release built from the bundled seeds."""
    yield from _opened(warehouse)


@pytest.fixture(scope="module")
def landed(landed_warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The release built with every official file."""
    yield from _opened(landed_warehouse)


@pytest.fixture(scope="module", params=["bundled", pytest.param("landed", marks=pytest.mark.long)])
def published(request: pytest.FixtureRequest) -> duckdb.DuckDBPyConnection:
    """Each release at hand."""
    found: duckdb.DuckDBPyConnection = request.getfixturevalue("release" if request.param == "bundled" else "landed")
    return found


def _opened(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(warehouse / "orebloc.duckdb"), read_only=True, config={"threads": 1}) as connection:
        yield connection

"""What the tests of the answers compare with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from etl.run.sealed import open_sealed


@pytest.fixture
def release(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection as the commands have it: in one process DuckDB opens a file with one configuration only."""
    with open_sealed(warehouse / "orebloc.duckdb") as connection:
        yield connection

"""Land seeds as they are: one table of text per kind, in the schema `landed`."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd

LANDED_SCHEMA = "landed"


def write_landed(frames: dict[str, pd.DataFrame], path: Path) -> None:
    """Write one table per kind into a new DuckDB file; a kind without rows becomes an empty table.

    Args:
        frames: Frames of text by kind, as `etl.seeds.check.load_seeds` returns them.
        path: The file; an older one is replaced.
    """
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        # `use`, because a file called landed.duckdb is itself known as `landed`.
        connection.execute(f"create schema {LANDED_SCHEMA}")
        connection.execute(f"use {_catalog(connection)}.{LANDED_SCHEMA}")
        for kind, frame in frames.items():
            columns = ", ".join(_as_text(str(name)) for name in frame.columns)
            connection.register("incoming", frame)
            connection.execute(f"create table {_quoted(kind)} as select {columns} from incoming")
            connection.unregister("incoming")


def _catalog(connection: duckdb.DuckDBPyConnection) -> str:
    found = connection.execute("select current_database()").fetchone()
    return _quoted(str(found[0])) if found else ""


def _as_text(column: str) -> str:
    return f"coalesce(cast({_quoted(column)} as varchar), '') as {_quoted(column)}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

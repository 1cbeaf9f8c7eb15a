"""Reading a published file: it cannot be written, and no other file or address can be reached through it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

# A view or macro of the file, or a name from outside, could otherwise read what the reader's account may read.
SEALED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "lock_configuration": "true",
}


def open_sealed(file: Path) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB file for questions alone.

    Raises:
        duckdb.Error: It is no DuckDB file, or somebody holds it for writing.
    """
    import duckdb  # noqa: PLC0415 - only here, so that the command line starts fast

    return duckdb.connect(str(file), read_only=True, config=SEALED)


def seal(connection: duckdb.DuckDBPyConnection) -> None:
    """Shut a connection in with what it has attached."""
    for name, value in SEALED.items():
        connection.execute(f"set {name} = {value}")

"""The two files of a comparison, attached read-only, and what each of them holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from etl.diff.finding import ReleaseInfo
from etl.run.sealed import seal
from etl.sql import literal

SCHEMA = "marts"
# What only the run knows: two builds of the same inputs differ in it.
VOLATILE = frozenset({"build_info"})
# DuckDB keeps the columns that a `* exclude (...)` leaves out as a set, and writes them in another order each time.
_EXCLUDED = re.compile(r"EXCLUDE \(([^()]*)\)")


class NotComparable(Exception):
    """Raised where a file cannot be read as a release."""


@dataclass(frozen=True, slots=True)
class Table:
    """A public table.

    Attributes:
        columns: DuckDB type by column, in order.
        units: Unit by column, as the data dictionary says, where it says one.
        key: Columns of the primary key.
    """

    columns: dict[str, str]
    units: dict[str, str]
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Macro:
    """A table macro: its parameters in order, and its definition."""

    parameters: tuple[str, ...]
    definition: str


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two files. `catalog` is the name under which it is attached."""

    catalog: str
    info: ReleaseInfo
    tables: dict[str, Table]
    macros: dict[str, Macro]

    def of(self, table: str) -> str:
        """Return how SQL names a table of this side."""
        return f"{self.catalog}.{SCHEMA}.{quoted(table)}"

    def has(self, table: str, *columns: str) -> bool:
        """Say whether this side has a table with all these columns."""
        return table in self.tables and set(columns) <= set(self.tables[table].columns)


@dataclass(frozen=True, slots=True)
class Pair:
    """Both sides, and the connection to which they are attached."""

    connection: duckdb.DuckDBPyConnection
    before: Side
    after: Side

    def have(self, table: str, *columns: str) -> bool:
        """Say whether both sides have a table with all these columns."""
        return self.before.has(table, *columns) and self.after.has(table, *columns)

    def common_columns(self, table: str) -> list[str]:
        """Return the columns that both sides have with the same type, in the order of the newer one."""
        old = self.before.tables[table].columns
        return [name for name, kind in self.after.tables[table].columns.items() if old.get(name) == kind]

    def compared_tables(self) -> list[str]:
        """Return the tables of both sides whose rows are compared, in order."""
        return sorted((self.before.tables.keys() & self.after.tables.keys()) - VOLATILE)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query and return its rows."""
        return self.connection.execute(sql).fetchall()

    def records(self, sql: str) -> list[dict[str, Any]]:
        """Run a query and return its rows by column name."""
        cursor = self.connection.execute(sql)
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def count(self, sql: str) -> int:
        """Run a query that yields one whole number."""
        return int(self.rows(sql)[0][0])


def quoted(name: str) -> str:
    """Return a name as an identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def attached(before: Path, after: Path) -> Iterator[Pair]:
    """Attach two releases to a connection of their own.

    Args:
        before: DuckDB file of the older release.
        after: DuckDB file of the newer release; may be the same file.

    Raises:
        NotComparable: A file is no database, is locked by a writer, or holds no release.
    """
    with duckdb.connect() as connection:
        old = _attach(connection, before, "before")
        # DuckDB attaches a file once only.
        new = old if before.samefile(after) else _attach(connection, after, "after")
        seal(connection)
        yield Pair(connection, old, new)


def _attach(connection: duckdb.DuckDBPyConnection, path: Path, catalog: str) -> Side:
    try:
        connection.execute(f"attach {literal(str(path))} as {catalog} (read_only)")
        return _read_side(connection, catalog, path.stem)
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise NotComparable(f"{path} cannot be read as a release: {reason}") from None


def _read_side(connection: duckdb.DuckDBPyConnection, catalog: str, name: str) -> Side:
    here = [catalog, SCHEMA]
    names = connection.execute(
        "select table_name from duckdb_tables() where database_name = ? and schema_name = ? order by table_name", here
    ).fetchall()
    columns: dict[str, dict[str, str]] = {table: {} for (table,) in names}
    for table, column, kind in connection.execute(
        "select table_name, column_name, data_type from duckdb_columns() where database_name = ? and schema_name = ? "
        "order by table_name, column_index",
        here,
    ).fetchall():
        if table in columns:
            columns[table][column] = kind
    dictionary = connection.execute(
        f"select table_name, column_name, unit, is_key from {catalog}.{SCHEMA}.data_dictionary"
    ).fetchall()
    units = {(table, column): unit for table, column, unit, _ in dictionary if unit}
    keys = {(table, column) for table, column, _, is_key in dictionary if is_key}
    tables = {
        table: Table(
            columns=kinds,
            units={column: units[table, column] for column in kinds if (table, column) in units},
            key=tuple(column for column in kinds if (table, column) in keys),
        )
        for table, kinds in columns.items()
    }
    macros = {
        macro: Macro(tuple(parameters), _EXCLUDED.sub(_in_order, definition))
        for macro, parameters, definition in connection.execute(
            "select function_name, parameters, macro_definition from duckdb_functions() "
            "where database_name = ? and schema_name = ? and function_type = 'table_macro' order by function_name",
            here,
        ).fetchall()
    }
    return Side(catalog, _info(connection, catalog, name), tables, macros)


def _in_order(match: re.Match[str]) -> str:
    return f"EXCLUDE ({', '.join(sorted(match[1].split(', ')))})"


def _info(connection: duckdb.DuckDBPyConnection, catalog: str, name: str) -> ReleaseInfo:
    stamped = connection.execute(
        f"select release_id, schema_version, built_at from {catalog}.{SCHEMA}.build_info"
    ).fetchone()
    return ReleaseInfo(*stamped) if stamped else ReleaseInfo(name, "", None)

"""What is to be published: the tables of a release with their columns, keys, comments and rows, read from its file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from etl.postgres.columns import copy_text
from etl.run.export import PUBLIC_SCHEMA
from etl.sql import literal

if TYPE_CHECKING:
    import duckdb

# No query takes a parameter: with the first of them DuckDB imports pandas, which takes a second.
# Rows that are turned into text at once: some megabytes.
_SLICE = 20_000
# How a description names the table that a code is looked up in.
_REFERENCE = re.compile(r"\bkey of (this table|dim_\w+|fct_\w+)")
# A text that joins several codes, or that holds other words beside them, refers to no one row.
_NO_REFERENCE = re.compile(r"\beach a key of|\bkey of \w+, or [A-Z]")


@dataclass(frozen=True, slots=True)
class Column:
    """A column; its type as DuckDB names it."""

    name: str
    data_type: str
    comment: str
    is_key: bool


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key: these columns name a row of that table, by its key."""

    columns: tuple[str, ...]
    table: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the release.

    Attributes:
        key_has_gaps: Whether a part of its key may be null, so that it can be unique but no primary key.
    """

    name: str
    comment: str
    columns: tuple[Column, ...]
    n_rows: int
    key_has_gaps: bool
    references: tuple[Reference, ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the columns of its key."""
        return tuple(column.name for column in self.columns if column.is_key)


def read_tables(connection: duckdb.DuckDBPyConnection) -> list[Table]:
    """Read what the release says of its public tables.

    Raises:
        duckdb.Error: The file cannot be read.
    """
    names = connection.execute(
        "select table_name, coalesce(comment, '') from duckdb_tables() "
        f"where schema_name = {literal(PUBLIC_SCHEMA)} order by table_name"
    ).fetchall()
    tables = {name: _table(connection, name, comment) for name, comment in names}
    return [_with_references(table, tables) for table in tables.values()]


def missing_references(connection: duckdb.DuckDBPyConnection, table: Table, reference: Reference) -> int:
    """Count the rows of a table that name a row which is not there."""
    same = " and ".join(
        f"referred.{_quoted(there)} = facts.{_quoted(here)}"
        for here, there in zip(reference.columns, reference.keys, strict=True)
    )
    named = " and ".join(f"facts.{_quoted(here)} is not null" for here in reference.columns)
    counted = connection.execute(
        f"select count(*) from {PUBLIC_SCHEMA}.{_quoted(table.name)} as facts "
        f"where {named} and not exists (from {PUBLIC_SCHEMA}.{_quoted(reference.table)} as referred where {same})"
    ).fetchone()
    return int(counted[0]) if counted else 0


def text_slices(connection: duckdb.DuckDBPyConnection, table: Table) -> Iterator[str]:
    """Yield the rows of a table as lines of PostgreSQL's COPY in text form, many at once."""
    fields = " || chr(9) || ".join(copy_text(_quoted(column.name), column.data_type) for column in table.columns)
    name = f"{PUBLIC_SCHEMA}.{_quoted(table.name)}"
    last = (connection.execute(f"select max(rowid) from {name}").fetchone() or (None,))[0]
    for start in range(0, -1 if last is None else last + 1, _SLICE):
        lines = connection.execute(
            f"select string_agg({fields} || chr(10), '') from {name} "
            f"where rowid between {start} and {start + _SLICE - 1}"
        ).fetchone()
        if lines and lines[0]:
            yield lines[0]


def _table(connection: duckdb.DuckDBPyConnection, name: str, comment: str) -> Table:
    rows = connection.execute(
        f"""
        select columns.column_name, columns.data_type, coalesce(columns.comment, ''), coalesce(dictionary.is_key, false)
        from duckdb_columns() as columns
        left join {PUBLIC_SCHEMA}.data_dictionary as dictionary
            on dictionary.table_name = columns.table_name and dictionary.column_name = columns.column_name
            and dictionary.entry = 'column'
        where columns.schema_name = {literal(PUBLIC_SCHEMA)} and columns.table_name = {literal(name)}
        order by columns.column_index
        """
    ).fetchall()
    columns = tuple(Column(*row) for row in rows)
    gaps = " or ".join(f"{_quoted(column.name)} is null" for column in columns if column.is_key) or "false"
    counts = connection.execute(
        f"select count(*), count(*) filter ({gaps}) from {PUBLIC_SCHEMA}.{_quoted(name)}"
    ).fetchone()
    n_rows, n_gaps = counts or (0, 0)
    return Table(name, comment, columns, n_rows, n_gaps > 0)


def _with_references(table: Table, tables: dict[str, Table]) -> Table:
    found = list(_single_references(table, tables))
    edition = tables.get("dim_edition")
    names = {column.name for column in table.columns}
    if edition is not None and table is not edition and names >= set(edition.key):
        found.append(Reference(edition.key, edition.name, edition.key))
    return Table(table.name, table.comment, table.columns, table.n_rows, table.key_has_gaps, tuple(found))


def _single_references(table: Table, tables: dict[str, Table]) -> Iterator[Reference]:
    """Yield what the columns' descriptions say that they are keys of."""
    for column in table.columns:
        named = _REFERENCE.search(column.comment)
        if named is None or _NO_REFERENCE.search(column.comment):
            continue
        target = table if named[1] == "this table" else tables.get(named[1])
        if target is not None and len(target.key) == 1 and (column.name,) != target.key * (target is table):
            yield Reference((column.name,), target.name, target.key)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

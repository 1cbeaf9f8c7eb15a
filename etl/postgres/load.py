"""The tables of a release in a schema of their own that nobody sees before the transaction ends."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from etl.postgres.columns import postgres_type
from etl.postgres.refusal import CannotPublish
from etl.postgres.tables import Reference, Table, text_slices

if TYPE_CHECKING:
    import duckdb
    import psycopg
    from psycopg import sql

# From this server on a unique constraint can hold nulls to be equal.
_NULLS_NOT_DISTINCT = 150000


class Loader:
    """Writes tables into one schema.

    Args:
        connection: A session in a transaction, in which the schema was created.
        schema: Name of the schema.
    """

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]], schema: str) -> None:
        from psycopg import sql  # noqa: PLC0415 - an optional package

        self._sql = sql
        self._connection = connection
        self._schema = schema

    def create(self, table: Table) -> None:
        """Create a table with its comments.

        Raises:
            CannotPublish: PostgreSQL has no type for a column.
        """
        types = {
            column.name: postgres_type(column.data_type, f"{table.name}.{column.name}") for column in table.columns
        }
        columns = self._sql.SQL(", ").join(
            self._sql.SQL("{} {}").format(self._sql.Identifier(name), self._raw(data_type))
            for name, data_type in types.items()
        )
        self._run("create table {} ({})", self._name(table.name), columns)
        self._run("comment on table {} is {}", self._name(table.name), self._sql.Literal(table.comment))
        for column in table.columns:
            identifier = self._sql.Identifier(self._schema, table.name, column.name)
            self._run("comment on column {} is {}", identifier, self._sql.Literal(column.comment))

    def copy(self, release: duckdb.DuckDBPyConnection, table: Table) -> None:
        """Copy a table's rows.

        Frozen rows are seen by every transaction: one that is older than this publication, and has read nothing yet,
        finds the whole table under the name and not an empty one.

        Raises:
            CannotPublish: Not as many rows arrived as the release has.
        """
        columns = self._names(column.name for column in table.columns)
        statement = self._sql.SQL("copy {} ({}) from stdin (freeze)").format(self._name(table.name), columns)
        with self._connection.cursor() as cursor:
            with cursor.copy(statement) as copy:
                for lines in text_slices(release, table):
                    copy.write(lines)
            if cursor.rowcount != table.n_rows:
                raise CannotPublish(
                    f"{table.name} has {table.n_rows:,} rows; {cursor.rowcount:,} arrived.", "Run this again."
                )

    def add_key(self, table: Table) -> None:
        """Declare a table's key: a primary key, or a unique one where a part of it may be null."""
        if not table.key:
            return
        if not table.key_has_gaps:
            kind = "primary key"
        elif self._connection.info.server_version >= _NULLS_NOT_DISTINCT:
            kind = "unique nulls not distinct"
        else:
            kind = "unique"
        self._run(f"alter table {{}} add {kind} ({{}})", self._name(table.name), self._names(table.key))

    def add_reference(self, table: Table, reference: Reference) -> None:
        """Declare a foreign key."""
        self._run(
            "alter table {} add foreign key ({}) references {} ({})",
            self._name(table.name),
            self._names(reference.columns),
            self._name(reference.table),
            self._names(reference.keys),
        )

    def analyze(self, table: Table) -> None:
        """Let the server count, so that its first plans are good ones."""
        self._run("analyze {}", self._name(table.name))

    def _name(self, table: str) -> sql.Identifier:
        return self._sql.Identifier(self._schema, table)

    def _names(self, columns: Iterable[str]) -> sql.Composed:
        return self._sql.SQL(", ").join(map(self._sql.Identifier, columns))

    def _raw(self, text: str) -> sql.SQL:
        # The text is ours: a type of the list in columns.py, or words of this module.
        return self._sql.SQL(text)

    def _run(self, statement: str, *parts: sql.Composable) -> None:
        self._connection.execute(self._raw(statement).format(*parts))

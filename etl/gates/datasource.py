"""DuckDB as a Great Expectations datasource: checks run as SQL inside the file.

Importing this module imports Great Expectations, which takes seconds: import it late.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import sqlalchemy
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine
from sqlalchemy.pool import StaticPool


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """Keeps its one connection open.

    The stock engine hands the connection back before it fetches the rows; DuckDB drops a pending result then.
    """

    @contextmanager
    def get_connection(self) -> Generator[sqlalchemy.Connection, None, None]:
        """Yield the one connection; a failed query leaves it usable for the next."""
        if self._connection is None:
            self._connection = self.engine.connect()
        try:
            yield self._connection
        except sqlalchemy.exc.SQLAlchemyError:
            self._connection.rollback()
            raise

    def close(self) -> None:
        """Give the file free."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        super().close()


class DuckDBDatasource(SQLDatasource):
    """One schema of one DuckDB file. Construct it with `open_datasource`."""

    type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment]
    connection_string: str
    schema_name: str

    @property
    def schema_(self) -> str:
        """The schema that holds the tables."""
        return self.schema_name

    @property
    def execution_engine_type(self):  # type: ignore[no-untyped-def]  # `type` names the field above in this class
        """The engine that keeps its connection open."""
        return DuckDBExecutionEngine

    @classmethod
    def _get_exec_engine_excludes(cls) -> set[str]:
        return super()._get_exec_engine_excludes() | {"schema_name"}

    def close(self) -> None:
        """Close every connection to the file, so that it can be renamed."""
        self.get_execution_engine().close()
        self.get_engine().dispose()


def open_datasource(database: Path, schema: str) -> DuckDBDatasource:
    """Open `database` read-only, with `schema` as the place of its tables."""
    options: dict[str, Any] = {"connect_args": {"read_only": True}, "poolclass": StaticPool}
    return DuckDBDatasource(
        name=database.stem, connection_string=f"duckdb:///{database}", schema_name=schema, kwargs=options
    )

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

    _connection: sqlalchemy.Connection | None

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


# Inside the class below, `type` is a field.
EngineType = type[SqlAlchemyExecutionEngine]


class DuckDBDatasource(SQLDatasource):
    """One schema of one DuckDB file. Construct it with `open_datasource`."""

    type: Literal["duckdb"] = "duckdb"
    connection_string: str
    place: str

    @property
    def schema_(self) -> str:
        """The quoted catalog and schema that hold the tables."""
        return self.place

    @property
    def execution_engine_type(self) -> EngineType:
        """The engine that keeps its connection open."""
        return DuckDBExecutionEngine

    @classmethod
    def _get_exec_engine_excludes(cls) -> set[str]:
        return super()._get_exec_engine_excludes() | {"place"}

    def close(self) -> None:
        """Close every connection to the file, so that it can be renamed."""
        self.get_execution_engine().close()
        self.get_engine().dispose()


def open_datasource(database: Path, place: str) -> DuckDBDatasource:
    """Open `database` read-only; `place` is the quoted catalog and schema of its tables."""
    # The path stands beside the address, not in it: there, a "?" or "%" of a folder's name would mean something.
    options: dict[str, Any] = {
        "connect_args": {"database": str(database), "read_only": True},
        "poolclass": StaticPool,
    }
    return DuckDBDatasource(name="duckdb", connection_string="duckdb:///:memory:", place=place, kwargs=options)

"""Reading the published file: read-only, and nothing but it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.run.sealed import open_sealed

if TYPE_CHECKING:
    import duckdb

_PARAMETER = re.compile(r"\$([a-z]+)")


class Unreadable(Exception):
    """Raised where the published file cannot be opened or lacks what an explanation needs."""


@contextmanager
def published(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a published file for questions: it cannot be written, and no other file or address can be reached.

    Raises:
        Unreadable: The file is no warehouse of this version.
    """
    import duckdb  # noqa: PLC0415 - only here, so that the command line starts fast

    try:
        with open_sealed(file) as connection:
            yield connection
    except (
        duckdb.IOException,
        duckdb.CatalogException,
        duckdb.BinderException,
        duckdb.PermissionException,
    ) as error:
        raise Unreadable(str(error).splitlines()[0]) from error


def rows(connection: duckdb.DuckDBPyConnection, sql: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Run a query and return its rows by column name. `values` fill the `$name` parameters that the query has."""
    asked = {name: values[name] for name in _PARAMETER.findall(sql)}
    cursor = connection.execute(sql, asked)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

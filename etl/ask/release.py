"""Reading the published file: read-only, and nothing but it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from etl.faults import FaultsFound
from etl.options import Exit, project_at, release_at
from etl.project import Project
from etl.run.releases import reader_file
from etl.run.report import Report
from etl.run.sealed import open_sealed

if TYPE_CHECKING:
    import duckdb

_PARAMETER = re.compile(r"\$([a-z]+)")


class Unreadable(Exception):
    """Raised where the published file cannot be opened or is not what this program reads."""


@contextmanager
def current(project: Path | None, warehouse: Path | None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the current release for a command; where that or the question fails, say why and end with its exit code.

    Args:
        project: What `--project` says.
        warehouse: What `--warehouse` says.

    Raises:
        typer.Exit: There is no whole release of this version (6), or nothing answers the question (3).
    """
    place = project_at(project, warehouse)
    with answering(place, reader_file(place, release_at(place))) as connection:
        yield connection


@contextmanager
def answering(place: Project, file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a release's file as `current` does the current one's.

    Raises:
        typer.Exit: It is no whole file of this version (6), or nothing answers the question (3).
    """
    try:
        with published(file) as connection:
            yield connection
    except FaultsFound as error:
        Report().fail("Nothing answers that:", error.faults)
        raise typer.Exit(Exit.BAD_INPUT) from None
    except Unreadable as error:
        Report().fail(
            f"{place.relative(file)} is not a warehouse of this version ({error}). Run `orebloc build`; "
            "`orebloc check` says whether the file is what was published.",
            [],
        )
        raise typer.Exit(Exit.ENVIRONMENT) from None


@contextmanager
def published(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a published file for questions: it cannot be written, and no other file or address can be reached.

    Raises:
        Unreadable: The file is broken, or no warehouse of this version.
    """
    import duckdb  # noqa: PLC0415 - only here, so that the command line starts fast

    try:
        with open_sealed(file) as connection:
            _check_version(connection)
            yield connection
    except duckdb.Error as error:
        raise Unreadable(str(error).splitlines()[0]) from error


def rows(connection: duckdb.DuckDBPyConnection, sql: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Run a query and return its rows by column name. `values` fill the `$name` parameters that the query has."""
    asked = {name: values[name] for name in _PARAMETER.findall(sql)}
    cursor = connection.execute(sql, asked)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _check_version(connection: duckdb.DuckDBPyConnection) -> None:
    """Refuse a public schema of another major version: its tables may be called otherwise, or mean something else."""
    from etl.run.export import SCHEMA_VERSION  # noqa: PLC0415 - brings the database with it

    found = connection.execute("select schema_version from marts.build_info").fetchone()
    version = str(found[0]) if found else "unknown"
    if version.partition(".")[0] != SCHEMA_VERSION.partition(".")[0]:
        raise Unreadable(f"its public schema is {version}, this program reads {SCHEMA_VERSION}")

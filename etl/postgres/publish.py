"""Publish a release into PostgreSQL: one transaction, so that nothing is left of one that fails."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.options import Exit
from etl.postgres.address import Address
from etl.postgres.load import Loader
from etl.postgres.reader import check_reader, grant_reading
from etl.postgres.refusal import CannotPublish
from etl.postgres.session import prepare, row, session
from etl.postgres.standing import MARK, check_name, standing
from etl.postgres.swap import Swap, swap
from etl.postgres.tables import Table, missing_references, read_tables
from etl.run.report import Report
from etl.run.sealed import open_sealed

if TYPE_CHECKING:
    import duckdb
    import psycopg

    from etl.run.releases import Release


@dataclass(frozen=True, slots=True)
class Target:
    """Where a release goes.

    Attributes:
        reader: Role that may read it; empty for none.
        patience: Seconds to wait for readers of the publication before.
    """

    address: Address
    schema: str
    reader: str
    patience: float


@dataclass(frozen=True, slots=True)
class Published:
    """What was published.

    Attributes:
        before: Comment of the schema that was replaced; empty where there was none.
        made_reader: Whether the role of readers was created.
        views: Views that were pointed at the new tables.
        undeclared: Foreign keys that the rows do not keep, in words.
    """

    tables: tuple[Table, ...]
    before: str
    made_reader: bool
    views: tuple[str, ...]
    undeclared: tuple[str, ...]


def publish(release: Release, file: Path, target: Target, report: Report) -> Published:
    """Copy the public tables of a release and swap them in.

    Args:
        release: The release.
        file: The database file in which it is read.
        target: Where it goes.
        report: Where the steps are shown.

    Raises:
        CannotPublish: It could not be; the server holds what it held before.
    """
    import duckdb  # noqa: PLC0415 - only here, so that the command line starts fast

    check_name(target.schema)
    try:
        with open_sealed(file) as connection, session(target.address) as server:
            return _publish(connection, server, release, target, report)
    except duckdb.Error as error:
        said = str(error).splitlines()[0]
        raise CannotPublish(f"The release cannot be read: {said}.", "`orebloc check` says more.") from None


def _publish(
    connection: duckdb.DuckDBPyConnection,
    server: psycopg.Connection[tuple[Any, ...]],
    release: Release,
    target: Target,
    report: Report,
) -> Published:
    with report.step("connect") as step:
        prepare(server)
        _take_turn(server, target.schema)
        old = standing(server, target.schema)
        make_reader = bool(target.reader) and check_reader(server, target.reader)
        step.outcome = f"{target.address.shown}, PostgreSQL {server.info.server_version // 10000}"
    tables = read_tables(connection)
    staged = f"orebloc_{secrets.token_hex(8)}"
    with report.step("copy") as step:
        _create_schema(server, staged, release)
        loader = Loader(server, staged)
        for number, table in enumerate(tables, 1):
            step.note(f"{table.name} ({number} of {len(tables)})")
            loader.create(table)
            loader.copy(connection, table)
        step.outcome = f"{sum(table.n_rows for table in tables):,} rows of {len(tables)} tables"
    with report.step("keys") as step:
        declared, undeclared = _add_keys(connection, loader, tables)
        step.outcome = f"{declared} foreign keys"
    with report.step("swap") as step:
        _write_through(target.address)
        swap(server, Swap(staged, target.schema, old), target.patience, step.note)
        if target.reader:
            grant_reading(server, target.schema, target.reader, make=make_reader)
        _commit(server, release, target)
        step.outcome = f"schema {target.schema}"
    views = tuple(view.name for view in old.views)
    return Published(tuple(tables), old.said, make_reader, views, undeclared)


def _take_turn(server: psycopg.Connection[tuple[Any, ...]], schema: str) -> None:
    """Let one publication at a time fill a schema; the server forgets the claim with the transaction."""
    key = f"orebloc publish-postgres {schema}"
    if not row(server, "select pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [key])[0]:
        raise CannotPublish(
            f"Another publication into the schema {schema!r} is under way.", "Wait until it has ended.", Exit.LOCKED
        )


def _create_schema(server: psycopg.Connection[tuple[Any, ...]], staged: str, release: Release) -> None:
    from psycopg import sql  # noqa: PLC0415 - an optional package

    name = sql.Identifier(staged)
    manifest = release.manifest
    said = f"{MARK}{release.release_id} (public schema {manifest['schema_version']}), built {manifest['built_at']}"
    server.execute(sql.SQL("create schema {}").format(name))
    server.execute(sql.SQL("comment on schema {} is {}").format(name, sql.Literal(said)))


def _add_keys(
    connection: duckdb.DuckDBPyConnection, loader: Loader, tables: list[Table]
) -> tuple[int, tuple[str, ...]]:
    """Declare all keys; return how many foreign ones, and which the rows do not keep."""
    for table in tables:
        loader.add_key(table)
    declared = 0
    undeclared = []
    for table in tables:
        for reference in table.references:
            missing = missing_references(connection, table, reference)
            if missing:
                columns = ", ".join(reference.columns)
                undeclared.append(f"{table.name}.{columns}: {missing:,} rows name nothing of {reference.table}")
            else:
                loader.add_reference(table, reference)
                declared += 1
        loader.analyze(table)
    return declared, tuple(undeclared)


def _write_through(address: Address) -> None:
    """Let the server write its log to the disk before readers are held up: then the commit has little left to write.

    A commit of another session does that, if it changes anything at all; where the account may not, the commit that
    follows takes as long as it takes.
    """
    with suppress(CannotPublish), session(address) as aside:
        aside.execute("create temporary table orebloc_write_through ()")


def _commit(server: psycopg.Connection[tuple[Any, ...]], release: Release, target: Target) -> None:
    """Commit; where the answer is lost, look what the server holds."""
    import psycopg  # noqa: PLC0415

    try:
        server.commit()
    except psycopg.OperationalError:
        with session(target.address) as again:
            found = again.execute(
                "select obj_description(oid, 'pg_namespace') from pg_namespace where nspname = %s", [target.schema]
            ).fetchone()
        if found is None or not str(found[0]).startswith(f"{MARK}{release.release_id} "):
            raise

"""The moment in which a new publication takes the name of the old one."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from etl.options import Exit
from etl.postgres.refusal import CannotPublish
from etl.postgres.session import row
from etl.postgres.standing import Standing, View

if TYPE_CHECKING:
    import psycopg

# How long readers may queue behind one try. Far below the server's deadlock_timeout (by default 1 s), so that it is
# never a reader whose query is ended to break a deadlock.
_LONGEST_TRY_MS = 400
_PAUSE_SECONDS = (0.5, 1.5)


@dataclass(frozen=True, slots=True)
class Swap:
    """What is to be swapped.

    Attributes:
        staged: Schema that holds the new tables.
        schema: Name that readers use.
        old: What stands under it.
    """

    staged: str
    schema: str
    old: Standing


def swap(
    connection: psycopg.Connection[tuple[Any, ...]],
    pair: Swap,
    patience: float,
    waiting: Callable[[str], None],
) -> None:
    """Give the new schema the name of the old one and drop the old; the transaction must be committed at once.

    Every reader's transaction sees one release: the old one for those that have read of it, which are waited for,
    the new one for all others. Readers are held up for less than half a second at a time.

    Args:
        connection: A session in the transaction in which the new schema was made.
        pair: What is to be swapped.
        patience: Seconds to wait for transactions that have read of the old tables.
        waiting: Told who holds them, while they are waited for.

    Raises:
        CannotPublish: Somebody held the tables all that time, or a view could not follow.
    """
    from psycopg import sql  # noqa: PLC0415 - an optional package

    if pair.old.oid is not None:
        _lock(connection, pair, patience, waiting)
        aside = f"{pair.staged}_old"
        _rename(connection, pair.schema, aside)
        _rename(connection, pair.staged, pair.schema)
        for view in pair.old.views:
            _renew(connection, view)
        if pair.old.tables:
            names = sql.SQL(", ").join(sql.Identifier(aside, table) for table in pair.old.tables)
            connection.execute(sql.SQL("drop table {}").format(names))
        connection.execute(sql.SQL("drop schema {}").format(sql.Identifier(aside)))
        _grant_again(connection, pair)
    else:
        _rename(connection, pair.staged, pair.schema)


def _lock(
    connection: psycopg.Connection[tuple[Any, ...]], pair: Swap, patience: float, waiting: Callable[[str], None]
) -> None:
    """Take the old tables when nobody reads them; in short tries, so that nobody queues behind them for long."""
    from psycopg import errors, sql  # noqa: PLC0415

    # A view first: who waits for it has not yet opened the tables behind it.
    names = [sql.SQL(view.name) for view in pair.old.views]  # quoted by the server
    tables = [sql.Identifier(pair.schema, table) for table in pair.old.tables]
    if not names and not tables:
        return
    statement = sql.SQL("lock table {} in access exclusive mode").format(sql.SQL(", ").join([*names, *tables]))
    deadline = time.monotonic() + patience
    longest = min(_LONGEST_TRY_MS, _deadlock_timeout(connection) // 2)
    while True:
        try:
            with connection.transaction():
                connection.execute(f"set local statement_timeout = {longest}")
                connection.execute(statement)
        except (errors.QueryCanceled, errors.LockNotAvailable, errors.DeadlockDetected):
            holders = _holders(connection, pair)
            if time.monotonic() >= deadline:
                raise CannotPublish(
                    f"Readers kept the old tables open for {patience:g} s: {holders}.",
                    "End their transactions (pg_terminate_backend(PID)), or wait longer with --wait.",
                    Exit.LOCKED,
                ) from None
            waiting(f"waiting for {holders}")
            # Chance, so that a reader who polls is not met at the same moment each time.
            time.sleep(random.uniform(*_PAUSE_SECONDS))  # noqa: S311
        else:
            connection.execute("set local statement_timeout = 0")
            return


def _deadlock_timeout(connection: psycopg.Connection[tuple[Any, ...]]) -> int:
    return int(row(connection, "select setting::integer from pg_settings where name = 'deadlock_timeout'")[0])


def _holders(connection: psycopg.Connection[tuple[Any, ...]], pair: Swap) -> str:
    """Say who holds the old tables, as far as the server tells this account."""
    rows = connection.execute(
        """
        select distinct locks.pid, coalesce(sessions.usename::text, '?'), coalesce(sessions.application_name, ''),
            coalesce(sessions.state, '')
        from pg_locks as locks
        join pg_class as tables on tables.oid = locks.relation
        left join pg_stat_activity as sessions on sessions.pid = locks.pid
        where tables.relnamespace = %s and locks.granted and locks.pid <> pg_backend_pid()
        order by 1 limit 5
        """,
        [pair.old.oid],
    ).fetchall()
    told = (f"pid {pid} ({', '.join(filter(None, words))})" for pid, *words in rows)
    return ", ".join(told) or "short queries, one after the other"


def _renew(connection: psycopg.Connection[tuple[Any, ...]], view: View) -> None:
    """Let a view read the new tables: it keeps its owner, its grants and its comment."""
    import psycopg  # noqa: PLC0415

    options = f" with ({', '.join(view.options)})" if view.options else ""
    try:
        connection.execute(f"create or replace view {view.name}{options} as {view.definition}")
    except psycopg.ProgrammingError as error:
        raise CannotPublish(
            f"The view {view.name} cannot read the new release: {error.diag.message_primary}.",
            "Change it or drop it, then run this again.",
            Exit.BAD_INPUT,
        ) from None


def _rename(connection: psycopg.Connection[tuple[Any, ...]], name: str, new: str) -> None:
    from psycopg import sql  # noqa: PLC0415

    connection.execute(sql.SQL("alter schema {} rename to {}").format(sql.Identifier(name), sql.Identifier(new)))


def _grant_again(connection: psycopg.Connection[tuple[Any, ...]], pair: Swap) -> None:
    """Give those who could read the old tables the same right to the new ones."""
    from psycopg import sql  # noqa: PLC0415

    present = {
        name
        for (name,) in connection.execute(
            "select relname from pg_class where relnamespace = (select oid from pg_namespace where nspname = %s)",
            [pair.schema],
        ).fetchall()
    }
    for table, role, _ in pair.old.grants:
        grantee = sql.SQL(role)  # quoted by the server
        if table is None:
            connection.execute(sql.SQL("grant usage on schema {} to {}").format(sql.Identifier(pair.schema), grantee))
        elif table in present:
            connection.execute(sql.SQL("grant select on {} to {}").format(sql.Identifier(pair.schema, table), grantee))

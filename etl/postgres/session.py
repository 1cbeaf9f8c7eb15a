"""A session with a PostgreSQL server: opened, freed of its settings, checked for what a publication needs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from etl.options import Exit
from etl.postgres.address import Address
from etl.postgres.refusal import CannotPublish, refusal_of

if TYPE_CHECKING:
    import psycopg

# The oldest server that the tools beside it (drivers, BI clients) still know.
OLDEST_SERVER = 120000
_SECONDS_TO_CONNECT = 10
# What roles, databases and servers may be configured to, and a publication must not depend on.
_SETTINGS = {
    "statement_timeout": "0",
    "lock_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "search_path": "",
    "client_encoding": "UTF8",
    "DateStyle": "ISO, YMD",
    "TimeZone": "UTC",
    "default_transaction_isolation": "read committed",
}


@contextmanager
def session(address: Address) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """Open a session; what is not committed is undone at its end, however it ends.

    Raises:
        CannotPublish: The server cannot be reached, lets nobody in, or failed at something.
    """
    import psycopg  # noqa: PLC0415 - an optional package

    given = dict(address.parameters)
    if "PGCONNECT_TIMEOUT" not in os.environ:
        given.setdefault("connect_timeout", _SECONDS_TO_CONNECT)
    # A server that is gone without a word is noticed within a minute.
    given.setdefault("keepalives_idle", 20)
    given.setdefault("keepalives_interval", 10)
    given.setdefault("keepalives_count", 3)
    given.setdefault("fallback_application_name", "orebloc publish-postgres")
    try:
        with psycopg.connect(**given) as connection:
            yield connection
    except psycopg.Error as error:
        raise refusal_of(error, address.mask) from None


def prepare(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    """Settle the session and see that the server can hold a release.

    Raises:
        CannotPublish: It cannot.
    """
    version = connection.info.server_version
    if version < OLDEST_SERVER:
        raise CannotPublish(
            f"The server is PostgreSQL {version // 10000}; {OLDEST_SERVER // 10000} is the oldest that is supported.",
            "Upgrade it, or name another server.",
        )
    for name, value in _SETTINGS.items():
        connection.execute("select set_config(%s, %s, false)", [name, value])
    encoding, standby, may_create, database, account = row(
        connection,
        "select current_setting('server_encoding'), pg_is_in_recovery(), "
        "has_database_privilege(current_database(), 'CREATE'), quote_ident(current_database()), "
        "quote_ident(current_user)",
    )
    if encoding != "UTF8":
        raise CannotPublish(
            f"The database is encoded in {encoding}; the release holds Chinese and needs UTF8.",
            "Create another: createdb --encoding UTF8 --template template0 NAME.",
            Exit.BAD_INPUT,
        )
    if standby:
        raise CannotPublish("The server is a standby and takes no changes.", "Name its primary.", Exit.BAD_INPUT)
    if not may_create:
        raise CannotPublish(
            f"The account {account} may not create a schema in the database {database}.",
            f"Let an administrator run: GRANT CREATE ON DATABASE {database} TO {account};",
        )


def row(connection: psycopg.Connection[tuple[Any, ...]], query: str, values: Sequence[Any] = ()) -> tuple[Any, ...]:
    """Run a query and return its one row."""
    found = connection.execute(query, values).fetchone()
    if found is None:
        raise LookupError(query)
    return found

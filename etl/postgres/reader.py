"""The role that may read what is published, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from etl.options import Exit
from etl.postgres.refusal import CannotPublish
from etl.postgres.session import row

if TYPE_CHECKING:
    import psycopg

_LONGEST_NAME = 63


def check_reader(connection: psycopg.Connection[tuple[Any, ...]], role: str) -> bool:
    """See that the role is there and cannot write, or can be made.

    Args:
        connection: A session.
        role: Name of the role.

    Returns:
        Whether the role has to be made.

    Raises:
        CannotPublish: It cannot be made, or it could write all the same.
    """
    if not role.isprintable() or len(role.encode(errors="replace")) > _LONGEST_NAME or role.startswith("pg_"):
        raise CannotPublish(f"{role[:_LONGEST_NAME]!r} is no name for a role.", "Choose another.", Exit.BAD_INPUT)
    found = connection.execute(
        "select rolsuper, pg_has_role(rolname, current_user, 'MEMBER') from pg_roles where rolname = %s", [role]
    ).fetchone()
    if found is None:
        may_make, quoted = row(
            connection,
            "select rolsuper or rolcreaterole, quote_ident(%s) from pg_roles where rolname = current_user",
            [role],
        )
        if not may_make:
            raise CannotPublish(
                f"There is no role {role!r}, and this account may not create it.",
                f"Let an administrator run: CREATE ROLE {quoted} NOLOGIN; or publish with --reader-role '' for none.",
            )
        return True
    if found[0] or found[1]:
        reason = "is a superuser" if found[0] else "is, or is a member of, the account that publishes"
        raise CannotPublish(
            f"The role {role!r} would not be read-only: it {reason}.",
            "Name another with --reader-role; one that is not there is created.",
            Exit.BAD_INPUT,
        )
    return False


def grant_reading(connection: psycopg.Connection[tuple[Any, ...]], schema: str, role: str, *, make: bool) -> None:
    """Let a role read a schema.

    Args:
        connection: A session in the transaction that publishes.
        schema: Name of the schema.
        role: Name of the role.
        make: Whether it has to be made; it can then own nothing and has no login of its own.
    """
    from psycopg import sql  # noqa: PLC0415 - an optional package

    reader, space = sql.Identifier(role), sql.Identifier(schema)
    if make:
        connection.execute(sql.SQL("create role {} nologin").format(reader))
    # Default privileges of the database may have granted it more.
    connection.execute(sql.SQL("revoke all on schema {} from {}").format(space, reader))
    connection.execute(sql.SQL("revoke all on all tables in schema {} from {}").format(space, reader))
    connection.execute(sql.SQL("grant usage on schema {} to {}").format(space, reader))
    connection.execute(sql.SQL("grant select on all tables in schema {} to {}").format(space, reader))

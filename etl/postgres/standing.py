"""What stands in the database under the schema's name before a publication, and what hangs on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from etl.options import Exit
from etl.postgres.refusal import CannotPublish
from etl.postgres.session import row

if TYPE_CHECKING:
    import psycopg

# How the comment of a published schema begins: nothing else is ever replaced.
MARK = "orebloc release "
_LONGEST_NAME = 63
_SHOWN = 5
_VIEWS = """
    select distinct views.oid, format('%%I.%%I', spaces.nspname, views.relname), views.relkind::text,
        pg_get_viewdef(views.oid), coalesce(views.reloptions, '{}'), pg_has_role(views.relowner, 'USAGE')
    from pg_depend as depends
    join pg_rewrite as rules on depends.classid = 'pg_rewrite'::regclass and depends.objid = rules.oid
    join pg_class as views on views.oid = rules.ev_class
    join pg_namespace as spaces on spaces.oid = views.relnamespace
    join pg_class as tables on depends.refclassid = 'pg_class'::regclass and depends.refobjid = tables.oid
    where tables.relnamespace = %s and views.relnamespace <> tables.relnamespace
    order by views.oid
"""
# Of a schema and its tables: who else was granted to read. A grantee 0 is everybody.
_GRANTS = """
    select null as table_name, grants.grantee, 'usage' as privilege
    from pg_namespace as spaces, aclexplode(spaces.nspacl) as grants
    where spaces.oid = %(schema)s and grants.privilege_type = 'USAGE' and grants.grantee <> spaces.nspowner
    union
    select tables.relname, grants.grantee, 'select'
    from pg_class as tables, aclexplode(tables.relacl) as grants
    where tables.relnamespace = %(schema)s and tables.relkind = 'r' and grants.privilege_type = 'SELECT'
        and grants.grantee <> tables.relowner
"""


@dataclass(frozen=True, slots=True)
class View:
    """A view elsewhere that reads published tables.

    Attributes:
        name: With its schema, quoted.
        definition: Its query, every table named with its schema.
        options: As `name=value`.
    """

    name: str
    definition: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """An earlier publication.

    Attributes:
        oid: Of the schema; None where there is none yet.
        said: The comment of the schema.
        tables: Names of its tables.
        views: Views elsewhere that read them.
        grants: Table (None: the schema), name of the role quoted (`public`: everybody), privilege.
    """

    oid: int | None = None
    said: str = ""
    tables: tuple[str, ...] = ()
    views: tuple[View, ...] = ()
    grants: tuple[tuple[str | None, str, str], ...] = ()


def check_name(schema: str) -> None:
    """Refuse a name that PostgreSQL would cut, change or keep for itself.

    Raises:
        CannotPublish: It is one of these.
    """
    try:
        size = len(schema.encode())
    except UnicodeEncodeError:
        size = 0
    if not schema or "\0" in schema or not size:
        problem = "is no name that PostgreSQL can hold"
    elif size > _LONGEST_NAME:
        problem = f"has {size} bytes; PostgreSQL keeps {_LONGEST_NAME} of a name"
    elif schema.startswith("pg_") or schema in ("information_schema", "public"):
        problem = "is a schema that others than orebloc fill"
    else:
        return
    shown = schema if len(schema) <= _LONGEST_NAME else f"{schema[:_LONGEST_NAME]}…"
    raise CannotPublish(
        f"The schema {shown!r} {problem}.", "Choose another with --schema; the default is marts.", Exit.BAD_INPUT
    )


def standing(connection: psycopg.Connection[tuple[Any, ...]], schema: str) -> Standing:
    """Look at what stands under the name.

    Raises:
        CannotPublish: It may not be replaced, or something hangs on it that could not follow.
    """
    found = connection.execute(
        "select oid, coalesce(obj_description(oid, 'pg_namespace'), ''), pg_has_role(nspowner, 'USAGE'), "
        "pg_get_userbyid(nspowner) from pg_namespace where nspname = %s",
        [schema],
    ).fetchone()
    if found is None:
        return Standing()
    oid, said, owned, owner = found
    relations = connection.execute(
        "select relname, relkind::text from pg_class where relnamespace = %s and relkind not in ('i', 't', 'c') "
        "order by relname",
        [oid],
    ).fetchall()
    _check_ours(connection, schema, said, relations)
    if not owned:
        raise CannotPublish(
            f"The schema {schema!r} belongs to {owner}, and this account is not a member of that role.",
            f"Publish as {owner}, let an administrator make this account a member of it, or choose another --schema.",
        )
    views = connection.execute(_VIEWS, [oid]).fetchall()
    _check_views(views)
    _check_others(connection, oid)
    return Standing(
        oid=oid,
        said=said,
        tables=tuple(name for name, _ in relations),
        views=tuple(View(name, definition, tuple(options)) for _, name, _, definition, options, _ in views),
        grants=_grants(connection, oid),
    )


def _check_ours(
    connection: psycopg.Connection[tuple[Any, ...]], schema: str, said: str, relations: list[tuple[Any, ...]]
) -> None:
    """Refuse to replace what orebloc did not put there."""
    from psycopg import sql  # noqa: PLC0415 - an optional package

    if not said.startswith(MARK):
        if relations:
            raise CannotPublish(
                f"The schema {schema!r} holds {len(relations)} tables or views that orebloc did not publish.",
                "Choose another name with --schema, or drop that schema yourself.",
                Exit.BAD_INPUT,
            )
        return
    dictionary = sql.Identifier(schema, "data_dictionary")
    ours = {
        name
        for (name,) in connection.execute(
            sql.SQL("select table_name from {} where entry = 'table'").format(dictionary)
        ).fetchall()
    }
    foreign = [name for name, kind in relations if name not in ours or kind != "r"]
    if foreign:
        raise CannotPublish(
            f"The schema {schema!r} also holds what orebloc did not publish: {_listed(foreign)}.",
            "Move it to another schema (ALTER ... SET SCHEMA) or drop it: the schema is replaced as a whole.",
            Exit.BAD_INPUT,
        )


def _check_views(views: list[tuple[Any, ...]]) -> None:
    copies = [name for _, name, kind, *_ in views if kind == "m"]
    if copies:
        raise CannotPublish(
            f"Materialised views read the published tables and cannot be pointed at others: {_listed(copies)}.",
            "Drop them, publish, and create them again; or let them read a view of yours, which follows.",
            Exit.BAD_INPUT,
        )
    others = [name for _, name, _, _, _, mine in views if not mine]
    if others:
        raise CannotPublish(
            f"Views of other owners, which only they can renew, read the published tables: {_listed(others)}.",
            "Let their owners hand them over (ALTER VIEW ... OWNER TO) or drop them.",
        )


def _check_others(connection: psycopg.Connection[tuple[Any, ...]], oid: int) -> None:
    """Refuse where a function or a foreign key elsewhere hangs on the tables: it would be dropped with them."""
    found = connection.execute(
        """
        select distinct pg_describe_object(depends.classid, depends.objid, depends.objsubid)
        from pg_depend as depends
        join pg_class as tables on depends.refclassid = 'pg_class'::regclass and depends.refobjid = tables.oid
        left join pg_constraint as keys on depends.classid = 'pg_constraint'::regclass and depends.objid = keys.oid
        where tables.relnamespace = %s and depends.deptype = 'n'
            and (depends.classid = 'pg_proc'::regclass or keys.connamespace <> tables.relnamespace)
        """,
        [oid],
    ).fetchall()
    if found:
        raise CannotPublish(
            f"Something elsewhere hangs on the published tables: {_listed([name for (name,) in found])}.",
            "Drop it, publish, and create it again.",
            Exit.BAD_INPUT,
        )


def _grants(connection: psycopg.Connection[tuple[Any, ...]], oid: int) -> tuple[tuple[str | None, str, str], ...]:
    rows = connection.execute(_GRANTS, {"schema": oid}).fetchall()
    names = {
        grantee: "public"
        if grantee == 0
        else row(connection, "select quote_ident(rolname) from pg_roles where oid = %s", [grantee])[0]
        for grantee in {grantee for _, grantee, _ in rows}
    }
    return tuple((table, names[grantee], privilege) for table, grantee, privilege in rows)


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(sorted(names)[:_SHOWN]) + more

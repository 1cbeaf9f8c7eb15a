"""The row that is meant, as the release holds it; the candidates where several are; what is near where none is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from etl.faults import nearest
from etl.trace.key import NotFound

if TYPE_CHECKING:
    import duckdb

    from etl.trace.lineage import Model

SHOWN_CANDIDATES = 20
_SHOWN_VALUES = 12


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a row must fulfil, as SQL with its values."""

    sql: str
    values: tuple[str, ...]


class SeveralRows(Exception):
    """Raised where a key leaves several rows open.

    Attributes:
        count: How many.
        candidates: The keys of the first of them.
        open_columns: Key columns that differ among all of them, with the number of their values.
    """

    def __init__(self, count: int, candidates: list[dict[str, Any]], open_columns: dict[str, int]) -> None:
        self.count = count
        self.candidates = candidates
        self.open_columns = open_columns
        super().__init__(f"{count} rows")


def find_row(connection: duckdb.DuckDBPyConnection, mart: Model, key: dict[str, str | None]) -> dict[str, Any]:
    """Return the one row that a key means, by column.

    Raises:
        NotFound: No row has the values.
        SeveralRows: More than one row has them.
    """
    kinds = _kinds(connection, mart)
    _refuse_wrong_kinds(connection, mart, key, kinds)
    conditions = _conditions(key, kinds)
    rows = records(
        connection, f"select * from {mart.relation} where {conditions.sql} order by all limit 2", conditions.values
    )
    if len(rows) == 1:
        return rows[0]
    if rows:
        raise _several(connection, mart, conditions)
    raise _none(connection, mart, key, kinds)


def key_conditions(mart: Model, row: dict[str, Any]) -> tuple[str, list[Any]]:
    """Return the condition that a row's primary key puts on another relation that has it, with its values."""
    parts = [f'"{column}" is null' if row[column] is None else f'"{column}" = ?' for column in mart.primary_key]
    return " and ".join(parts), [row[column] for column in mart.primary_key if row[column] is not None]


def records(
    connection: duckdb.DuckDBPyConnection, sql: str, values: tuple[Any, ...] | list[Any] = ()
) -> list[dict[str, Any]]:
    """Run a query and return its rows by column."""
    cursor = connection.execute(sql, list(values))
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, found, strict=True)) for found in cursor.fetchall()]


def _kinds(connection: duckdb.DuckDBPyConnection, mart: Model) -> dict[str, str]:
    schema, _, table = mart.relation.partition(".")
    found = connection.execute(
        "select column_name, data_type from duckdb_columns() where schema_name = ? and table_name = ?", [schema, table]
    )
    return dict(found.fetchall())


def _refuse_wrong_kinds(
    connection: duckdb.DuckDBPyConnection, mart: Model, key: dict[str, str | None], kinds: dict[str, str]
) -> None:
    for column, value in key.items():
        fits = connection.execute(f"select try_cast(? as {kinds[column]}) is not null", [value]).fetchone()
        if value is not None and fits == (False,):
            raise NotFound(f"{value!r} is no {kinds[column]}, as {mart.name}.{column} is.")


def _conditions(key: dict[str, str | None], kinds: dict[str, str]) -> Conditions:
    parts = [
        f'"{column}" is null' if value is None else f'"{column}" = cast(? as {kinds[column]})'
        for column, value in key.items()
    ]
    return Conditions(" and ".join(parts) or "true", tuple(value for value in key.values() if value is not None))


def _several(connection: duckdb.DuckDBPyConnection, mart: Model, conditions: Conditions) -> SeveralRows:
    keys = ", ".join(f'"{column}"' for column in mart.primary_key)
    candidates = records(
        connection,
        f"select {keys} from {mart.relation} where {conditions.sql} order by all limit {SHOWN_CANDIDATES}",
        conditions.values,
    )
    distinct = ", ".join(
        f'count(distinct coalesce(cast("{column}" as varchar), \'\')) as "{column}"' for column in mart.primary_key
    )
    counts = records(
        connection,
        f"select count(*) as n_rows, {distinct} from {mart.relation} where {conditions.sql}",
        conditions.values,
    )[0]
    count = counts.pop("n_rows")
    return SeveralRows(count, candidates, {column: number for column, number in counts.items() if number > 1})


def _none(
    connection: duckdb.DuckDBPyConnection, mart: Model, key: dict[str, str | None], kinds: dict[str, str]
) -> NotFound:
    """Say which value the column does not know; or, where each is known, which one the others do not go with."""
    if not key:
        return NotFound(f"{mart.name} has no rows in this release.")
    for column, value in key.items():
        known = _values(connection, mart, column, Conditions("true", ()))
        if value is not None and value not in known and not _known_otherwise(connection, mart, column, value, kinds):
            return NotFound(f"{mart.name} has no row with {column}={value}.", _hint(value, known))
    for column in reversed(key):
        others = {name: value for name, value in key.items() if name != column}
        left = _values(connection, mart, column, _conditions(others, kinds))
        if left:
            return NotFound(
                f"No row of {mart.name} has all these values.", f"With the others, {column} is {_listed(left)}."
            )
    return NotFound(f"No row of {mart.name} has all these values.", "Leave one out to see what there is.")


def _known_otherwise(
    connection: duckdb.DuckDBPyConnection, mart: Model, column: str, value: str, kinds: dict[str, str]
) -> bool:
    """Is the value known in another spelling of the same number or day?"""
    conditions = _conditions({column: value}, kinds)
    found = connection.execute(
        f"select count(*) from (select 1 from {mart.relation} where {conditions.sql} limit 1)", list(conditions.values)
    )
    return found.fetchone() == (1,)


def _values(connection: duckdb.DuckDBPyConnection, mart: Model, column: str, conditions: Conditions) -> list[str]:
    found = connection.execute(
        f'select distinct cast("{column}" as varchar) as v from {mart.relation} where {conditions.sql} order by v',
        list(conditions.values),
    )
    return ["(none)" if value is None else value for (value,) in found.fetchall()]


def _hint(value: str, known: list[str]) -> str:
    return nearest(value, known) or f"Known: {_listed(known)}."


def _listed(values: list[str]) -> str:
    more = f" and {len(values) - _SHOWN_VALUES} more" if len(values) > _SHOWN_VALUES else ""
    return ", ".join(values[:_SHOWN_VALUES]) + more

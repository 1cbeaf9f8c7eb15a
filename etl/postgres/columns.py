"""Columns of DuckDB as columns of PostgreSQL: the type that holds every value exactly, and the text that says it."""

from __future__ import annotations

import re

from etl.postgres.refusal import CannotPublish

_TYPES = {
    "BOOLEAN": "boolean",
    "TINYINT": "smallint",
    "SMALLINT": "smallint",
    "UTINYINT": "smallint",
    "INTEGER": "integer",
    "USMALLINT": "integer",
    "BIGINT": "bigint",
    "UINTEGER": "bigint",
    "UBIGINT": "numeric(20,0)",
    "HUGEINT": "numeric(39,0)",
    "UHUGEINT": "numeric(39,0)",
    "FLOAT": "real",
    "DOUBLE": "double precision",
    "VARCHAR": "text",
    "DATE": "date",
    "TIME": "time",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP_S": "timestamp",
    "TIMESTAMP_MS": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "UUID": "uuid",
    "JSON": "json",
    "BLOB": "bytea",
}
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
_DATED = ("date", "timestamp")


def postgres_type(duckdb_type: str, where: str) -> str:
    """Return the PostgreSQL type of a DuckDB type.

    Args:
        duckdb_type: As the catalogue names it, e.g. `DECIMAL(18,3)` or `VARCHAR[]`.
        where: Table and column, for the message.

    Raises:
        CannotPublish: PostgreSQL has no type that holds all its values, or not as they are.
    """
    element = duckdb_type.removesuffix("[]")
    decimal = _DECIMAL.fullmatch(element)
    found = f"numeric({decimal[1]},{decimal[2]})" if decimal else _TYPES.get(element)
    if found is None and element.startswith("ENUM("):
        found = "text"
    if found is None:
        raise CannotPublish(
            f"{where} is of type {duckdb_type}, which PostgreSQL cannot hold exactly.",
            "Give the column another type in its model.",
        )
    return found + duckdb_type[len(element) :]


def copy_text(column: str, duckdb_type: str) -> str:
    """Return the SQL that says a DuckDB column's value as a field of PostgreSQL's COPY in text form.

    Args:
        column: The column as an identifier of SQL, quoted.
        duckdb_type: Its type; one that `postgres_type` knows.
    """
    if duckdb_type.endswith("[]"):
        element = duckdb_type.removesuffix("[]")
        quoted = f"'\"' || {_escaped(_value('item', element), _IN_ARRAY)} || '\"'"
        items = f"array_to_string(list_transform({column}, lambda item: coalesce({quoted}, 'NULL')), ',')"
        value = f"'{{' || {items} || '}}'"
    else:
        value = _value(column, duckdb_type)
    return f"coalesce({_escaped(value, _IN_COPY)}, '\\N')"


# What the readers of an array literal and of a COPY field take as more than itself; the backslash comes first.
_IN_ARRAY = ((r"'\'", r"'\\'"), ("'\"'", "'\\\"'"))
_IN_COPY = ((r"'\'", r"'\\'"), ("chr(9)", r"'\t'"), ("chr(10)", r"'\n'"), ("chr(13)", r"'\r'"))


def _escaped(value: str, marks: tuple[tuple[str, str], ...]) -> str:
    for mark, instead in marks:
        value = f"replace({value}, {mark}, {instead})"
    return value


def _value(column: str, duckdb_type: str) -> str:
    if duckdb_type == "BLOB":
        return rf"('\x' || hex({column}))"
    text = f"cast({column} as varchar)"
    if _TYPES.get(duckdb_type, "").startswith(_DATED):
        # A year before Christ: both name it so, in other places of the text.
        return f"replace({text}, ' (BC)', ' BC')"
    return text

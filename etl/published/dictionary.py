"""Write what the table macros are, take and give into the published `data_dictionary`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import duckdb
import yaml

from etl.published.install import TableMacro, table_macros

_HERE = Path(__file__).parent


class MacroUndescribed(Exception):
    """Raised where a table macro takes a parameter or gives a column that nobody has described."""


class DictionaryRow(NamedTuple):
    """A row of `data_dictionary`."""

    table_name: str
    column_name: str
    data_type: str
    unit: str | None
    description_en: str
    description_zh: str
    is_key: bool
    position: int
    entry: str


class _Text(NamedTuple):
    unit: str | None
    description_en: str
    description_zh: str


def describe_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Add a row for every table macro, for each of its parameters and for each column of its result.

    Args:
        connection: A writable connection to a file that holds the macros and the `data_dictionary` of the tables.

    Raises:
        MacroUndescribed: A parameter or a column has no description.
    """
    connection.execute("delete from marts.data_dictionary where entry in ('macro', 'parameter', 'result')")
    rows = [row for macro in table_macros() for row in _rows(connection, macro)]
    one = f"({', '.join('?' * len(DictionaryRow._fields))})"
    connection.execute(
        f"insert into marts.data_dictionary ({', '.join(DictionaryRow._fields)}) values {', '.join([one] * len(rows))}",
        [value for row in rows for value in row],
    )


def _rows(connection: duckdb.DuckDBPyConnection, macro: TableMacro) -> Iterator[DictionaryRow]:
    yield DictionaryRow(macro.name, "*", "macro", None, macro.comment, macro.comment_zh, False, 0, "macro")
    yield from _parameter_rows(macro)
    yield from _result_rows(connection, macro)


def _parameter_rows(macro: TableMacro) -> Iterator[DictionaryRow]:
    described = {entry["name"]: entry for entry in _parameters()}
    for position, name in enumerate(macro.parameter_names, start=1):
        if name not in described:
            raise MacroUndescribed(
                f"The macro {macro.name} takes '{name}', which nobody describes: add it to "
                "etl/published/parameters.yml."
            )
        kind, english, chinese = (described[name][key] for key in ("type", "description", "description_zh"))
        yield DictionaryRow(macro.name, name, kind, None, english, chinese, False, position, "parameter")


def _result_rows(connection: duckdb.DuckDBPyConnection, macro: TableMacro) -> Iterator[DictionaryRow]:
    texts = _result_texts(connection, macro)
    for position, (name, kind) in enumerate(_result(connection, macro), start=1):
        if name not in texts:
            raise MacroUndescribed(
                f"The macro {macro.name} gives '{name}', which neither {macro.columns_as_in} nor the macro itself "
                "describes: add it to the macro's columns in etl/published/macros.yml."
            )
        yield DictionaryRow(macro.name, name, kind.lower(), *texts[name], False, position, "result")


@cache
def _parameters() -> list[dict[str, str]]:
    entries: list[dict[str, str]] = yaml.safe_load((_HERE / "parameters.yml").read_text(encoding="utf-8"))
    return entries


def _result(connection: duckdb.DuckDBPyConnection, macro: TableMacro) -> list[tuple[str, str]]:
    """Return names and types of the result's columns; the macro is bound, not run."""
    nothing = ", ".join("null" for _ in macro.parameters)
    rows = connection.execute(f"describe select * from marts.{macro.name}({nothing})").fetchall()
    return [(row[0], row[1]) for row in rows]


def _result_texts(connection: duckdb.DuckDBPyConnection, macro: TableMacro) -> dict[str, _Text]:
    rows = connection.execute(
        "select column_name, unit, description_en, description_zh from marts.data_dictionary "
        "where table_name = ? and entry = 'column'",
        [macro.columns_as_in],
    ).fetchall()
    texts = {name: _Text(*text) for name, *text in rows}
    own = {
        column["name"]: _Text(column.get("unit"), column["description"], column["description_zh"])
        for column in macro.columns
    }
    return texts | own

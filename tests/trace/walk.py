"""A walk over every row of every public table: does it name a source that the release knows, and a place in it?"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from etl.trace.declared import BadDeclaration, CellColumns, Provenance
from etl.trace.lineage import Lineage, Model

_DOCUMENTS = "(select document from marts.dim_document)"
_EDITIONS = "(select source, edition from marts.dim_edition)"


@dataclass(frozen=True, slots=True)
class Unsourced:
    """Rows of a table whose source is missing, unknown or without a place."""

    table: str
    problem: str
    rows: int = 0


def walk(connection: duckdb.DuckDBPyConnection, lineage: Lineage) -> list[Unsourced]:
    """Return what is wrong with the sources of the public tables; nothing, if every row has its own."""
    tables = connection.execute(
        "select table_name from duckdb_tables() where schema_name = 'marts' order by table_name"
    ).fetchall()
    return [fault for (table,) in tables for fault in _faults(connection, lineage, table)]


def _faults(connection: duckdb.DuckDBPyConnection, lineage: Lineage, table: str) -> list[Unsourced]:
    if table not in lineage.marts:
        return [Unsourced(table, "is not in the lineage")]
    mart = lineage.marts[table]
    try:
        provenance = mart.provenance
    except BadDeclaration as error:
        return [Unsourced(table, str(error))]
    found = [
        Unsourced(table, problem, rows)
        for problem, sql in _queries(lineage, mart, provenance).items()
        if (rows := _count(connection, sql))
    ]
    return found


def _queries(lineage: Lineage, mart: Model, provenance: Provenance) -> dict[str, str]:
    """Return queries that count rows at fault, by what is wrong with them."""
    if provenance.build:
        return {}
    if provenance.seeds:
        seeds = " union all by name ".join(
            f"select * from {lineage.models[seed].relation}" for seed in provenance.seeds
        )
        return {"not in its seed": _without_partner(mart, f"({seeds})")}
    if provenance.view:
        cell = CellColumns("", {part: f"cell_{part}" for part in ("document", "source", "edition", "locator")})
        good = f"(select * from {provenance.view} where {_is_good(cell, provenance)})"
        return {
            "without a cell": _without_partner(mart, good),
            "a cell without source or place": (
                f"select count(*) from {provenance.view} where not coalesce({_is_good(cell, provenance)}, false)"
            ),
        }
    good = [f"coalesce({_is_good(cell, provenance)}, false)" for cell in provenance.cells]
    fair = [
        f"(not coalesce({_is_named(cell)}, false) or {is_good})"
        for cell, is_good in zip(provenance.cells, good, strict=True)
    ]
    return {
        "without source or place": f"select count(*) from {mart.relation} where not ({' or '.join(good)})",
        "a cell without source or place": f"select count(*) from {mart.relation} where not ({' and '.join(fair)})",
    }


def _without_partner(mart: Model, other: str) -> str:
    """Count the rows of a mart whose key the other relation does not have; one with a null in its key finds none."""
    key = ", ".join(f'"{column}"' for column in mart.primary_key)
    return f"select count(*) from {mart.relation} anti join {other} using ({key})"


def _is_named(cell: CellColumns) -> str:
    names = [f'"{cell.columns[part]}" is not null' for part in ("document", "source") if part in cell.columns]
    return f"({' or '.join(names)})"


def _is_good(cell: CellColumns, provenance: Provenance) -> str:
    """Whatever is named is known, and the place is said, but where the mart says why there is none."""
    conditions = [_is_named(cell)]
    if "document" in cell.columns:
        column = cell.columns["document"]
        conditions.append(f'("{column}" is null or "{column}" in {_DOCUMENTS})')
    if "source" in cell.columns:
        source, edition = cell.columns["source"], cell.columns["edition"]
        conditions.append(f'("{source}" is null or ("{source}", "{edition}") in {_EDITIONS})')
    if not provenance.whole:
        conditions.append(f"coalesce(\"{cell.columns.get('locator', 'no_locator')}\", '') <> ''")
    return " and ".join(conditions)


def _count(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return int(row[0])

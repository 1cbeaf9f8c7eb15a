"""Rows that show a change, the most telling first."""

from __future__ import annotations

from typing import Any

from etl.diff.finding import Change, Example, Value
from etl.diff.sides import Pair, Side, quoted

# What names a row for people where its key is a made-up id.
_NAMES = {
    "fct_observation": ("source", "edition", "mineral", "basis", "stage", "measure", "series", "party", "year"),
    "fct_article_claim": ("document", "text_line", "subject"),
    "source_conflict": ("conflict_id", "topic", "subject"),
}
# The figure that says how much a row matters: the first of these that a table has.
_WEIGHTS = ("value_tonnes", "bloc_value", "world_value", "value_new", "share", "value", "n_rows", "n_cells")
_FLOATS = frozenset({"DOUBLE", "FLOAT"})
# Units that a row says itself, in this column.
_UNIT_COLUMNS = {"unit": "unit", "base_unit": "base_unit"}
_MOST_CHANGES = 6
# Of a table without a usable key, whose rows are matched by all their columns.
_LONGEST_KEY = 12


def names_of(side: Side, table: str, key: list[str]) -> list[str]:
    """Return the columns that name a row of a table for people."""
    columns = [column for column in _NAMES.get(table, ()) if column in side.tables[table].columns]
    return columns or key[:_LONGEST_KEY]


def row_examples(pair: Pair, table: str, key: list[str], *, is_new: bool, ids: str, limit: int) -> tuple[Example, ...]:
    """Return rows that only one side has: the weightiest first.

    Args:
        pair: Both sides.
        table: The table.
        key: What matches its rows.
        is_new: Whether it is the newer side.
        ids: Temporary table of their row ids (`r`).
        limit: How many.
    """
    side = pair.after if is_new else pair.before
    names = names_of(side, table, key)
    weight = next((column for column in _WEIGHTS if column in side.tables[table].columns and column not in names), None)
    by_weight = f"{quoted(weight)} desc nulls last, " if weight else ""
    found = pair.records(
        f"select rows.* from {side.of(table)} as rows join {ids} as ids on ids.r = rows.rowid "
        f"order by {by_weight}{', '.join(map(quoted, names))}, rows.rowid limit {limit}"
    )
    return tuple(
        Example(
            {name: row[name] for name in names},
            (_one_sided(side, table, weight, row, is_new),) if weight and row[weight] is not None else (),
        )
        for row in found
    )


def changed_examples(pair: Pair, table: str, key: list[str], pairs: str, limit: int) -> tuple[Example, ...]:
    """Return rows that differ: those whose numbers moved by the greatest factor, or appeared or vanished, first.

    Args:
        pair: Both sides.
        table: The table.
        key: What matches its rows.
        pairs: A `from` clause over the changed rows, older as `o` and newer as `n`.
        limit: How many.
    """
    columns = pair.common_columns(table)
    names = names_of(pair.after, table, key)
    kinds = pair.after.tables[table].columns
    factors = [_factor(quoted(column)) for column in columns if kinds[column] in _FLOATS]
    order = f"greatest({', '.join(factors)}, 0) desc, " if factors else ""
    named = ", ".join(f"n.{quoted(name)}" for name in names)
    old = ", ".join(f"o.{quoted(column)} as {quoted('old ' + column)}" for column in columns)
    new = ", ".join(f"n.{quoted(column)} as {quoted('new ' + column)}" for column in columns)
    found = pair.records(f"select {old}, {new} from {pairs} order by {order}{named} limit {limit}")
    return tuple(
        Example({name: row[f"new {name}"] for name in names}, changes_of(pair, table, columns, row)) for row in found
    )


def changes_of(pair: Pair, table: str, columns: list[str], row: dict[str, Any]) -> tuple[Change, ...]:
    """Return what differs in a row of `old <column>` and `new <column>`: numbers first, a few at most."""
    kinds = pair.after.tables[table].columns
    # A made-up id says nothing to people.
    ids = set(pair.after.tables[table].key) - set(_NAMES.get(table, pair.after.tables[table].key))
    found = [
        _change(pair, table, column, row)
        for column in columns
        if column not in ids and not _same(row[f"old {column}"], row[f"new {column}"])
    ]
    found.sort(key=lambda change: (kinds[change.column] not in _FLOATS, columns.index(change.column)))
    return tuple(found[:_MOST_CHANGES])


def unit_of(side: Side, table: str, column: str, row: dict[str, Any], prefix: str = "") -> str:
    """Return the unit of a value: the dictionary's, or what the row itself says."""
    unit = side.tables[table].units.get(column, "")
    return str(row.get(f"{prefix}{_UNIT_COLUMNS[unit]}") or "") if unit in _UNIT_COLUMNS else unit


def ratio(old: Value, new: Value, unit: str = "") -> float | None:
    """Return `new / old` of two quantities other than zero, rounded to six digits; whole numbers need a unit."""
    if not isinstance(old, int | float) or not isinstance(new, int | float) or not old or not new:
        return None
    is_quantity = bool(unit) or (isinstance(old, float) and isinstance(new, float))
    return float(f"{new / old:.6g}") if is_quantity else None


def _change(pair: Pair, table: str, column: str, row: dict[str, Any]) -> Change:
    old, new = row[f"old {column}"], row[f"new {column}"]
    unit = unit_of(pair.after, table, column, row, "new ")
    if unit != unit_of(pair.before, table, column, row, "old "):
        return Change(column, old, new)
    return Change(column, old, new, unit, ratio(old, new, unit))


def _one_sided(side: Side, table: str, column: str, row: dict[str, Any], is_new: bool) -> Change:
    unit, value = unit_of(side, table, column, row), row[column]
    return Change(column, None, value, unit) if is_new else Change(column, value, None, unit)


def _factor(column: str) -> str:
    """SQL of how far a number moved, in powers of ten; more than any factor where it appeared or vanished."""
    moved = f"abs(log10(abs(nullif(n.{column}, 0) / nullif(o.{column}, 0))))"
    return f"case when (o.{column} is null) <> (n.{column} is null) then 99 else coalesce({moved}, 0) end"


def _same(old: Value, new: Value) -> bool:
    if isinstance(old, float) and isinstance(new, float):
        return abs(old - new) <= 1e-9 * max(abs(old), abs(new))
    return old == new

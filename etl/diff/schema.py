"""Tables, columns, keys and macros: what users' SQL holds on to."""

from __future__ import annotations

from collections.abc import Iterator

from etl.diff.finding import Finding, Level
from etl.diff.sides import VOLATILE, Pair


def compare_schema(pair: Pair) -> Iterator[Finding]:
    """Yield what was added, removed or retyped. What breaks a query that ran before is a stop."""
    old, new = pair.before.tables, pair.after.tables
    for table in sorted(old.keys() - new.keys()):
        rows = pair.count(f"select count(*) from {pair.before.of(table)}")
        columns = len(old[table].columns)
        message = f"{table} is gone, with {columns} columns and {rows:,} rows."
        yield Finding(Level.STOP, "table_removed", table, table, message, old=rows, count=rows)
    for table in sorted(new.keys() - old.keys()):
        rows = pair.count(f"select count(*) from {pair.after.of(table)}")
        message = f"{table} has {len(new[table].columns)} columns and {rows:,} rows."
        yield Finding(Level.NOTE, "table_added", table, table, message, new=rows, count=rows)
    for table in sorted(old.keys() & new.keys()):
        yield from _compare_columns(pair, table)
    yield from _compare_macros(pair)


def _compare_columns(pair: Pair, table: str) -> Iterator[Finding]:
    old, new = pair.before.tables[table], pair.after.tables[table]
    for column, kind in old.columns.items():
        place = f"{table}.{column}"
        now = new.columns.get(column)
        if now is None:
            yield Finding(Level.STOP, "column_removed", table, place, f"{place} is gone.", old=kind)
        elif now != kind:
            message = f"{place} was {kind} and is {now}."
            yield Finding(Level.STOP, "column_retyped", table, place, message, old=kind, new=now)
    for column, kind in new.columns.items():
        if column not in old.columns:
            place = f"{table}.{column}"
            yield Finding(Level.NOTE, "column_added", table, place, f"{place}, {kind}.", new=kind)
    if old.key != new.key and table not in VOLATILE:
        was, now = ", ".join(old.key) or "none", ", ".join(new.key) or "none"
        message = f"The key of {table} was {was} and is {now}: a join on the old one may repeat rows."
        yield Finding(Level.WARN, "key_changed", table, table, message, old=was, new=now)


def _compare_macros(pair: Pair) -> Iterator[Finding]:
    old, new = pair.before.macros, pair.after.macros
    for macro in sorted(old.keys() | new.keys()):
        if macro not in new:
            yield Finding(Level.STOP, "macro_removed", macro, macro, f"{macro}(…) is gone.")
        elif macro not in old:
            taken = ", ".join(new[macro].parameters)
            yield Finding(Level.NOTE, "macro_added", macro, macro, f"{macro}({taken}).", new=taken)
        elif old[macro].parameters != new[macro].parameters:
            was, now = (", ".join(side[macro].parameters) for side in (old, new))
            message = f"{macro} took ({was}) and takes ({now})."
            yield Finding(Level.STOP, "macro_parameters", macro, macro, message, old=was, new=now)
        elif old[macro].definition != new[macro].definition:
            message = f"{macro} has other SQL; its parameters are the same."
            yield Finding(Level.NOTE, "macro_changed", macro, macro, message)

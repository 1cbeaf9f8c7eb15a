"""Rows added, removed and changed, table by table, matched by key.

Each row becomes two hashes, of its key and of its content, so that a table of a million rows is compared in a second
and in little memory; only the rows that differ are looked at again. What was found stays in temporary tables of row
ids, for the other comparisons: `added(table)`, `removed(table)`, `changed(table)`.
"""

from __future__ import annotations

from etl.diff.examples import changed_examples, row_examples
from etl.diff.finding import TableChange
from etl.diff.sides import Pair, quoted

# Sums of many numbers differ in their last digits from run to run.
_SAME = 1e-9
_FLOATS = frozenset({"DOUBLE", "FLOAT"})
# Rows whose key differs are the same thing where these columns are equal and each side has one such row only: a series
# that the publisher calls something else, a claim that is read more exactly, a date that was corrected.
_LOOSER_KEYS = {
    "fct_observation": ("source", "edition", "mineral", "basis", "stage", "measure", "party", "year"),
    "fct_article_claim": ("document", "text_line", "measure", "mineral", "party", "bloc", "year"),
    "fct_bloc_membership": ("bloc", "party"),
    "alliance_membership_by_year": ("bloc", "year", "party", "via"),
}


def added(table: str) -> str:
    """Return the temporary table of rows that only the newer side has (`r`: row id there)."""
    return quoted(f"added_{table}")


def removed(table: str) -> str:
    """Return the temporary table of rows that only the older side has (`r`: row id there)."""
    return quoted(f"removed_{table}")


def changed(table: str) -> str:
    """Return the temporary table of rows that both sides have and that differ (`o`, `n`: row ids)."""
    return quoted(f"changed_{table}")


def changed_pairs(pair: Pair, table: str, ids: str | None = None) -> str:
    """Return a `from` clause over the changed rows (or those of `ids`), older as `o` and newer as `n`."""
    return (
        f"{ids or changed(table)} as pairs join {pair.before.of(table)} as o on o.rowid = pairs.o "
        f"join {pair.after.of(table)} as n on n.rowid = pairs.n"
    )


def compare_rows(pair: Pair, examples: int) -> list[TableChange]:
    """Compare the rows of every table that both sides have.

    Args:
        pair: The two sides.
        examples: How many rows to show per table and kind of difference.

    Returns:
        One entry per table, in order.
    """
    return [_compare_table(pair, table, examples) for table in pair.compared_tables()]


def _compare_table(pair: Pair, table: str, examples: int) -> TableChange:
    columns = pair.common_columns(table)
    key = _match(pair, table, columns)
    renamed = _match_looser(pair, table, columns)
    sizes = {name: pair.count(f"select count(*) from {ids}") for name, ids in _found(table).items()}
    return TableChange(
        table=table,
        key=tuple(key),
        rows_before=pair.count(f"select count(*) from {pair.before.of(table)}"),
        rows_after=pair.count(f"select count(*) from {pair.after.of(table)}"),
        added=sizes["added"],
        removed=sizes["removed"],
        changed=sizes["changed"],
        renamed=renamed,
        changed_columns=_changed_columns(pair, table, columns) if sizes["changed"] else {},
        added_examples=(
            row_examples(pair, table, key, is_new=True, ids=added(table), limit=examples) if sizes["added"] else ()
        ),
        removed_examples=(
            row_examples(pair, table, key, is_new=False, ids=removed(table), limit=examples) if sizes["removed"] else ()
        ),
        changed_examples=(
            changed_examples(pair, table, key, changed_pairs(pair, table), examples) if sizes["changed"] else ()
        ),
    )


def _found(table: str) -> dict[str, str]:
    return {"added": added(table), "removed": removed(table), "changed": changed(table)}


def _match(pair: Pair, table: str, columns: list[str]) -> list[str]:
    """Write the row ids of what was added, removed and changed; return the columns that match rows.

    These are the key where it stands in both sides and tells every row apart, else all common columns.
    """
    key = list(pair.after.tables[table].key)
    if not key or not set(key) <= set(columns) or not _hash_rows(pair, table, key, columns):
        key = columns
        _hash_rows(pair, table, key, columns)
    run = pair.connection.execute
    on = "on n.k = o.k and n.i = o.i"
    run(f"create or replace temp table {added(table)} as select n.r from newer as n anti join older as o {on}")
    run(f"create or replace temp table {removed(table)} as select o.r from older as o anti join newer as n {on}")
    run(
        f"create or replace temp table {changed(table)} as select o.r as o, n.r as n from older as o "
        f"join newer as n {on} where n.h <> o.h"
    )
    run("drop table older")
    run("drop table newer")
    if pair.count(f"select count(*) from {changed(table)}"):
        # Only what differs by more than the noise of a sum.
        run(
            f"create or replace temp table {changed(table)} as select pairs.o, pairs.n "
            f"from {changed_pairs(pair, table)} "
            f"where {' or '.join(_differs(pair, table, column) for column in columns)}"
        )
    return key


def _hash_rows(pair: Pair, table: str, key: list[str], columns: list[str]) -> bool:
    """Write row id (`r`), hash of the key (`k`), number among equal keys (`i`) and hash of the content (`h`).

    Returns:
        Whether the key tells every row of both sides apart.
    """
    number = f"row_number() over (partition by hash({_list(key)}))" if key == columns else "1"
    unique = True
    for name, side in (("older", pair.before), ("newer", pair.after)):
        pair.connection.execute(
            f"create or replace temp table {name} as select rowid as r, hash({_list(key)}) as k, {number} as i, "
            f"hash({_list(columns)}) as h from {side.of(table)}"
        )
        unique = unique and bool(pair.rows(f"select count(*) = count(distinct k) from {name}")[0][0])
    return unique


def _match_looser(pair: Pair, table: str, columns: list[str]) -> int:
    """Find removed rows again among the added ones under a looser key; return how many."""
    key = _LOOSER_KEYS.get(table, ())
    if not key or not set(key) <= set(columns):
        return 0
    run = pair.connection.execute
    for name, side, ids in (("older", pair.before, removed(table)), ("newer", pair.after, added(table))):
        run(
            f"create or replace temp table {name} as select r, hash({_list(key)}) as k from {side.of(table)} as rows "
            f"join {ids} as ids on ids.r = rows.rowid qualify count(*) over (partition by k) = 1"
        )
    run("create or replace temp table again as select o.r as o, n.r as n from older as o join newer as n using (k)")
    run(f"delete from {removed(table)} where r in (select o from again)")
    run(f"delete from {added(table)} where r in (select n from again)")
    run(f"insert into {changed(table)} select o, n from again")
    found = pair.count("select count(*) from again")
    for name in ("older", "newer", "again"):
        run(f"drop table {name}")
    return found


def _changed_columns(pair: Pair, table: str, columns: list[str]) -> dict[str, int]:
    counts = ", ".join(f"count(*) filter ({_differs(pair, table, column)})" for column in columns)
    found = pair.rows(f"select {counts} from {changed_pairs(pair, table)}")[0]
    return {column: count for column, count in zip(columns, found, strict=True) if count}


def _differs(pair: Pair, table: str, column: str) -> str:
    old, new = f"o.{quoted(column)}", f"n.{quoted(column)}"
    differs = f"{old} is distinct from {new}"
    if pair.after.tables[table].columns[column] in _FLOATS:
        near = f"abs({old} - {new}) <= {_SAME} * greatest(abs({old}), abs({new}))"
        return f"({differs} and not coalesce({near}, false))"
    return differs


def _list(columns: list[str] | tuple[str, ...]) -> str:
    return ", ".join(map(quoted, columns))

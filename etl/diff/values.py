"""Numbers that moved: by the size of a unit, or a bloc's share although its composition did not change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from etl.diff.examples import changed_examples, unit_of
from etl.diff.finding import Change, Example, Finding, Level, TableChange
from etl.diff.rows import added, changed_pairs, removed
from etl.diff.sides import Pair, quoted

# A slip between t, kt, Mt and Gt, or between kg and t: a power of 1000, within a fifth or so.
_JUMP = """
create or replace temp macro unit_jump(o, n) as
    case
        when (o > 0) = (n > 0)
            and round(log10(abs(nullif(n, 0) / nullif(o, 0))) / 3) in (-3, -2, -1, 1, 2, 3)
            and abs(log10(abs(nullif(n, 0) / nullif(o, 0))) - 3 * round(log10(abs(nullif(n, 0) / nullif(o, 0))) / 3))
                <= 0.1
        then cast(3 * round(log10(abs(nullif(n, 0) / nullif(o, 0))) / 3) as integer)
    end
"""
_SHARE_POINTS = 0.10
_OBSERVATIONS = "fct_observation"
_SERIES = ("source", "edition", "mineral", "measure")
_CLAIMS = ("document", "mineral", "measure")
# Quantities whose unit can slip, and the column that must say the same unit on both sides.
_QUANTITIES = {"t": None, "unit": "unit", "base_unit": "base_unit"}
_COMPOSITION = "member_parties"
# Under this rule a date moves a share though the members are the same.
_BY_DAYS = "day_weighted"


@dataclass(frozen=True, slots=True)
class _Jump:
    """All jumps of one series in one table."""

    table: str
    subject: dict[str, str]
    rows: int
    powers: tuple[int, ...]
    columns: tuple[str, ...]
    examples: tuple[Example, ...]
    computed_only: bool


def compare_values(pair: Pair, tables: list[TableChange], examples: int) -> Iterator[Finding]:
    """Yield one finding per series that jumped, and per series of shares that moved."""
    pair.connection.execute(_JUMP)
    _note_touched_series(pair)
    changes = {table.table: table for table in tables if table.changed}
    jumps = [jump for change in changes.values() for jump in _jumps_of(pair, change, examples)]
    yield from _fold(jumps)
    if "mineral_bloc_share" in changes:
        yield from _share_jumps(pair, changes["mineral_bloc_share"], examples)


def _note_touched_series(pair: Pair) -> None:
    """Keep the series of which any observation was added, removed or changed: what is computed of them may move."""
    if not pair.have(_OBSERVATIONS, *_SERIES):
        columns = ", ".join(f"'' as {column}" for column in _SERIES)
        pair.connection.execute(f"create or replace temp table touched as select {columns} limit 0")
        return
    columns = ", ".join(_SERIES)
    newer = ", ".join(f"n.{column}" for column in _SERIES)
    pair.connection.execute(
        f"create or replace temp table touched as "
        f"select {columns} from {pair.before.of(_OBSERVATIONS)} as rows "
        f"join {removed(_OBSERVATIONS)} as ids on ids.r = rows.rowid "
        f"union select {columns} from {pair.after.of(_OBSERVATIONS)} as rows "
        f"join {added(_OBSERVATIONS)} as ids on ids.r = rows.rowid "
        f"union select {newer} from {changed_pairs(pair, _OBSERVATIONS)}"
    )


def _jumps_of(pair: Pair, change: TableChange, examples: int) -> Iterator[_Jump]:
    table = change.table
    columns = [column for column in _quantities(pair, table) if column in change.changed_columns]
    if not columns:
        return
    common = pair.common_columns(table)
    subject = _subject(common, change.key)
    computed = "locator" not in common
    jumps = ", ".join(f"{_jump(pair, table, column)} as {quoted('jump ' + column)}" for column in columns)
    same = f"where n.{_COMPOSITION} is not distinct from o.{_COMPOSITION}" if _COMPOSITION in common else ""
    of = ", ".join(f"n.{quoted(column)}" for column in subject)
    found = [quoted(f"jump {column}") for column in columns]
    pair.connection.execute(
        f"create or replace temp table jumps as select pairs.o, pairs.n, {of}, {jumps} "
        f"from {changed_pairs(pair, table)} {same}"
    )
    pair.connection.execute(f"delete from jumps where coalesce({', '.join(found)}) is null")
    flags = ", ".join(f"bool_or({column} is not null)" for column in found)
    group = ", ".join(map(quoted, subject))
    powers = f"list_sort(list_distinct(list(coalesce({', '.join(found)}))))"
    for row in pair.rows(f"select {group}, count(*), {powers}, {flags} from jumps group by {group} order by all"):
        named = dict(zip(subject, row, strict=False))
        rows, sizes, *jumped = row[len(subject) :]
        yield _Jump(
            table,
            {column: "-" if value is None else str(value) for column, value in named.items()},
            rows,
            tuple(sizes),
            tuple(column for column, has in zip(columns, jumped, strict=True) if has),
            _jump_examples(pair, change, named, examples),
            computed and _is_touched(pair, named),
        )


def _quantities(pair: Pair, table: str) -> list[str]:
    units, common = pair.after.tables[table].units, pair.common_columns(table)
    return [
        column
        for column in common
        if units.get(column) in _QUANTITIES
        and pair.after.tables[table].columns[column] == "DOUBLE"
        and _QUANTITIES[units[column]] in (None, *common)
    ]


def _jump(pair: Pair, table: str, column: str) -> str:
    says = _QUANTITIES[pair.after.tables[table].units[column]]
    jump = f"unit_jump(o.{quoted(column)}, n.{quoted(column)})"
    return f"case when o.{quoted(says)} is not distinct from n.{quoted(says)} then {jump} end" if says else jump


def _subject(columns: list[str], key: tuple[str, ...]) -> list[str]:
    """Return the columns by which jumps are one finding: a source's series, a paper's, else the row."""
    wanted = _SERIES if "source" in columns else _CLAIMS
    return [column for column in wanted if column in columns] or list(key)


def _jump_examples(pair: Pair, change: TableChange, named: dict[str, Any], limit: int) -> tuple[Example, ...]:
    of = " and ".join(f"jumps.{quoted(column)} is not distinct from ${i}" for i, column in enumerate(named, 1))
    pair.connection.execute(
        f"create or replace temp table shown as select o, n from jumps where {of}", list(named.values())
    )
    return changed_examples(pair, change.table, list(change.key), changed_pairs(pair, change.table, "shown"), limit)


def _is_touched(pair: Pair, named: dict[str, Any]) -> bool:
    """Say whether observations of this series changed in any way."""
    known = {column: value for column, value in named.items() if column in _SERIES}
    if not known:
        return False
    of = " and ".join(f"{column} = ${i}" for i, column in enumerate(known, 1))
    found = pair.connection.execute(f"select count(*) from touched where {of}", list(known.values())).fetchone()
    return bool(found and found[0])


def _fold(jumps: list[_Jump]) -> Iterator[Finding]:
    """Make one finding of a series that jumps in several tables: that of the facts names those computed from them."""
    ordered = sorted(jumps, key=lambda jump: (jump.computed_only, not jump.table.startswith("fct_"), jump.table))
    heads: list[_Jump] = []
    follow: dict[int, list[_Jump]] = {}
    for jump in ordered:
        head = next((head for head in heads if _covers(head, jump)), None)
        if head is None:
            heads.append(jump)
        else:
            follow.setdefault(id(head), []).append(jump)
    for head in heads:
        also = "".join(f"; {one.rows:,} rows of {one.table} with it" for one in follow.get(id(head), ()))
        factor = " and ".join(_factor_text(power) for power in head.powers)
        message = f"{_rows(head.rows)} of {'/'.join(head.subject.values())} jumped {factor}"
        message += f" ({', '.join(head.columns)}){also}."
        # A computed number may jump where what it is computed of came or went.
        level = Level.WARN if head.computed_only else Level.STOP
        yield Finding(
            level,
            "unit_jump",
            head.table,
            "/".join(head.subject.values()),
            message,
            count=head.rows,
            examples=head.examples,
        )


def _covers(head: _Jump, jump: _Jump) -> bool:
    """Say whether one series is the other, as far as both tables name it."""
    shared = head.subject.keys() & jump.subject.keys() & set(_SERIES)
    return (
        head.table != jump.table
        and {"source", "mineral"} <= shared
        and all(head.subject[column] == jump.subject[column] for column in shared)
    )


def _factor_text(power: int) -> str:
    return f"{'×' if power > 0 else '÷'}{10 ** abs(power):,}"


def _rows(count: int) -> str:
    return f"{count:,} row{'s' if count != 1 else ''}"


def _share_jumps(pair: Pair, change: TableChange, examples: int) -> Iterator[Finding]:
    table = change.table
    needed = (*_SERIES, "bloc", "share", "membership_rule", _COMPOSITION)
    if not pair.have(table, *needed) or "share" not in change.changed_columns:
        return
    of = ", ".join(f"n.{column}" for column in _SERIES)
    pair.connection.execute(
        f"create or replace temp table moved as select {of}, n.bloc as moved_bloc, o.share as old, n.share as new, "
        f"struct_pack({', '.join(f'{quoted(column)} := n.{quoted(column)}' for column in change.key)}) as named "
        f"from {changed_pairs(pair, table)} where o.{_COMPOSITION} = n.{_COMPOSITION} "
        f"and abs(n.share - o.share) > {_SHARE_POINTS} and n.membership_rule <> '{_BY_DAYS}'"
    )
    series_of = ", ".join(_SERIES)
    shown = f"list({{'named': named, 'old': old, 'new': new}} order by abs(new - old) desc, named)[:{examples}]"
    unit = unit_of(pair.after, table, "share", {})
    for *series, rows, blocs, largest in pair.rows(
        f"select {series_of}, count(*), list_sort(list_distinct(list(moved_bloc))), {shown} from moved "
        f"group by {series_of} order by {series_of}"
    ):
        message = (
            f"{_rows(rows)} of {'/'.join(series)}: the share moved by more than {100 * _SHARE_POINTS:.0f} points, the "
            f"members counted did not change; {len(blocs)} bloc{'s' if len(blocs) != 1 else ''} ({_some(blocs)})."
        )
        moves = tuple(Example(one["named"], (Change("share", one["old"], one["new"], unit),)) for one in largest)
        yield Finding(Level.WARN, "share_jump", table, "/".join(series), message, count=rows, examples=moves)


def _some(names: list[str], limit: int = 5) -> str:
    return ", ".join(names[:limit]) + (f" and {len(names) - limit} more" if len(names) > limit else "")

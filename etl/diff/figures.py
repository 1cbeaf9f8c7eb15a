"""Figures of an edition that read otherwise than before: what a publisher printed does not change after the fact."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from etl.diff.causes import Inputs, cause_of_loss
from etl.diff.examples import unit_of
from etl.diff.finding import Change, Example, Finding, Level
from etl.diff.sides import Pair

_TABLE = "fct_observation"
_SERIES = ("source", "edition", "mineral", "measure")
_CELL = (*_SERIES, "basis", "stage", "party", "year")
_SHOWN = ("measure", "basis", "stage", "party", "year")
# What a cell says, one text per row: the mass where there is one, and its bounds as parts of it, so that another unit
# for the same mass is no change. Nine digits, for two units may give the same mass with another last one.
_SAYS = """
    case
        when value_tonnes is not null
            then format('{:.9e} t', value_tonnes)
                || coalesce(format(' from {:.9e}', coalesce(value_low, value) / nullif(value, 0)), '')
                || coalesce(format(' to {:.9e}', coalesce(value_high, value) / nullif(value, 0)), '')
        when coalesce(value, value_low, value_high) is not null
            then concat_ws(' ', coalesce(value, 'nan'), coalesce(value_low, 'nan'), coalesce(value_high, 'nan'), unit)
        else value_flag
    end
"""
_KNOWN = "coalesce(value, value_low, value_high) is not null"


def compare_figures(pair: Pair, inputs: Inputs | None, examples: int) -> Iterator[Finding]:
    """Yield one finding per series of which cells read otherwise on the two sides.

    A publisher who revises a figure gives a new edition. Inside one, another figure comes from a damaged or replaced
    file, or from a reader or mapping that now reads it otherwise: somebody has to say that it is meant. What lost its
    value, and jumps by the size of a unit, are findings of their own. Called after `compare_values`, whose macro tells
    a jump.

    Args:
        pair: The two sides.
        inputs: What the manifests list, where both are at hand.
        examples: How many cells to show per finding.
    """
    if not pair.have(
        _TABLE, *_CELL, "value", "value_low", "value_high", "value_tonnes", "unit", "value_flag", "series", "file"
    ):
        return
    _lay_out(pair)
    unit = unit_of(pair.after, _TABLE, "value_tonnes", {})
    for *series, count, total, files in pair.rows(
        f"select {', '.join(f'otherwise.{name}' for name in _SERIES)}, count(*), any_value(sizes.n), "
        f"list_sort(list_distinct(list(file))) from otherwise join sizes using ({', '.join(_SERIES)}) "
        "group by all order by all"
    ):
        name = "/".join(series)
        message = f"{name}: {count:,} of {total:,} cells read otherwise than in the release before."
        yield Finding(
            Level.STOP,
            "figure_changed",
            _TABLE,
            name,
            message,
            count=count,
            examples=_examples(pair, series, unit, examples),
            cause=cause_of_loss(inputs, series[0], files, None),
        )


def _lay_out(pair: Pair) -> None:
    """Write the cells that both sides know and that say something else, and how many cells each series has."""
    run, columns = pair.connection.execute, ", ".join(_CELL)
    for name, side in (("figures_before", pair.before), ("figures_after", pair.after)):
        run(
            f"create or replace temp table {name} as select {columns}, list_sort(list({_SAYS})) as says, "
            f"list_sort(list(series)) as named, list_sort(list(series || ' ' || {_SAYS})) as says_by_name, "
            f"max(value_tonnes) as tonnes, count(*) as n_rows, bool_or({_KNOWN}) as is_known, min(file) as file "
            f"from {side.of(_TABLE)} group by {columns}"
        )
    run(
        f"create or replace temp table otherwise as select {columns}, o.tonnes as old, n.tonnes as new, o.says[1] as "
        f"old_says, n.says[1] as new_says, o.file from figures_before as o join figures_after as n using ({columns}) "
        # Two series may change their figures for one another; a series that is called otherwise changed nothing.
        "where (o.says <> n.says or (o.named = n.named and o.says_by_name <> n.says_by_name)) and n.is_known "
        "and not (o.n_rows = 1 and n.n_rows = 1 and unit_jump(o.tonnes, n.tonnes) is not null)"
    )
    series = ", ".join(_SERIES)
    run(f"create or replace temp table sizes as select {series}, count(*) as n from figures_after group by {series}")


def _examples(pair: Pair, series: list[str], unit: str, limit: int) -> tuple[Example, ...]:
    condition = " and ".join(f"{column} = ${i}" for i, column in enumerate(_SERIES, 1))
    found = pair.connection.execute(
        f"select {', '.join(_SHOWN)}, old, new, old_says, new_says from otherwise where {condition} "
        f"order by abs(new - old) desc nulls last, {', '.join(_SHOWN)} limit {limit}",
        series,
    ).fetchall()
    return tuple(Example(dict(zip(_SHOWN, row, strict=False)), (_change(row[len(_SHOWN) :], unit),)) for row in found)


def _change(said: tuple[Any, ...], unit: str) -> Change:
    """Return the change of a cell: its mass on both sides where there is one, else what it says."""
    old, new, old_says, new_says = said
    if old is None or new is None:
        return Change("value", old_says, new_says)
    return Change("value_tonnes", old, new, unit, new / old if old and new else None)

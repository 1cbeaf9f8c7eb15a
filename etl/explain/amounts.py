"""How much: what each party reports, what the world is, and where the bounds of a share come from."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from etl.ask.release import rows
from etl.explain import queries
from etl.explain.model import BoundStep, Cell, Denominator, Holding, Member, Question, Reading, World
from etl.explain.who import EU

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_TOTAL, _RESIDUAL = "WORLD", "OTHER"
_TEXTS = {
    "party_printed",
    "sub_series",
    "unit",
    "value_flag",
    "original_value",
    "original_unit",
    "note",
    "file",
    "locator",
}
_AMOUNTS = {"reported", "estimated", "revised", "provisional", "rounded_total"}


@dataclass(frozen=True, slots=True)
class Table:
    """One table of an edition for one year: its cells by party, and what they sum to."""

    series: dict[str, Any]
    cells: dict[str, tuple[Cell, ...]]
    sums: dict[str, dict[str, Any]]

    @property
    def denominator(self) -> float:
        """What a share is over: the published total, else the sum of all rows."""
        published = self.series["world_published"]
        return float(self.series["world_all_rows"] if published is None else published)

    def holding(self, party: str) -> Holding:
        """What a party has in this table."""
        cells = self.cells.get(party, ())
        found = self.sums.get(party, {})
        value = found.get("value_tonnes")
        return Holding(
            value_tonnes=value,
            low_tonnes=found.get("low_tonnes"),
            high_tonnes=found.get("high_tonnes"),
            part=None if value is None else value / self.denominator,
            reports=_reports(party, value, cells),
            cells=cells,
        )


def _reports(party: str, value: float | None, cells: tuple[Cell, ...]) -> str:
    if value is not None:
        return "amount" if value else "zero"
    if cells:
        return cells[0].value_flag
    return "through_its_states" if party == EU else "no_row"


def read_table(connection: DuckDBPyConnection, question: Question) -> Table:
    """Read the table that the question is about."""
    series = question.series
    values = {
        "source": series.source,
        "edition": series.edition,
        "mineral": question.mineral.code,
        "basis": series.basis,
        "stage": series.stage,
        "measure": series.measure,
        "year": series.year,
    }
    cells: dict[str, list[Cell]] = defaultdict(list)
    for row in rows(connection, queries.CELLS, values):
        known: dict[str, Any] = {name: value or "" if name in _TEXTS else value for name, value in row.items()}
        cells[row["party"]].append(Cell(**known))
    sums = {row["party"]: row for row in rows(connection, queries.HOLDINGS, values)}
    (totals,) = rows(connection, queries.SERIES, values)
    return Table(totals, {party: tuple(found) for party, found in cells.items()}, sums)


def describe_world(table: Table, answer: Reading) -> World:
    """Set the denominators side by side, with the share over each, and name what no row shows."""
    series = table.series
    published = series["world_published"]
    named = [party for party, sums in table.sums.items() if party not in (_TOTAL, _RESIDUAL) and _has_value(sums)]
    silent = [
        cell
        for party, cells in table.cells.items()
        for cell in cells
        if party not in (_TOTAL, _RESIDUAL) and cell.value_tonnes is None
    ]
    if published is None:
        meaning = "the publisher prints no total"
    elif series["is_world_lower_bound"]:
        meaning = "the publisher's total, given only as “more than”"
    else:
        meaning = "the publisher's own total, as printed"
    denominators = (
        Denominator(
            "published_world",
            meaning,
            published,
            answer.share if published is not None else None,
            is_used=published is not None,
        ),
        Denominator(
            "sum_all_rows",
            "all rows of the table, the residual “other countries” among them",
            series["world_all_rows"],
            answer.share_of_all_rows,
            is_used=published is None,
        ),
        Denominator(
            "sum_named_rows",
            "the rows that name a country",
            series["world_named_rows"],
            answer.share_of_named_rows,
            is_used=False,
        ),
    )
    return World(
        denominators=denominators,
        n_named_rows=len(named),
        residual_tonnes=series["residual"],
        beyond_rows_tonnes=_beyond_rows(series),
        is_lower_bound=bool(series["is_world_lower_bound"]),
        total_cells=table.cells.get(_TOTAL, ()),
        residual_cells=table.cells.get(_RESIDUAL, ()),
        silent_cells=tuple(silent),
    )


def _has_value(sums: dict[str, Any]) -> bool:
    return sums["value_tonnes"] is not None


def _beyond_rows(series: dict[str, Any]) -> float:
    """What the published total holds beyond all rows: withheld output, or rounding."""
    return float(max((series["world_published"] or 0) - series["world_all_rows"], 0))


def bound_steps(table: Table, members: tuple[Member, ...], answer: Reading) -> tuple[BoundStep, ...]:
    """Widen the share step by step to the mart's bounds, so that each reason for doubt shows what it does.

    The last step's bounds are those of `marts.mineral_bloc_share`.
    """
    if answer.share is None or answer.bloc_tonnes is None:
        return ()
    series, world, value = table.series, table.denominator, answer.bloc_tonnes
    low = min(_weighted(members, "low_tonnes"), value)
    high = _weighted(members, "high_tonnes")
    world_low = world if series["world_low"] is None else series["world_low"]
    world_high = world if series["world_high"] is None else series["world_high"]
    silent = sum(1 for member in members if member.party.code != EU) - answer.n_members_reporting

    def step(why: str, low: float, high: float) -> BoundStep:
        return BoundStep(why, low, max(min(high, 1), answer.share or 0))

    steps = [
        step("rounding and ranges of the members' own figures", low / world, high / world),
        step("rounding of the world total", low / world_high, high / world_low),
    ]
    if silent > 0 and series["residual"]:
        high += series["residual"]
        why = f"the residual “other countries” could be that of the {silent} members without an amount"
        steps.append(step(why, low / world_high, high / world_low))
    if silent > 0 and _beyond_rows(series):
        high += _beyond_rows(series)
        why = "so could what the published total holds beyond all rows (withheld, or rounding)"
        steps.append(step(why, low / world_high, high / world_low))
    if series["is_world_without_withheld"] and any(
        cell.value_flag == "withheld" for member in members for cell in member.holding.cells
    ):
        why = "a member withholds what the world total leaves out too: nothing bounds the share from above"
        steps.append(step(why, low / world_high, 1))
        high = max(high, world_low)
    if series["is_world_lower_bound"]:
        steps.append(step("the world total is only “more than”: no lower bound", 0, high / world_low))
    return tuple(steps)


def _weighted(members: tuple[Member, ...], bound: str) -> float:
    """Sum weight times bound over the members; where no bound is known, the value itself stands in."""
    total = 0.0
    for member in members:
        amount = getattr(member.holding, bound)
        total += member.weight * (amount if amount is not None else member.holding.value_tonnes or 0)
    return total

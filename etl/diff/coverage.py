"""What a release no longer covers, or covers anew: editions, minerals and cells of official figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from etl.diff.causes import Inputs, cause_of_loss
from etl.diff.finding import Change, EditionCoverage, Example, Finding, Level
from etl.diff.sides import Pair

_OBSERVATIONS = "fct_observation"
_SERIES = ("source", "edition", "mineral", "measure")
# What a figure is about; what the publisher calls its series is no part of it.
_CELL = (*_SERIES, "basis", "stage", "party", "year")
_READ = (*_CELL, "value", "value_low", "value_high", "value_tonnes", "file")
_SHOWN_MINERALS = 8


@dataclass(frozen=True, slots=True)
class Terms:
    """What the release before says of an edition: its document, and whether its rows may be published again."""

    document: str = ""
    may_redistribute: bool | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """What both sides cover.

    Attributes:
        findings: What was lost and what is new.
        editions: One entry per edition of either side.
        terms: By source and edition, of the release before.
    """

    findings: tuple[Finding, ...] = ()
    editions: tuple[EditionCoverage, ...] = ()
    terms: dict[tuple[str, str], Terms] = field(default_factory=dict)

    @property
    def lost(self) -> list[tuple[str, str]]:
        """The editions that are no longer there, by source and edition."""
        return [(one.source, one.edition) for one in self.editions if one.rows_before and not one.rows_after]

    @property
    def lost_documents(self) -> set[str]:
        """The documents of those editions."""
        return {self.terms[key].document for key in self.lost if key in self.terms}


def compare_coverage(pair: Pair, inputs: Inputs | None, examples: int) -> Coverage:
    """Compare the cells that both sides cover.

    Args:
        pair: The two sides.
        inputs: What the manifests list, where both are at hand.
        examples: How many cells to show per finding.
    """
    if not pair.have(_OBSERVATIONS, *_READ):
        return Coverage()
    _lay_out_cells(pair)
    terms = _terms(pair)
    editions = _editions(pair)
    findings = [
        *_whole_editions(pair, editions, inputs, terms),
        *_lost_in_editions(pair, inputs, terms, examples),
        *_lost_values(pair, examples),
        *_new_minerals(pair),
    ]
    return Coverage(tuple(findings), tuple(editions), terms)


def _whole_editions(
    pair: Pair, editions: list[EditionCoverage], inputs: Inputs | None, terms: dict[tuple[str, str], Terms]
) -> Iterator[Finding]:
    for one in editions:
        name = f"{one.source}/{one.edition}"
        if not one.rows_after:
            files = _files(pair, "source = $1 and edition = $2", [one.source, one.edition])
            permission = terms.get((one.source, one.edition), Terms()).may_redistribute
            cause = cause_of_loss(inputs, one.source, files, permission)
            message = f"{name} is gone: {one.rows_before:,} observations of {_minerals(one.minerals_before)}."
            yield _lost("edition_lost", name, message, one.rows_before, cause=cause)
        elif not one.rows_before:
            message = f"{name}: {one.rows_after:,} observations of {_minerals(one.minerals_after)}."
            yield _new("edition_added", name, message, one.rows_after)
        elif one.cells_added:
            message = f"{name}: {one.cells_added:,} cells new."
            yield _new("cells_added", name, message, one.cells_added)


def _minerals(count: int) -> str:
    return f"{count} mineral{'s' if count != 1 else ''}"


def _lost(kind: str, subject: str, message: str, count: int, **more: Any) -> Finding:  # noqa: ANN401 - fields of it
    return Finding(Level.STOP, kind, _OBSERVATIONS, subject, message, old=count, count=count, **more)


def _new(kind: str, subject: str, message: str, count: int) -> Finding:
    return Finding(Level.NOTE, kind, _OBSERVATIONS, subject, message, new=count, count=count)


def _lay_out_cells(pair: Pair) -> None:
    """Write the cells of both sides, and those that only one of them has."""
    columns = ", ".join(_CELL)
    run = pair.connection.execute
    for name, side in (("cells_before", pair.before), ("cells_after", pair.after)):
        run(
            f"create or replace temp table {name} as select {columns}, min(file) as file, count(*) as n_rows, "
            "bool_or(coalesce(value, value_low, value_high) is not null) as is_known, max(value_tonnes) as tonnes "
            f"from {side.of(_OBSERVATIONS)} group by {columns}"
        )
    for name, one, other in (
        ("cells_lost", "cells_before", "cells_after"),
        ("cells_added", "cells_after", "cells_before"),
    ):
        run(f"create or replace temp table {name} as select * from {one} anti join {other} using ({columns})")


def _editions(pair: Pair) -> list[EditionCoverage]:
    found = pair.rows(
        """
        with
            stacked as (
                select source, edition, mineral, n_rows, 0 as rows_after, 0 as lost, 0 as added, 'before' as side
                from cells_before
                union all
                select source, edition, mineral, 0, n_rows, 0, 0, 'after' from cells_after
                union all
                select source, edition, null, 0, 0, 1, 0, '' from cells_lost
                union all
                select source, edition, null, 0, 0, 0, 1, '' from cells_added
            )
        select
            source,
            edition,
            sum(n_rows),
            sum(rows_after),
            count(distinct mineral) filter (side = 'before'),
            count(distinct mineral) filter (side = 'after'),
            sum(lost),
            sum(added)
        from stacked
        group by source, edition
        order by source, edition
        """
    )
    return [EditionCoverage(source, edition, *map(int, counts)) for source, edition, *counts in found]


def _terms(pair: Pair) -> dict[tuple[str, str], Terms]:
    if not pair.before.has("dim_edition", "source", "edition", "document", "may_redistribute"):
        return {}
    found = pair.rows(f"select source, edition, document, may_redistribute from {pair.before.of('dim_edition')}")
    return {(source, edition): Terms(document, permission) for source, edition, document, permission in found}


def _files(pair: Pair, condition: str, parameters: list[Any]) -> set[str]:
    found = pair.connection.execute(f"select distinct file from cells_lost where {condition}", parameters).fetchall()
    return {row[0] for row in found if row[0]}


def _lost_in_editions(
    pair: Pair, inputs: Inputs | None, terms: dict[tuple[str, str], Terms], examples: int
) -> Iterator[Finding]:
    """Yield the lost cells of editions that are still there: whole minerals, else series by series."""
    found = pair.rows(
        """
        with
            editions as (select distinct source, edition from cells_after),
            minerals as (select distinct source, edition, mineral from cells_after),
            before as (
                select source, edition, mineral, measure, count(*) as n from cells_before group by all
            ),
            lost as (
                select
                    cells_lost.*, minerals.mineral is null as is_whole, if(is_whole, '*', cells_lost.measure) as part
                from cells_lost
                semi join editions using (source, edition)
                left join minerals using (source, edition, mineral)
            ),
            final as (
                select source, edition, mineral, part, count(*) as n_lost,
                    list_sort(list_distinct(list(measure))) as measures
                from lost
                group by all
            )
        select final.*, sum(before.n)
        from final
        join before on final.source = before.source and final.edition = before.edition
            and final.mineral = before.mineral and list_contains(final.measures, before.measure)
        group by all
        order by all
        """
    )
    for source, edition, mineral, part, lost, measures, before in found:
        condition, parameters = "source = $1 and edition = $2 and mineral = $3", [source, edition, mineral]
        if part != "*":
            condition, parameters = f"{condition} and measure = $4", [*parameters, part]
        permission = terms.get((source, edition), Terms()).may_redistribute
        cause = cause_of_loss(inputs, source, _files(pair, condition, parameters), permission)
        shown = _cells(pair, "cells_lost", condition, parameters, examples)
        if part == "*":
            name = f"{source}/{edition}/{mineral}"
            message = f"{name} is gone: {lost:,} cells of {', '.join(measures)}."
            yield _lost("mineral_lost", name, message, lost, examples=shown, cause=cause)
        else:
            name = f"{source}/{edition}/{mineral}/{part}"
            message = f"{name}: {lost:,} of {int(before):,} cells are gone."
            yield _lost("cells_lost", name, message, lost, examples=shown, cause=cause)


def _lost_values(pair: Pair, examples: int) -> Iterator[Finding]:
    """Yield series of which cells are still there, but say no value any more."""
    columns, series = ", ".join(_CELL), ", ".join(_SERIES)
    pair.connection.execute(
        f"create or replace temp table values_lost as select older.* from cells_before as older "
        f"join cells_after as newer using ({columns}) where older.is_known and not newer.is_known"
    )
    for *parts, lost in pair.rows(f"select {series}, count(*) from values_lost group by all order by all"):
        condition = " and ".join(f"{column} = ${i}" for i, column in enumerate(_SERIES, 1))
        shown = _cells(pair, "values_lost", condition, parts, examples)
        name = "/".join(parts)
        message = f"{name}: {lost:,} cells had a value and have none."
        yield _lost("values_lost", name, message, lost, examples=shown)


def _cells(pair: Pair, table: str, condition: str, parameters: list[Any], limit: int) -> tuple[Example, ...]:
    names = ("measure", "basis", "stage", "party", "year")
    found = pair.connection.execute(
        f"select {', '.join(names)}, tonnes from {table} where {condition} "
        f"order by tonnes desc nulls last, {', '.join(names)} limit {limit}",
        parameters,
    ).fetchall()
    return tuple(
        Example(
            dict(zip(names, row, strict=False)),
            (Change("value_tonnes", row[-1], None, "t"),) if row[-1] is not None else (),
        )
        for row in found
    )


def _new_minerals(pair: Pair) -> Iterator[Finding]:
    """Yield per edition that was there before the minerals that are new in it."""
    found = pair.rows(
        """
        select source, edition, list_sort(list_distinct(list(mineral)))
        from cells_added
        semi join cells_before using (source, edition)
        anti join (select distinct source, edition, mineral from cells_before) as known
            using (source, edition, mineral)
        group by all
        order by all
        """
    )
    for source, edition, minerals in found:
        shown, more = minerals[:_SHOWN_MINERALS], len(minerals) - _SHOWN_MINERALS
        listed = ", ".join(shown) + (f" and {more} more" if more > 0 else "")
        message = f"{source}/{edition}: {listed}."
        yield _new("mineral_added", f"{source}/{edition}", message, len(minerals))

"""What to say where nothing answers a question: why not, and what exists nearest to it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING, Any

from etl.ask.release import rows
from etl.explain.asked import RULES, Asked, Names
from etl.faults import Fault

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_SHOWN = 12


def no_such_table(
    column: str,
    value: str,
    left: list[dict[str, Any]],
    tables: list[dict[str, Any]],
    names: Names,
    *,
    year: int | None,
) -> Fault:
    """Say which sources, editions, stages or bases there are instead; where a year is asked for, those that have it."""
    of_year = [table for table in left if table["year"] == year] or left
    there = sorted({table[column] for table in of_year})
    when = f" for {year}" if of_year is not left else ""
    hint = f"There is{when}: {', '.join(there)}"
    elsewhere = sorted({table_name(table) for table in tables if table[column] == value.strip().casefold()})
    if elsewhere:
        hint += f". It is in: {', '.join(elsewhere[:_SHOWN])}"
    return Fault(f"--{column}", None, "", value, f"no {names.mineral.code} {names.measure} there", hint)


def no_such_year(
    connection: DuckDBPyConnection,
    year: int,
    left: list[dict[str, Any]],
    tables: list[dict[str, Any]],
    names: Names,
) -> Fault:
    """Say which years there are in the tables asked for, and which other tables, or rules, have the year."""
    years = {table["year"] for table in left}
    near = min(years, key=lambda known: (abs(known - year), -known))
    hint = f"Years with data: {years_text(years)}; the nearest is {near}"
    others = sorted({table_name(table) for table in tables if table["year"] == year})
    if others:
        hint += f". The year is in: {', '.join(others)}"
    rules = _rules_with(connection, year, names)
    if rules and not others:
        hint += f". In {year} there are members under: {', '.join(rules)}"
    what = f"no table of {names.mineral.code} {names.measure} meets {names.bloc.code} under {names.composition} in"
    return Fault("--year", None, "", str(year), what, hint)


def _rules_with(connection: DuckDBPyConnection, year: int, names: Names) -> list[str]:
    """Return the rules that give members and a table in a year, in the scope and treatment asked for."""
    values = {"bloc": names.bloc.code, "mineral": names.mineral.code, "measure": names.measure}
    asked = (names.composition.scope, names.composition.eu, year)
    found = {
        row["rule"]
        for row in rows(connection, _COMPOSITIONS_OF_BLOC, values)
        if (row["scope"], row["eu"], row["year"]) == asked
    }
    return [rule for rule in RULES if rule in found]


def table_name(table: dict[str, Any]) -> str:
    """Name a table: source, edition, stage and basis."""
    return f"{table['source']} {table['edition']} ({table['stage']}, {table['basis']})"


def years_text(years: Iterable[int]) -> str:
    """Write years as ranges: 2011-2015, 2018, 2020-2022."""
    ordered = sorted(years)
    spans = []
    for _, group in groupby(enumerate(ordered), key=lambda pair: pair[1] - pair[0]):
        span = [year for _, year in group]
        spans.append(str(span[0]) if len(span) == 1 else f"{span[0]}-{span[-1]}")
    return ", ".join(spans)


_MEASURES_OF_MINERAL = """
select measure, min(year) as first_year, max(year) as last_year from intermediate.int_shares__series
where mineral = $mineral and coalesce(world_published, world_all_rows) > 0 group by measure order by measure
"""
_MINERALS_OF_MEASURE = """
select distinct mineral from intermediate.int_shares__series
where measure = $measure and coalesce(world_published, world_all_rows) > 0 order by mineral
"""
_COMPOSITIONS_OF_BLOC = """
select distinct members.membership_rule as rule, members.party_scope as scope, members.eu_treatment as eu, members.year
from intermediate.int_shares__members as members
inner join intermediate.int_shares__series as series on members.year = series.year
where
    members.bloc = $bloc and series.mineral = $mineral and series.measure = $measure
    and coalesce(series.world_published, series.world_all_rows) > 0
"""
_YEARS_OF_BLOC = "select distinct year from intermediate.int_shares__members where bloc = $bloc"
_STATUS_OF_BLOC = """
select
    blocs.status,
    (select count(*) from marts.fct_membership_claim as claims where claims.bloc = blocs.bloc) as n_claims,
    (select count(*) from marts.fct_bloc_membership as dated where dated.bloc = blocs.bloc) as n_dated
from marts.dim_bloc as blocs where blocs.bloc = $bloc
"""


def why_nothing(connection: DuckDBPyConnection, names: Names, asked: Asked) -> Fault:
    """Say why no table meets the bloc: no such mineral, nobody under the rule or scope, or nobody ever."""
    values = {"bloc": names.bloc.code, "mineral": names.mineral.code, "measure": names.measure}
    measures = rows(connection, _MEASURES_OF_MINERAL, values)
    if names.measure not in {row["measure"] for row in measures}:
        return _no_such_mineral(connection, names, asked, measures)
    compositions = rows(connection, _COMPOSITIONS_OF_BLOC, values)
    if compositions:
        return _no_such_composition(names, compositions)
    years = {row["year"] for row in rows(connection, _YEARS_OF_BLOC, values)}
    if years:
        known = next(row for row in measures if row["measure"] == names.measure)
        problem = f"has members in {years_text(years)} only, of the years with statistics"
        hint = f"{names.mineral.name_en} {names.measure} is known for {known['first_year']}-{known['last_year']}"
        return Fault("BLOC", None, "", asked.bloc, problem, hint)
    (bloc,) = rows(connection, _STATUS_OF_BLOC, values)
    problem = (
        f"nobody is known to count as a member of it, ever: it is {(bloc['status'] or 'undated').replace('_', ' ')}, "
        f"and of {bloc['n_claims']} claims about its members {bloc['n_dated'] or 'none'} could be dated"
    )
    hint = f"See: select * from marts.fct_membership_claim where bloc = '{names.bloc.code}'"
    return Fault("BLOC", None, "", asked.bloc, problem, hint)


def _no_such_mineral(
    connection: DuckDBPyConnection, names: Names, asked: Asked, measures: list[dict[str, Any]]
) -> Fault:
    """Say what the release holds of the mineral, and of which minerals it holds the measure."""
    if measures:
        has = "; ".join(f"{row['measure']} {row['first_year']}-{row['last_year']}" for row in measures)
        hint = f"It has: {has}"
    else:
        minerals = [row["mineral"] for row in rows(connection, _MINERALS_OF_MEASURE, {"measure": names.measure})]
        more = f" and {len(minerals) - _SHOWN} more" if len(minerals) > _SHOWN else ""
        hint = (
            f"Minerals with {names.measure}: {', '.join(minerals[:_SHOWN])}{more}. Official files in the "
            "landing folder add others (orebloc fetch, then orebloc build)"
        )
    problem = f"this release holds no {names.measure} by country of {names.mineral.name_en}"
    return Fault("MINERAL", None, "", asked.mineral, problem, hint)


def _no_such_composition(names: Names, known: list[dict[str, Any]]) -> Fault:
    """Say under which rules and scopes the bloc has anybody, closest to what was asked for."""
    composition = names.composition
    scopes = {row["scope"] for row in known}
    if composition.scope not in scopes:
        problem = f"{names.bloc.code} has no forum, so that there is no such scope"
        return Fault("--scope", None, "", composition.scope, problem, f"There is: {', '.join(sorted(scopes))}")
    same_scope = [row for row in known if row["scope"] == composition.scope and row["eu"] == composition.eu]
    by_rule = {
        rule: years_text({row["year"] for row in same_scope if row["rule"] == rule})
        for rule in RULES
        if any(row["rule"] == rule for row in same_scope)
    }
    hint = "; ".join(f"{rule}: {years}" for rule, years in by_rule.items())
    what = f"gives {names.bloc.code} no member in any year with {names.mineral.code} {names.measure}"
    return Fault("--rule", None, "", composition.rule, what, f"Rules with members, and the years: {hint}")

"""From what somebody typed to a question that has an answer, or to the nearest ones that have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from etl.ask.known import blocs, minerals, sources
from etl.ask.names import Named, find, word
from etl.ask.preference import RANKS, SOURCES
from etl.ask.release import rows
from etl.explain.asked import RULES, SCOPES, TREATMENTS, Asked, Names
from etl.explain.model import Choice, Composition, Question, Series
from etl.explain.unanswered import no_such_table, no_such_year, table_name, why_nothing, years_text
from etl.faults import Fault, FaultsFound

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Other words for the same thing.
_ALIASES = {
    "partners_and_forum": ("forum", "with forum", "partners and the forum", "partners+forum"),
    "partners": ("without forum", "bloc"),
    "as_signed": ("signed",),
    "expanded": ("eu expanded",),
    "year_end": ("end of year", "31 December"),
    "year_start": ("start of year", "1 January"),
}


def resolve(connection: DuckDBPyConnection, asked: Asked) -> Question:
    """Turn what was typed into a question that has an answer.

    Raises:
        FaultsFound: A name is unknown, or nothing answers it; each fault says what is nearest.
    """
    names = resolve_names(connection, asked)
    tables = _tables(connection, names)
    if not tables:
        raise FaultsFound("question", [why_nothing(connection, names, asked)])
    series, choices = _choose(connection, tables, names, asked)
    against = _counterpart(connection, names, asked)
    return Question(names.bloc, names.mineral, series, names.composition, against, choices)


def resolve_names(connection: DuckDBPyConnection, asked: Asked) -> Names:
    """Resolve every name, and report all that are unknown together."""
    faults: list[Fault] = []

    def one(said: str, known: Iterable[Named], place: str, what: str) -> Named:
        found = find(said, known, place, what)
        if isinstance(found, Fault):
            faults.append(found)
            return Named("", "")
        return found

    measures = rows(connection, "select distinct measure from intermediate.int_shares__series", {})
    bloc = one(asked.bloc, blocs(connection), "BLOC", "bloc")
    mineral = one(asked.mineral, minerals(connection), "MINERAL", "mineral")
    measure = one(asked.measure, [word(row["measure"]) for row in measures], "--measure", "measure")
    composition = Composition(
        rule=one(asked.rule, _words(RULES), "--rule", "membership rule").code,
        scope=one(asked.scope, _words(SCOPES), "--scope", "scope").code,
        eu=one(asked.eu, _words(TREATMENTS), "--eu", "treatment of the EU").code,
    )
    source = one(asked.source, sources(connection), "--source", "source").code if asked.source else None
    against = None
    if asked.against is not None:
        parts = [
            one(part, _words((*RULES, *SCOPES, *TREATMENTS)), "--against", "rule, scope or treatment of the EU").code
            for part in asked.against.split(":")
        ]
        against = _other(composition, parts)
    if faults:
        raise FaultsFound("question", faults)
    return Names(bloc, mineral, measure.code, composition, against, source)


def _words(codes: Iterable[str]) -> list[Named]:
    return [replace(word(code), aliases=_ALIASES.get(code, ())) for code in codes]


def _other(composition: Composition, parts: Iterable[str]) -> Composition:
    """Change in a composition what the parts name."""
    for part in parts:
        field = "rule" if part in RULES else "scope" if part in SCOPES else "eu"
        composition = replace(composition, **{field: part})
    return composition


_TABLES = """
select year, source, edition, stage, basis, share is not null as is_reported
from marts.mineral_bloc_share
where
    bloc = $bloc and mineral = $mineral and measure = $measure
    and membership_rule = $rule and party_scope = $scope and eu_treatment = $eu
order by year, source, edition, stage, basis
"""


def _tables(connection: DuckDBPyConnection, names: Names) -> list[dict[str, Any]]:
    """Return every table that meets the bloc under the rule asked for."""
    composition = names.composition
    values = {
        "bloc": names.bloc.code,
        "mineral": names.mineral.code,
        "measure": names.measure,
        "rule": composition.rule,
        "scope": composition.scope,
        "eu": composition.eu,
    }
    return rows(connection, _TABLES, values)


def _choose(
    connection: DuckDBPyConnection, tables: list[dict[str, Any]], names: Names, asked: Asked
) -> tuple[Series, tuple[Choice, ...]]:
    """Pick one table: what was named first, then by preference, and say what else there was."""
    wanted = {"source": names.source, "edition": asked.edition, "stage": asked.stage, "basis": asked.basis}
    left = tables
    for column, value in wanted.items():
        if value is None:
            continue
        kept = [table for table in left if table[column] == value.strip().casefold()]
        if not kept:
            raise FaultsFound("question", [no_such_table(column, value, left, tables, names, year=asked.year)])
        left = kept
    choices = []
    if asked.year is None:
        year, choice = _latest_year(left)
        choices.append(choice)
    else:
        year = asked.year
        if all(table["year"] != year for table in left):
            raise FaultsFound("question", [no_such_year(connection, year, left, tables, names)])
    left = [table for table in left if table["year"] == year]
    for column, why in _PREFERENCES.items():
        chosen = min((table[column] for table in left), key=RANKS[column])
        others = sorted({table_name(table) for table in left if table[column] != chosen})
        if others and wanted[column] is None:
            choices.append(Choice(column, chosen, why, tuple(others)))
        left = [table for table in left if table[column] == chosen]
    table = left[0]
    series = Series(table["source"], table["edition"], names.measure, table["stage"], table["basis"], year)
    return series, tuple(choices)


_PREFERENCES = {
    "stage": "mine before smelter, refinery and processing",
    "source": f"the first of {', '.join(SOURCES)} that has the year",
    "edition": "the newest edition whose table has the year",
    "basis": "contained metal before oxides, and those before gross ore",
}


def _latest_year(tables: list[dict[str, Any]]) -> tuple[int, Choice]:
    """Return the latest year in which a member reports; failing that, the latest that has a table."""
    years = sorted({table["year"] for table in tables})
    reported = sorted({table["year"] for table in tables if table["is_reported"]})
    year = (reported or years)[-1]
    why = "the latest year in which a member reports" if reported else "the latest year that has a table"
    return year, Choice("year", str(year), why, (years_text(set(years) - {year}),) if len(years) > 1 else ())


_SCOPES_OF_BLOC = "select party_scope from intermediate.int_shares__scopes where bloc = $bloc"


def _counterpart(connection: DuckDBPyConnection, names: Names, asked: Asked) -> Composition:
    """Return what to compare with: what was named, else as papers count (the latest composition, its forum included).

    Where that is what was asked for, the bloc alone at the year's end.
    """
    scopes = {row["party_scope"] for row in rows(connection, _SCOPES_OF_BLOC, {"bloc": names.bloc.code})}
    if names.against is not None:
        if names.against.scope not in scopes:
            problem = f"{names.bloc.code} has no forum, so that there is no such scope"
            raise FaultsFound("question", [Fault("--against", None, "", asked.against or "", problem)])
        return names.against
    widest = SCOPES[1] if SCOPES[1] in scopes else SCOPES[0]
    latest = Composition("fixed", widest, names.composition.eu)
    return latest if latest != names.composition else Composition("year_end", SCOPES[0], names.composition.eu)

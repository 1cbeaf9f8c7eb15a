"""What there is: the blocs, the minerals, and the countries with every other party."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from etl.ask.known import blocs, minerals, one, parties
from etl.ask.names import Named, has
from etl.ask.release import rows
from etl.ask.show import is_wide, show_table
from etl.ask.words import Words
from etl.explain.unanswered import years_text
from etl.explain.words import day_text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from rich.console import Console

# Whoever belongs now: no observers, nobody who is only announced; as the macro members_on counts.
_N_PARTIES = """
select bloc, party from intermediate.int_membership__spells
where via = 'direct' and valid_to is null and effective_from <= current_date
"""
_YEARS = "select distinct mineral, measure, year from marts.mineral_concentration order by measure, year"


@dataclass(frozen=True, slots=True)
class Listing:
    """A table of things by name.

    Attributes:
        table: The dimension.
        what: What one of them is called.
        known: Reads their names.
        show: Prints rows of the dimension.
    """

    table: str
    what: str
    known: Callable[[DuckDBPyConnection], list[Named]]
    show: Callable[[DuckDBPyConnection, list[dict[str, Any]], Words, Console], None]


def listed(connection: DuckDBPyConnection, listing: Listing, text: str | None) -> list[dict[str, Any]]:
    """Return the rows of a dimension; where a text is given, of those whose code or a name holds it.

    Raises:
        FaultsFound: Nothing is called so; the fault says what is nearest.
    """
    found = rows(connection, f"select * from marts.{listing.table} order by all", {})
    if text is None:
        return found
    known = listing.known(connection)
    codes = {thing.code for thing in known if has(thing, text)} or {one(text, known, "TEXT", listing.what).code}
    return [row for row in found if next(iter(row.values())) in codes]


def _show_blocs(connection: DuckDBPyConnection, found: list[dict[str, Any]], words: Words, console: Console) -> None:
    counts = _count(row["bloc"] for row in rows(connection, _N_PARTIES, {}))
    wide = is_wide(console)
    names = ["!bloc", "+name", *(["!level", "!type"] if wide else []), "!since", ">parties", "!status"]
    shown = [
        (
            row["bloc"],
            words.name(row),
            *((words.code(row["level"]), words.code(row["bloc_type"])) if wide else ()),
            day_text(row["start_date"], row["start_precision"]),
            str(counts.get(row["bloc"], "")),
            words.code(row["status"]),
        )
        for row in found
    ]
    show_table(console, words.headings(*names), shown)


def _show_minerals(connection: DuckDBPyConnection, found: list[dict[str, Any]], words: Words, console: Console) -> None:
    years: dict[str, dict[str, set[int]]] = {}
    for row in rows(connection, _YEARS, {}):
        years.setdefault(row["mineral"], {}).setdefault(row["measure"], set()).add(row["year"])
    wide = is_wide(console)
    names = ["mineral", "name", "!symbol", *(["!level", "part of"] if wide else []), "+shares for"]
    shown = [
        (
            row["mineral"],
            words.name(row),
            row["symbol"] or "",
            *((words.code(row["level"]), row["parent_mineral"] or "") if wide else ()),
            "; ".join(
                f"{words.code(measure)} {years_text(known)}" for measure, known in years.get(row["mineral"], {}).items()
            ),
        )
        for row in found
    ]
    show_table(console, words.headings(*names), shown)


def _show_countries(
    connection: DuckDBPyConnection, found: list[dict[str, Any]], words: Words, console: Console
) -> None:
    counts = _count(row["party"] for row in rows(connection, _N_PARTIES, {}))
    shown = [
        (
            row["party"],
            words.name(row),
            words.code(row["party_type"]),
            words.code(row["region"]),
            str(counts.get(row["party"], "")),
        )
        for row in found
    ]
    show_table(console, words.headings("!party", "+name", "!type", "!region", ">blocs"), shown)


def _count(codes: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for code in codes:
        counts[code] = counts.get(code, 0) + 1
    return counts


BLOCS = Listing("dim_bloc", "bloc", blocs, _show_blocs)
MINERALS = Listing("dim_mineral", "mineral", minerals, _show_minerals)
COUNTRIES = Listing("dim_party", "country or party", parties, _show_countries)

"""What the release knows by name: blocs, minerals, parties and sources, and how one of them is found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from etl.ask.names import Named, find
from etl.ask.release import rows
from etl.faults import Fault, FaultsFound

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def blocs(connection: DuckDBPyConnection) -> list[Named]:
    """Return all blocs, with the aliases under which documents speak of them."""
    known = rows(connection, "select bloc, name_en, name_zh, aliases from marts.dim_bloc order by bloc", {})
    return [
        Named(row["bloc"], row["name_en"], row["name_zh"] or "", tuple((row["aliases"] or "").split(", ")))
        for row in known
    ]


def minerals(connection: DuckDBPyConnection) -> list[Named]:
    """Return all minerals, with their chemical symbols."""
    known = rows(connection, "select mineral, name_en, name_zh, symbol from marts.dim_mineral order by mineral", {})
    return [Named(row["mineral"], row["name_en"], row["name_zh"] or "", (), row["symbol"] or "") for row in known]


def parties(connection: DuckDBPyConnection) -> list[Named]:
    """Return all countries, territories and institutions; ISO's code of two letters is their symbol."""
    known = rows(connection, "select party, name_en, name_zh, iso2 from marts.dim_party order by party", {})
    return [Named(row["party"], row["name_en"], row["name_zh"] or "", (), row["iso2"] or "") for row in known]


def sources(connection: DuckDBPyConnection) -> list[Named]:
    """Return the publishers of statistics by the titles of their books."""
    known = rows(
        connection,
        r"select source, min(regexp_replace(title, '\s+\d{4}.*$', '')) as title from marts.dim_edition group by source",
        {},
    )
    return [Named(row["source"], row["title"] or row["source"]) for row in known]


def columns(connection: DuckDBPyConnection, table: str) -> list[str]:
    """Return the columns of a public table in their order, for a script that may get no row to read them from."""
    found = connection.execute(
        "select column_name from duckdb_columns() where schema_name = 'marts' and table_name = ? order by column_index",
        [table],
    )
    return [name for (name,) in found.fetchall()]


def one(said: str, known: Iterable[Named], place: str, what: str) -> Named:
    """Return the thing that `said` names.

    Raises:
        FaultsFound: There is none, or several; the fault says which are nearest.
    """
    found = find(said, known, place, what)
    if isinstance(found, Fault):
        raise FaultsFound("question", [found])
    return found

"""A finished release in words: its tables, their columns, and the publications on which each of them rests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from etl.run.export import PUBLIC_SCHEMA, SCHEMA_VERSION, ExportedTable

NAME = "orebloc"
TITLE = "orebloc: who controls critical minerals, bloc by bloc, year by year"
TITLE_ZH = "orebloc：关键矿产由谁掌控——按联盟、按年份"
DESCRIPTION = (
    "Dated membership of alliances around critical minerals joined to official statistics of production and reserves, "
    "with what policy papers print beside it. Every value keeps its source, edition and place. The tables lie here as "
    "Parquet and, with their comments and table macros, in orebloc.duckdb."
)
KEYWORDS = ("critical minerals", "alliances", "Minerals Security Partnership", "supply chain", "关键矿产", "联盟")
# Nobody is named as an author in the project itself.
CREATOR = "orebloc contributors"

# Columns that name, together with `source`, an edition of statistics.
_EDITION_COLUMNS = ("edition", "edition_from", "edition_to", "edition_old", "edition_new")
_DOCUMENT_COLUMNS = ("document", "document_a", "document_b")


@dataclass(frozen=True, slots=True)
class Publication:
    """A row of `dim_document`, with what `dim_edition` knows of it where it is an edition of statistics.

    Attributes:
        kind: paper, official_statement or statistics_edition.
        publisher: Journal or body; None where a paper's text does not name its journal.
        citation: How its publisher wants it cited; None where no such wish is known.
        may_redistribute: Whether its values may be passed on; None for all that is no edition.
    """

    document: str
    kind: str
    title: str
    title_zh: str | None
    authors: str | None
    publisher: str | None
    published_on: date | None
    url: str | None
    doi: str | None
    licence: str
    citation: str | None
    may_redistribute: bool | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column as `data_dictionary` describes it."""

    name: str
    data_type: str
    unit: str | None
    description: str
    description_zh: str
    is_key: bool


@dataclass(frozen=True, slots=True)
class DescribedTable:
    """An exported table with its meaning.

    Attributes:
        publications: The publications that its rows name; empty where they name none.
    """

    exported: ExportedTable
    description: str
    description_zh: str
    columns: tuple[Column, ...]
    publications: tuple[Publication, ...]


@dataclass(frozen=True, slots=True)
class DescribedRelease:
    """What all forms of metadata say of a release."""

    release_id: str
    built_at: datetime
    tables: tuple[DescribedTable, ...]
    publications: tuple[Publication, ...]

    @property
    def version(self) -> str:
        """The release as a semantic version: the version of the public schema, and the build."""
        return f"{SCHEMA_VERSION}.0+{self.release_id}"


def describe_release(
    connection: duckdb.DuckDBPyConnection, exported: Iterable[ExportedTable], release_id: str, built_at: datetime
) -> DescribedRelease:
    """Read from a finished file what it holds and where it is from.

    Args:
        connection: A connection to the file, its `data_dictionary` complete.
        exported: The tables as they were exported.
        release_id: Name of the release.
        built_at: When it was built.
    """
    publications = _publications(connection)
    tables = tuple(_table(connection, table, publications) for table in exported)
    return DescribedRelease(release_id, built_at, tables, tuple(publications.values()))


def _publications(connection: duckdb.DuckDBPyConnection) -> dict[str, Publication]:
    rows = connection.execute(
        f"""
        select document, kind, documents.title, title_zh, authors,
            nullif(documents.publisher, 'not stated in the text'), documents.published_on, documents.url, doi,
            coalesce(editions.licence, documents.licence), citation, may_redistribute
        from {PUBLIC_SCHEMA}.dim_document as documents
        left join {PUBLIC_SCHEMA}.dim_edition as editions using (document)
        order by document
        """
    ).fetchall()
    return {row[0]: Publication(*row) for row in rows}


def _table(
    connection: duckdb.DuckDBPyConnection, exported: ExportedTable, publications: dict[str, Publication]
) -> DescribedTable:
    entries = connection.execute(
        f"select entry, column_name, data_type, unit, description_en, description_zh, is_key "
        f"from {PUBLIC_SCHEMA}.data_dictionary where table_name = ? and entry in ('table', 'column') order by position",
        [exported.name],
    ).fetchall()
    itself = next(entry for entry in entries if entry[0] == "table")
    columns = tuple(Column(*entry[1:]) for entry in entries if entry[0] == "column")
    named = _documents_named(connection, exported.name, {column.name for column in columns})
    return DescribedTable(
        exported=exported,
        description=itself[4],
        description_zh=itself[5],
        columns=columns,
        publications=tuple(publication for document, publication in publications.items() if document in named),
    )


def _documents_named(connection: duckdb.DuckDBPyConnection, table: str, columns: set[str]) -> set[str]:
    """Return the documents that a table's rows name, by themselves or as an edition of a source."""
    queries = [
        f"select distinct {column} from {PUBLIC_SCHEMA}.{table}" for column in _DOCUMENT_COLUMNS if column in columns
    ]
    if "source" in columns:
        queries += [
            f"select distinct editions.document from {PUBLIC_SCHEMA}.{table} as facts "
            f"join {PUBLIC_SCHEMA}.dim_edition as editions "
            f"on facts.source = editions.source and facts.{column} = editions.edition"
            for column in _EDITION_COLUMNS
            if column in columns
        ]
    return {row[0] for query in queries for row in connection.execute(query).fetchall()}

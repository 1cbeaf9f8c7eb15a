"""What is exported: the tables that were named, and their columns in the languages that were asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from etl.ask.known import one
from etl.ask.names import Named

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from etl.metadata.described import DescribedTable

_ROWS_AT_ONCE = 5_000


class Tongue(StrEnum):
    """Languages of what is exported."""

    EN = "en"
    ZH = "zh"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A table to export.

    Attributes:
        described: The table with its meaning.
        columns: The columns to export, in order.
    """

    described: DescribedTable
    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its name in the release."""
        return self.described.exported.name

    @property
    def n_rows(self) -> int:
        """How many rows it has, as the manifest says."""
        return self.described.exported.rows


def choose(tables: Iterable[DescribedTable], asked: str | None, tongue: Tongue) -> list[Chosen]:
    """Return the tables that were named, in the order of their names; all of them where none was.

    Args:
        tables: The tables of the release.
        asked: What `--tables` says: names with commas between them, or None.
        tongue: The languages asked for.

    Raises:
        FaultsFound: There is no such table; the fault says which are nearest.
    """
    by_name = {table.exported.name: table for table in tables}
    names = set(by_name)
    if asked is not None:
        known = [Named(name, name.replace("_", " ")) for name in by_name]
        names = {one(part, known, "--tables", "table").code for part in asked.split(",")}
    return [Chosen(by_name[name], _columns(by_name[name], tongue)) for name in sorted(names)]


def _columns(table: DescribedTable, tongue: Tongue) -> tuple[str, ...]:
    """Leave out names and descriptions of the other language where this one has them; keys and literals stay."""
    names = [column.name for column in table.columns]
    left_out: set[str] = set()
    if tongue is Tongue.EN:
        left_out = {name for name in names if name.endswith("_zh") and ({name[:-3], f"{name[:-3]}_en"} & set(names))}
    elif tongue is Tongue.ZH:
        left_out = {name for name in names if name.endswith("_en") and f"{name[:-3]}_zh" in names}
    return tuple(column.name for column in table.columns if column.is_key or column.name not in left_out)


def rows_of(connection: DuckDBPyConnection, table: Chosen) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a table in the order in which the release's Parquet files have them."""
    columns = ", ".join(f'"{name}"' for name in table.columns)
    cursor = connection.execute(f'select {columns} from (select * from marts."{table.name}" order by all)')
    while found := cursor.fetchmany(_ROWS_AT_ONCE):
        yield from found

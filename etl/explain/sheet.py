"""A page of text before it is set: headline, facts, sections with tables, items and code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of text.

    Attributes:
        columns: Names; one that starts with ">" is set to the right.
        rows: As many cells as there are columns.
        title: What stands above it, or empty.
        strong: Rows to set off: the one asked for, or a sum.
        below: Lines below the table.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""
    strong: frozenset[int] = frozenset()
    below: tuple[str, ...] = ()

    def without_empty_columns(self) -> Grid:
        """Leave out columns in which no row says anything."""
        kept = [at for at in range(len(self.columns)) if any(row[at] for row in self.rows)]
        columns = tuple(self.columns[at] for at in kept)
        return replace(self, columns=columns, rows=tuple(tuple(row[at] for at in kept) for row in self.rows))


@dataclass(frozen=True, slots=True)
class Item:
    """Something said in a line, with what belongs to it below."""

    title: str
    lines: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it, in this order; `details` only where there is room for them."""

    title: str
    words: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()
    items: tuple[Item, ...] = ()
    notes: tuple[str, ...] = ()
    code: tuple[tuple[str, str], ...] = ()
    details: tuple[Grid, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole page."""

    headline: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]


def grid(columns: Iterable[str], rows: Iterable[Iterable[str]], **more: object) -> Grid:
    """Make a table from any rows of text."""
    return replace(Grid(tuple(columns), tuple(tuple(row) for row in rows)), **more)  # type: ignore[arg-type]

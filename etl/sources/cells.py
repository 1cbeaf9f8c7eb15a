"""What a reader hands on: every value cell of a file, in the publisher's own words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from etl.faults import Fault


@dataclass(frozen=True, slots=True)
class Cell:
    """One value cell of a publisher's file; every text as printed, blank where the file says nothing.

    Attributes:
        row: 1-based row in the file or sheet.
        column: The column's header as printed.
        table_kind: Which kind of table the cell stands in, e.g. `world`, `salient`, `shares`.
        commodity: The publisher's name or code of the commodity.
        series: What the publisher says the row is about: type, statistic, sub-commodity.
        measure: What the publisher says the column (or row) measures: `Prod`, `Reserves`, `Cap`, `Production`.
        party: The country or aggregate.
        year: The year that the value describes, blank where none is printed (reserves).
        marks: Flag marks on row, name or cell: `e`, `r`, `r, e`, `p`; not footnote numbers.
        note: Notes that belong to the cell.
    """

    row: int
    column: str
    table_kind: str
    commodity: str
    value: str
    series: str = ""
    measure: str = ""
    party: str = ""
    year: str = ""
    unit: str = ""
    marks: str = ""
    note: str = ""
    sheet: str = ""


@dataclass(slots=True)
class Reading:
    """What reading one file came to.

    Attributes:
        cells: Every value cell, blank ones included.
        faults: Why the file, or a part of it, cannot be read. A file with faults is not used.
    """

    cells: list[Cell] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


# A reader takes the file, its name in messages and its edition.
Reader = Callable[[Path, str, str], Reading]

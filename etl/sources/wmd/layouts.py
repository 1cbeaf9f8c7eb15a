"""How the columns of each table are recognised: by the words of their headers, never by their place alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from etl.faults import Fault, nearest
from etl.sources.values import fold


class Role(Enum):
    """What a column is for."""

    NAME = auto()  # country, commodity or group
    UNIT = auto()
    MARKS = auto()  # reported, estimate or provisional, for the whole row
    VALUE = auto()
    INDEX = auto()  # the header itself prints a value: "HHI: 3732"; nothing stands below


@dataclass(frozen=True, slots=True)
class Column:
    """A kind of column.

    Attributes:
        pattern: The whole folded header; a group `year` holds the year, a group `value` a value printed there.
        shown: The header as messages show it.
        measure: The publisher's word for what is measured; blank means the header itself.
        unit: The unit of the column, where it is not the row's.
        once: It stands exactly once; else once or more often.
        optional: It may be missing.
    """

    role: Role
    pattern: str
    shown: str
    measure: str = ""
    unit: str = ""
    once: bool = True
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """A table's layout.

    Attributes:
        kind: The cells' kind of table.
        columns: Kinds of columns, the first that fits holds.
        names: What the names of the rows are: `party` or `commodity`.
        has_total: The rows end with one row called Total, so that a table cut short is noticed.
    """

    kind: str
    columns: tuple[Column, ...]
    names: str = "party"
    has_total: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A column of a sheet, recognised."""

    place: int
    header: str
    column: Column
    year: str = ""
    value: str = ""

    @property
    def measure(self) -> str:
        """The publisher's word for what the column measures."""
        return self.column.measure or self.header


_YEAR = r"(?P<year>(?:19|20)\d{2})"
_UNIT = Column(Role.UNIT, "unit", "unit")
_YEARS = Column(Role.VALUE, _YEAR, "<year>", measure="Production", once=False)


def _name(pattern: str, shown: str) -> Column:
    return Column(Role.NAME, pattern, shown)


_LAYOUTS = {
    "6.1": Layout(
        "groupings",
        (
            # Continents, groups of countries or of commodities down; years or groups of commodities across.
            Column(Role.VALUE, _YEAR, "<year>", measure="Production", once=False, optional=True),
            Column(Role.VALUE, ".+", "<group of commodities>", once=False, optional=True),
        ),
    ),
    "6.2": Layout(
        "groupings",
        (
            _name("commodity", "Commodity"),
            _YEARS,
            Column(Role.VALUE, r"change \d\d/\d\d in %", "Change <years> in %", "Change", "%"),
        ),
        names="commodity",
    ),
    "6.3": Layout(
        "groupings",
        (
            _name(
                "development status|annual per capita income|political stability|country groups and economic blocks",
                "Development status, Annual per capita income, Political stability or Country groups",
            ),
            _UNIT,
            _YEARS,
        ),
    ),
    "6.4": Layout(
        "production",
        (
            _name("country", "Country"),
            _UNIT,
            _YEARS,
            Column(Role.MARKS, "sources? of data|data sources?", "Sources of data"),
        ),
        has_total=True,
    ),
    "6.5": Layout(
        "shares",
        (
            Column(Role.VALUE, f"rank {_YEAR}", "Rank <year>", "Rank", "rank", once=False),
            _name("country", "Country"),
            _UNIT,
            Column(Role.VALUE, f"production {_YEAR}", "Production <year>", "Production"),
            Column(Role.VALUE, r"share in %", "Share in %", unit="%"),
            Column(Role.VALUE, r"share cum\. ?%", "Share cum.%", unit="%"),
            Column(Role.VALUE, r"share hhi", "Share HHI", unit="HHI", optional=True),
            Column(Role.INDEX, r"hhi: ?(?P<value>\d[\d.,]*)", "HHI: <value>", "HHI", "HHI", optional=True),
        ),
        has_total=True,
    ),
    "6.6": Layout(
        "by_country",
        (
            _UNIT,
            _YEARS,
            Column(Role.VALUE, r"change \d\d/\d\d", "Change <years>", "Change", "%", once=False),
        ),
        names="commodity",
    ),
}


def layout_of(table: str) -> Layout:
    """Return the layout of a table such as `6.4` or `6.3c`."""
    return _LAYOUTS[table[:3]]


def recognise(headers: list[str], layout: Layout, file: str, row: int) -> tuple[list[Found], list[Fault]]:
    """Recognise every column of a header row.

    Args:
        headers: The headers, from the first column on; blank ones have been looked at before.
        layout: What is expected.
        file: Name in messages.
        row: Row of the headers in messages.

    Returns:
        The columns, and a fault per header that is unknown, stands twice, or is missing.
    """
    found: list[Found] = []
    faults: list[Fault] = []
    first_is_name = all(column.role is not Role.NAME for column in layout.columns)
    for place, header in enumerate(headers):
        if first_is_name and place == 0:
            found.append(Found(0, header, _name(".+", "name of the table's rows")))
            continue
        known = _recognise_one(place, header, layout)
        if known is not None:
            found.append(known)
        elif header:
            expected = ", ".join(repr(column.shown) for column in layout.columns)
            hint = f"{nearest(header, [column.shown for column in layout.columns])}. Expected: {expected}".lstrip(". ")
            faults.append(Fault(file, row, header, header, "is an unknown column", hint))
    return found, faults + _miscounted(found, layout, file, row)


def _recognise_one(place: int, header: str, layout: Layout) -> Found | None:
    for column in layout.columns:
        match = re.fullmatch(column.pattern, fold(header), re.IGNORECASE)
        if match:
            groups = match.groupdict()
            return Found(place, header, column, groups.get("year") or "", groups.get("value") or "")
    return None


def _miscounted(found: list[Found], layout: Layout, file: str, row: int) -> list[Fault]:
    faults = []
    for column in layout.columns:
        these = [item.header for item in found if item.column is column]
        if not these and not column.optional:
            faults.append(Fault(file, row, column.shown, "", "is missing among the headers", "Is it renamed?"))
        repeated = [header for n, header in enumerate(these) if fold(header) in map(fold, these[:n])]
        for header in these[1:] if column.once else repeated:
            faults.append(Fault(file, row, header, header, "stands twice among the headers", "Keep one"))
    return faults

"""U.S. salient statistics: one file per commodity, a row per year, statistics and units in the column names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from etl.faults import Fault, nearest
from etl.sources.cells import Cell, Reading
from etl.sources.usgs_mcs.table import Table, missing_columns, wrong_edition
from etl.sources.values import fold

# The publisher's words for a statistic; the first one in a name tells what it is: "Price_Imports_mct" is a price,
# "Imports_consumption_kt" are imports. The releases misspell many ("Consumtion", "Apprnt").
_STATISTIC = re.compile(
    r"(?P<error>CASE STATEMENT ERROR)|(?P<a>Price)|(?P<b>NIR)|(?P<c>Employ\w*?(?=_|$))|(?P<d>Imports?)|(?P<e>Exports?)|"
    r"(?P<f>Stocks?)|(?P<g>Consum[a-z]*)|(?P<h>Supply)|(?P<i>Shipments?)|(?P<j>Sales|Sold)|(?P<k>Recycl[a-z]*)|"
    r"(?P<l>Extracted|Withdrawn|Furnace|Continuous)|(?P<m>US ?prod[a-z]*|Prod[a-z]*)|(?P<n>Mine|Smelter|Refinery)|"
    r"(?P<o>Apparent|Reported)|(?P<p>Quantity|Value)",
    re.IGNORECASE,
)
# Units that the column names end in; a name without one cannot be read as a quantity.
UNITS = {
    *("t", "kt", "mt", "mmt", "kg", "g", "mct", "kct", "mcm", "pct", "num", "mdol", "msqft", "index"),
    *("dt", "dlb", "dkg", "dg", "dto", "dtoz", "dst", "df", "ctslb", "dct"),
}
_EXAMPLES = ("USprod_t", "Imports_t", "Exports_t", "Consump_t", "Price_dt", "Stocks_t", "Employment_num", "NIR_pct")
# Units glued to the word before them ("Imports_Metalkg"); a glued "t" cannot be told from a word's last letter.
_GLUED_UNIT = re.compile(r"[A-Z].*?(?P<unit>dkg|kg|kt|mcm|pct)")
_YEARS_BACK = 6


@dataclass(frozen=True, slots=True)
class _Column:
    index: int
    name: str
    measure: str
    unit: str


def read_salient(table: Table, label: str, edition: str) -> Reading:
    """Read a file of salient statistics.

    A file whose header names fewer columns than its rows hold cannot be told apart column by column: its cells get the
    kind `misaligned`. A world table under the name of a salient one gets the kind `misfiled`.
    """
    faults = list(table.faults)
    named = {name.casefold() for name in table.header}
    if {"country", "type"} <= named:
        return _read_misfiled(table, label, faults)
    source = "Source" if "source" in named else "DataSource"
    faults += missing_columns(table.header, (source, "Commodity", "Year"), label)
    columns, column_faults = _columns(table.header, label)
    faults += column_faults
    if any(fault.row in (None, 1) for fault in faults):
        return Reading(faults=faults)
    at = {name.casefold(): index for index, name in enumerate(table.header) if name}
    unnamed = [index for index, name in enumerate(table.header) if not name]
    misaligned = any(record[index].strip() for _, record in table.records for index in unnamed)
    columns += [_Column(index, f"column {index + 1}", "", "") for index in unnamed] if misaligned else []
    reading = Reading(faults=faults)
    for row, record in table.records:
        commodity, year = record[at["commodity"]], record[at["year"]].strip()
        reading.faults += _row_faults((record[at[source.casefold()]], commodity, year), label, row, edition)
        # "Data are estimated for the most recent year", say the releases' metadata of every such column.
        marks = "e" if year == str(int(edition) - 1) else ""
        reading.cells.extend(_cells(row, record, columns, (commodity, year, marks), misaligned=misaligned))
    return reading if not reading.faults else Reading(faults=reading.faults)


def _columns(header: list[str], label: str) -> tuple[list[_Column], list[Fault]]:
    columns: list[_Column] = []
    faults: list[Fault] = []
    seen: set[str] = set()
    for index, name in enumerate(header):
        if not name or name.casefold() in ("source", "datasource", "commodity", "year"):
            continue
        match = _STATISTIC.search(name)
        if not match:
            faults.append(Fault(label, 1, name, "", "is an unknown column", _hint(name)))
            continue
        # A name that stands twice (iodine: Consump_t) is told apart by its place.
        shown = f"{name} (column {index + 1})" if name.casefold() in seen else name
        seen.add(name.casefold())
        columns.append(_Column(index, shown, match[0], _unit(name)))
    return columns, faults


def _unit(name: str) -> str:
    last = name.rsplit("_", 1)[-1] if "_" in name else ""
    glued = _GLUED_UNIT.fullmatch(last)
    return glued["unit"] if glued and last.casefold() not in UNITS else last


def _hint(name: str) -> str:
    return nearest(name, _EXAMPLES) or f"Known: {', '.join(_EXAMPLES)}"


def _row_faults(said: tuple[str, str, str], label: str, row: int, edition: str) -> list[Fault]:
    source, commodity, year = said
    faults = []
    if wrong_edition(source, edition):
        faults.append(Fault(label, row, "DataSource", source, f"is not edition {edition}", f"Expected MCS{edition}"))
    if not fold(commodity):
        faults.append(
            Fault(label, row, "Commodity", "", "is blank in a row with values", "The row is shifted or damaged")
        )
    if not re.fullmatch(r"\d{4}", year) or not 1 <= int(edition) - int(year) <= _YEARS_BACK:
        hint = f"Expected one of the five years before {edition}"
        faults.append(Fault(label, row, "Year", year, "is no year of the table", hint))
    return faults


def _cells(
    row: int, record: list[str], columns: list[_Column], said: tuple[str, str, str], *, misaligned: bool
) -> Iterator[Cell]:
    commodity, year, marks = said
    for column in columns:
        readable = column.unit.casefold() in UNITS
        kind = "misaligned" if misaligned else "salient" if readable else "unclear"
        yield Cell(
            row=row,
            column=column.name,
            table_kind=kind,
            commodity=commodity,
            series=column.name,
            measure=column.measure,
            # The whole table is about the United States, and does not print it.
            party="United States",
            year=year,
            unit=column.unit,
            value=record[column.index],
            marks=marks,
        )


def _read_misfiled(table: Table, label: str, faults: list[Fault]) -> Reading:
    if any(fault.row in (None, 1) for fault in faults):
        return Reading(faults=faults)
    at = {name.casefold(): index for index, name in enumerate(table.header) if name}
    keys = {at[name] for name in ("source", "country", "type") if name in at}
    cells = [
        Cell(
            row=row,
            column=name or f"column {index + 1}",
            table_kind="misfiled",
            commodity="",
            series=record[at["type"]],
            measure=name,
            party=record[at["country"]],
            value=record[index],
        )
        for row, record in table.records
        for index, name in enumerate(table.header)
        if index not in keys and (name or record[index].strip())
    ]
    return Reading(faults=faults) if faults else Reading(cells=cells)

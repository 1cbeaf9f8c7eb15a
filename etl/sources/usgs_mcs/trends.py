"""Net import reliance (Figure 2) and the critical-mineral list (Table 4) of the trends chapter."""

from __future__ import annotations

import re

from etl.faults import Fault, nearest
from etl.sources.cells import Cell, Reading
from etl.sources.usgs_mcs.table import Table, missing_columns, repeated_columns, wrong_edition

_RELIANCE = re.compile(r"(?P<measure>Net_Import_Reliance)_(?P<unit>pct)_(?P<year>\d{4})", re.IGNORECASE)
_SOURCES = re.compile(r"(?P<measure>Major_Import_Sources)_(?P<first>\d{4})_(?P<last>\d{4})", re.IGNORECASE)
MINERAL = "Critical Mineral"


def read_reliance(table: Table, label: str, edition: str) -> Reading:
    """Read net import reliance, and the list of countries that imports came from, per commodity."""
    keys = ("Source", "Import_Share_Order", "Commodity", "Notes")
    header, faults = [_plain(name) for name in table.header], list(table.faults)
    faults += missing_columns(header, keys[:1] + keys[2:3], label) + repeated_columns(header, label)
    values = {index: match for index, name in enumerate(header) if (match := _RELIANCE.fullmatch(name))}
    sources = {index: match for index, name in enumerate(header) if (match := _SOURCES.fullmatch(name))}
    faults += _unknown(header, {*values, *sources}, keys, label)
    if len(values) != 1:
        hint = nearest("Net_Import_Reliance_pct", header) or "Expected a column such as Net_Import_Reliance_pct_2023"
        faults.append(Fault(label, 1, "Net_Import_Reliance_pct", "", "stands not just once in the header", hint))
    faults += [
        Fault(label, 1, header[index], match["year"], f"is no year that edition {edition} covers", "")
        for index, match in values.items()
        if not 0 <= int(edition) - int(match["year"]) <= 2
    ]
    if any(fault.row in (None, 1) for fault in faults):
        return Reading(faults=faults)
    reading = Reading(faults=faults)
    at = {name.casefold(): index for index, name in enumerate(header) if name}
    for row, record in table.records:
        commodity = record[at["commodity"]]
        reading.faults += _row_faults(record[at["source"]], ("Commodity", commodity), label, row, edition)
        for index, match in (*values.items(), *sources.items()):
            said = match.groupdict()
            reading.cells.append(
                Cell(
                    row=row,
                    column=table.header[index],
                    table_kind="reliance",
                    commodity=commodity,
                    # The commodity column names the form too: "ARSENIC, all forms".
                    series=commodity.strip(),
                    measure=said["measure"],
                    party="United States",
                    year=said.get("year") or "",
                    unit=said.get("unit") or "",
                    value=record[index],
                    note=record[at["notes"]].strip() if "notes" in at else "",
                )
            )
    return reading if not reading.faults else Reading(faults=reading.faults)


def read_critical(table: Table, label: str, edition: str) -> Reading:
    """Read the list of critical minerals: one cell per entry."""
    keys = ("Source", _plain(MINERAL), "Primary_Applications", "Category_Note")
    header, faults = [_plain(name) for name in table.header], list(table.faults)
    faults += missing_columns(header, keys[:2], label) + repeated_columns(header, label)
    faults += _unknown(header, set(), keys, label)
    if any(fault.row in (None, 1) for fault in faults):
        return Reading(faults=faults)
    at = {name.casefold(): index for index, name in enumerate(header) if name}
    reading = Reading(faults=faults)
    for row, record in table.records:
        mineral = record[at[_plain(MINERAL).casefold()]].strip()
        reading.faults += _row_faults(record[at["source"]], (MINERAL, mineral), label, row, edition)
        note = record[at["category_note"]].strip() if "category_note" in at else ""
        reading.cells.append(
            Cell(
                row=row,
                column=MINERAL,
                table_kind="critical_list",
                commodity=mineral,
                series="entry",
                measure=MINERAL,
                party="United States",
                value=mineral,
                note=note,
            )
        )
    return reading if not reading.faults else Reading(faults=reading.faults)


def _plain(name: str) -> str:
    """Blanks and underscores in column names are the same: `Critical Mineral`, `Category_Note`."""
    return re.sub(r"[\s_]+", "_", name)


def _unknown(header: list[str], known: set[int], keys: tuple[str, ...], label: str) -> list[Fault]:
    folded = {key.casefold() for key in keys}
    return [
        Fault(label, 1, name or f"column {index + 1}", "", "is an unknown column", nearest(name, keys) if name else "")
        for index, name in enumerate(header)
        if index not in known and name.casefold() not in folded
    ]


def _row_faults(source: str, entry: tuple[str, str], label: str, row: int, edition: str) -> list[Fault]:
    column, name = entry
    faults = []
    if wrong_edition(source, edition):
        faults.append(Fault(label, row, "Source", source, f"is not edition {edition}", f"Expected MCS{edition}"))
    if not name.strip():
        faults.append(Fault(label, row, column, "", "is blank", "The row is shifted or damaged"))
    return faults

"""The one long file of all commodities and statistics (2026)."""

from __future__ import annotations

import re

from etl.faults import Fault, nearest
from etl.sources.cells import Cell, Reading
from etl.sources.usgs_mcs.parties import split_party
from etl.sources.usgs_mcs.table import Table, missing_columns, repeated_columns

COLUMNS = (
    *("MCS chapter", "Section", "Commodity", "Country", "Statistics", "Statistics_detail", "Unit", "Year", "Value"),
    *("Notes", "Other notes"),
)
_CRITICAL = re.compile(r"Is critical mineral (?P<year>\d{4})", re.IGNORECASE)
_SECTIONS = {"world": "world", "salient": "salient", "import sources": "import_sources"}
_PERIOD = re.compile(r"(?P<first>\d{4})\s*[-‐‑–—]\s*(?P<last>\d{2}|\d{4})")
_FLAGS = ("yes", "no", "")
_YEARS_BACK = 6


def read_long(table: Table, label: str, edition: str) -> Reading:
    """Read the long file: one cell per value, and one per statement of a commodity being on the critical list."""
    header, faults = table.header, list(table.faults)
    flags = [name for name in header if _CRITICAL.fullmatch(name)]
    faults += missing_columns(header, COLUMNS, label) + repeated_columns(header, label)
    faults += _header_faults(header, flags, label)
    if any(fault.row in (None, 1) for fault in faults):
        return Reading(faults=faults)
    reading = Reading(faults=faults)
    names = {name.casefold(): index for index, name in enumerate(header)}
    listed: set[tuple[str, str, str]] = set()
    for row, record in table.records:
        said = {name: record[names[name.casefold()]] for name in COLUMNS}
        flag = record[names[flags[0].casefold()]]
        row_faults = _row_faults(said, (flags[0], flag), label, row, edition)
        reading.faults += row_faults
        if row_faults:
            continue
        reading.cells.append(_value_cell(row, said, edition))
        statement = (said["MCS chapter"], said["Commodity"], flag.strip().casefold())
        if statement not in listed:
            listed.add(statement)
            reading.cells.append(_flag_cell(row, said, flag, flags[0]))
    return reading if not reading.faults else Reading(faults=reading.faults)


def is_shifted_flag(commodity: str, flag: str, notes: str) -> bool:
    """Tell whether notes, flag and commodity slipped by one column: `Yes` as the note, the commodity as the flag."""
    return flag.strip().casefold() == commodity.strip().casefold() and notes.strip().casefold() in ("yes", "no")


def _header_faults(header: list[str], flags: list[str], label: str) -> list[Fault]:
    known = {name.casefold() for name in (*COLUMNS, *flags)}
    faults = [
        Fault(
            label, 1, name or f"column {index + 1}", "", "is an unknown column", nearest(name, COLUMNS) if name else ""
        )
        for index, name in enumerate(header)
        if name.casefold() not in known
    ]
    if len(flags) != 1:
        hint = "Expected one column such as 'Is critical mineral 2025'"
        faults.append(Fault(label, 1, "", ", ".join(flags), "has no single column of critical-mineral flags", hint))
    return faults


def _row_faults(said: dict[str, str], flag: tuple[str, str], label: str, row: int, edition: str) -> list[Fault]:
    flag_name, flag_value = flag
    faults = [
        Fault(label, row, name, "", "is blank", "The row is shifted or damaged")
        for name in ("MCS chapter", "Commodity", "Country", "Statistics")
        if not said[name].strip()
    ]
    if _kind(said["Section"]) is None:
        known = "World ..., Salient Statistics—United States, Import Sources"
        faults.append(Fault(label, row, "Section", said["Section"], "is an unknown section", f"Known: {known}"))
    year = _year(said["Year"])
    if year is None or not 0 <= int(edition) - int(year) <= _YEARS_BACK:
        hint = f"Expected a year or period before {edition}"
        faults.append(Fault(label, row, "Year", said["Year"], "is no year of the table", hint))
    if flag_value.strip().casefold() not in _FLAGS and not is_shifted_flag(
        said["Commodity"], flag_value, said["Notes"]
    ):
        faults.append(Fault(label, row, flag_name, flag_value, "is neither Yes nor No", "The row is shifted"))
    return faults


def _kind(section: str) -> str | None:
    return next((kind for start, kind in _SECTIONS.items() if section.strip().casefold().startswith(start)), None)


def _year(printed: str) -> str | None:
    """Return the year, or the last year of a period."""
    text = printed.strip()
    if re.fullmatch(r"\d{4}", text):
        return text
    match = _PERIOD.fullmatch(text)
    return f"{match['first'][: 4 - len(match['last'])]}{match['last']}" if match else None


def _value_cell(row: int, said: dict[str, str], edition: str) -> Cell:
    kind = _kind(said["Section"]) or ""
    year = _year(said["Year"]) or ""
    party, words = split_party(said["Country"])
    detail = said["Statistics_detail"].strip()
    note = said["Notes"].strip()
    if _PERIOD.fullmatch(said["Year"].strip()):
        note = f"Average of {said['Year'].strip()}. {note}".strip()
    if said["Statistics"].strip().casefold() == "reserves":
        # Reserves belong to the edition; a year other than the usual one is kept as a remark.
        note = note if year == str(int(edition) - 1) else f"{note} Year printed: {year}.".strip()
        year = ""
    return Cell(
        row=row,
        column="Value",
        table_kind=kind,
        commodity=said["Commodity"],
        series=f"{detail} ({words})" if words else detail,
        measure=said["Statistics"],
        party=party,
        year=year,
        unit=said["Unit"].strip(),
        value=said["Value"],
        note=note,
    )


def _flag_cell(row: int, said: dict[str, str], flag: str, flag_name: str) -> Cell:
    shifted = is_shifted_flag(said["Commodity"], flag, said["Notes"])
    return Cell(
        row=row,
        column=flag_name,
        table_kind="critical_list",
        commodity=said["Commodity"],
        series="shifted row" if shifted else "flag",
        measure=flag_name,
        party="United States",
        value=flag,
        note=said["Notes"].strip() if shifted else "",
    )

"""Data Series 140: one sheet, one row per year, the United States and a column of world production."""

from __future__ import annotations

import re

from etl.faults import Fault, nearest
from etl.sources.cells import Cell, Reading
from etl.sources.usgs_myb.workbook import Row
from etl.sources.values import fold

_KNOWN = (
    "Year",
    "Production",
    "Primary production",
    "Secondary production",
    "Mine production",
    "Smelter production",
    "Refinery production",
    "Shipments",
    "Imports",
    "Exports",
    "Stocks",
    "Apparent consumption",
    "Reported consumption",
    "Consumption",
    "Unit value ($/t)",
    "Unit value (98$/t)",
    "World production",
    "World mine production",
    "World smelter production",
    "World refinery production",
)
_TITLE = re.compile(r"(?P<commodity>.+?) STATISTICS[\d,\s]*", re.IGNORECASE)
_UNIT = re.compile(
    r"\[All (?:quantities|values) (?:are )?in (?P<unit>[a-z ]+?)(?: \(\w+\))?,? ?(?P<what>[^()]*?),? ?"
    r"(?:unless otherwise .*)?\]",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:18|19|20)\d\d")


def is_series(rows: list[Row]) -> bool:
    """Say whether a sheet is one of Data Series 140."""
    head = [fold(row[0]) for row in rows[:6] if row]
    return any(_TITLE.fullmatch(text) for text in head) and "Year" in head and "U.S. GEOLOGICAL SURVEY" in head


def title(rows: list[Row]) -> str:
    """Return the commodity that the sheet's title names."""
    return next((match["commodity"] for row in rows[:4] if row and (match := _TITLE.fullmatch(fold(row[0])))), "")


def last_year(rows: list[Row]) -> str:
    """Return the last year of the series."""
    return max((fold(row[0]) for row in rows if row and _YEAR.fullmatch(fold(row[0]))), default="")


def read_series(sheet: str, rows: list[Row], label: str, reading: Reading) -> None:
    """Read a series into cells; its faults go to the reading."""
    file = f"{label} ({sheet})"
    header = next(i for i, row in enumerate(rows) if row and fold(row[0]) == "Year")
    unit, what = _unit(rows[:header], file, reading.faults)
    names = [fold(cell) for cell in rows[header]]
    _check_header(names, file, header, reading.faults)
    body = _body(rows, header, file, reading.faults)
    commodity = title(rows)
    for at in body:
        for index, name in enumerate(names[1:], 1):
            world = name.casefold().startswith("world ")
            reading.cells.append(
                Cell(
                    row=at + 1,
                    column=name,
                    table_kind="ds140",
                    commodity=commodity,
                    value=rows[at][index] if index < len(rows[at]) else "",
                    measure=f"{name}, {what}" if what else name,
                    party="World" if world else "",
                    year=fold(rows[at][0]),
                    unit=unit if "$" not in name else "",
                    sheet=sheet,
                )
            )


def _unit(rows: list[Row], file: str, faults: list[Fault]) -> tuple[str, str]:
    for row in rows:
        match = _UNIT.fullmatch(fold(row[0])) if row else None
        if match:
            return match["unit"], match["what"].strip()
    hint = "Expected a line such as '[All quantities in metric tons (t) ... unless otherwise noted]'"
    faults.append(Fault(file, None, "", "", "has no unit line", hint))
    return "", ""


def _check_header(names: list[str], file: str, header: int, faults: list[Fault]) -> None:
    known = {name.casefold() for name in _KNOWN}
    for index, name in enumerate(names):
        if name.casefold() not in known:
            faults.append(
                Fault(file, header + 1, f"column {index + 1}", name, "is an unknown column", nearest(name, _KNOWN))
            )
        if name and name in names[:index]:
            faults.append(Fault(file, header + 1, f"column {index + 1}", name, "stands twice in the header", ""))
    if not any(name.casefold().startswith("world ") for name in names):
        faults.append(
            Fault(file, header + 1, "", "", "has no column of world production", nearest("World production", names))
        )


def _body(rows: list[Row], header: int, file: str, faults: list[Fault]) -> list[int]:
    """Return the rows of years; years run without a gap, and below them stand notes in the first column only."""
    body: list[int] = []
    for at in range(header + 1, len(rows)):
        row = rows[at]
        if row and _YEAR.fullmatch(fold(row[0])):
            if body and int(fold(row[0])) != int(fold(rows[body[-1]][0])) + 1:
                hint = f"Expected the year after {fold(rows[body[-1]][0])}"
                faults.append(Fault(file, at + 1, "Year", row[0], "is not the next year", hint))
            body.append(at)
        elif any(cell.strip() for cell in row[1:]):
            hint = "Expected a year in the first column"
            faults.append(Fault(file, at + 1, "Year", row[0], "is no year", hint))
    if not body:
        faults.append(Fault(file, header + 1, "Year", "", "has no rows", "Expected a row per year"))
    elif body[-1] == len(rows) - 1:
        faults.append(Fault(file, len(rows), "", "", "ends without its notes", "The sheet seems to be cut off"))
    return body

"""Read the official workbooks: prose in row 1, headers in row 2, then figures; a sheet per mineral or country."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import python_calamine as calamine

from etl.faults import Fault
from etl.sources.cells import Cell, Reading
from etl.sources.guard import refuse_bombs
from etl.sources.values import fold
from etl.sources.wmd.files import table_of
from etl.sources.wmd.layouts import Found, Layout, Role, layout_of, recognise
from etl.sources.wmd.words import is_total, marks_of, series_of

_TITLE_ROW, _HEADER_ROW, _FIRST_ROW = 1, 2, 3
# What a workbook's cell may hold, as calamine gives it.
_Content = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


@dataclass(slots=True)
class _Sheet:
    """A sheet as texts, and the name under which messages speak of it."""

    name: str
    label: str
    table: str
    rows: list[list[str]]


def read_workbook(path: Path, label: str) -> Reading:
    """Read every value cell of one workbook.

    Args:
        path: The workbook; its name begins with the number of its table.
        label: Its name in messages.
    """
    reading = Reading()
    table = table_of(path)
    if table is None:
        hint = "Names of tables begin with 6.1 to 6.6"
        reading.faults.append(Fault(label, None, "", path.name, "is a workbook of no known table", hint))
        return reading
    try:
        sheets = _sheets(path, label, table)
    except (calamine.CalamineError, OSError) as error:
        hint = "Is it whole, and an Excel workbook? Fetch it again"
        reading.faults.append(Fault(label, None, "", str(error), "is no workbook that can be read", hint))
        return reading
    if not sheets:
        reading.faults.append(Fault(label, None, "", "", "holds no sheet", "One per mineral is expected"))
    layout = layout_of(table)
    for sheet in sheets:
        _read_sheet(sheet, layout, reading)
    return reading


def _sheets(path: Path, label: str, table: str) -> list[_Sheet]:
    refuse_bombs(path)
    with calamine.CalamineWorkbook.from_path(str(path)) as workbook:
        return [
            _Sheet(
                meta.name,
                f"{label} ({meta.name})",
                table,
                _without_empty_ends(workbook.get_sheet_by_name(meta.name).to_python(skip_empty_area=False)),
            )
            for meta in workbook.sheets_metadata
            if meta.typ == calamine.SheetTypeEnum.WorkSheet
        ]


def _text(content: _Content) -> str:
    """Write what a cell holds as text: whole numbers without the decimal point that Excel gives all, others in full."""
    if isinstance(content, float) and content.is_integer():
        return str(int(content))
    if isinstance(content, float):
        return f"{Decimal(str(content)):f}"  # 0.0000017, not 1.7e-06
    return content if isinstance(content, str) else str(content)


def _without_empty_ends(rows: list[list[_Content]]) -> list[list[str]]:
    """Cut off empty rows at the end and empty columns at the right: the sheet's used area may reach too far."""
    texts = [[_text(content) for content in row] for row in rows]
    while texts and not any(fold(text) for text in texts[-1]):
        texts.pop()
    width = max((place + 1 for row in texts for place, text in enumerate(row) if fold(text)), default=0)
    return [row[:width] for row in texts]


def _read_sheet(sheet: _Sheet, layout: Layout, reading: Reading) -> None:
    faults = _faults_of_frame(sheet)
    if faults:
        reading.faults += faults
        return
    columns, faults = recognise(sheet.rows[_HEADER_ROW - 1], layout, sheet.label, _HEADER_ROW)
    if not faults:
        faults = _faults_of_layout(sheet, layout, columns)
    if faults:
        reading.faults += faults
        return
    cells = _index_cells(sheet, layout, columns)
    for number, row in enumerate(sheet.rows[_FIRST_ROW - 1 :], start=_FIRST_ROW):
        found, faults = _row_cells(sheet, layout, columns, number, row)
        cells += found
        reading.faults += faults
    reading.faults += _faults_of_rows(sheet, layout, columns)
    reading.cells += cells


def _faults_of_frame(sheet: _Sheet) -> list[Fault]:
    """Check what must hold before headers can be read: title, header row, no column without a header."""
    if len(sheet.rows) < _FIRST_ROW:
        hint = "A title, a row of headers and rows of figures are expected"
        return [Fault(sheet.label, None, "", "", "holds no table", hint)]
    title, headers = fold(sheet.rows[_TITLE_ROW - 1][0]), sheet.rows[_HEADER_ROW - 1]
    faults = []
    if not title.casefold().startswith(sheet.table):
        hint = f"The first cell should begin with {sheet.table}, as the file's name does"
        faults.append(Fault(sheet.label, _TITLE_ROW, "A", title[:60], "is not the title of the table", hint))
    for place, header in enumerate(headers):
        if not fold(header):
            below = next((row[place] for row in sheet.rows[_HEADER_ROW:] if fold(row[place])), "")
            letter = chr(ord("A") + place % 26)
            faults.append(Fault(sheet.label, _HEADER_ROW, letter, below, "stands in a column without a header"))
    return faults


def _faults_of_layout(sheet: _Sheet, layout: Layout, columns: list[Found]) -> list[Fault]:
    """Check what the headers of one sheet must say together."""
    faults = []
    if layout.kind == "shares":
        produced = next(found.year for found in columns if found.measure == "Production")
        ranks = sorted(found.year for found in columns if found.measure == "Rank")
        if ranks[-1] != produced:
            hint = f"Production is of {produced}"
            faults.append(Fault(sheet.label, _HEADER_ROW, "Rank", ranks[-1], "is of another year", hint))
        if len([found for found in columns if found.column.unit == "HHI"]) != 1:
            hint = "'Share HHI', or 'HHI: <value>' in the 2017 edition"
            faults.append(Fault(sheet.label, _HEADER_ROW, "Share HHI", "", "is missing, or stands twice", hint))
    if layout.kind == "by_country":
        name, country = fold(sheet.name), fold(columns[0].header)
        # Excel cuts names of sheets at 31 characters.
        if name != country[: len(name)] or (name != country and len(name) < 31):
            hint = f"The sheet is called {sheet.name!r}"
            faults.append(Fault(sheet.label, _HEADER_ROW, "A", country, "is not the country of the sheet", hint))
    return faults


def _index_cells(sheet: _Sheet, layout: Layout, columns: list[Found]) -> list[Cell]:
    """Return the values that headers print: the world's Herfindahl-Hirschman index of the 2017 edition."""
    return [
        Cell(
            row=_HEADER_ROW,
            column=found.header,
            table_kind=layout.kind,
            commodity=sheet.name,
            value=found.value,
            measure=found.measure,
            party="Total",
            year=_year_of_sheet(layout, columns),
            unit=found.column.unit,
            note="Printed in the header",
            sheet=sheet.name,
        )
        for found in columns
        if found.column.role is Role.INDEX
    ]


def _year_of_sheet(layout: Layout, columns: list[Found]) -> str:
    """Return the year that a whole sheet is about: shares are those of the one year of production beside them."""
    if layout.kind != "shares":
        return ""
    return next(found.year for found in columns if found.measure == "Production")


def _row_cells(
    sheet: _Sheet, layout: Layout, columns: list[Found], number: int, row: list[str]
) -> tuple[list[Cell], list[Fault]]:
    """Read one row; every column is consumed by its role."""
    name, unit, marks = "", "", ""
    faults: list[Fault] = []
    for found in columns:
        text = row[found.place]
        match found.column.role:
            case Role.NAME:
                name = text
            case Role.UNIT:
                unit = text
            case Role.MARKS:
                marks, fault = marks_of(text, sheet.label, number, found.header)
                faults += [fault] if fault else []
            case Role.INDEX if fold(text):
                hint = "Nothing stands below this header"
                faults.append(Fault(sheet.label, number, found.header, text, "is a value of no column", hint))
    if not fold(name):
        what = next((text for text in row if fold(text)), "")
        faults.append(Fault(sheet.label, number, columns[0].header, what, "is a row without a name"))
    commodity, party = _subject(sheet, layout, columns, name)
    cells = [
        Cell(
            row=number,
            column=found.header,
            table_kind=layout.kind,
            commodity=commodity,
            value=row[found.place],
            series=sheet.table if layout.kind == "groupings" else series_of(party),
            measure=found.measure,
            party=party,
            year=found.year or _year_of_sheet(layout, columns),
            unit=found.column.unit or unit,
            marks=marks,
            sheet=sheet.name,
        )
        for found in columns
        if found.column.role is Role.VALUE
    ]
    return cells, faults


def _subject(sheet: _Sheet, layout: Layout, columns: list[Found], name: str) -> tuple[str, str]:
    """Return commodity and party of a row: one is the row's name, the other stands over the whole sheet."""
    if layout.names == "party":
        return sheet.name, name
    return name, columns[0].header if layout.kind == "by_country" else "Total"


def _faults_of_rows(sheet: _Sheet, layout: Layout, columns: list[Found]) -> list[Fault]:
    """Check the names of the rows: the total closes the table, and no name stands twice."""
    place = next(found.place for found in columns if found.column.role is Role.NAME)
    names = [fold(row[place]) for row in sheet.rows[_FIRST_ROW - 1 :]]
    faults = [
        Fault(sheet.label, number, columns[place].header, name, "stands twice in the table", "Keep one of the rows")
        for number, name in enumerate(names, start=_FIRST_ROW)
        if name and name in names[: number - _FIRST_ROW]
    ]
    if layout.has_total and not is_total(names[-1]):
        hint = "Its last row should be called 'Total'. Is the sheet whole?"
        last = _FIRST_ROW + len(names) - 1
        faults.append(Fault(sheet.label, last, columns[place].header, names[-1], "does not close the table", hint))
    return faults

"""Read a workbook: every value cell of its world tables, in the publisher's own words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from etl.faults import Fault
from etl.sources.cells import Cell, Reading
from etl.sources.usgs_myb import ds140
from etl.sources.usgs_myb.labels import Names, are_marks, known_names, read_label, split_marks, total_of
from etl.sources.usgs_myb.rows import BodyRow, PlacedRow, place_rows
from etl.sources.usgs_myb.tables import Block, Column, Table, read_table, title_of, world_title
from etl.sources.usgs_myb.workbook import Row, UnreadableWorkbookError, Workbook, open_workbook
from etl.sources.values import fold

_FOOTNOTE_VALUE = re.compile(r"\((\d{1,2})\)")


def read(path: Path, label: str, edition: str) -> Reading:
    """Read every world production table of a workbook.

    Args:
        path: The workbook.
        label: Its name in messages.
        edition: The edition that the plan found; every value's year is printed.
    """
    reading = Reading()
    try:
        workbook = open_workbook(path)
    except UnreadableWorkbookError as problem:
        reading.faults.append(Fault(label, None, "", path.name, str(problem), "Expected an .xlsx workbook"))
        return reading
    for sheet, rows in workbook.sheets.items():
        if ds140.is_series(rows):
            ds140.read_series(sheet, rows, label, reading)
        elif world_title(title_of(rows)):
            _read_world_table(sheet, rows, workbook, label, reading)
    if not reading.cells and not reading.faults:
        hint = "Expected a sheet whose title says 'WORLD ... PRODUCTION, BY COUNTRY'"
        reading.faults.append(Fault(label, None, "", "", "has no world production table", hint))
    return reading


def _read_world_table(sheet: str, rows: list[Row], workbook: Workbook, label: str, reading: Reading) -> None:
    table = read_table(sheet, rows, workbook.superscripts, label)
    reading.faults += table.faults
    file = f"{label} ({sheet})"
    names = known_names()
    body = [_body(rows, block, workbook, sheet, names) for block in table.blocks]
    for block in table.blocks:
        reading.faults += _loose_cells(rows, block, table, file)
    block_of = {row.at: block for block, part in zip(table.blocks, body, strict=True) for row in part}
    placed = place_rows(_pages_joined(table, body), names)
    if table.blocks and not any(row.is_total or total_of(row.party) for row in placed) and not table.footnotes:
        hint = "Expected a total or footnotes at its end: the sheet seems to be cut off"
        reading.faults.append(Fault(file, len(rows), "", "", "ends without a total", hint))
    for row in placed:
        for column in block_of[row.at].columns:
            reading.cells.append(_cell(rows[row.at], row, column, table))


def _body(rows: list[Row], block: Block, workbook: Workbook, sheet: str, names: Names) -> list[BodyRow]:
    """Read the labels of a block."""
    body = []
    owned = {column.index for column in block.columns}
    depths = workbook.indents.get(sheet, {})
    for at in block.rows:
        row = rows[at]
        if row and row[0].strip():
            has_values = any(row[index].strip() for index in owned if index < len(row))
            label = read_label(row[0], workbook.superscripts, names)
            body.append(BodyRow(at, label, has_values, depths.get(at, 0)))
    return body


def _pages_joined(table: Table, body: list[list[BodyRow]]) -> list[list[BodyRow]]:
    """Join blocks that have the same header: pages of one table. Other blocks are further years of all its rows."""
    joined: dict[tuple[str, ...], list[BodyRow]] = {}
    for block, rows in zip(table.blocks, body, strict=True):
        joined.setdefault(tuple(column.header for column in block.columns), []).extend(rows)
    return list(joined.values())


def _loose_cells(rows: list[Row], block: Block, table: Table, file: str) -> Iterator[Fault]:
    """Look at every cell of a block that no column owns: nothing may be passed over."""
    owned = {column.index for column in block.columns}
    flags = {column.index + 1 for column in block.columns} - owned
    for at in block.rows:
        row = rows[at]
        for index, cell in enumerate(row[1:], 1):
            if not cell.strip() or index in owned or (index in flags and _is_flag(cell, table)):
                continue
            if index in flags:
                problem, hint = (
                    "is no flag",
                    "Expected e, r, p or numbers of footnotes below the table, right of a value",
                )
            else:
                problem, hint = "stands in a column without a header", "Expected values below a year only"
            yield Fault(file, at + 1, f"column {index + 1}", cell, problem, hint)
        if any(cell.strip() for cell in row) and not row[0].strip():
            yield Fault(file, at + 1, "column 1", "", "has values but no label", "Expected a country or a product")


def _is_flag(cell: str, table: Table) -> bool:
    """Say whether a text is flags and numbers of footnotes that the table has; else it may be a shifted value."""
    numbers = [mark for mark in split_marks(cell) if mark.isdigit()]
    return are_marks(cell) and all(number in table.footnotes for number in numbers)


def _cell(row: Row, placed: PlacedRow, column: Column, table: Table) -> Cell:
    value = row[column.index] if column.index < len(row) else ""
    flag = row[column.index + 1] if column.index + 1 < len(row) else ""
    marks = (*placed.marks, *column.marks, *split_marks(flag))
    letters = dict.fromkeys(mark for mark in marks if mark.isalpha())
    numbers = dict.fromkeys(mark for mark in marks if mark.isdigit())
    printed = _FOOTNOTE_VALUE.fullmatch(fold(value))
    if printed:
        # "(9)" instead of a number: that footnote says what the value is ("Less than ½ unit.").
        numbers = {printed[1]: None}
    what = ", ".join(part for part in (table.measure, table.what, column.measure) if part)
    return Cell(
        row=placed.at + 1,
        column=column.header,
        table_kind=placed.table_kind,
        commodity=table.commodity,
        value=value,
        series=placed.series,
        measure=what,
        party=placed.party,
        year=column.year,
        unit=table.unit,
        marks=", ".join(letters),
        note=" ".join(table.footnotes[number] for number in numbers if number in table.footnotes),
        sheet=table.sheet,
    )

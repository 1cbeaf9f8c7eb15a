"""Open a workbook: every sheet as rows of text, with the formatting that says what the text does not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import python_calamine

from etl.sources.guard import refuse_bombs
from etl.sources.usgs_myb.formats import Indents, Superscripts, read_formats

Row = list[str]


class UnreadableWorkbookError(Exception):
    """Raised where a file is no workbook."""


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook's text.

    Attributes:
        sheets: Rows of each sheet, by its name; row n of the sheet is item n - 1.
        superscripts: Of each text that ends in superscripts: (the text before them, the superscripts).
        indents: Of each sheet, the depth of the labels in its first column.
    """

    sheets: dict[str, list[Row]]
    superscripts: Superscripts
    indents: dict[str, Indents]


def open_workbook(path: Path) -> Workbook:
    """Read all sheets of a workbook.

    Raises:
        UnreadableWorkbookError: The file is empty, damaged or no workbook.
    """
    stat = path.stat()
    return _open(path, stat.st_mtime_ns, stat.st_size)


# Planning and reading look at the same file, one after the other.
@lru_cache(maxsize=4)
def _open(path: Path, _changed: int, size: int) -> Workbook:
    if not size:
        raise UnreadableWorkbookError("is empty")
    try:
        refuse_bombs(path)
        workbook = python_calamine.CalamineWorkbook.from_path(str(path))
        sheets = {
            name: [[_text(cell) for cell in row] for row in _rows(workbook, name)] for name in workbook.sheet_names
        }
    except (python_calamine.CalamineError, OSError) as problem:
        raise UnreadableWorkbookError(f"is no workbook ({problem})") from problem
    return Workbook(sheets, *read_formats(path))


def _rows(workbook: python_calamine.CalamineWorkbook, name: str) -> list[list[object]]:
    rows: list[list[object]] = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return rows


def _text(cell: object) -> str:
    """Return a cell's text; whole numbers without the fraction that the workbook's format does not show either."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell)

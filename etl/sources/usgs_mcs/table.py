"""Strict reading of a file into records: a broken file is a fault, never a guess."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import python_calamine

from etl.faults import Fault, nearest
from etl.sources.damage import hidden_sign
from etl.sources.guard import refuse_bombs
from etl.sources.values import fold


@dataclass(slots=True)
class Table:
    """A header and its records.

    Attributes:
        header: The column names as printed, outer blanks taken off; blank where a column has no name.
        records: (1-based row, fields) of every record that says something.
        faults: Why the file, or some of its records, cannot be read.
    """

    header: list[str] = field(default_factory=list)
    records: list[tuple[int, list[str]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_table(path: Path, label: str, encoding: str = "utf-8") -> Table:
    """Read a CSV file, or the first sheet of a workbook, into records of equal length.

    Args:
        path: The file.
        label: The file's name in messages.
        encoding: `utf-8` (with or without a byte-order mark) or `cp1252`.
    """
    if path.suffix.casefold() == ".xlsx":
        rows, faults = _read_workbook(path, label)
    else:
        rows, faults = _read_csv(path, label, encoding)
    if faults:
        return Table(faults=faults)
    if not rows or not any(text.strip() for text in rows[0]):
        return Table(faults=[Fault(label, 1, "", "", "has no header", "The file is empty or starts with a blank line")])
    header = [text.strip() for text in rows[0]]
    table = Table(header=header)
    for row, record in enumerate(rows[1:], start=2):
        if not any(text.strip() for text in record):
            continue  # whole rows of commas only stand in the releases
        if len(record) != len(header):
            problem = f"has {len(record)} fields, expected {len(header)}"
            table.faults.append(Fault(label, row, "", ",".join(record)[:80], problem, "A field is lost or added"))
        else:
            table.records.append((row, record))
    if not table.records and not table.faults:
        table.faults.append(Fault(label, None, "", "", "has a header but no rows", "Fetch the file again"))
    return table


def missing_columns(header: Sequence[str], required: Sequence[str], label: str) -> list[Fault]:
    """Return a fault per required column that the header lacks."""
    have = {name.casefold() for name in header}
    return [
        Fault(label, 1, name, ",".join(header)[:120], "is missing from the header", nearest(name, filter(None, header)))
        for name in required
        if name.casefold() not in have
    ]


def repeated_columns(header: Sequence[str], label: str) -> list[Fault]:
    """Return a fault per column name that stands twice."""
    names = [name.casefold() for name in header if name]
    return [
        Fault(label, 1, name, "", "stands twice in the header", "Which column is meant cannot be told")
        for name in dict.fromkeys(name for name in header if name)
        if names.count(name.casefold()) > 1
    ]


def wrong_edition(source: str, edition: str) -> bool:
    """Tell whether a `Source` field names another edition; the releases leave it blank, or write `MCS 2024`."""
    printed = re.sub(r"\s", "", source).casefold()
    return printed not in ("", f"mcs{edition}")


def _read_csv(path: Path, label: str, encoding: str) -> tuple[list[list[str]], list[Fault]]:
    raw = path.read_bytes()
    text, fault = _decode_cp1252(raw, label) if encoding == "cp1252" else _decode_utf8(raw, label)
    if fault is None and not text.strip():
        fault = Fault(label, None, "", "", "is empty", "Fetch the file again")
    if fault is None and "\r\n" in text and not text.endswith("\n"):
        last = text.count("\n") + 1
        fault = Fault(label, last, "", text[-60:], "does not end with a line break", "The file was cut short")
    if fault:
        return [], [fault]
    rows: list[list[str]] = []
    try:
        rows.extend(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        return [], [Fault(label, len(rows) + 1, "", "", f"is not a CSV record ({error})", "Check the quotes")]
    return rows, []


def _decode_utf8(raw: bytes, label: str) -> tuple[str, Fault | None]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        shown = f"0x{raw[error.start : error.start + 1].hex()}"
        return "", Fault(label, line, "", shown, "is not UTF-8", "These files of the release are UTF-8 with a BOM")
    return text, hidden_sign(text, label)


def _decode_cp1252(raw: bytes, label: str) -> tuple[str, Fault | None]:
    expected = "The long file of the release is Windows-1252 without a BOM"
    if not raw.isascii() and _is_utf8(raw):
        return "", Fault(label, None, "", raw[:3].hex(), "is UTF-8, not Windows-1252", expected)
    try:
        text = raw.decode("cp1252")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return "", Fault(label, line, "", f"0x{raw[error.start]:02x}", "is not Windows-1252", expected)
    return text, hidden_sign(text, label)


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _read_workbook(path: Path, label: str) -> tuple[list[list[str]], list[Fault]]:
    try:
        refuse_bombs(path)
        book = python_calamine.CalamineWorkbook.from_path(path)
        sheets = [
            book.get_sheet_by_index(index).to_python(skip_empty_area=False) for index in range(len(book.sheet_names))
        ]
    except (python_calamine.CalamineError, OSError, IndexError) as error:
        return [], [Fault(label, None, "", "", f"is no workbook that can be read ({error})", "Fetch the file again")]
    filled = [rows for rows in sheets if any(_cell_text(value) for row in rows for value in row)]
    if len(filled) > 1:
        names = ", ".join(book.sheet_names)
        return [], [Fault(label, None, "", names, "has several filled sheets", "One sheet with the table is expected")]
    return [[_cell_text(value) for value in row] for row in (filled[0] if filled else [])], []


def _cell_text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return fold(value) if isinstance(value, str) else "" if value is None else repr(value)

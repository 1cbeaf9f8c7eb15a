"""Strict reader of seed files: every cell is text, and a broken file is a fault, never a guess."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd

from etl.faults import Fault, nearest
from etl.seeds.contract import Contract

FILE_COLUMN = "_file"
ROW_COLUMN = "_row"


def read_seed(path: Path, contract: Contract, label: str) -> tuple[pd.DataFrame, list[Fault]]:
    """Read one CSV seed as text.

    Args:
        path: The file.
        contract: What its columns must be.
        label: The file's name in messages.

    Returns:
        A frame of strings with the contract's columns plus `_file` and `_row` (the record's first line in the
        file), and the faults found. The frame is empty where the header is wrong.
    """
    empty = pd.DataFrame(columns=[*contract.names, FILE_COLUMN, ROW_COLUMN])
    text, fault = _decode(path.read_bytes(), label)
    if fault:
        return empty, [fault]
    records, fault = _parse(text, label)
    if fault:
        return empty, [fault]
    if not records:
        return empty, [Fault(label, None, "", "", "is empty", f"Expected the header {','.join(contract.names)}")]
    header = records[0][1]
    header_faults = _check_header(header, contract, label)
    if header_faults:
        return empty, header_faults
    faults = [
        Fault(label, line, "", "", f"has {len(record)} fields, expected {len(header)}", "Check the quotes")
        for line, record in records[1:]
        if len(record) != len(header)
    ]
    rows = [[*record, label, line] for line, record in records[1:] if len(record) == len(header)]
    frame = pd.DataFrame(rows, columns=[*header, FILE_COLUMN, ROW_COLUMN])
    return frame[[*contract.names, FILE_COLUMN, ROW_COLUMN]], faults


def _decode(raw: bytes, label: str) -> tuple[str, Fault | None]:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        bad = f"0x{raw[error.start : error.start + 1].hex()}"
        return "", Fault(label, line, "", bad, "is not UTF-8", "Save the file as UTF-8 without BOM")
    if text.startswith("\ufeff"):
        return "", Fault(label, 1, "", "", "starts with a byte-order mark", "Save the file as UTF-8 without BOM")
    if "\x00" in text:
        return "", Fault(label, text[: text.index("\x00")].count("\n") + 1, "", "", "holds a NUL byte")
    return text, None


def _parse(text: str, label: str) -> tuple[list[tuple[int, list[str]]], Fault | None]:
    """Return the records with the line on which each starts; blank lines are no records."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[tuple[int, list[str]]] = []
    line = 0
    try:
        for record in reader:
            if record:
                records.append((line + 1, record))
            line = reader.line_num
    except csv.Error as error:
        return [], Fault(label, line + 1, "", "", f"is not a CSV record ({error})", "Check the quotes")
    return records, None


def _check_header(header: list[str], contract: Contract, label: str) -> list[Fault]:
    faults = [
        Fault(label, 1, name, "", "is an unknown column", nearest(name, contract.names))
        for name in header
        if name not in contract.names
    ]
    faults += [
        Fault(label, 1, name, "", "is missing from the header", f"Columns: {','.join(contract.names)}")
        for name in contract.names
        if name not in header
    ]
    faults += [
        Fault(label, 1, name, "", "stands twice in the header")
        for name in sorted(set(header))
        if header.count(name) > 1
    ]
    return faults

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
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        bad = raw[error.start : error.start + 1].hex()
        return empty, [Fault(label, line, "", f"0x{bad}", "is not UTF-8", "Save the file as UTF-8 without BOM")]
    if text.startswith("\ufeff"):
        return empty, [Fault(label, 1, "", "", "starts with a byte-order mark", "Save the file as UTF-8 without BOM")]
    if "\x00" in text:
        return empty, [Fault(label, text[: text.index("\x00")].count("\n") + 1, "", "", "holds a NUL byte")]
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[list[str]] = []
    starts: list[int] = []
    faults: list[Fault] = []
    line = 0
    try:
        for record in reader:
            if record:
                records.append(record)
                starts.append(line + 1)
            line = reader.line_num
    except csv.Error as error:
        return empty, [Fault(label, line + 1, "", "", f"is not a CSV record ({error})", "Check the quotes")]
    if not records:
        return empty, [Fault(label, None, "", "", "is empty", f"Expected the header {','.join(contract.names)}")]
    header_faults = _check_header(records[0], contract, label)
    if header_faults:
        return empty, header_faults
    rows = []
    for start, record in zip(starts[1:], records[1:], strict=True):
        if len(record) != len(records[0]):
            faults.append(
                Fault(label, start, "", "", f"has {len(record)} fields, expected {len(records[0])}", "Check the quotes")
            )
            continue
        rows.append([*record, label, start])
    frame = pd.DataFrame(rows, columns=[*records[0], FILE_COLUMN, ROW_COLUMN])
    return frame[[*contract.names, FILE_COLUMN, ROW_COLUMN]], faults


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
        Fault(label, 1, name, "", "stands twice in the header") for name in sorted(set(header)) if header.count(name) > 1
    ]
    return faults

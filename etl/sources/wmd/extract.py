"""Read the long CSV extract of table 6.4: one row per mineral, country and year, with ISO codes added by its makers."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from etl.faults import Fault, nearest
from etl.sources.cells import Cell, Reading
from etl.sources.damage import hidden_sign
from etl.sources.values import fold
from etl.sources.wmd.words import is_total, marks_of, series_of

COLUMNS = ("mineral_sheet", "country", "iso_numeric", "iso3", "year", "value", "unit", "data_source")
# What the identifying columns may hold. The rows called Total have DELETE for both codes. The codes are those of trade
# statistics (the United States 842, Kosovo R20, Taiwan S19) and not always right (French Guiana has Guyana's): the
# names of the countries are what is read, the codes go along as a note.
_EXPECTED = {
    "mineral_sheet": (r".*\S.*", "the name of a mineral"),
    "country": (r".*\S.*", "the name of a country, or Total"),
    "iso_numeric": (r"\d{1,3}|DELETE", "a numeric country code, or DELETE"),
    "iso3": (r"[A-Z][A-Z0-9]{2}|DELETE", "a country code, or DELETE"),
    "year": (r"(?:19|20)\d{2}", "four digits"),
    "unit": (r".*\S.*", "a unit"),
}


@dataclass(slots=True)
class _Seen:
    """Rows met so far: where each key stood, and which minerals and years have their total."""

    keys: dict[tuple[str, str, str], int] = field(default_factory=dict)
    totals: set[tuple[str, str]] = field(default_factory=set)


def read_extract(path: Path, label: str) -> Reading:
    """Read every value cell of the extract.

    Args:
        path: The CSV file.
        label: Its name in messages.
    """
    reading = Reading()
    try:
        text = path.read_bytes().decode("utf-8-sig")
        hidden = hidden_sign(text, label)
        if hidden:
            reading.faults.append(hidden)
        else:
            _read(io.StringIO(text, newline=""), label, reading)
    except UnicodeDecodeError as error:
        bad = error.object[error.start : error.start + 8].hex(" ")
        reading.faults.append(Fault(label, None, "", bad, "is not UTF-8", "Save the file as UTF-8"))
    except (csv.Error, OSError) as error:
        reading.faults.append(Fault(label, None, "", str(error), "cannot be read as CSV", "Fetch it again"))
    return reading


def _read(stream: TextIO, label: str, reading: Reading) -> None:
    records = csv.reader(stream, strict=True)
    headers = next(records, None)
    faults = _faults_of_headers(headers, label)
    if headers is None or faults:
        reading.faults += faults
        return
    seen = _Seen()
    for line, record in enumerate(records, start=2):
        if len(record) != len(headers):
            hint = f"{len(headers)} fields are expected. Is the file whole?"
            reading.faults.append(Fault(label, line, "", ",".join(record), f"has {len(record)} fields", hint))
            continue
        _read_row(dict(zip(headers, record, strict=True)), line, label, seen, reading)
    reading.faults += _without_total(seen, label)


def _faults_of_headers(headers: list[str] | None, label: str) -> list[Fault]:
    expected = f"Expected columns: {', '.join(COLUMNS)}"
    if not headers:
        return [Fault(label, None, "", "", "is empty", expected)]
    faults = [
        Fault(label, 1, header, header, "is an unknown column", f"{nearest(header, COLUMNS)}. {expected}".lstrip(". "))
        for header in headers
        if header not in COLUMNS
    ]
    faults += [
        Fault(label, 1, header, header, "stands twice among the headers", "Keep one")
        for place, header in enumerate(headers)
        if header in headers[:place]
    ]
    faults += [
        Fault(label, 1, column, "", "is missing among the headers", expected)
        for column in COLUMNS
        if column not in headers
    ]
    return faults


def _read_row(record: dict[str, str], line: int, label: str, seen: _Seen, reading: Reading) -> None:
    faults = _faults_of_row(record, line, label)
    commodity, party, year = record.pop("mineral_sheet"), record.pop("country"), record.pop("year")
    numeric, alpha = record.pop("iso_numeric"), record.pop("iso3")
    marks, fault = marks_of(record["data_source"], label, line, "data_source")
    del record["data_source"]
    faults += [fault] if fault else []
    if is_total(party) != (numeric == "DELETE") or (numeric == "DELETE") != (alpha == "DELETE"):
        hint = "DELETE stands for both codes of the rows called Total, and nowhere else"
        faults.append(Fault(label, line, "iso3", f"{party}, {numeric}, {alpha}", "is a code of another row", hint))
    first = seen.keys.setdefault((commodity, party, year), line)
    if first != line:
        faults.append(Fault(label, line, "country", f"{commodity}, {party}, {year}", f"stands in row {first} already"))
    if is_total(party):
        seen.totals.add((commodity, year))
    reading.faults += faults
    reading.cells.append(
        Cell(
            row=line,
            column="value",
            table_kind="production",
            commodity=commodity,
            value=record.pop("value"),
            series=series_of(party),
            measure="Production",
            party=party,
            year=year,
            unit=record.pop("unit"),
            marks=marks,
            note="" if is_total(party) else f"Codes in the extract: {numeric}, {alpha}",
        )
    )


def _faults_of_row(record: dict[str, str], line: int, label: str) -> list[Fault]:
    return [
        Fault(label, line, column, record[column], "is not what stands in this column", f"Expected: {shown}")
        for column, (pattern, shown) in _EXPECTED.items()
        if not re.fullmatch(pattern, fold(record[column]))
    ]


def _without_total(seen: _Seen, label: str) -> list[Fault]:
    """Find minerals and years without their total: it closes each mineral, so without it the file was cut short."""
    pairs = {(commodity, year): line for (commodity, _, year), line in seen.keys.items()}
    return [
        Fault(label, line, "country", f"{commodity}, {year}", "has no row called Total", "Is the file whole?")
        for (commodity, year), line in pairs.items()
        if (commodity, year) not in seen.totals
    ]

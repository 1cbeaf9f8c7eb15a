"""Read one export strictly: every record with the columns by name, and every fault of the file at once."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from etl.faults import Fault, nearest
from etl.sources.bgs.columns import COLUMNS, REQUIRED
from etl.sources.damage import hidden_sign

# A slipped file is wrong in every row: so many faults of one kind are shown, the rest are counted.
_SHOWN = 20


@dataclass(slots=True)
class Export:
    """One file as it stands.

    Attributes:
        records: Line number and values by column name, in the order of the file.
        faults: Why the file cannot be read.
    """

    records: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


class Faults:
    """Faults of one file; of a kind that strikes row after row, the first ones and how many more there are."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._found: list[Fault] = []
        self._seen: Counter[tuple[str, str]] = Counter()

    def add(self, row: int | None, column: str, value: str, problem: str, hint: str = "") -> None:
        """Add a fault."""
        self._seen[column, problem] += 1
        if self._seen[column, problem] <= _SHOWN:
            self._found.append(Fault(self._file, row, column, value, problem, hint))

    def all(self) -> list[Fault]:
        """Return every fault that is shown."""
        more = [
            Fault(self._file, None, column, "", f"{problem}, in {count - _SHOWN} more rows")
            for (column, problem), count in self._seen.items()
            if count > _SHOWN
        ]
        return self._found + more


def read_export(path: Path, label: str) -> Export:
    """Read a file; it has records or faults, never both.

    Args:
        path: The file.
        label: Its name in messages.
    """
    faults = Faults(label)
    text = _text(path, faults)
    records = [] if text is None else list(_records(text, faults))
    found = faults.all()
    return Export([] if found else records, found)


def _text(path: Path, faults: Faults) -> str | None:
    """Decode the file, or say why it cannot be."""
    try:
        content = path.read_bytes()
    except OSError as error:
        faults.add(None, "", error.strerror or str(error), "cannot be opened")
        return None
    if not content.strip():
        faults.add(None, "", "", "is empty", "Fetch it again")
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        wrong = content[error.start : error.start + 8].hex(" ")
        faults.add(row, "", wrong, "is no UTF-8, in which the publisher writes", "Save it as UTF-8, or fetch it again")
        return None
    if text.lstrip()[:1] == "<":
        faults.add(1, "", text.lstrip()[:40], "is a web page or XML, not a CSV file", "Fetch it again")
        return None
    hidden = hidden_sign(text, "")
    if hidden:
        faults.add(hidden.row, "", "", hidden.problem, hidden.hint)
        return None
    if not text.endswith(("\n", "\r")):
        last = text.rsplit("\n", 1)[-1]
        hint = "The last row may be cut off: fetch it again"
        faults.add(text.count("\n") + 1, "", last[-40:], "does not end with a line break", hint)
    return text


def _records(text: str, faults: Faults) -> Iterator[tuple[int, dict[str, str]]]:
    # strict: a quote that is never closed swallows the rest of the file, unseen otherwise.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader)
        if not _check_header(header, faults):
            return
        checks = _Checks(header, faults)
        for values in reader:
            if checks.passes(reader.line_num, values):
                yield reader.line_num, dict(zip(header, values, strict=True))
        if reader.line_num < 2:
            faults.add(1, "", "", "has a header and no rows", "Fetch it again")
    except csv.Error as error:
        faults.add(reader.line_num, "", str(error), "is no well-formed CSV", "Fetch it again")


def _check_header(header: list[str], faults: Faults) -> bool:
    """Check the column names; without the right ones no row can be understood."""
    unknown = [name for name in header if name not in COLUMNS]
    missing = [name for name in REQUIRED if name not in header]
    if len(missing) > len(REQUIRED) // 2:
        hint = f"Expected, in any order: {', '.join(REQUIRED)}"
        faults.add(1, "", ",".join(header)[:80], "is no header of this publisher", hint)
        return False
    for name in unknown:
        absent = [known for known in COLUMNS if known not in header]
        hint = nearest(name, absent) or "Say in etl/sources/bgs/columns.py what it is"
        faults.add(1, name, "", "is an unknown column", hint)
    for name in missing:
        faults.add(1, name, "", "is a missing column", nearest(name, unknown))
    for name, count in Counter(header).items():
        if count > 1:
            faults.add(1, name, "", f"stands {count} times in the header", "Fetch the file again")
    return not (unknown or missing) and len(set(header)) == len(header)


class _Checks:
    """Checks each record against the columns; a text that passed once is not looked at again."""

    def __init__(self, header: list[str], faults: Faults) -> None:
        self._faults = faults
        self._width = len(header)
        self._columns = [
            (place, name, pattern, COLUMNS[name].expected, set[str]())
            for place, name in enumerate(header)
            if (pattern := COLUMNS[name].pattern) is not None
        ]

    def passes(self, row: int, values: list[str]) -> bool:
        if len(values) != self._width:
            hint = f"{self._width} expected, as in the header. The row is cut off or shifted: fetch the file again"
            self._faults.add(row, "", f"{len(values)} values", "is a ragged row", hint)
            return False
        good = True
        for place, name, pattern, expected, passed in self._columns:
            value = values[place]
            if value in passed:
                continue
            if pattern.fullmatch(value):
                passed.add(value)
                continue
            good = False
            hint = f"Expected {expected}. The row may be shifted: fetch the file again"
            self._faults.add(row, name, value, "cannot stand in this column", hint)
        return good

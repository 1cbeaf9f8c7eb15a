"""Which file of the landing folder is which table of which edition."""

from __future__ import annotations

import re
from pathlib import Path

from etl.faults import Fault
from etl.sources.plan import Plan, SourceFile

WORKBOOKS = (".xlsx", ".xlsm", ".xls")
EXTRACT = ".csv"
# Editions are named by the four digits that their folder begins with: 2017_edition_data_2011_2015, 2024.
_EDITION = re.compile(r"(?P<year>(?:19|20)\d{2})(?!\d)")
# "6.4.Production_of...", "6.5. Share_of...", "6.3c. Political_stability".
_TABLE = re.compile(r"\s*(?P<table>6\.[1-6] ?[a-z]?)(?![a-z0-9])", re.IGNORECASE)
_LEFT = {
    ".md": "describes files, holds no table",
    ".txt": "describes files, holds no table",
    ".pdf": "the printed book: its tables are read from the workbooks",
    ".zip": "an archive: unpack it to have its tables read",
}


def table_of(path: Path) -> str | None:
    """Return the number of the table that a file's name begins with, e.g. `6.4` or `6.3c`; the extract is of 6.4."""
    if path.suffix.casefold() == EXTRACT:
        return "6.4"
    match = _TABLE.match(path.name)
    return match["table"].replace(" ", "").casefold() if match else None


def plan(folder: Path, label: str) -> Plan:
    """Tell which files of the source's folder are tables, and of which edition.

    Args:
        folder: The source's folder; below it one folder per edition, named by its year first.
        label: The folder's name in messages.
    """
    result = Plan()
    taken: dict[tuple[str, str], str] = {}
    for path in sorted(path for path in folder.rglob("*") if not path.is_dir()):
        inside = path.relative_to(folder)
        reason = _reason_to_leave(path)
        if reason:
            result.left.append((path, reason))
            continue
        _place(path, inside, f"{label}/{inside.as_posix()}", taken, result)
    return result


def _reason_to_leave(path: Path) -> str:
    if path.name.startswith((".", "~$")):
        return "a hidden or lock file"
    suffix = path.suffix.casefold()
    if suffix in WORKBOOKS or suffix == EXTRACT:
        return ""
    return _LEFT.get(suffix, "neither a workbook nor the CSV extract")


def _place(path: Path, inside: Path, name: str, taken: dict[tuple[str, str], str], result: Plan) -> None:
    edition = _EDITION.match(inside.parts[0]) if len(inside.parts) > 1 else None
    if edition is None:
        hint = "Put it into a folder whose name begins with the year of the edition, e.g. 2024"
        result.faults.append(Fault(name, None, "", inside.parts[0], "does not say of which edition it is", hint))
        return
    table = table_of(path)
    if table is None:
        hint = "Names of tables begin with 6.1 to 6.6, e.g. '6.5. Share_of_World_Mineral_Production.xlsx'"
        result.faults.append(Fault(name, None, "", path.name, "is a workbook of no known table", hint))
        return
    first = taken.setdefault((edition["year"], table), name)
    if first != name:
        hint = f"The other is {first}. Keep one of the two"
        problem = f"is a second file of table {table} of edition {edition['year']}"
        result.faults.append(Fault(name, None, "", path.name, problem, hint))
        return
    result.files.append(SourceFile(path, edition["year"]))

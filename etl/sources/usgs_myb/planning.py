"""Which workbooks belong to which yearbook, and what is left alone."""

from __future__ import annotations

import re
from pathlib import Path

from etl.faults import Fault
from etl.sources.plan import Plan, SourceFile
from etl.sources.usgs_myb import ds140
from etl.sources.usgs_myb.tables import looks_like_world_table, read_table, title_of, world_title
from etl.sources.usgs_myb.workbook import Row, UnreadableWorkbookError, Workbook, open_workbook
from etl.sources.values import fold

_WORKBOOKS = (".xlsx", ".xls", ".xlsm")
_NOTE_YEAR = re.compile(r"\b(?:(?P<tables>\d{4}) Annual Tables|Minerals Yearbook (?P<book>\d{4}))\b", re.IGNORECASE)
_EDITION_FOLDER = re.compile(r"\d{4}")


def plan(folder: Path, label: str) -> Plan:
    """Plan a landing folder, with or without subfolders by edition.

    Args:
        folder: The source's landing folder.
        label: Its name in messages.
    """
    result = Plan()
    seen: dict[tuple[str, str], str] = {}
    for path in sorted(folder.rglob("*")):
        name = f"{label}/{path.relative_to(folder).as_posix()}"
        if path.is_dir():
            continue
        if path.suffix.casefold() not in _WORKBOOKS or path.name.startswith(("~$", ".")):
            result.left.append((path, "no workbook"))
            continue
        try:
            workbook = open_workbook(path)
        except UnreadableWorkbookError as problem:
            result.faults.append(Fault(name, None, "", path.name, str(problem), "Expected an .xlsx workbook"))
            continue
        found = _plan_workbook(path, name, workbook, folder)
        result.faults += found.faults + _twice(found, name, workbook, seen)
        result.left += found.left
        result.files += found.files
    return result


def left_sheets(path: Path) -> list[tuple[str, str]]:
    """List the sheets of a workbook that are not read, each with the reason.

    Args:
        path: The workbook.

    Raises:
        UnreadableWorkbookError: The file is no workbook.
    """
    reasons = ((sheet, _why_left(rows)) for sheet, rows in open_workbook(path).sheets.items())
    return [(sheet, why) for sheet, why in reasons if why]


def _plan_workbook(path: Path, name: str, workbook: Workbook, folder: Path) -> Plan:
    result = Plan(faults=_unclear_sheets(workbook, name))
    if _titles(workbook):
        edition, faults = _edition(path, name, workbook, folder)
        result.faults += faults
        if not result.faults:
            result.files.append(SourceFile(path, edition))
    elif not result.faults:
        result.left.append((path, "has no world production table by country"))
    return result


def _twice(found: Plan, name: str, workbook: Workbook, seen: dict[tuple[str, str], str]) -> list[Fault]:
    """Return a fault per table that another workbook or sheet of the same edition holds too."""
    faults = []
    for file in found.files:
        for sheet, title in _titles(workbook):
            here = f"{name} ({sheet})"
            first = seen.setdefault((file.edition, title), here)
            if first != here:
                hint = f"{first} holds the same table of the {file.edition} yearbook: keep one"
                faults.append(Fault(here, None, "", title, "is a table that stands twice", hint))
    return faults


def _titles(workbook: Workbook) -> list[tuple[str, str]]:
    """Return (sheet, words of the title) of every table that is read."""
    titles = []
    for sheet, rows in workbook.sheets.items():
        found = world_title(title_of(rows))
        if ds140.is_series(rows):
            titles.append((sheet, f"{ds140.title(rows)} STATISTICS".upper()))
        elif found:
            titles.append((sheet, ": ".join(found).upper()))
    return titles


def _edition(path: Path, name: str, workbook: Workbook, folder: Path) -> tuple[str, list[Fault]]:
    """Tell the edition: the release note names the yearbook, and the tables' last year must agree."""
    faults: list[Fault] = []
    noted = _noted_years(workbook)
    last = _last_years(workbook, name)
    found = noted or set(last.values())
    if len(found) != 1:
        shown = ", ".join(sorted(found)) or "none"
        hint = "Expected one year in the release note, or one last year in all world tables"
        return "", [Fault(name, None, "", shown, "is no single edition", hint)]
    edition = found.pop()
    for sheet, year in last.items():
        if year and year != edition:
            hint = f"The release note says {edition}, and the tables of a workbook end in one year"
            faults.append(Fault(f"{name} ({sheet})", None, "", year, "is another last year than the edition", hint))
    parent = path.relative_to(folder).parts[0]
    if _EDITION_FOLDER.fullmatch(parent) and parent != edition:
        hint = f"The workbook is of the {edition} yearbook: move it to {edition}/"
        faults.append(Fault(name, None, "", parent, "is the folder of another edition", hint))
    return edition, faults


def _noted_years(workbook: Workbook) -> set[str]:
    years = set()
    for sheet, rows in workbook.sheets.items():
        if not _is_note(sheet):
            continue
        for row in rows:
            for match in _NOTE_YEAR.finditer(fold(" ".join(row))):
                years.add(match["tables"] or match["book"])
    return years


def _last_years(workbook: Workbook, name: str) -> dict[str, str]:
    last = {}
    for sheet, rows in workbook.sheets.items():
        if ds140.is_series(rows):
            last[sheet] = ds140.last_year(rows)
        elif world_title(title_of(rows)):
            years = read_table(sheet, rows, workbook.superscripts, name).years
            last[sheet] = years[-1] if years else ""
    return {sheet: year for sheet, year in last.items() if year}


def _unclear_sheets(workbook: Workbook, name: str) -> list[Fault]:
    """Return a fault per sheet that is built like a world table although its title does not say so."""
    return [
        Fault(f"{name} ({sheet})", 1, "", title_of(rows), "looks like a world table, but its title does not say so",
              "Expected 'COMMODITY: WORLD ... PRODUCTION, BY COUNTRY OR LOCALITY'")
        for sheet, rows in workbook.sheets.items()
        if _why_left(rows) == _UNCLEAR and looks_like_world_table(rows)
    ]  # fmt: skip


_UNCLEAR = "no world production table by country"
_WHY_LEFT = (
    (re.compile(r"\bWORLD\b.*\bCAPACITY\b", re.IGNORECASE), "world capacity, not production"),
    (
        re.compile(r"\bU\.? ?S\b|\bUNITED STATES\b|\bDOMESTIC\b|\bGOVERNMENT\b|\bSALIENT\b", re.IGNORECASE),
        "a table of the United States",
    ),
    (
        re.compile(r"\bPRICES?\b|\bCONTENTS? OF\b|\bCONSUM|\bSTOCKS\b", re.IGNORECASE),
        "prices, stocks, consumption or contents, not production",
    ),
    (re.compile(r"\bRELEASE\b", re.IGNORECASE), "release note"),
)


def _is_note(sheet: str) -> bool:
    return re.match(r"(?:note|text|cover|release)", sheet.strip(), re.IGNORECASE) is not None


def _why_left(rows: list[Row]) -> str:
    """Say why a sheet is not read; blank for one that is."""
    title = title_of(rows)
    if ds140.is_series(rows) or world_title(title):
        return ""
    if not any(cell.strip() for row in rows for cell in row):
        return "empty"
    return next((why for pattern, why in _WHY_LEFT if pattern.search(title)), _UNCLEAR)

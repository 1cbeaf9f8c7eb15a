"""Which files are exports, and of which edition: the last year that the files of one folder reach."""

from __future__ import annotations

import re
from pathlib import Path

from etl.faults import Fault
from etl.sources.bgs.columns import COMMODITY, STATISTIC, YEAR
from etl.sources.bgs.export import Export, read_export
from etl.sources.plan import Plan, SourceFile

_REASONS = {
    ".md": "a page for readers, no table",
    ".txt": "a page for readers, no table",
    ".pdf": "a page for readers, no table",
    ".part": "an unfinished download",
    ".json": "no CSV export; an origin card or the same data as JSON",
}


def plan(folder: Path, label: str) -> Plan:
    """Plan the exports below a folder.

    All exports of one folder are one edition, called after the last year in any of them: a commodity that is no longer
    produced ends earlier and still belongs to it. A folder that is called by a year says its edition itself.

    Args:
        folder: The source's landing folder.
        label: Its name in messages.
    """
    result = Plan()
    folders: dict[Path, list[Path]] = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        if path.suffix.casefold() == ".csv" and not path.name.startswith("."):
            folders.setdefault(path.parent, []).append(path)
        else:
            result.left.append((path, _REASONS.get(path.suffix.casefold(), "no CSV export")))
    tables: dict[tuple[str, ...], str] = {}
    for place, paths in folders.items():
        exports = {path: read_export(path, _label(path, folder, label)) for path in paths}
        edition = _edition(place, exports, _label(place, folder, label), result)
        if not edition:
            continue
        for path, export in exports.items():
            result.files.append(SourceFile(path, edition))
            _check_tables(_label(path, folder, label), edition, export, tables, result)
    return result


def _edition(place: Path, exports: dict[Path, Export], label: str, result: Plan) -> str:
    """Tell the edition of one folder's files, or say why it cannot be told."""
    years = [record[YEAR][:4] for export in exports.values() for _, record in export.records]
    named = re.fullmatch(r"[12]\d{3}", place.name)
    if named and max(years, default="") <= place.name:
        return place.name
    if named:
        hint = "Move the files that reach further into a folder of their own edition"
        result.faults.append(Fault(label, None, YEAR, max(years), "lies after the edition of its folder", hint))
        return ""
    if not years:
        result.faults += [fault for export in exports.values() for fault in export.faults]
        return ""
    return max(years)


def _check_tables(label: str, edition: str, export: Export, tables: dict[tuple[str, ...], str], result: Plan) -> None:
    """Refuse a second file of one commodity: its rows would count twice."""
    found = {(record[STATISTIC], record[COMMODITY]) for _, record in export.records}
    for statistic, commodity in sorted(found):
        other = tables.setdefault((edition, statistic, commodity), label)
        if other != label:
            hint = f"The same table of edition {edition} stands in {other}: remove one of the two"
            shown = f"{commodity}, {statistic}"
            result.faults.append(Fault(label, None, COMMODITY, shown, "is a second file of one table", hint))


def _label(path: Path, folder: Path, label: str) -> str:
    inside = path.relative_to(folder).as_posix()
    return label if inside == "." else f"{label}/{inside}"

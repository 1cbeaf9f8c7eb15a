"""Which file of a landing folder is which table of which edition, told by its name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from etl.faults import Fault
from etl.sources.plan import Plan, SourceFile

# Kinds of table that are read, with the names that the releases give them. The code of a commodity follows a hyphen, or
# nothing ("mcs2023tellu_salient.csv"); copies of 2022 carry the commodity in front ("cobalt_mcs2022-cobal_world.csv").
_NAMES = {
    "world": re.compile(r"(?:[a-z_-]+_)?mcs(?P<edition>\d{4})-?(?P<table>[a-z]+(?:-[a-z]+)*)_world\.csv"),
    "salient": re.compile(r"(?:[a-z_-]+_)?mcs(?P<edition>\d{4})-?(?P<table>[a-z]+(?:-[a-z]+)*)_salient\.(?:csv|xlsx)"),
    "single": re.compile(r"mcs(?P<edition>\d{4})_(?P<table>world_data)\.csv"),
    "long": re.compile(r"mcs(?P<edition>\d{4})_(?P<table>commodities_data)\.csv"),
    "critical": re.compile(r"mcs(?P<edition>\d{4})_(?P<table>t4)_[a-z0-9_]+\.csv"),
    "reliance": re.compile(r"mcs(?P<edition>\d{4})_(?P<table>fig2)_[a-z0-9_]+\.csv"),
}
_TREND = re.compile(r"mcs\d{4}_(?:t\d+|fig\d+)_[a-z0-9_]+\.(?:csv|xlsx)")
_LEFT_TREND = "a table of trends over many commodities (values, prices, states, growth), not of one mineral and country"
_LEFT_BY_SUFFIX = {
    ".xml": "metadata, no table",
    ".txt": "a history of versions, no table",
    ".md": "a text about the data",
    ".pdf": "a chapter or report, no table",
    ".zip": "an archive; its files are read where they lie unpacked beside it",
    ".dvc": "a pointer to a file, not the file",
    ".json": "metadata, no table",
    ".html": "a web page, no table",
}
_TABLES = (".csv", ".xlsx", ".xls", ".xlsm", ".ods", ".tsv")
_FOLDER = re.compile(r"20\d{2}")


@dataclass(frozen=True, slots=True)
class Name:
    """What a file's name says.

    Attributes:
        kind: The layout: `world`, `salient`, `single`, `long`, `critical` or `reliance`.
        edition: Four digits.
        table: The code of the commodity, or the name of the table.
    """

    kind: str
    edition: str
    table: str


def parse_name(name: str) -> Name | None:
    """Return what a file's name says, or None for a name of no known kind."""
    folded = name.casefold()
    for kind, pattern in _NAMES.items():
        if match := pattern.fullmatch(folded):
            return Name(kind, match["edition"], match["table"])
    return None


def plan(folder: Path, label: str) -> Plan:
    """Sort the files of the landing folder into tables to read and files to leave alone.

    Args:
        folder: The source's landing folder, with or without a subfolder per edition.
        label: The folder's name in messages.
    """
    result = Plan()
    seen: dict[Name, Path] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        shown = f"{label}/{path.relative_to(folder).as_posix()}"
        name = parse_name(path.name)
        if name is None:
            _leave(path, shown, result)
            continue
        fault = _misplaced(path, folder, name, shown) or _twice(path, folder, name, seen, shown)
        if fault:
            result.faults.append(fault)
            continue
        seen[name] = path
        result.files.append(SourceFile(path, name.edition))
    return result


def _leave(path: Path, shown: str, result: Plan) -> None:
    suffix = path.suffix.casefold()
    hidden = path.name.startswith((".", "~$"))
    if _TREND.fullmatch(path.name.casefold()):
        result.left.append((path, _LEFT_TREND))
    elif suffix in _TABLES and not hidden:
        hint = "Names are like mcs2024-cobal_world.csv, MCS2025_World_Data.csv, MCS2026_Commodities_Data.csv"
        result.faults.append(Fault(shown, None, "", path.name, "is a table of no known name", hint))
    else:
        result.left.append((path, _LEFT_BY_SUFFIX.get(suffix, "no file of the data release")))


def _misplaced(path: Path, folder: Path, name: Name, shown: str) -> Fault | None:
    years = [part for part in path.relative_to(folder).parent.parts if _FOLDER.fullmatch(part)]
    if all(year == name.edition for year in years):
        return None
    problem = f"is named after edition {name.edition} but lies in the folder of edition {years[0]}"
    return Fault(shown, None, "", path.name, problem, "Move the file, or give it the name of its own edition")


def _twice(path: Path, folder: Path, name: Name, seen: dict[Name, Path], shown: str) -> Fault | None:
    if name not in seen:
        return None
    other = seen[name].relative_to(folder).as_posix()
    return Fault(shown, None, "", path.name, f"is the same table of edition {name.edition} as {other}", "Keep one")

"""Land the official files: find them, read them strictly, interpret them, and account for every cell."""

from __future__ import annotations

import importlib
import math
from collections import Counter
from dataclasses import dataclass, field, fields
from operator import attrgetter
from pathlib import Path
from types import ModuleType
from unicodedata import category

import duckdb
import pandas as pd

from etl.faults import Fault, nearest
from etl.run.hashes import sha256_of
from etl.seeds.check import SeedFrames
from etl.sources.interpret import (
    LedgerLine,
    Mapping,
    Observation,
    interpret,
    unused_corrections,
)
from etl.sources.plan import SourceFile
from etl.sql import literal
from etl.text import unwritten

SOURCES = ("usgs_mcs", "usgs_myb", "wmd", "bgs")
_UNKNOWN = "not_available"
# Control characters, characters without a shape, and what stands for bytes that are not UTF-8.
_UNPRINTABLE = {"Cc", "Cf", "Cs"}
Identity = tuple[object, ...]
# Where two tables of one edition give the same quantity, the earlier kind is the observation, the other a repetition.

_KINDS_FIRST = ("world", "parts", "production", "shares", "salient", "reliance", "import_sources")


@dataclass(frozen=True, slots=True)
class LandedFile:
    """One file read, with the account of its cells: `observations + left_out == cells`."""

    source: str
    edition: str
    file: str
    sha256: str
    cells: int
    observations: int
    left_out: int


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One mineral of an official list that a publisher's file repeats."""

    source: str
    edition: str
    file: str
    row: int
    list_key: str
    printed: str
    mineral: str


@dataclass(slots=True)
class Landing:
    """What was found in the landing folder.

    Attributes:
        left_alone: Files and folders that are no tables of a known source, with the reason.
    """

    observations: list[Observation] = field(default_factory=list)
    ledger: list[LedgerLine] = field(default_factory=list)
    files: list[LandedFile] = field(default_factory=list)
    list_entries: list[ListEntry] = field(default_factory=list)
    left_alone: list[tuple[str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def land(folder: Path | None, frames: SeedFrames) -> Landing:
    """Read everything that lies in the landing folder; without one, the landing is empty."""
    landing = Landing()
    if folder is None:
        return landing
    landing.faults = _faults_of_names(folder)
    if landing.faults:
        return landing
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name in SOURCES:
            _land_source(path, folder, frames, landing)
        elif not path.name.startswith("."):
            landing.left_alone.append((path.name, "no source of that name"))
    return landing


def _faults_of_names(folder: Path) -> list[Fault]:
    """Refuse names that could not be shown or written down as they are: no publisher gives one."""
    hint = "Rename it: control characters, characters without a shape and names that are not UTF-8 are refused"
    return [
        Fault("landing folder", None, "", path.relative_to(folder).as_posix(), "holds a name that does not print", hint)
        for path in sorted(folder.rglob("*"))
        if any(category(character) in _UNPRINTABLE for character in path.name)
    ]


def write_landing(landing: Landing, folder: Path) -> None:
    """Write observations, ledger and files as Parquet for the staging models; empty ones keep their columns.

    The same rows are the same bytes, by which the next build knows what changed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tables = (
        ("observations", Observation, landing.observations),
        ("ledger", LedgerLine, landing.ledger),
        ("files", LandedFile, landing.files),
        ("list_entries", ListEntry, landing.list_entries),
    )
    with duckdb.connect(config={"threads": 1}) as connection:
        for name, kind, rows in tables:
            names = [f.name for f in fields(kind)]
            # Not `asdict`, which copies every text: of ten thousands of rows that takes seconds.
            frame = pd.DataFrame(list(map(attrgetter(*names), rows)), columns=names)
            connection.register("incoming", frame)
            columns = ", ".join(f'cast("{f.name}" as {_sql_type(str(f.type))}) as "{f.name}"' for f in fields(kind))
            target = literal(str(folder / f"{name}.parquet"))
            connection.execute(f"copy (select {columns} from incoming) to {target} (format parquet)")
            connection.unregister("incoming")


def _sql_type(annotation: str) -> str:
    kinds = {"str": "varchar", "int": "integer", "bool": "boolean", "float | None": "double"}
    return kinds[annotation]


def _land_source(folder: Path, root: Path, frames: SeedFrames, landing: Landing) -> None:
    module = importlib.import_module(f"etl.sources.{folder.name}")
    mapping = Mapping(folder.name, frames)
    plan = module.plan(folder, folder.name)
    landing.faults += plan.faults
    landing.left_alone += [(path.relative_to(root).as_posix(), reason) for path, reason in plan.left]
    observations: list[Observation] = []
    cells: dict[str, int] = {}
    for file in plan.files:
        label = file.path.relative_to(root).as_posix()
        reading = module.read(file.path, label, file.edition)
        landing.faults += reading.faults
        cells[label] = len(reading.cells)
        if not reading.faults:
            found = interpret(reading.cells, mapping, file.edition, label)
            landing.faults += found.faults
            landing.faults += _faults_of_texts(found.observations)
            landing.ledger += found.ledger
            observations += found.observations
            _land_list(module, file, label, frames, landing)
            landing.left_alone += [(f"{label} [{sheet}]", why) for sheet, why in _left_sheets(module, file.path)]
    if not landing.faults:
        landing.faults += unused_corrections(mapping, {(file.edition, file.path.name) for file in plan.files})
    kept, repeated, faults = _without_repetitions(observations)
    landing.observations += kept
    landing.ledger += repeated
    landing.faults += faults
    _account(folder.name, plan.files, root, cells, landing)


def _faults_of_texts(observations: list[Observation]) -> list[Fault]:
    """Refuse texts that no publisher wrote, before they are published beside a figure."""
    faults = []
    for one in observations:
        for column in ("original_value", "original_unit", "party_printed", "series", "note"):
            found = unwritten(getattr(one, column))
            if found:
                problem, value, _ = found
                hint = f"In the {column.replace('_', ' ')} at {one.locator}. Fetch the file again, or correct the cell"
                faults.append(Fault(one.file, None, column, value, problem, hint))
    return faults


def _land_list(module: ModuleType, file: SourceFile, label: str, frames: SeedFrames, landing: Landing) -> None:
    """Read the official list that a file repeats, if its source knows one."""
    list_key = module.list_of(file.path) if hasattr(module, "list_of") else None
    if list_key is None:
        return
    minerals = frames["minerals"]
    known = {name.casefold(): slug for name, slug in zip(minerals["name_en"], minerals["mineral"], strict=True)}
    known |= {slug.replace("_", " "): slug for slug in minerals["mineral"]}
    seed = frames["source_minerals"]
    source = label.split("/", 1)[0]
    own = seed[seed["source"] == source]
    known |= {name.casefold(): slug for name, slug in zip(own["printed"], own["mineral"], strict=True)}
    for printed, row in module.read_critical_list(file.path):
        mineral = known.get(printed.casefold())
        if mineral is None:
            paste = f"Add to {source}__minerals.csv: {source},{printed},MINERAL"
            hint = f"{nearest(printed, known)}. {paste}"
            landing.faults.append(Fault(label, row, "commodity", printed, "is an unmapped mineral of a list", hint))
        else:
            entry = ListEntry(source, file.edition, label, row, list_key, printed, mineral)
            landing.list_entries.append(entry)


def _left_sheets(module: ModuleType, path: Path) -> list[tuple[str, str]]:
    """Return the sheets of a workbook that its reader leaves alone, with the reasons."""
    return module.left_sheets(path) if hasattr(module, "left_sheets") else []


def _without_repetitions(
    observations: list[Observation],
) -> tuple[list[Observation], list[LedgerLine], list[Fault]]:
    """Keep one table's word for a quantity: a second table of the same edition repeats it or differs from it."""
    rank = {kind: place for place, kind in enumerate(_KINDS_FIRST)}
    first_kind: dict[Identity, str] = {}
    for item in observations:
        known = first_kind.get(_quantity(item))
        if known is None or rank.get(item.table_kind, len(rank)) < rank.get(known, len(rank)):
            first_kind[_quantity(item)] = item.table_kind
    kept: dict[Identity, Observation] = {}
    left: list[LedgerLine] = []
    faults: list[Fault] = []
    repeated = []
    for item in observations:
        identity = (*_quantity(item), item.series)
        if item.table_kind != first_kind[_quantity(item)]:
            repeated.append(item)
        elif identity not in kept:
            kept[identity] = item
        elif _UNKNOWN in (item.value_flag, kept[identity].value_flag):
            # One row knows what the other does not: what is known is the observation.
            known_item, unknown = (item, kept[identity]) if item.value_flag != _UNKNOWN else (kept[identity], item)
            kept[identity] = known_item
            left.append(_ledger_line(unknown, f"not available here, but given in {known_item.locator}"))
        else:
            faults.append(_second_value(item, kept[identity]))
    left += [_repetition(item, kept, first_kind) for item in repeated]
    return list(kept.values()), left, faults


def _repetition(item: Observation, kept: dict[Identity, Observation], first_kind: dict[Identity, str]) -> LedgerLine:
    """Say whether a cell of a second table repeats the first, or differs from it."""
    table = f"the {first_kind[_quantity(item)]} table of the same edition"
    twin = kept.get((*_quantity(item), item.series))
    if twin is None:
        return _ledger_line(item, f"the quantity stands, under other series, in {table}")
    same = item.value == twin.value or (
        item.value is not None and twin.value is not None and math.isclose(item.value, twin.value, rel_tol=1e-9)
    )
    return _ledger_line(item, f"repeats {table}" if same else f"differs ({twin.original_value}) from {table}")


def _second_value(item: Observation, other: Observation) -> Fault:
    hint = f"The same stands in {other.file}, {other.locator}: {other.original_value!r}"
    return Fault(item.file, None, item.locator, item.original_value, "is a second value of one series", hint)


def _ledger_line(item: Observation, reason: str) -> LedgerLine:
    return LedgerLine(item.source, item.edition, item.file, item.locator, item.original_value, reason)


def _quantity(item: Observation) -> Identity:
    return (item.source, item.edition, item.mineral, item.basis, item.stage, item.measure, item.party, item.year)


def _account(source: str, files: list[SourceFile], root: Path, cells: dict[str, int], landing: Landing) -> None:
    """Set what was read of each file beside what became of it; a test compares the two."""
    observed = Counter(item.file for item in landing.observations if item.source == source)
    left = Counter(line.file for line in landing.ledger if line.source == source)
    for file in files:
        label = file.path.relative_to(root).as_posix()
        landing.files.append(
            LandedFile(
                source=source,
                edition=file.edition,
                file=label,
                sha256=sha256_of(file.path),
                cells=cells[label],
                observations=observed[label],
                left_out=left[label],
            )
        )


def account_lines(landing: Landing) -> list[str]:
    """Say for each file how its cells are accounted for, then what was left alone."""
    lines = [
        f"{file.file}: {file.cells} cells = {file.observations} observations + {file.left_out} left out"
        for file in landing.files
    ]
    lines += [f"{path}: left alone ({reason})" for path, reason in landing.left_alone]
    return lines

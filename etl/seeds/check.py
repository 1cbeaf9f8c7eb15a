"""Check seeds against their contracts: types, closed lists, references, keys; all faults together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import yaml

from etl.faults import Fault, nearest
from etl.project import PROJECT_MARKER, Project
from etl.seeds.contract import Contract, Field, load_contracts
from etl.seeds.literal import agrees
from etl.seeds.read import FILE_COLUMN, ROW_COLUMN, read_seed
from etl.text import unwritten

LIST_SEPARATOR = ";"
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_INTEGER = re.compile(r"-?\d+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
# Control characters, line breaks among them; zero width; and what turns the direction of the text around.
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff]")

SeedFrames = dict[str, pd.DataFrame]


def load_seeds(project: Project) -> tuple[SeedFrames, list[Fault]]:
    """Read and check every seed of a project.

    Returns:
        One frame of text per kind (files of one kind are stacked, with `_file` and `_row`), and all faults.
    """
    seeds = project.seeds
    contracts = load_contracts(project.contracts)
    frames: SeedFrames = {}
    faults: list[Fault] = []
    claimed: dict[Path, str] = {}
    unknown: set[str] = set()  # kinds that could not be read: what refers to them is not at fault
    for kind, contract in contracts.items():
        parts = []
        unread = False
        for pattern in contract.files:
            found = sorted(seeds.glob(pattern))
            if not found and "*" not in pattern:
                faults.append(Fault(f"seeds/{pattern}", None, "", "", "is missing", "Restore it from the repository"))
                unread = True
            for path in found:
                claimed[path] = kind
                frame, problems = read_seed(path, contract, _label(path, seeds))
                parts.append(frame)
                faults += problems
                unread = unread or (frame.empty and bool(problems))
        frames[kind] = (
            pd.concat(parts, ignore_index=True)
            if parts
            else pd.DataFrame(columns=[*contract.names, FILE_COLUMN, ROW_COLUMN])
        )
        if unread:
            unknown.add(kind)
    faults += [
        Fault(_label(path, seeds), None, "", "", "matches no seed contract", nearest(path.stem, _stems(contracts)))
        for path in sorted(seeds.rglob("*.csv"))
        if path not in claimed
    ]
    faults += _check_declared(project, {path.stem for path in claimed})
    readable = {kind: frame for kind, frame in frames.items() if kind not in unknown}
    for kind, contract in contracts.items():
        faults += list(check_frame(frames[kind], contract, readable))
        faults += list(_check_folder(frames[kind], contract))
        faults += list(_check_lines(frames[kind], contract))
    return frames, faults


def check_frame(frame: pd.DataFrame, contract: Contract, frames: SeedFrames) -> Iterator[Fault]:
    """Yield every fault of one kind's rows against its contract.

    References to a kind that `frames` lacks are not checked.
    """
    for field in contract.fields:
        known = _known_values(field, frames)
        for value, file, row in zip(frame[field.name], frame[FILE_COLUMN], frame[ROW_COLUMN], strict=True):
            for problem, cell, hint in _check_cell(value, field, known):
                yield Fault(file, row, field.name, cell, problem, hint)
        if field.literal:
            yield from _check_literals(frame, field)
        if field.named_by and known is not None:
            yield from _check_names(frame, field, frames)
    key = list(contract.primary_key)
    duplicated = frame[frame.duplicated(subset=key, keep=False)]
    for identity, group in duplicated.groupby(key, sort=True):
        first = group.iloc[0]
        for _, record in group.iloc[1:].iterrows():
            shown = " | ".join(str(part) for part in identity)
            hint = f"The same key ({', '.join(key)}) stands in {first[FILE_COLUMN]}:{first[ROW_COLUMN]}"
            yield Fault(record[FILE_COLUMN], record[ROW_COLUMN], key[0], shown, "is a duplicate key", hint)


def _check_cell(value: str, field: Field, known: set[str] | None) -> Iterator[tuple[str, str, str]]:
    """Yield (problem, offending text, hint) for one cell."""
    if value == "":
        if field.required:
            yield "is required and blank", "", field.title
        return
    hidden = _HIDDEN.search(value)
    if hidden:
        yield "holds a character that does not show", hidden.group(), "Remove it; a cell is one line of plain text"
        return
    if value != value.strip():
        yield "has blanks around it", value, "Remove them"
        return
    problem = unwritten(value)
    if problem:
        yield problem
        return
    for part in value.split(LIST_SEPARATOR) if field.is_list else [value]:
        yield from _check_value(part, field, known)


def _check_literals(frame: pd.DataFrame, field: Field) -> Iterator[Fault]:
    """Hold a number or a date to the literal beside it, as far as that is written in digits."""
    cells = zip(frame[field.name], frame[field.literal], frame[FILE_COLUMN], frame[ROW_COLUMN], strict=True)
    for value, literal, file, row in cells:
        if value and _check_type(value, field) is None and not agrees(value, literal, is_date=field.type == "date"):
            hint = f"Printed is {literal!r}. Mend the one or the other"
            yield Fault(file, row, field.name, value, f"does not stand in [{field.literal}]", hint)


def _check_names(frame: pd.DataFrame, field: Field, frames: SeedFrames) -> Iterator[Fault]:
    """Hold a code to the name beside it, where that is a name of the kind that the code is of."""
    kind, column = field.references.split(".")
    codes: dict[str, set[str]] = {}
    for name_column in ("name_en", "name_zh"):
        for name, code in zip(frames[kind][name_column], frames[kind][column], strict=True):
            codes.setdefault(name, set()).add(code)
    cells = zip(frame[field.name], frame[field.named_by], frame[FILE_COLUMN], frame[ROW_COLUMN], strict=True)
    for value, name, file, row in cells:
        if value and name in codes and value not in codes[name]:
            hint = f"{name!r} is {', '.join(sorted(codes[name]))}"
            yield Fault(file, row, field.name, value, f"is not what [{field.named_by}] names", hint)


def _check_value(value: str, field: Field, known: set[str] | None) -> Iterator[tuple[str, str, str]]:
    fault = _check_type(value, field)
    if fault:
        yield fault
    elif known is not None and value not in known:
        yield f"is no known {field.references.split('.')[1]}", value, nearest(value, known)
    elif field.enum and value not in field.enum:
        near = nearest(value, field.enum)
        yield "is not allowed", value, near or f"Allowed: {', '.join(field.enum)}"
    elif field.pattern and not re.fullmatch(field.pattern, value):
        yield f"does not match {field.pattern}", value, field.title


def _check_type(value: str, field: Field) -> tuple[str, str, str] | None:
    match field.type:
        case "integer" if not _INTEGER.fullmatch(value):
            return "is not a whole number", value, ""
        case "number" if not _NUMBER.fullmatch(value):
            return "is not a plain decimal number", value, "Use digits, one point, no separators"
        case "date":
            return _check_date(value)
        case "boolean" if value not in ("true", "false"):
            return "is neither true nor false", value, ""
        case _:
            pass
    outside = field.type in ("integer", "number") and (
        (field.minimum is not None and float(value) < field.minimum)
        or (field.maximum is not None and float(value) > field.maximum)
    )
    return (f"lies outside {field.minimum}..{field.maximum}", value, "") if outside else None


def _check_date(value: str) -> tuple[str, str, str] | None:
    if not _DATE.fullmatch(value):
        return "is not a date", value, "Write YYYY-MM-DD"
    try:
        date.fromisoformat(value)
    except ValueError as error:
        return f"is no day of the calendar ({error})", value, "Write YYYY-MM-DD"
    return None


def _known_values(field: Field, frames: SeedFrames) -> set[str] | None:
    if not field.references:
        return None
    kind, column = field.references.split(".")
    return set(frames[kind][column]) if kind in frames else None


def _check_folder(frame: pd.DataFrame, contract: Contract) -> Iterator[Fault]:
    """A paper's facts lie in the folder that bears its name."""
    if "document" not in contract.names:
        return
    for document, file, row in zip(frame["document"], frame[FILE_COLUMN], frame[ROW_COLUMN], strict=True):
        parts = file.split("/")
        if len(parts) > 3 and parts[1] == "articles" and parts[2] != document:
            yield Fault(
                file, row, "document", document, "stands in the folder of another document", f"Expected {parts[2]!r}"
            )


def _check_lines(frame: pd.DataFrame, contract: Contract) -> Iterator[Fault]:
    """A paper's facts stand in the order of its lines, so that a slip in a line's number shows."""
    if "text_line" not in contract.names:
        return
    last: dict[str, int] = {}
    for line, file, row in zip(frame["text_line"], frame[FILE_COLUMN], frame[ROW_COLUMN], strict=True):
        if not file.startswith("seeds/articles/") or not _INTEGER.fullmatch(line):
            continue
        if file in last and int(line) < last[file]:
            hint = "Rows stand in the order of the lines that they are about: mend the number, or move the row"
            yield Fault(file, row, "text_line", line, f"comes after line {last[file]}", hint)
        last[file] = int(line)


def _check_declared(project: Project, present: set[str]) -> list[Fault]:
    """A paper's seeds are those that `seeds_by_kind` of dbt_project.yml declares: no file lost, none overlooked."""
    path = project.root / PROJECT_MARKER
    declared_by_kind = yaml.safe_load(path.read_text(encoding="utf-8")).get("vars", {}).get("seeds_by_kind", {})
    declared = {f"{document}__{kind}" for kind, documents in declared_by_kind.items() for document in documents}
    stacked = {stem for stem in present if stem.split("__")[-1] in declared_by_kind}
    lost = "Restore the file, or take it out of seeds_by_kind"
    new = "Declare it in seeds_by_kind, so that the models read it"
    return [
        *(Fault(f"{stem}.csv", None, "", "", "is missing", lost) for stem in sorted(declared - stacked)),
        *(
            Fault(f"{stem}.csv", None, "", "", "is not declared in dbt_project.yml", new)
            for stem in sorted(stacked - declared)
        ),
    ]


def _label(path: Path, seeds: Path) -> str:
    return (Path("seeds") / path.relative_to(seeds)).as_posix()


def _stems(contracts: dict[str, Contract]) -> list[str]:
    return sorted({Path(pattern).stem for contract in contracts.values() for pattern in contract.files})

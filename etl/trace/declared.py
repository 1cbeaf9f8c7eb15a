"""What a mart's YAML declares in `meta.provenance`: where the source of each of its rows is to be found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# Parts of a cell that a column of the mart can hold.
CELL_PARTS = ("document", "source", "edition", "file", "locator", "text_line", "printed", "party", "value_tonnes")
_KINDS = ("cells", "view", "seeds", "build")


class BadDeclaration(Exception):
    """Raised where a mart's declaration cannot be understood."""


@dataclass(frozen=True, slots=True)
class CellColumns:
    """A cell that a row names itself.

    Attributes:
        role: What the cell does for the row.
        columns: Part of the cell to column of the mart.
    """

    role: str
    columns: dict[str, str]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the source of a mart's rows is to be found; exactly one of the first four is given.

    Attributes:
        cells: The row names its cells itself, in these columns.
        view: The view that has the mart's key and the cells of each row.
        seeds: The rows are those of reference lists, the seeds of these names.
        build: The build itself makes the rows, from what this says.
        publisher: Who publishes what a reference list holds, where that is known.
        whole: Why a cell of this mart has no place in a publication; empty where it must have one.
    """

    cells: tuple[CellColumns, ...] = ()
    view: str = ""
    seeds: tuple[str, ...] = ()
    build: str = ""
    publisher: str = ""
    whole: str = ""


def read_declaration(table: str, declared: dict[str, Any] | None) -> Provenance:
    """Return what a mart declares.

    Args:
        table: Name of the mart.
        declared: Its `meta.provenance`.

    Raises:
        BadDeclaration: It declares none, or something else than one of the four ways.
    """
    if not declared:
        raise BadDeclaration(
            f"{table} declares no provenance: add `provenance:` to its meta, with one of {', '.join(_KINDS)}."
        )
    unknown = set(declared) - {*_KINDS, "publisher", "whole"}
    if unknown or len(set(declared) & set(_KINDS)) != 1:
        raise BadDeclaration(
            f"{table}: a provenance has exactly one of {', '.join(_KINDS)}; given: {sorted(declared)}."
        )
    return Provenance(
        cells=tuple(_cell(table, cell) for cell in declared.get("cells", ())),
        view=declared.get("view", ""),
        seeds=tuple(declared.get("seeds", ())),
        build=declared.get("build", ""),
        publisher=declared.get("publisher", ""),
        whole=declared.get("whole", ""),
    )


def _cell(table: str, declared: dict[str, str]) -> CellColumns:
    columns = {part: column for part, column in declared.items() if part != "role"}
    unknown = sorted(set(columns) - set(CELL_PARTS))
    if unknown:
        raise BadDeclaration(f"{table}: {', '.join(unknown)} is no part of a cell; those are {', '.join(CELL_PARTS)}.")
    if "document" not in columns and not {"source", "edition"} <= set(columns):
        raise BadDeclaration(f"{table}: a cell names its document, or its source and edition.")
    return CellColumns(declared.get("role", "source"), columns)

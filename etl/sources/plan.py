"""Which files of a landing folder belong to which edition, and which are left alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from etl.faults import Fault


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read, with the edition that it belongs to."""

    path: Path
    edition: str


@dataclass(slots=True)
class Plan:
    """What a source makes of its folder: every file is either read or left alone with a reason.

    Attributes:
        files: Files to read.
        left: Files that are no tables of values, with the reason.
        faults: Files that cannot be what they seem: two files of one table, an edition that cannot be told.
    """

    files: list[SourceFile] = field(default_factory=list)
    left: list[tuple[Path, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

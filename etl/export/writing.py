"""Writing the chosen tables in one format into a folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from etl.export.as_csv import BOM, csv_lines
from etl.export.as_json import json_lines
from etl.export.chosen import Chosen, Tongue, rows_of
from etl.run.hashes import sha256_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from etl.metadata.described import DescribedRelease

FORMATS = ("parquet", "csv", "xlsx", "json")
_CITATION = "CITATION.md"


class NotAsPublished(Exception):
    """Raised where a file of the release is not what its manifest says."""


@dataclass(frozen=True, slots=True)
class Export:
    """What is exported, and how.

    Attributes:
        release: The release in words.
        files: The release's own folder.
        tables: The tables.
        format: One of `FORMATS`.
        tongue: Languages of names and descriptions.
        bom: Whether CSV files begin with a byte order mark.
    """

    release: DescribedRelease
    files: Path
    tables: Sequence[Chosen]
    format: str
    tongue: Tongue
    bom: bool


def write_export(
    connection: DuckDBPyConnection, export: Export, folder: Path, tell: Callable[[str], None]
) -> list[str]:
    """Write an export into an empty folder, with what to cite.

    Args:
        connection: The release.
        export: What to write.
        folder: Where to.
        tell: Is told which table is under way.

    Returns:
        What a reader has to know.

    Raises:
        NotAsPublished: A Parquet file of the release is broken.
        OSError: The folder cannot be written.
    """
    notes: list[str] = []
    if export.format == "xlsx":
        from etl.export.workbook import write_workbook  # noqa: PLC0415 - only who exports workbooks pays for it

        file = folder / "orebloc.xlsx"
        notes = write_workbook(connection, export.release, export.tables, export.tongue, file, tell=tell)
    else:
        for table in export.tables:
            tell(table.name)
            _write_table(connection, export, table, folder)
    if (export.files / _CITATION).is_file():
        shutil.copyfile(export.files / _CITATION, folder / _CITATION)
    return notes


def _write_table(connection: DuckDBPyConnection, export: Export, table: Chosen, folder: Path) -> None:
    target = folder / f"{table.name}.{export.format}"
    if export.format == "parquet":
        published = table.described.exported
        source = export.files / published.path
        if not source.is_file():
            raise NotAsPublished(f"{published.path} is missing from the release.")
        shutil.copyfile(source, target)
        if sha256_of(target) != published.sha256:
            raise NotAsPublished(f"{published.path} of the release is not what was published.")
    elif export.format == "json":
        _write_lines(target, json_lines(table.columns, rows_of(connection, table)), "")
    else:
        _write_lines(target, csv_lines(table.columns, rows_of(connection, table)), BOM if export.bom else "")


def _write_lines(file: Path, lines: Iterable[str], before: str) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        out.write(before)
        out.writelines(lines)

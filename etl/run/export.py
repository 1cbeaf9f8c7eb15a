"""Exports of a release: one ordered Parquet file per mart, and the manifest."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from etl.run.hashes import sha256_of
from etl.run.inputs import Inputs
from etl.sql import literal

PUBLIC_SCHEMA = "marts"
SCHEMA_VERSION = "1.0"


@dataclass(frozen=True, slots=True)
class ExportedTable:
    """One exported mart. `path` is relative to the release."""

    name: str
    rows: int
    path: str
    bytes: int
    sha256: str


def export_tables(connection: duckdb.DuckDBPyConnection, folder: Path) -> list[ExportedTable]:
    """Write every public table to `folder/parquet/<table>.parquet`, in a total order.

    One thread and a fixed compression make the same rows the same bytes.
    """
    target = folder / "parquet"
    target.mkdir(parents=True, exist_ok=True)
    connection.execute("set threads = 1")
    exported = []
    for name in public_tables(connection):
        path = target / f"{name}.parquet"
        connection.execute(
            f"copy (select * from {PUBLIC_SCHEMA}.{name} order by all) to {literal(str(path))} "
            "(format parquet, compression zstd)"
        )
        rows = _scalar(connection, f"select count(*) from {PUBLIC_SCHEMA}.{name}")
        exported.append(
            ExportedTable(name, rows, path.relative_to(folder).as_posix(), path.stat().st_size, sha256_of(path))
        )
    return exported


def public_tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the names of the public tables, in order."""
    rows = connection.execute(
        "select table_name from information_schema.tables where table_schema = ? order by table_name", [PUBLIC_SCHEMA]
    ).fetchall()
    return [row[0] for row in rows]


def write_manifest(
    path: Path,
    *,
    release_id: str,
    built_at: str,
    git_commit: str,
    sequence: int,
    inputs: Inputs,
    database: Path,
    tables: list[ExportedTable],
    checks: dict[str, Any],
) -> None:
    """Write `manifest.json`: what went in, what came out, with hashes, and what was checked.

    Every file that lies in the release's folder is named, but for the manifest itself: write it last. `sequence` counts
    the releases of a warehouse: it says which of two is newer, whatever the clock said.
    """
    named = {path.name, database.name, *(table.path for table in tables)}
    manifest = {
        "release_id": release_id,
        "schema_version": SCHEMA_VERSION,
        "built_at": built_at,
        "git_commit": git_commit,
        "sequence": sequence,
        "inputs_sha256": inputs.sha256,
        "inputs": inputs.files,
        "versions": inputs.versions,
        "database": {"path": database.name, "bytes": database.stat().st_size, "sha256": sha256_of(database)},
        "tables": [asdict(table) for table in tables],
        "files": _other_files(path.parent, named),
        "checks": checks,
    }
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _other_files(folder: Path, known: set[str]) -> list[dict[str, Any]]:
    """Return path, size and hash of every file of the release that the manifest does not name elsewhere."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return [
        {"path": name, "bytes": path.stat().st_size, "sha256": sha256_of(path)}
        for path in paths
        if (name := path.relative_to(folder).as_posix()) not in known
    ]


def _scalar(connection: duckdb.DuckDBPyConnection, sql: str) -> Any:  # noqa: ANN401 - whatever the query yields
    row = connection.execute(sql).fetchone()
    assert row is not None
    return row[0]

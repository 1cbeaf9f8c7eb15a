"""Exports of a release: one ordered Parquet file per mart, a Frictionless data package, the manifest."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from etl.run.inputs import Inputs, sha256_of

PUBLIC_SCHEMA = "marts"
SCHEMA_VERSION = "1.0"
# DuckDB type to the type of Frictionless Table Schema.
_FIELD_TYPES = {
    "VARCHAR": "string",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "DOUBLE": "number",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
}


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
            f"copy (select * from {PUBLIC_SCHEMA}.{name} order by all) to '{path}' (format parquet, compression zstd)"
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


def write_datapackage(
    connection: duckdb.DuckDBPyConnection, tables: list[ExportedTable], release_id: str, path: Path
) -> None:
    """Write `datapackage.json`: every table with its fields, their types and meanings, and the sources."""
    package = {
        "profile": "data-package",
        "name": "orebloc",
        "title": "orebloc: who controls critical minerals, bloc by bloc, year by year",
        "version": release_id,
        "sources": _sources(connection),
        "resources": [_resource(connection, table) for table in tables],
    }
    _write_json(path, package)


def write_manifest(
    path: Path,
    *,
    release_id: str,
    built_at: str,
    git_commit: str,
    inputs: Inputs,
    database: Path,
    tables: list[ExportedTable],
    checks: dict[str, Any],
) -> None:
    """Write `manifest.json`: what went in, what came out, with hashes, and what was checked."""
    manifest = {
        "release_id": release_id,
        "schema_version": SCHEMA_VERSION,
        "built_at": built_at,
        "git_commit": git_commit,
        "inputs_sha256": inputs.sha256,
        "inputs": inputs.files,
        "versions": inputs.versions,
        "database": {"path": database.name, "bytes": database.stat().st_size, "sha256": sha256_of(database)},
        "tables": [asdict(table) for table in tables],
        "checks": checks,
    }
    _write_json(path, manifest)


def _resource(connection: duckdb.DuckDBPyConnection, table: ExportedTable) -> dict[str, Any]:
    fields = connection.execute(
        "select column_name, data_type, coalesce(comment, '') from duckdb_columns() "
        "where schema_name = ? and table_name = ? order by column_index",
        [PUBLIC_SCHEMA, table.name],
    ).fetchall()
    comment = _scalar(
        connection,
        f"select coalesce(comment, '') from duckdb_tables() where schema_name = '{PUBLIC_SCHEMA}' "
        f"and table_name = '{table.name}'",
    )
    keys = connection.execute(
        f"select column_name from {PUBLIC_SCHEMA}.data_dictionary where table_name = ? and is_key order by position",
        [table.name],
    ).fetchall()
    schema: dict[str, Any] = {
        "fields": [
            {"name": name, "type": _FIELD_TYPES.get(kind, "any"), "description": text} for name, kind, text in fields
        ]
    }
    if keys:
        schema["primaryKey"] = [key[0] for key in keys]
    return {
        "name": table.name.replace("_", "-"),
        "path": table.path,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": table.bytes,
        "hash": f"sha256:{table.sha256}",
        "description": comment,
        "schema": schema,
    }


def _sources(connection: duckdb.DuckDBPyConnection) -> list[dict[str, str]]:
    rows = connection.execute(
        f"select title, coalesce(url, '') from {PUBLIC_SCHEMA}.dim_document order by document"
    ).fetchall()
    return [{"title": title, **({"path": url} if url else {})} for title, url in rows]


def _scalar(connection: duckdb.DuckDBPyConnection, sql: str) -> Any:  # noqa: ANN401 - whatever the query yields
    row = connection.execute(sql).fetchone()
    assert row is not None
    return row[0]


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")

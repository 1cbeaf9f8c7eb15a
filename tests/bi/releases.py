"""Releases made from another by changing its file: real files that differ where a test looks."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb

from etl.run.hashes import sha256_of

Change = Callable[[duckdb.DuckDBPyConnection], None]


def altered(source: Path, target: Path, release_id: str, *changes: str | Change) -> Path:
    """Lay out a warehouse in `target` with one release: that of `source` after some changes, in SQL or code."""
    pointer = json.loads((source / "current.json").read_text(encoding="utf-8"))
    published = source / "releases" / pointer["release_id"]
    folder = target / "releases" / release_id
    folder.mkdir(parents=True)
    database = folder / "orebloc.duckdb"
    shutil.copyfile(published / "orebloc.duckdb", database)
    with duckdb.connect(str(database)) as connection:
        connection.execute("update marts.build_info set release_id = ?", [release_id])
        for change in changes:
            if isinstance(change, str):
                connection.execute(change)
            else:
                change(connection)
    manifest = json.loads((published / "manifest.json").read_text(encoding="utf-8"))
    manifest["release_id"] = release_id
    manifest["database"] |= {"bytes": database.stat().st_size, "sha256": sha256_of(database)}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (target / "current.json").write_text(json.dumps({"release_id": release_id}), encoding="utf-8")
    os.link(database, target / "orebloc.duckdb")
    return target


def drop_all_but(*tables: str) -> Change:
    """A change that leaves these tables in the public schema, and no others."""

    def change(connection: duckdb.DuckDBPyConnection) -> None:
        rows = connection.execute("select table_name from duckdb_tables() where schema_name = 'marts'").fetchall()
        for name in {name for (name,) in rows} - set(tables):
            connection.execute(f"drop table marts.{name}")
            connection.execute(f"delete from marts.data_dictionary where table_name = '{name}'")

    return change

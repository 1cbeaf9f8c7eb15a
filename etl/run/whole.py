"""Is a release what was published? Every file that its manifest names, and the database as a reader opens it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from etl.run.hashes import sha256_of
from etl.run.releases import MANIFEST, Release

# What profiles.yml asks for: every current client opens it.
STORAGE_VERSION = "v1.4.0+"


def faults_of(release: Release) -> list[str]:
    """Return what is wrong with a release: every file that its manifest names, compared with its hash.

    Returns:
        One sentence per fault; empty where the release is whole.
    """
    manifest = release.manifest
    if manifest.get("release_id") != release.release_id:
        return [f"{MANIFEST} speaks of release {manifest.get('release_id')}."]
    named = _named_files(manifest)
    if named is None:
        return [f"{MANIFEST} does not name the release's files as it should."]
    faults = [f"{path.name} is left beside the database." for path in sorted(release.folder.glob("*.wal"))]
    faults += [fault for entry in named if (fault := _fault_of_file(release.folder, entry))]
    return faults or _faults_of_database(release.database, manifest)


def _named_files(manifest: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Return the manifest's entries of files, or None where they have not the form that `write_manifest` gives them."""
    database, tables, files = (manifest.get(key) for key in ("database", "tables", "files"))
    if not isinstance(database, dict) or not isinstance(tables, list) or not isinstance(files, list):
        return None
    entries = [database, *tables, *files]
    kinds = {"path": str, "bytes": int, "sha256": str}
    well_formed = all(
        isinstance(entry, dict) and all(isinstance(entry.get(key), kind) for key, kind in kinds.items())
        for entry in entries
    )
    return entries if well_formed else None


def _fault_of_file(folder: Path, entry: dict[str, Any]) -> str | None:
    path = folder / entry["path"]
    if not path.is_file():
        return f"{entry['path']} is missing."
    size = path.stat().st_size
    if size != entry["bytes"]:
        return f"{entry['path']} has {size:,} bytes; the manifest says {entry['bytes']:,}."
    if sha256_of(path) != entry["sha256"]:
        return f"{entry['path']} is not the file that was published: its SHA-256 differs from the manifest's."
    return None


def _faults_of_database(path: Path, manifest: dict[str, Any]) -> list[str]:
    """Open a file as a reader would: of the promised storage version, of the release it claims, with all its tables."""
    try:
        with duckdb.connect(str(path), read_only=True, config={"enable_external_access": "false"}) as connection:
            storage = connection.execute(
                "select tags['storage_version'] from duckdb_databases() where not internal"
            ).fetchone()
            built = connection.execute("select release_id, n_tables, n_rows from marts.build_info").fetchone()
    except duckdb.Error as error:
        return [f"{path.name} does not open: {str(error).splitlines()[0]}"]
    faults = []
    if storage is None or storage[0] != STORAGE_VERSION:
        faults.append(f"{path.name} is written in storage {storage and storage[0]}, not {STORAGE_VERSION}.")
    tables = manifest["tables"]
    expected = (manifest["release_id"], len(tables), sum(table.get("rows", 0) for table in tables))
    if built != expected:
        faults.append(f"{path.name} says of itself {built}; the manifest says {expected} (release, tables, rows).")
    return faults

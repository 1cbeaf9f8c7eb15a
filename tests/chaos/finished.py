"""Finished builds in a second each: a published release laid out again, under another name and with other rows."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import duckdb

from etl.project import DATABASE_NAME, Project
from etl.run.hashes import sha256_of
from etl.run.publish import publish
from etl.run.releases import MANIFEST, Release, current_release

# A table that every release holds and whose rows no other table counts.
_SHORTENED = "data_dictionary"


def project_at(warehouse: Path) -> Project:
    """The project of a warehouse whose checkout does not matter."""
    return Project(warehouse.parent, warehouse)


def released(warehouse: Path) -> Path:
    """The folder of a warehouse's current release."""
    release = current_release(project_at(warehouse))
    assert release is not None
    return release.folder


def finished_build(source: Path, target: Path, release_id: str, sequence: int = 1, without: int = 0) -> Path:
    """Lay the release in the folder `source` out in `target`, as a build that has still to be published.

    Args:
        source: Folder of a release.
        target: Folder to make.
        release_id: Its new name, in the file too.
        sequence: Its number.
        without: So many rows of one table are left out: releases are told apart by what they hold.
    """
    shutil.copytree(source, target)
    for path in target.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    manifest = json.loads((target / MANIFEST).read_text(encoding="utf-8"))
    manifest |= {"release_id": release_id, "sequence": sequence, "inputs_sha256": f"{release_id}/{without}"}
    with duckdb.connect(str(target / DATABASE_NAME)) as connection:
        connection.execute(f"delete from marts.{_SHORTENED} where rowid < {without}")
        for entry in manifest["tables"]:
            found = connection.execute(f"select count(*) from marts.{entry['name']}").fetchone()
            entry["rows"] = found[0] if found else 0
        rows = sum(entry["rows"] for entry in manifest["tables"])
        connection.execute("update marts.build_info set release_id = ?, n_rows = ?", [release_id, rows])
        for name in (_SHORTENED, "build_info"):
            connection.execute(f"copy marts.{name} to '{target / 'parquet' / name}.parquet' (format parquet)")
        connection.execute("checkpoint")
    for entry in (manifest["database"], *manifest["tables"]):
        path = target / entry["path"]
        entry |= {"bytes": path.stat().st_size, "sha256": sha256_of(path)}
    write_manifest(target, manifest)
    return target


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    path = folder / MANIFEST
    path.unlink(missing_ok=True)  # it may be shared with another copy
    path.write_text(json.dumps(manifest), encoding="utf-8")


def copy_of(folder: Path, target: Path) -> Path:
    """Copy a folder without copying its files' content: what the protocol does, it does to names."""
    shutil.copytree(folder, target, copy_function=os.link)
    return target


def publish_copy(project: Project, build: Path, release_id: str, keep: int = 5) -> Release:
    """Publish a copy of a finished build."""
    return publish(project, copy_of(build, project.builds / release_id), release_id, keep)

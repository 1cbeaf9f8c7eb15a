"""Releases: where they lie, which one is current, how a finished build becomes one."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from etl.project import DATABASE_NAME, Project
from etl.run.inputs import Inputs

MANIFEST = "manifest.json"


class NotPublishable(Exception):
    """Raised where a finished build must not become a release."""


@dataclass(frozen=True, slots=True)
class Release:
    """A published release.

    Attributes:
        manifest: Content of its `manifest.json`.
    """

    release_id: str
    folder: Path
    manifest: dict[str, Any]

    @property
    def database(self) -> Path:
        """The release's own file."""
        return self.folder / DATABASE_NAME


def current_release(project: Project) -> Release | None:
    """Return the release that the pointer names, or None where there is none or it is not whole."""
    try:
        release_id = json.loads(project.pointer.read_text(encoding="utf-8"))["release_id"]
        folder = project.releases / release_id
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError):
        return None
    release = Release(release_id, folder, manifest)
    return release if release.database.is_file() and project.stable_file.is_file() else None


def unchanged_release(project: Project, inputs: Inputs) -> Release | None:
    """Return the current release where it was built from just these inputs."""
    release = current_release(project)
    return release if release and release.manifest.get("inputs_sha256") == inputs.sha256 else None


def publish(project: Project, build: Path, release_id: str, keep: int) -> Release:
    """Turn the finished folder `build` into the current release.

    The folder is renamed whole; then the stable file and the pointer are replaced, each atomically.

    Args:
        project: The project.
        build: Folder that holds the database, `manifest.json` and the exports.
        release_id: Name of the release.
        keep: How many releases stay, the new one included.

    Raises:
        NotPublishable: A write-ahead log is left, or a part is missing.
    """
    wal = [path.name for path in build.glob("*.wal")]
    if wal:
        raise NotPublishable(f"{wal[0]} is left beside the database: the file was not closed cleanly. Build again.")
    missing = [name for name in (DATABASE_NAME, MANIFEST) if not (build / name).is_file()]
    if missing:
        raise NotPublishable(f"The build lacks {', '.join(missing)}. Build again.")
    for path in sorted(build.rglob("*")):
        if path.is_file():
            _sync(path)
    _sync(build)
    project.releases.mkdir(parents=True, exist_ok=True)
    folder = project.releases / release_id
    build.rename(folder)
    _sync(project.releases)
    _point(project, folder, release_id)
    _prune(project, keep, release_id)
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return Release(release_id, folder, manifest)


def _point(project: Project, folder: Path, release_id: str) -> None:
    """Replace the stable file first and the pointer last: the pointer says that all is in place."""
    staged = project.warehouse / f".{DATABASE_NAME}.{release_id}"
    staged.unlink(missing_ok=True)
    try:
        os.link(folder / DATABASE_NAME, staged)
    except OSError:  # a file system without hard links
        shutil.copyfile(folder / DATABASE_NAME, staged)
        _sync(staged)
    staged.replace(project.stable_file)
    note = project.warehouse / f".{project.pointer.name}.{release_id}"
    note.write_text(json.dumps({"release_id": release_id}) + "\n", encoding="utf-8")
    _sync(note)
    note.replace(project.pointer)
    _sync(project.warehouse)


def _prune(project: Project, keep: int, current: str) -> None:
    others = sorted(
        (path for path in project.releases.iterdir() if path.is_dir() and path.name != current), reverse=True
    )
    for folder in others[max(keep - 1, 0) :]:
        shutil.rmtree(folder, ignore_errors=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

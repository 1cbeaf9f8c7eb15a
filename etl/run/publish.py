"""How a finished build becomes the current release, and an earlier release the current one again.

All that takes room or time is done first, in a staging folder below `builds/`. Then three names move, each atomically:
the folder, the stable file, and last the pointer, which says that all is in place. Whatever kills the process in
between, the stable file is a whole release, and `etl.run.heal` puts the rest right.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from etl.project import DATABASE_NAME, Project
from etl.run.releases import (
    MANIFEST,
    NoSuchRelease,
    Release,
    all_releases,
    current_release,
    find_release,
    pointed,
    served_release,
    set_aside,
)
from etl.run.whole import faults_of

# What platforms and file systems answer that do not replace a file in use.
_IN_USE = (errno.EPERM, errno.EACCES, errno.EBUSY, errno.ETXTBSY)


class NotPublishable(Exception):
    """Raised where a finished build must not become a release."""


def publish(project: Project, build: Path, release_id: str, keep: int) -> Release:
    """Turn the finished folder `build` into the current release.

    Args:
        project: The project, whose build lock the caller holds.
        build: Folder that holds the database, `manifest.json` and the exports.
        release_id: Name of the release.
        keep: How many releases stay, the new one included.

    Returns:
        The release. Where the stable file is in use and cannot be replaced, readers find it at `reader_file`.

    Raises:
        NotPublishable: A write-ahead log is left, a part is missing, or the file is not what its manifest says.
        OSError: There is no room, or the warehouse cannot be written.
    """
    built = _publishable(build, release_id)
    release = Release(release_id, project.releases / release_id, built.manifest)
    _settle(build)
    before = current_release(project)
    project.releases.mkdir(parents=True, exist_ok=True)
    with _staged(project, built.database, pointer_to(project, release, before)) as staging:
        build.rename(release.folder)
        _sync(project.releases)
        _sync(project.builds)
        _serve(project, staging)
    _prune(project, keep, release, before)
    return release


def _publishable(build: Path, release_id: str) -> Release:
    wal = [path.name for path in build.rglob("*.wal")]
    if wal:
        raise NotPublishable(f"{wal[0]} is left beside the database: the file was not closed cleanly. Build again.")
    missing = [name for name in (DATABASE_NAME, MANIFEST) if not (build / name).is_file()]
    if missing:
        raise NotPublishable(f"The build lacks {', '.join(missing)}. Build again.")
    try:
        manifest = json.loads((build / MANIFEST).read_text(encoding="utf-8"))
    except ValueError:
        manifest = None
    if not isinstance(manifest, dict):
        raise NotPublishable(f"{MANIFEST} of the build is no JSON object. Build again.")
    built = Release(release_id, build, manifest)
    faults = faults_of(built)
    if faults:
        raise NotPublishable(f"The build is not whole: {' '.join(faults)} Build again.")
    return built


def roll_back(project: Project, asked: str = "previous") -> Release:
    """Make an earlier release the current one again: only the stable file and the pointer move.

    Args:
        project: The project, whose build lock the caller holds.
        asked: What `find_release` understands; default: the release that was current before this one.

    Raises:
        NoSuchRelease: There is no such release, or its files are not what was published.
        OSError: There is no room, or the warehouse cannot be written.
    """
    release = find_release(project, asked)
    faults = faults_of(release)
    if faults:
        raise NoSuchRelease(f"Release {release.release_id} is not whole: {' '.join(faults)} Choose another.")
    point_to(project, release, current_release(project))
    return release


def point_to(project: Project, release: Release, before: Release | None) -> None:
    """Let readers see a release that lies in its place: replace the stable file, then the pointer.

    Args:
        project: The project, whose build lock the caller holds.
        release: A whole release.
        before: The release that was current until now.
    """
    with _staged(project, release.database, pointer_to(project, release, before)) as staging:
        _serve(project, staging)


def pointer_to(project: Project, release: Release, before: Release | None) -> dict[str, str]:
    """Return what the pointer says once `release` follows `before`; `pointed` explains the entries."""
    file = (release.folder / DATABASE_NAME).relative_to(project.warehouse).as_posix()
    said = {"release_id": release.release_id, "file": file}
    if before is None:
        return said
    if before.release_id == release.release_id:
        return {**said, **{key: value for key, value in pointed(project).items() if key in ("previous", "set_aside")}}
    said["previous"] = before.release_id
    if before.order > release.order:
        aside = {*set_aside(project), str(before.manifest.get("inputs_sha256"))}
        said["set_aside"] = " ".join(sorted(aside - {str(release.manifest.get("inputs_sha256"))}))
    return said


@contextmanager
def _staged(project: Project, database: Path, said: dict[str, str]) -> Iterator[Path]:
    """Lay the stable file and the pointer ready under other names; whatever is left of them goes at the end."""
    staging = project.builds / f"{said['release_id']}.serve"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    try:
        try:
            (staging / DATABASE_NAME).hardlink_to(database)
        except OSError:  # a file system without hard links
            shutil.copy(database, staging / DATABASE_NAME)
            _sync(staging / DATABASE_NAME)
        _write_pointer(staging / project.pointer.name, said)
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _serve(project: Project, staging: Path) -> None:
    """Move the staged stable file into place first and the pointer last."""
    _set_log_aside(project)
    try:
        (staging / DATABASE_NAME).replace(project.stable_file)
    except OSError as error:
        if error.errno not in _IN_USE:
            raise
        held = served_release(project)
        note = staging / project.pointer.name
        said = json.loads(note.read_text(encoding="utf-8"))
        _write_pointer(note, {**said, "stable_file_holds": held.release_id if held else ""})
    (staging / project.pointer.name).replace(project.pointer)
    _sync(project.warehouse)


def _set_log_aside(project: Project) -> None:
    """Take away the write-ahead log of somebody who has written into the stable file: no reader could open the next."""
    log = project.stable_file.with_name(f"{DATABASE_NAME}.wal")
    if log.exists():
        log.replace(log.with_name(f"{log.name}.set-aside"))


def _write_pointer(path: Path, said: dict[str, str]) -> None:
    path.write_text(json.dumps(said) + "\n", encoding="utf-8")
    _sync(path)


def _prune(project: Project, keep: int, current: Release, before: Release | None) -> None:
    """Remove the oldest releases beyond `keep`, never the current one nor the last good one before it."""
    others = [release for release in all_releases(project) if release.release_id != current.release_id]
    if len(others) < max(keep, 1):
        return
    candidates = [before, *others] if before else others
    last_good = next((release for release in candidates if release in others and not faults_of(release)), None)
    others = [release for release in others if release != last_good]
    for release in others[max(keep - (2 if last_good else 1), 0) :]:
        with suppress(OSError):  # what cannot be removed now is no reason to call the publication failed
            # First its manifest: half a folder is then no release for anybody.
            (release.folder / MANIFEST).unlink(missing_ok=True)
            shutil.rmtree(release.folder)


def _settle(folder: Path) -> None:
    """Write a folder through to the disk, and let nobody write into its files: readers share them."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            path.chmod(path.stat().st_mode & ~0o222)
        _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

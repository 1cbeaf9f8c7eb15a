"""What a killed build, a killed rollback or a stray hand left behind, put right by whoever holds the lock next."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from etl.project import Project
from etl.run.publish import point_to
from etl.run.releases import MANIFEST, Release, all_releases, current_release, is_served, pointed, served_release
from etl.run.whole import faults_of

_RELEASE_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}(-\d+)?")


def heal(project: Project) -> list[str]:
    """Put the warehouse in order: no half folder, and the stable file and the pointer agree on a whole release.

    Args:
        project: The project, whose build lock the caller holds: no live build owns what is found.

    Returns:
        What was put right, one sentence each; empty where all was in order.
    """
    return [*_clear(project), *_agree(project)]


def _clear(project: Project) -> list[str]:
    """Remove what a killed build left, and folders of releases that were being removed."""
    abandoned = sorted(project.builds.iterdir()) if project.builds.is_dir() else []
    folders = sorted(project.releases.iterdir()) if project.releases.is_dir() else []
    half = [path for path in folders if _RELEASE_ID.fullmatch(path.name) and not (path / MANIFEST).exists()]
    said = [f"removed {project.relative(path)}, left by a build that was killed." for path in abandoned if _gone(path)]
    return said + [
        f"removed {project.relative(path)}, half of a release that was going." for path in half if _gone(path)
    ]


def _gone(path: Path) -> bool:
    """Remove a folder or file; say whether it went."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
    return not path.exists()


def _agree(project: Project) -> list[str]:
    """Let the stable file and the pointer name one release: that which readers open, where it is whole."""
    pointer = pointed(project)
    named = current_release(project)
    if named and is_served(project, named):
        return []
    served = served_release(project)
    # A stable file that was in use and could not be replaced lags behind the pointer; any other has run ahead of it.
    lags = served is not None and pointer.get("stable_file_holds") == served.release_id
    chosen = _first_whole([named, served] if lags else [served, named, *all_releases(project)])
    if chosen is None:
        return []
    point_to(project, chosen, named)
    if is_served(project, chosen):
        return [f"{project.stable_file.name} and {project.pointer.name} now both say release {chosen.release_id}."]
    return [f"{project.stable_file.name} is in use and cannot be replaced; {chosen.release_id} is in its own folder."]


def _first_whole(candidates: list[Release | None]) -> Release | None:
    return next((release for release in candidates if release and not faults_of(release)), None)

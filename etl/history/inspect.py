"""What is in a warehouse, compared with what was published: each release, what readers are served, what lies about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from etl.project import DATABASE_NAME, Project
from etl.run.releases import (
    MANIFEST,
    Release,
    all_releases,
    current_release,
    is_served,
    pointed,
    served_release,
)
from etl.run.whole import faults_of


@dataclass(slots=True)
class Inspection:
    """What was found.

    Attributes:
        releases: Faults of each release, by its id; none where it is whole.
        served: Faults of what readers open: the pointer and the stable file.
        notes: What the next build puts right by itself, and what explains the rest.
    """

    releases: dict[str, list[str]] = field(default_factory=dict)
    served: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether every release is what was published, and readers are served one."""
        return not self.served and not any(self.releases.values())


def inspect(project: Project, chosen: Iterable[Release] | None = None) -> Inspection:
    """Compare what lies in the warehouse with what was published. Nothing is changed, and a build may be running.

    Args:
        project: The project.
        chosen: The releases to compare; None for all, broken ones included.
    """
    found = Inspection()
    for release in all_releases(project) if chosen is None else chosen:
        faults = _faults(release)
        if faults is not None:
            found.releases[release.release_id] = faults
    if chosen is None:
        _look_for_halves(project, found)
    _look_at_served(project, found)
    _look_around(project, found)
    return found


def _faults(release: Release) -> list[str] | None:
    """Return a release's faults, or None where it was pruned while it was read."""
    try:
        faults = faults_of(release)
    except OSError as error:
        faults = [f"{error.filename or release.folder.name} cannot be read: {error.strerror}."]
    return faults if (release.folder / MANIFEST).exists() else None


def _look_for_halves(project: Project, found: Inspection) -> None:
    """Find folders that should be releases and are none."""
    folders = sorted(project.releases.iterdir()) if project.releases.is_dir() else []
    known = {release.release_id for release in all_releases(project)}
    for folder in folders:
        if folder.is_dir() and folder.name not in known:
            if (folder / MANIFEST).exists():
                missing = not (folder / DATABASE_NAME).is_file()
                found.releases[folder.name] = [
                    f"{DATABASE_NAME} is missing." if missing else f"{MANIFEST} cannot be read."
                ]
            else:
                found.notes.append(
                    f"{project.relative(folder)} has no {MANIFEST}: half of a release that was being removed."
                )


def _look_at_served(project: Project, found: Inspection) -> None:
    current, stable = current_release(project), project.stable_file
    if current is None:
        if not project.pointer.exists() and not stable.exists() and not found.releases:
            found.served.append("There is no release yet.")
            return
        found.served.append(f"{project.pointer.name} names no release that is there.")
    if not stable.is_file():
        found.served.append(f"{stable.name} is missing.")
    elif current is None or not is_served(project, current):
        _look_at_stable(project, found)
    log = stable.with_name(f"{stable.name}.wal")
    if log.exists():
        found.served.append(f"{log.name} lies beside {stable.name}: somebody has opened it for writing.")


def _look_at_stable(project: Project, found: Inspection) -> None:
    """Say what the stable file is, where it is not the release that the pointer names."""
    served = served_release(project)
    if served is None:
        found.served.append(
            f"{project.stable_file.name} is the file of no release: somebody has changed or replaced it."
        )
    elif pointed(project).get("stable_file_holds") == served.release_id:
        found.notes.append(
            f"{project.stable_file.name} was in use and still holds release {served.release_id}; the current one is "
            f"{pointed(project).get('file')}."
        )
    else:
        found.notes.append(
            f"{project.stable_file.name} holds release {served.release_id}: a publication was cut short."
        )


def _look_around(project: Project, found: Inspection) -> None:
    left = sorted(path.name for path in project.builds.iterdir()) if project.builds.is_dir() else []
    if left:
        found.notes.append(
            f"A build is running, or was killed: {', '.join(left)} in {project.relative(project.builds)}/."
        )
    aside = project.stable_file.with_name(f"{DATABASE_NAME}.wal.set-aside")
    if aside.exists():
        found.notes.append(f"{aside.name}: what somebody wrote into the stable file; it is part of no release.")

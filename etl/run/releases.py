"""Releases: where they lie, which one is current, how one is found by its name."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from etl.faults import nearest
from etl.project import DATABASE_NAME, Project
from etl.run.hashes import sha256_of
from etl.run.inputs import Inputs

MANIFEST = "manifest.json"
# How a file is answered that is not there or holds rubbish; brackets in brackets without end are rubbish too.
UNREADABLE = (OSError, ValueError, RecursionError)


class NoSuchRelease(Exception):
    """Raised where a release is asked for that is not there, or is not whole."""


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

    @property
    def order(self) -> tuple[int, str]:
        """What releases are sorted by: their number. The clock that named them may have been set back."""
        number = self.manifest.get("sequence")
        return (number if isinstance(number, int) else 0, self.release_id)

    @property
    def fault(self) -> str | None:
        """What is wrong at first sight: the file has not the size that was published.

        A byte that differs is found by DuckDB when a query reads its block, and by `whole.faults_of` in any case.
        """
        expected = _database_entry(self).get("bytes")
        found = self.database.stat().st_size
        return None if found == expected else f"{DATABASE_NAME} has {found} bytes; {expected} were published."


def current_release(project: Project) -> Release | None:
    """Return the release that the pointer names, or None where there is none or its files are gone."""
    release_id = pointed(project).get("release_id")
    return _read_release(project, release_id) if release_id else None


def why_none(project: Project) -> str:
    """Say why there is no current release, and what to do."""
    if not all_releases(project):
        return f"No release in {project.relative(project.warehouse)}/. Run `orebloc build` first."
    return (
        f"{project.pointer.name} names no release that is there. Who opens {project.stable_file.name} is served as "
        "before; `orebloc build` mends the pointer, and so does `orebloc rollback RELEASE`."
    )


def all_releases(project: Project) -> list[Release]:
    """Return every release whose folder holds a manifest and a file, the newest first."""
    if not project.releases.is_dir():
        return []
    found = (_read_release(project, path.name) for path in project.releases.iterdir() if path.is_dir())
    return sorted((release for release in found if release), key=lambda release: release.order, reverse=True)


def next_sequence(project: Project) -> int:
    """Return the number of a release that is newer than all that are there."""
    return max((release.order[0] for release in all_releases(project)), default=0) + 1


def find_release(project: Project, asked: str) -> Release:
    """Return the release that `asked` names: an id, the beginning of one, `current` or `previous`.

    Raises:
        NoSuchRelease: There is none, or several begin so.
    """
    if asked in ("current", "previous"):
        named = pointed(project).get("release_id" if asked == "current" else "previous")
        found = _read_release(project, named) if named else None
        if found is None:
            raise NoSuchRelease(
                f"There is no {asked} release in {project.relative(project.warehouse)}/. "
                "`orebloc releases` lists what there is."
            )
        return found
    releases = all_releases(project)
    matching = [release for release in releases if release.release_id.startswith(asked)]
    exact = [release for release in matching if release.release_id == asked]
    if len(exact or matching) == 1:
        return (exact or matching)[0]
    if matching:
        raise NoSuchRelease(f"{len(matching)} releases begin with '{asked}': {_names(matching)}. Give more of the id.")
    hint = nearest(asked, [release.release_id for release in releases])
    raise NoSuchRelease(f"There is no release '{asked}'. {hint}{'. ' if hint else ''}`orebloc releases` lists all.")


def _names(releases: list[Release]) -> str:
    return ", ".join(release.release_id for release in releases[:5])


def pointed(project: Project) -> dict[str, str]:
    """Return what the pointer says; nothing where it is missing or no JSON object.

    Returns:
        `release_id`; `file`, its database relative to the warehouse; `previous`, the release that was current before;
        `set_aside`, as in the function of that name; `stable_file_holds`, the release that the stable file still is
        where it could not be replaced.
    """
    try:
        said = json.loads(project.pointer.read_text(encoding="utf-8"))
    except UNREADABLE:
        return {}
    return {key: str(value) for key, value in said.items()} if isinstance(said, dict) else {}


def _read_release(project: Project, release_id: str) -> Release | None:
    # An id is a folder's name; a pointer that says more than that is broken.
    if Path(release_id).name != release_id:
        return None
    folder = project.releases / release_id
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except UNREADABLE:
        return None
    release = Release(release_id, folder, manifest)
    return release if isinstance(manifest, dict) and release.database.is_file() else None


def database_fault(release: Release) -> str | None:
    """Say what is wrong with a release's database, every byte of it read."""
    if release.fault or sha256_of(release.database) == _database_entry(release).get("sha256"):
        return release.fault
    return f"{DATABASE_NAME} is not the file that was published: its SHA-256 differs from the manifest's."


def is_served(project: Project, release: Release) -> bool:
    """Say whether the stable file is the file of this release."""
    stable = project.stable_file
    if not stable.is_file():
        return False
    if stable.samefile(release.database):
        return True
    published = _database_entry(release)
    return stable.stat().st_size == published.get("bytes") and sha256_of(stable) == published.get("sha256")


def served_release(project: Project) -> Release | None:
    """Return the release whose file the stable file is, or None where it is missing or no release's."""
    return next((release for release in all_releases(project) if is_served(project, release)), None)


def reader_file(project: Project, release: Release) -> Path:
    """Return the file in which readers find a release: the stable one, else the release's own."""
    return project.stable_file if is_served(project, release) else release.database


def set_aside(project: Project) -> set[str]:
    """Return the hashes of the inputs of releases that were rolled back and not served since."""
    return set(pointed(project).get("set_aside", "").split())


def matching_release(project: Project, inputs: Inputs) -> Release | None:
    """Return the current release where a build from these inputs would bring readers nothing else.

    That is where it was built from just these inputs, or where they made a release that was rolled back; and where
    its file is what was published.
    """
    release = current_release(project)
    if release is None or inputs.sha256 not in {release.manifest.get("inputs_sha256"), *set_aside(project)}:
        return None
    return None if database_fault(release) else release


def unchanged_release(project: Project, inputs: Inputs) -> Release | None:
    """Return the matching release where there is nothing to put right either; asks for no lock."""
    release = matching_release(project, inputs)
    left = project.builds.is_dir() and any(project.builds.iterdir())
    return release if release and not left and is_served(project, release) else None


def _database_entry(release: Release) -> dict[str, Any]:
    entry = release.manifest.get("database")
    return entry if isinstance(entry, dict) else {}

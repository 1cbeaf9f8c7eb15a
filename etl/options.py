"""What all commands share: their options, their exit codes, and how each finds its project and release."""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from etl.project import NoProject, Project, find_project
from etl.run.report import Report

if TYPE_CHECKING:
    from etl.run.releases import Release


class Exit(IntEnum):
    """Exit codes that a scheduler can act on."""

    DONE = 0
    UNEXPECTED = 1
    BAD_INPUT = 3
    GATE_CLOSED = 4
    LOCKED = 5
    ENVIRONMENT = 6
    TRANSFORM = 7
    DOWNLOAD = 8
    STALE = 9


ProjectOption = Annotated[
    Path | None,
    typer.Option("--project", help="The checkout. Default: OREBLOC_PROJECT, else the working folder or one above it."),
]
WarehouseOption = Annotated[
    Path | None,
    typer.Option("--warehouse", help="Where builds and releases lie. Default: OREBLOC_WAREHOUSE, else warehouse/."),
]
LandingOption = Annotated[
    Path | None,
    typer.Option("--landing", help="Folder of official files. Default: OREBLOC_LANDING, else data/landing if present."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]


def project_at(root: Path | None, warehouse: Path | None = None) -> Project:
    """Find the project, or say that there is none and end with the exit code of a broken environment."""
    try:
        return find_project(root, warehouse)
    except NoProject as error:
        Report().fail(str(error), [])
        raise typer.Exit(Exit.ENVIRONMENT) from None


def landing_at(place: Project, chosen: Path | None) -> Path | None:
    """Find the landing folder, or say that the one named is not there and end as on bad input."""
    from etl.run.inputs import landing_folder

    try:
        return landing_folder(place, chosen)
    except FileNotFoundError as error:
        Report().fail(f"{error.strerror}: {error.filename}. Name the folder that holds one subfolder per source.", [])
        raise typer.Exit(Exit.BAD_INPUT) from None


def release_at(place: Project) -> Release:
    """Return the current release, or say that there is none and end with the exit code of a broken environment."""
    from etl.run.releases import current_release, why_none

    release = current_release(place)
    if release is None:
        Report().fail(why_none(place), [])
        raise typer.Exit(Exit.ENVIRONMENT)
    if release.fault:
        hint = "`orebloc rollback` serves the release before; `orebloc build` builds anew."
        Report().fail(f"Release {release.release_id} is not what was published: {release.fault} {hint}", [])
        raise typer.Exit(Exit.ENVIRONMENT)
    return release

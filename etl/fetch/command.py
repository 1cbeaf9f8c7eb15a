"""`orebloc fetch`: the command's options; the application registers it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from etl.fetch.limits import Limits

_DEFAULTS = Limits()


def fetch_command(
    *,
    source: Annotated[str | None, typer.Argument(help="The source, e.g. usgs_mcs. Left out: what there is.")] = None,
    edition: Annotated[str | None, typer.Option("--edition", help="The edition. Default: the last listed.")] = None,
    landing: Annotated[
        Path | None, typer.Option("--landing", help="The landing folder. Default: OREBLOC_LANDING, else data/landing.")
    ] = None,
    base_url: Annotated[
        str | None,
        typer.Option(
            "--base-url",
            envvar="OREBLOC_BASE_URL",
            help="Address of a mirror instead of the publisher's, with the publisher's paths or those of the landing "
            "folder. Nobody else is asked then.",
        ),
    ] = None,
    attempts: Annotated[
        int, typer.Option(min=1, envvar="OREBLOC_FETCH_ATTEMPTS", help="How often to try a file.")
    ] = _DEFAULTS.attempts,
    stall: Annotated[
        float, typer.Option(min=0.1, envvar="OREBLOC_FETCH_STALL", help="Seconds without a byte before giving up.")
    ] = _DEFAULTS.stall,
    timeout: Annotated[
        float, typer.Option(min=0.1, envvar="OREBLOC_FETCH_TIMEOUT", help="Seconds for one file in all.")
    ] = _DEFAULTS.total,
    project: Annotated[Path | None, typer.Option("--project", help="The checkout; only to find data/landing.")] = None,
) -> None:
    """Fetch official files into the landing folder: [b]<landing>/<source>/<edition>/[/b].

    A file gets its name only when it is whole and is what was asked for; a broken download goes on where it stopped
    when the command is run again. Files that are there already are not fetched again. Where the publisher does not
    give a file, a copy that the catalogue names stands in, if it has the pinned hash. Beside each file lies a card that
    says where it comes from.

    Exit codes: 0 everything is there; 3 no such source or edition; 8 some files could not be fetched.

    Example: [b]orebloc fetch usgs_mcs --edition 2026[/b]
    """
    # Only now what fetching needs: every other command would pay for it.
    from etl.fetch.console import run_fetch

    limits = Limits(attempts=attempts, stall=stall, total=timeout)
    run_fetch(source, edition, landing=landing, base_url=base_url, limits=limits, project=project)

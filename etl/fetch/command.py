"""`orebloc fetch`: the command line of fetching; the application registers it."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from etl.faults import Fault
from etl.fetch.catalogue import BadCatalogue, Catalogue, Edition, NotInCatalogue, RemoteFile, load_catalogue
from etl.fetch.fetching import Fetched, FetchFailed, Watch, fetch
from etl.fetch.limits import Limits
from etl.project import NoProject, find_project

BAD_INPUT = 3
NOT_FETCHED = 8
_DEFAULTS = Limits()


class Lines(Watch):
    """Plain lines, one per file: for logs."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._began = 0.0

    def begin(self, file: RemoteFile) -> None:
        """Note when the file was begun."""
        self._began = time.monotonic()

    def done(self, fetched: Fetched) -> None:
        """Say what is there."""
        took = time.monotonic() - self._began
        self._console.print(
            f"[green]✓[/green] {fetched.status:<8} {escape(fetched.name)}  {fetched.bytes:,} bytes  "
            f"sha256 {fetched.sha256[:12]}  [dim]({took:.1f} s)[/dim]"
        )
        if fetched.via:
            self._console.print(f"  [yellow]a copy[/yellow]: {escape(fetched.via)}")

    def failed(self, fault: Fault) -> None:
        """Say that a file failed; why stands in the list at the end."""
        self._console.print(f"[red]✗[/red] failed   {escape(fault.file)}")


class Bar(Lines):
    """The same lines, and below them how far the file is: for people."""

    def __init__(self, console: Console, bar: Progress) -> None:
        super().__init__(console)
        self._bar = bar
        self._task: TaskID | None = None

    def begin(self, file: RemoteFile) -> None:
        """Show the file."""
        super().begin(file)
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(escape(file.name), total=file.bytes or None)

    def progress(self, done: int, total: int | None) -> None:
        """Move the bar."""
        if self._task is not None:
            self._bar.update(self._task, completed=done, total=total)


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
    out, errors = Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        catalogue = load_catalogue()
        if source is None:
            _list(catalogue, out)
            return
        limits = Limits(attempts=attempts, stall=stall, total=timeout)
        place = _landing(landing, project)
        _run(catalogue, source, edition, landing=place, base_url=base_url, limits=limits, out=out)
    except (NotInCatalogue, BadCatalogue) as error:
        errors.print(f"[bold red]{escape(str(error))}[/bold red]")
        raise typer.Exit(BAD_INPUT) from None
    except FetchFailed as error:
        errors.print(f"[bold red]{escape(str(error))}[/bold red]")
        for fault in error.faults:
            errors.print(f"  {escape(str(fault))}")
        raise typer.Exit(NOT_FETCHED) from None


def _run(
    catalogue: Catalogue,
    source: str,
    edition: str | None,
    *,
    landing: Path,
    base_url: str | None,
    limits: Limits,
    out: Console,
) -> None:
    if out.is_terminal:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=out, transient=True) as bar:
            watch: Watch = Bar(out, bar)
            files = fetch(source, edition, landing, base_url, catalogue=catalogue, limits=limits, watch=watch)
    else:
        files = fetch(source, edition, landing, base_url, catalogue=catalogue, limits=limits, watch=Lines(out))
    fresh = sum(file.status != "present" for file in files)
    out.print(f"{len(files)} files in {escape(str(files[0].path.parent))}, {fresh} of them new.")


def _list(catalogue: Catalogue, out: Console) -> None:
    """Say what there is."""
    for source in catalogue.sources:
        out.print(f"[b]{source}[/b]")
        for edition in catalogue.editions(source):
            entry = catalogue.edition(source, edition)
            pinned = sum(file.is_pinned for file in entry.files)
            out.print(f"  {edition:<8} {len(entry.files)} files, {pinned} with a pinned hash{_copied(entry)}")


def _copied(edition: Edition) -> str:
    """Say which files have a copy beside the publisher's, and which nothing but a copy."""
    alone = sum(not file.urls for file in edition.files)
    spare = sum(bool(file.copies) for file in edition.files) - alone
    return (f", {spare} also as a copy" if spare else "") + (f", {alone} only as a copy" if alone else "")


def _landing(chosen: Path | None, project: Path | None) -> Path:
    named = chosen or (Path(os.environ["OREBLOC_LANDING"]) if os.environ.get("OREBLOC_LANDING") else None)
    if named is not None:
        return named
    try:
        root = find_project(project).root
    except NoProject:
        root = Path()
    return root / "data" / "landing"

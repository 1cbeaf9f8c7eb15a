"""What `orebloc fetch` shows: what there is, what is on its way, what came and what did not."""

from __future__ import annotations

import os
import time
from pathlib import Path

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


def run_fetch(
    source: str | None,
    edition: str | None,
    *,
    landing: Path | None,
    base_url: str | None,
    limits: Limits,
    project: Path | None,
) -> None:
    """Fetch an edition and show it, or list what there is.

    Args:
        source: The source; None lists all.
        edition: The edition; None is the last listed.
        landing: The landing folder; None is OREBLOC_LANDING, else data/landing.
        base_url: A mirror's address.
        limits: How often and how long to try.
        project: The checkout; only to find data/landing.

    Raises:
        typer.Exit: With the code of what went wrong.
    """
    out, errors = Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        catalogue = load_catalogue()
        if source is None:
            _list(catalogue, out)
            return
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

"""`orebloc releases`, `orebloc rollback` and `orebloc check`; the application registers them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from etl.options import Exit, JsonOption, ProjectOption, WarehouseOption, project_at
from etl.project import Project
from etl.run.releases import (
    NoSuchRelease,
    Release,
    all_releases,
    current_release,
    find_release,
    pointed,
    reader_file,
)
from etl.run.report import Report, age_text, table_of
from etl.run.trouble import trouble_of

if TYPE_CHECKING:
    from etl.history.inspect import Inspection


def releases_command(
    project: ProjectOption = None, warehouse: WarehouseOption = None, as_json: JsonOption = False
) -> None:
    """List the releases that are kept, the newest first, and say which one readers see.

    Example: [b]orebloc releases[/b]
    """
    place = project_at(project, warehouse)
    current = current_release(place)
    rows = [_row(release, current) for release in all_releases(place)]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    report = Report()
    if not rows:
        report.say(f"No release yet in {place.relative(place.warehouse)}/. Run [b]orebloc build[/b].")
        return
    shown = [
        {
            "": "→" if row["current"] else "",
            "release": row["release_id"],
            "built": age_text(row["built_at"]),
            "rows": f"{row['rows']:,}",
            "MB": f"{row['bytes'] / 1e6:.1f}",
            "checks": f"{row['checks_passed']} of {row['checks_run']}",
            "commit": row["git_commit"][:8],
        }
        for row in rows
    ]
    report.say_table(table_of(shown))
    for row in rows:
        if row["fault"]:
            report.say(f"[red]✗[/red] {row['release_id']}: {row['fault']} [b]orebloc check[/b] says more.")
    if current is None:
        report.say(
            f"{place.pointer.name} names none of them. [b]orebloc build[/b] mends it; so does "
            "[b]orebloc rollback RELEASE[/b]."
        )


def _row(release: Release, current: Release | None) -> dict[str, Any]:
    manifest = release.manifest
    return {
        "release_id": release.release_id,
        "current": current is not None and release.release_id == current.release_id,
        "built_at": manifest["built_at"],
        "git_commit": manifest["git_commit"],
        "tables": len(manifest["tables"]),
        "rows": sum(table["rows"] for table in manifest["tables"]),
        "bytes": manifest["database"]["bytes"],
        "checks_run": manifest["checks"]["run"],
        "checks_passed": manifest["checks"]["passed"],
        "fault": release.fault,
    }


def rollback_command(
    release: Annotated[
        str, typer.Argument(help="A release's id, the beginning of one, or `previous`: the one current before.")
    ] = "previous",
    project: ProjectOption = None,
    warehouse: WarehouseOption = None,
) -> None:
    """Let readers see an earlier release again. Its files are checked first; nothing is built or deleted.

    A build from the inputs of the release that was left has nothing to do until they change, unless it is forced.

    Example: [b]orebloc rollback[/b]
    """
    place = project_at(project, warehouse)
    report = Report()
    before = pointed(place).get("release_id", "no release")
    now = _roll_back(place, report, release)
    if now.release_id == before:
        report.say(f"Readers see release {now.release_id}, as before.")
        return
    report.say(f"Readers now see release {now.release_id} ({age_text(now.manifest['built_at'])}); before: {before}.")
    file = reader_file(place, now)
    if file != place.stable_file:
        report.say(
            f"[yellow]{place.stable_file.name} is in use and could not be replaced:[/yellow] it still holds what it "
            f"did. Open {place.relative(file)}; the next build tries again."
        )


def _roll_back(place: Project, report: Report, asked: str) -> Release:
    from etl.run.lock import LockHeld, build_lock
    from etl.run.publish import roll_back

    try:
        with build_lock(place.lock_file):
            return roll_back(place, asked)
    except LockHeld as error:
        report.fail(str(error), [])
        raise typer.Exit(Exit.LOCKED) from None
    except NoSuchRelease as error:
        report.fail(str(error), [])
        raise typer.Exit(Exit.BAD_INPUT) from None
    except OSError as error:
        report.fail(f"{trouble_of(error) or error} Readers see what they saw.", [])
        raise typer.Exit(Exit.ENVIRONMENT) from None


def check_command(
    release: Annotated[
        str | None, typer.Argument(help="A release's id, the beginning of one, `current` or `previous`. Default: all.")
    ] = None,
    project: ProjectOption = None,
    warehouse: WarehouseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare every file of the releases with its hash, open each database, and check what readers are served.

    Changes nothing, and may run while a build does. Exit codes: 0 all is what was published; 3 no such release; 6 it is
    not, and what to do.

    Example: [b]orebloc check[/b]
    """
    from etl.history.inspect import inspect

    place = project_at(project, warehouse)
    report = Report()
    try:
        chosen = [find_release(place, release)] if release else None
    except NoSuchRelease as error:
        report.fail(str(error), [])
        raise typer.Exit(Exit.BAD_INPUT) from None
    found = inspect(place, chosen)
    if as_json:
        print(json.dumps({"releases": found.releases, "served": found.served, "notes": found.notes}))
    else:
        _show(report, place, found)
    if not found.whole:
        raise typer.Exit(Exit.ENVIRONMENT)


def _show(report: Report, place: Project, found: Inspection) -> None:
    for release_id, faults in found.releases.items():
        report.say(f"{'[red]✗[/red]' if faults else '[green]✓[/green]'} {release_id}")
        for fault in faults:
            report.say(f"    {escape(fault)}")
    current = pointed(place).get("release_id")
    for fault in found.served:
        report.say(f"[red]✗[/red] {escape(fault)}")
    if not found.served:
        report.say(f"[green]✓[/green] readers are served; the current release is {current}")
    for note in found.notes:
        report.say(f"[dim]{escape(note)}[/dim]")
    if found.notes:
        report.say("[dim]The next build puts in order what can be.[/dim]")
    if found.served or found.releases.get(current or ""):
        report.say("[b]orebloc rollback[/b] serves the release before; [b]orebloc build --force[/b] builds anew.")
    elif not found.whole:
        report.say("Readers are not concerned; the next builds replace what is not whole.")

"""`orebloc status`: the command line of the current state; the application registers it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from etl.options import (
    Exit,
    JsonOption,
    LandingOption,
    ProjectOption,
    WarehouseOption,
    landing_at,
    project_at,
    release_at,
)
from etl.run.report import Report, age_text, table_of

if TYPE_CHECKING:
    from pathlib import Path

    from etl.project import Project


def _age(text: str) -> timedelta:
    from etl.status.age import parse_age

    try:
        return parse_age(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def status_command(
    *,
    project: ProjectOption = None,
    warehouse: WarehouseOption = None,
    landing: LandingOption = None,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="For a monitor: one line, and exit code 9 if there is no whole release or it is too old."
        ),
    ] = False,
    max_age: Annotated[
        timedelta | None,
        typer.Option(
            "--max-age",
            parser=_age,
            metavar="AGE",
            help="With --check: how long ago the release may have been built, or found unchanged by a later run, "
            "e.g. 90m, 36h, 7d.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say which release is current, what is in it, and whether the inputs have changed since.

    Example: [b]orebloc status --check --max-age 36h[/b]
    """
    place = project_at(project, warehouse)
    report = Report()
    if check or max_age is not None:
        _check(report, place, max_age, as_json)
    else:
        _show(report, place, landing, as_json)


def _check(report: Report, place: Project, max_age: timedelta | None, as_json: bool) -> None:
    from etl.status.fresh import freshness

    found = freshness(place, max_age)
    if as_json:
        print(json.dumps(found.as_dict(max_age), ensure_ascii=False))
    else:
        report.say(str(found))
    if found.problem:
        raise typer.Exit(Exit.STALE)


def _show(report: Report, place: Project, landing: Path | None, as_json: bool) -> None:
    from etl.run.inputs import read_inputs
    from etl.run.releases import current_release, reader_file, why_none
    from etl.run.runlog import runs_of

    release = current_release(place)
    last = next(runs_of(place.run_log), None)
    if release is None:
        if as_json:
            print(json.dumps({"release_id": None, "last_run": last}, ensure_ascii=False))
        else:
            report.say(why_none(place))
        return
    if release.fault:
        release_at(place)  # says what is wrong, and ends
    manifest = release.manifest
    redistributable = "option/redistributable" in manifest["inputs"]
    inputs = read_inputs(place, landing_at(place, landing), redistributable=redistributable)
    changed = manifest["inputs_sha256"] != inputs.sha256
    if as_json:
        shown = {key: manifest[key] for key in ("release_id", "schema_version", "built_at", "git_commit", "checks")}
        shown["tables"] = {table["name"]: table["rows"] for table in manifest["tables"]}
        shown["inputs_changed"] = changed
        shown["last_run"] = last
        print(json.dumps(shown, ensure_ascii=False))
        return
    report.say(
        f"release  {release.release_id} ({age_text(manifest['built_at'])}), commit {manifest['git_commit'][:12]}"
    )
    report.say(f"file     {place.relative(reader_file(place, release))}")
    report.say(f"checks   {manifest['checks']['passed']} of {manifest['checks']['run']} passed")
    report.say(
        "inputs   [yellow]changed since: run orebloc build[/yellow]"
        if changed
        else "inputs   unchanged since this release"
    )
    if last:
        report.say(f"last run {last.get('outcome')}, {last.get('finished')}")
    report.say()
    report.say_table(table_of([{"table": table["name"], "rows": f"{table['rows']:,}"} for table in manifest["tables"]]))

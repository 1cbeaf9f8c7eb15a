"""`orebloc build`: the command line of a build; the application registers it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from etl.options import LandingOption, ProjectOption, WarehouseOption
from etl.run.attempt import Attempt, BuildOptions, attempt, log_run
from etl.run.notify import NotifyOn, notify
from etl.run.report import Report, age_text
from etl.run.signals import signals_end_the_run

if TYPE_CHECKING:
    from etl.project import Project
    from etl.run.build import Built


def build_command(
    *,
    project: ProjectOption = None,
    warehouse: WarehouseOption = None,
    landing: LandingOption = None,
    redistributable: Annotated[
        bool,
        typer.Option("--redistributable", help="Leave out sources whose terms do not allow to publish them again."),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Build even if no input has changed.")] = False,
    full: Annotated[
        bool,
        typer.Option("--full", help="Build from nothing: trust no hash and no parsed project of an earlier run."),
    ] = False,
    scheduled: Annotated[
        bool,
        typer.Option(
            "--scheduled",
            help="Nobody is watching: publish nothing that loses coverage, breaks the schema or jumps by a unit "
            "against the release before, unless seeds/decisions/acknowledged_changes.csv says why. Exit code 4.",
        ),
    ] = False,
    keep: Annotated[int, typer.Option(min=1, help="How many releases to keep.")] = 5,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show faults and the summary only.")] = False,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print the run's record as one JSON object; progress goes to standard error."),
    ] = False,
    notify_command: Annotated[
        str | None,
        typer.Option(
            "--notify-command",
            envvar="OREBLOC_NOTIFY_COMMAND",
            help="Run this program when the run has ended, with the run's record as JSON on its standard input and its "
            "outcome in OREBLOC_OUTCOME. No shell reads it. Whatever comes of it, the run ends as it would have.",
        ),
    ] = None,
    notify_on: Annotated[
        NotifyOn,
        typer.Option("--notify-on", envvar="OREBLOC_NOTIFY_ON", help="After which runs: failure, or always."),
    ] = NotifyOn.ALWAYS,
) -> None:
    """Build the warehouse from the seeds, check it twice, and publish it whole.

    Nothing that readers hold is touched before every check has passed: on a failure the release before stays, and the
    failed build lies in [b]warehouse/failed[/b] for a look. Every run leaves a line in [b]warehouse/runs.jsonl[/b].

    Example: [b]orebloc build[/b]
    """
    report = Report(quiet, aside=as_json)
    options = BuildOptions(project, warehouse, landing, redistributable, force, full, scheduled, keep)
    with signals_end_the_run():
        done = attempt(options, report)
    log_run(done, report)
    if not as_json:
        _show(report, done)
    if notify_command is not None and (done.record.exit_code or notify_on is NotifyOn.ALWAYS):
        trouble = notify(notify_command, done.record)
        if trouble:
            report.fail(trouble, [])
    if as_json:
        print(done.record.as_json())
    if done.record.exit_code:
        raise typer.Exit(done.record.exit_code)


def _show(report: Report, done: Attempt) -> None:
    if done.place is None or done.release is None:
        return  # what went wrong is said already
    if done.built is not None and done.built.published:
        _show_built(report, done.place, done.built)
        return
    release = done.release
    since = f"{release.release_id} ({age_text(release.manifest['built_at'])})"
    if release.manifest["inputs_sha256"] == done.record.inputs_sha256:
        report.say(f"Nothing to do: no input has changed since release {since}. Use --force to build all the same.")
    else:
        report.say(
            f"Nothing to do: what these inputs made was rolled back, and readers see release {since}. Change what was "
            "wrong, or use --force to publish it all the same."
        )


def _show_built(report: Report, place: Project, built: Built) -> None:
    from etl.diff.show import show_diff
    from etl.diff.write import PAGE
    from etl.run.releases import reader_file

    manifest = built.release.manifest
    checks = manifest["checks"]
    rows = sum(table["rows"] for table in manifest["tables"])
    size = manifest["database"]["bytes"] / 1e6
    report.say()
    report.say(f"[bold green]Published[/bold green] release {built.release.release_id}")
    report.say(f"  built    {len(manifest['tables'])} tables, {rows:,} rows, {size:.1f} MB")
    report.say(
        f"  checked  {checks['passed']} of {checks['run']} checks passed: {checks['dbt_tests']} dbt tests, "
        f"{checks['landed_expectations']} expectations on what landed, {checks['published_expectations']} on what is "
        "published"
    )
    for warning in built.warnings:
        report.say(f"  [yellow]warns[/yellow]    {warning}")
    if built.diff:
        show_diff(report, built.diff, f"{place.relative(built.release.folder)}/{PAGE}")
    file = reader_file(place, built.release)
    report.say(f"  file     {place.relative(file)}")
    if file != place.stable_file:
        report.say(
            f"  [yellow]note[/yellow]     {place.stable_file.name} is in use and could not be replaced: it still holds "
            "an earlier release. Open the file above; the next build tries again."
        )
    report.say(f"  checks   {place.relative(built.release.folder)}/docs/publishable/index.html")
    report.say()
    report.say("Next: [b]orebloc status[/b], or ask the file itself:")
    report.say(f"  duckdb -readonly {place.relative(file)} \"select * from marts.members_on('msp', '2023-12-31')\"")

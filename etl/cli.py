"""The command line: thin, each command calls one module; heavy imports wait until a command needs them."""

from __future__ import annotations

import json
import sys
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from etl.faults import FaultsFound
from etl.fetch.command import fetch_command
from etl.project import NoProject, Project, find_project
from etl.run.report import Report, age_text, table_of

if TYPE_CHECKING:
    from etl.run.build import Built, GateClosed

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Who controls critical minerals, bloc by bloc, year by year, and how do you know?\n\n"
    "[b]orebloc build[/b] makes the warehouse; then query [b]warehouse/orebloc.duckdb[/b] with any DuckDB client.\n\n"
    "Exit codes: 0 done, or nothing to do; 1 unexpected error; 2 wrong usage; 3 bad input; 4 a gate stayed closed; "
    "5 another build runs; 6 the environment is broken; 7 the transformation failed; 8 a download failed.",
)


class Exit(IntEnum):
    """Exit codes that a scheduler can act on."""

    DONE = 0
    BAD_INPUT = 3
    GATE_CLOSED = 4
    LOCKED = 5
    ENVIRONMENT = 6
    TRANSFORM = 7
    DOWNLOAD = 8


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


def _project(root: Path | None, warehouse: Path | None = None) -> Project:
    try:
        return find_project(root, warehouse)
    except NoProject as error:
        Report().fail(str(error), [])
        raise typer.Exit(Exit.ENVIRONMENT) from None


def _landing(place: Project, chosen: Path | None) -> Path | None:
    from etl.run.inputs import landing_folder

    try:
        return landing_folder(place, chosen)
    except FileNotFoundError as error:
        Report().fail(f"{error.strerror}: {error.filename}. Name the folder that holds one subfolder per source.", [])
        raise typer.Exit(Exit.BAD_INPUT) from None


@app.command()
def build(
    project: ProjectOption = None,
    warehouse: WarehouseOption = None,
    landing: LandingOption = None,
    redistributable: Annotated[
        bool,
        typer.Option("--redistributable", help="Leave out sources whose terms do not allow to publish them again."),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Build even if no input has changed.")] = False,
    keep: Annotated[int, typer.Option(min=1, help="How many releases to keep.")] = 5,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show faults and the summary only.")] = False,
) -> None:
    """Build the warehouse from the seeds, check it twice, and publish it whole.

    Nothing that readers hold is touched before every check has passed: on a failure the release before stays, and the
    failed build lies in [b]warehouse/failed[/b] for a look.

    Example: [b]orebloc build[/b]
    """
    from etl.run.inputs import read_inputs
    from etl.run.releases import NotPublishable, unchanged_release

    place = _project(project, warehouse)
    report = Report(quiet)
    folder = _landing(place, landing)
    inputs = read_inputs(place, folder, redistributable=redistributable)
    unchanged = None if force else unchanged_release(place, inputs)
    if unchanged:
        report.say(
            f"Nothing to do: no input has changed since release {unchanged.release_id} "
            f"({age_text(unchanged.manifest['built_at'])}). Use --force to build all the same."
        )
        return
    # Only now the seconds that importing dbt's and the gates' libraries takes.
    from etl.run.build import GateClosed, TransformFailed
    from etl.run.build import build as run_build
    from etl.run.lock import LockHeld

    try:
        built = run_build(place, report, landing=folder, redistributable=redistributable, force=force, keep=keep)
    except LockHeld as error:
        report.fail(str(error), [])
        raise typer.Exit(Exit.LOCKED) from None
    except FaultsFound as error:
        report.fail(f"{len(error.faults)} fault(s) in the {error.step}; nothing was published", error.faults)
        raise typer.Exit(Exit.BAD_INPUT) from None
    except GateClosed as error:
        _show_gate(report, error)
        raise typer.Exit(Exit.GATE_CLOSED) from None
    except TransformFailed as error:
        report.fail(f"{error}; nothing was published", [])
        for fault in error.faults:
            report.fail(f"{fault.kind} {fault.name}", [f"{fault.path}: {fault.message}"])
            if fault.rows:
                report.rows(fault.rows)
        raise typer.Exit(Exit.TRANSFORM) from None
    except NotPublishable as error:
        report.fail(str(error), [])
        raise typer.Exit(Exit.ENVIRONMENT) from None
    except OSError as error:
        report.fail(f"{error.strerror or error}: {error.filename or ''}. Nothing was published", [])
        raise typer.Exit(Exit.ENVIRONMENT) from None
    _show_built(report, place, built)


def _show_gate(report: Report, error: GateClosed) -> None:
    result = error.result
    report.fail(f"{error}; nothing was published", [])
    for failure in result.errors:
        report.fail(f"{failure.table}: {failure.expectation}", [failure, f"Why it matters: {failure.why}"])
        if failure.rows:
            report.rows(failure.rows)


def _show_built(report: Report, place: Project, built: Built) -> None:
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
    report.say(f"  file     {place.relative(place.stable_file)}")
    report.say(f"  checks   {place.relative(built.release.folder)}/docs/publishable/index.html")
    report.say()
    report.say("Next: [b]orebloc status[/b], or ask the file itself:")
    report.say(
        f"  duckdb -readonly {place.relative(place.stable_file)} "
        "\"select * from marts.members_on('msp', '2023-12-31')\""
    )


@app.command()
def status(
    project: ProjectOption = None,
    warehouse: WarehouseOption = None,
    landing: LandingOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say which release is current, what is in it, and whether the inputs have changed since.

    Example: [b]orebloc status[/b]
    """
    from etl.run.inputs import read_inputs
    from etl.run.releases import current_release

    place = _project(project, warehouse)
    report = Report()
    release = current_release(place)
    if release is None:
        if as_json:
            print(json.dumps({"release_id": None}))
        else:
            report.say(f"No release yet in {place.relative(place.warehouse)}/. Run [b]orebloc build[/b].")
        raise typer.Exit(Exit.DONE)
    manifest = release.manifest
    redistributable = "option/redistributable" in manifest["inputs"]
    inputs = read_inputs(place, _landing(place, landing), redistributable=redistributable)
    stale = manifest["inputs_sha256"] != inputs.sha256
    if as_json:
        shown = {key: manifest[key] for key in ("release_id", "schema_version", "built_at", "git_commit", "checks")}
        shown["tables"] = {table["name"]: table["rows"] for table in manifest["tables"]}
        shown["inputs_changed"] = stale
        print(json.dumps(shown, ensure_ascii=False))
        return
    report.say(
        f"release  {release.release_id} ({age_text(manifest['built_at'])}), commit {manifest['git_commit'][:12]}"
    )
    report.say(f"file     {place.relative(place.stable_file)}")
    report.say(f"checks   {manifest['checks']['passed']} of {manifest['checks']['run']} passed")
    report.say(
        "inputs   [yellow]changed since: run orebloc build[/yellow]"
        if stale
        else "inputs   unchanged since this release"
    )
    report.say()
    report.say_table(table_of([{"table": table["name"], "rows": f"{table['rows']:,}"} for table in manifest["tables"]]))


@app.command()
def land(project: ProjectOption = None, landing: LandingOption = None) -> None:
    """Read the official files of the landing folder, account for every cell, and write what a plain dbt build reads.

    Shows per file how many cells became observations and how many were left out. `orebloc build` does this by itself.

    Example: [b]orebloc land --landing data/landing[/b]
    """
    from etl.seeds.check import load_seeds
    from etl.sources.landing import account_lines, write_landing
    from etl.sources.landing import land as run_land

    place = _project(project)
    report = Report()
    frames, faults = load_seeds(place)
    landed = run_land(_landing(place, landing), frames)
    faults = [*faults, *landed.faults]
    if faults:
        report.fail(f"{len(faults)} fault(s)", FaultsFound("landing folder", faults).faults)
        raise typer.Exit(Exit.BAD_INPUT)
    target = place.root / "target" / "landed"
    write_landing(landed, target)
    for line in account_lines(landed):
        report.say(line)
    report.say(
        f"{len(landed.observations):,} observations and {len(landed.ledger):,} cells left out, written to "
        f"{place.relative(target)}/"
    )


@app.command("check-seeds")
def check_seeds(project: ProjectOption = None) -> None:
    """Check every seed against its contract: columns, types, closed lists, references, keys. Shows all faults.

    Example: [b]orebloc check-seeds[/b]
    """
    from etl.seeds.check import load_seeds

    place = _project(project)
    report = Report()
    frames, faults = load_seeds(place)
    if faults:
        report.fail(f"{len(faults)} fault(s) in the seeds", FaultsFound("seeds", faults).faults)
        raise typer.Exit(Exit.BAD_INPUT)
    report.say(f"{sum(map(len, frames.values()))} rows of {len(frames)} kinds of seed: no fault.")


@app.command("verify-articles")
def verify_articles(
    folder: Annotated[Path, typer.Argument(help="Folder of the papers' text files.")],
    document: Annotated[list[str] | None, typer.Option(help="Only this document; may be given more than once.")] = None,
    project: ProjectOption = None,
) -> None:
    """Prove the papers' seeds against the papers' texts.

    Every literal must stand on its line, and every numeral of a text must be covered by a claim or be excluded with a
    reason. Prints the coverage per paper; fails below 100 %.

    Example: [b]orebloc verify-articles ../shared/articles[/b]
    """
    from etl.articles.verify import verify_articles as run_verify
    from etl.seeds.check import load_seeds

    place = _project(project)
    report = Report()
    if not folder.is_dir():
        report.fail(f"{folder} is no folder. Name the folder that holds the papers' texts.", [])
        raise typer.Exit(Exit.BAD_INPUT)
    frames, seed_faults = load_seeds(place)
    if seed_faults:
        report.fail(f"{len(seed_faults)} fault(s) in the seeds", FaultsFound("seeds", seed_faults).faults)
        raise typer.Exit(Exit.BAD_INPUT)
    coverages, faults = run_verify(folder, frames, document or ())
    report.say_table(
        table_of(
            {
                "document": coverage.document,
                "facts": coverage.facts,
                "literals": coverage.literals,
                "numerals": coverage.numerals,
                "in claims": coverage.covered,
                "excluded": coverage.excluded,
                "open": coverage.open,
                "coverage": f"{coverage.share:.1%}",
            }
            for coverage in coverages
        )
    )
    if faults:
        report.fail(f"{len(faults)} fault(s)", FaultsFound("articles", faults).faults)
        raise typer.Exit(Exit.BAD_INPUT)


app.command("fetch")(fetch_command)


def main() -> None:
    """Entry point of the console script."""
    try:
        app()
    except ModuleNotFoundError as error:
        print(f"The environment lacks {error.name}. Run `make build` to set it up.", file=sys.stderr)
        sys.exit(Exit.ENVIRONMENT)


if __name__ == "__main__":
    main()

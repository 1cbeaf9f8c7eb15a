"""The command line: thin, each command calls one module; heavy imports wait until a command needs them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from etl.ask.command import (
    blocs_command,
    conflicts_command,
    countries_command,
    members_command,
    minerals_command,
    share_command,
    timeline_command,
)
from etl.diff.command import diff_command
from etl.explain.command import explain_command
from etl.export.command import export_command
from etl.faults import FaultsFound
from etl.fetch.command import fetch_command
from etl.history.command import check_command, releases_command, rollback_command
from etl.options import Exit, LandingOption, ProjectOption, landing_at, project_at
from etl.postgres.command import publish_postgres_command
from etl.run.command import build_command
from etl.run.report import Report, table_of
from etl.status.command import status_command
from etl.trace.command import trace_command

_NO_OTHERS = 0o002

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Who controls critical minerals, bloc by bloc, year by year, and how do you know?\n\n"
    "[b]orebloc build[/b] makes the warehouse; then query [b]warehouse/orebloc.duckdb[/b] with any DuckDB client.\n\n"
    "Exit codes: 0 done, or nothing to do; 1 unexpected error; 2 wrong usage; 3 bad input; 4 a gate stayed closed; "
    "5 another build runs; 6 the environment is broken; 7 the transformation failed; 8 a download failed; "
    "9 no whole release, or one too old (status --check); 129, 130, 143 asked to end by SIGHUP, SIGINT, SIGTERM.",
)

app.command("build")(build_command)
app.command("status")(status_command)


@app.command()
def land(project: ProjectOption = None, landing: LandingOption = None) -> None:
    """Read the official files of the landing folder, account for every cell, and write what a plain dbt build reads.

    Shows per file how many cells became observations and how many were left out. `orebloc build` does this by itself.

    Example: [b]orebloc land --landing data/landing[/b]
    """
    from etl.seeds.check import load_seeds
    from etl.sources.landing import account_lines, write_landing
    from etl.sources.landing import land as run_land

    place = project_at(project)
    report = Report()
    frames, faults = load_seeds(place)
    landed = run_land(landing_at(place, landing), frames)
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

    place = project_at(project)
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

    place = project_at(project)
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
app.command("export")(export_command)
app.command("blocs")(blocs_command)
app.command("minerals")(minerals_command)
app.command("countries")(countries_command)
app.command("share")(share_command)
app.command("members")(members_command)
app.command("timeline")(timeline_command)
app.command("conflicts")(conflicts_command)
app.command("explain")(explain_command)
app.command("trace")(trace_command)
app.command("diff")(diff_command)
app.command("releases")(releases_command)
app.command("rollback")(rollback_command)
app.command("check")(check_command)
app.command("publish-postgres")(publish_postgres_command)


def main() -> None:
    """Entry point of the console script."""
    # Whatever the account's umask says, nobody but it and its group may write into a warehouse.
    os.umask(os.umask(_NO_OTHERS) | _NO_OTHERS)
    try:
        app()
    except ModuleNotFoundError as error:
        print(f"The environment lacks {error.name}. Run `make build` to set it up.", file=sys.stderr)
        sys.exit(Exit.ENVIRONMENT)


if __name__ == "__main__":
    main()

"""`orebloc explain`: the command line of explanations; the application registers it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from etl.ask import complete
from etl.ask.release import current
from etl.ask.show import console
from etl.explain.asked import Asked
from etl.explain.evidence import explain
from etl.explain.layout import lay_out
from etl.explain.page import write_page
from etl.explain.question import resolve
from etl.explain.record import json_record
from etl.explain.sheet import Sheet
from etl.explain.terminal import show
from etl.options import Exit, JsonOption, ProjectOption, WarehouseOption
from etl.run.report import Report


def explain_command(
    *,
    bloc: Annotated[
        str,
        typer.Argument(
            help="The bloc: its code (msp), a name in English or Chinese, or an alias.", autocompletion=complete.blocs
        ),
    ],
    mineral: Annotated[
        str,
        typer.Argument(
            help="The mineral: its code (cobalt), a name (钴) or its symbol (Co).", autocompletion=complete.minerals
        ),
    ],
    year: Annotated[int | None, typer.Option("--year", help="The year. Default: the latest with data.")] = None,
    measure: Annotated[
        str, typer.Option("--measure", help="production, reserves, resources or capacity.")
    ] = "production",
    source: Annotated[
        str | None, typer.Option("--source", help="The source. Default: the first of usgs_mcs, wmd, usgs_myb, bgs.")
    ] = None,
    edition: Annotated[
        str | None, typer.Option("--edition", help="Its edition. Default: the newest whose table has the year.")
    ] = None,
    rule: Annotated[
        str, typer.Option("--rule", help="Who counts: year_end, any_day, year_start, day_weighted or fixed.")
    ] = "year_end",
    eu: Annotated[
        str, typer.Option("--eu", help="as_signed: the EU as one party; expanded: its member states.")
    ] = "as_signed",
    scope: Annotated[
        str, typer.Option("--scope", help="partners, or partners_and_forum where the bloc has a forum.")
    ] = "partners",
    stage: Annotated[
        str | None, typer.Option("--stage", help="mine, smelter, refinery or processing. Default: the first of them.")
    ] = None,
    basis: Annotated[
        str | None, typer.Option("--basis", help="What the mass is of. Default: content, then oxides, then gross ore.")
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            help="What to compare with, as RULE:SCOPE[:EU]. Default: fixed, with the forum if there is one.",
        ),
    ] = None,
    as_json: JsonOption = False,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write a page to this file instead; it loads nothing from elsewhere.")
    ] = None,
    project: ProjectOption = None,
    warehouse: WarehouseOption = None,
) -> None:
    """Explain a bloc's share of a mineral: who counts and on whose word, what each reports, what other rules give.

    Every figure carries its file and row. The other sources and what the papers print stand beside it, with what makes
    the difference, party by party. All is read from the published file.

    Exit codes: 0 explained; 3 no such name, or nothing answers it; 6 there is no release.

    Example: [b]orebloc explain msp cobalt --year 2022[/b]
    """
    asked = Asked(bloc, mineral, year, measure, source, edition, rule, eu, scope, stage, basis, against)
    with current(project, warehouse) as connection:
        explanation = explain(connection, resolve(connection, asked))
    sheet = lay_out(explanation)
    if html is not None:
        _write(sheet, html)
    if as_json:
        typer.echo(json.dumps(json_record(explanation), ensure_ascii=False))
    elif html is not None:
        typer.echo(f"{sheet.headline}\nWritten: {html}")
    else:
        show(sheet, console())


def _write(sheet: Sheet, file: Path) -> None:
    try:
        write_page(sheet, file)
    except OSError as error:
        Report().fail(f"{error.strerror}: {file}. Name a file in a folder that exists and can be written.", [])
        raise typer.Exit(Exit.BAD_INPUT) from None

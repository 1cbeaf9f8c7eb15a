"""The commands that answer on a terminal, from `orebloc blocs` to `conflicts`; the application registers them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from etl.ask import complete
from etl.ask.release import current
from etl.ask.show import CsvOption, Form, Lang, LangOption, RowsOption, console, form_of, write_rows
from etl.ask.words import Words
from etl.options import ProjectOption, WarehouseOption

if TYPE_CHECKING:
    from pathlib import Path

    from etl.ask.listing import Listing

SearchArgument = Annotated[
    str | None, typer.Argument(metavar="TEXT", help="Only those whose code or name, in either language, holds this.")
]


def blocs_command(
    *,
    text: SearchArgument = None,
    lang: LangOption = Lang.EN,
    as_json: RowsOption = False,
    as_csv: CsvOption = False,
    project: ProjectOption = None,
    warehouse: WarehouseOption = None,
) -> None:
    """List the alliances: what they are, since when, and how many belong to them today.

    Rows for scripts are those of `dim_bloc`.

    Example: [b]orebloc blocs minerals[/b]
    """
    from etl.ask.listing import BLOCS

    _list(BLOCS, text, lang, form_of(as_json=as_json, as_csv=as_csv), project, warehouse)


def minerals_command(
    *,
    text: SearchArgument = None,
    lang: LangOption = Lang.EN,
    as_json: RowsOption = False,
    as_csv: CsvOption = False,
    project: ProjectOption = None,
    warehouse: WarehouseOption = None,
) -> None:
    """List the minerals, with the years for which shares can be computed.

    Rows for scripts are those of `dim_mineral`.

    Example: [b]orebloc minerals 稀土[/b]
    """
    from etl.ask.listing import MINERALS

    _list(MINERALS, text, lang, form_of(as_json=as_json, as_csv=as_csv), project, warehouse)


def countries_command(
    *,
    text: SearchArgument = None,
    lang: LangOption = Lang.EN,
    as_json: RowsOption = False,
    as_csv: CsvOption = False,
    project: ProjectOption = None,
    warehouse: WarehouseOption = None,
) -> None:
    """List the countries, territories and institutions, with the number of blocs that each belongs to today.

    Rows for scripts are those of `dim_party`.

    Example: [b]orebloc countries congo[/b]
    """
    from etl.ask.listing import COUNTRIES

    _list(COUNTRIES, text, lang, form_of(as_json=as_json, as_csv=as_csv), project, warehouse)


def share_command(
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
    measure: Annotated[
        str,
        typer.Option(
            "--measure", help="production, reserves, resources or capacity.", autocompletion=complete.measures
        ),
    ] = "production",
    source: Annotated[
        str | None,
        typer.Option(
            "--source",
            help="The source. Default: the first of usgs_mcs, wmd, usgs_myb, bgs.",
            autocompletion=complete.sources,
        ),
    ] = None,
    edition: Annotated[
        str | None, typer.Option("--edition", help="Its edition. Default: for each year the newest that has it.")
    ] = None,
    rule: Annotated[
        str,
        typer.Option(
            "--rule",
            help="Who counts: year_end, any_day, year_start, day_weighted or fixed.",
            autocompletion=complete.rules,
        ),
    ] = "year_end",
    eu: Annotated[
        str,
        typer.Option(
            "--eu",
            help="as_signed: the EU as one party; expanded: its member states.",
            autocompletion=complete.treatments,
        ),
    ] = "as_signed",
    scope: Annotated[
        str,
        typer.Option(
            "--scope",
            help="partners, or partners_and_forum where the bloc has a forum.",
            autocompletion=complete.scopes,
        ),
    ] = "partners",
    stage: Annotated[
        str | None, typer.Option("--stage", help="mine, smelter, refinery or processing. Default: the first of them.")
    ] = None,
    basis: Annotated[
        str | None, typer.Option("--basis", help="What the mass is of. Default: content, then oxides, then gross ore.")
    ] = None,
    first: Annotated[int | None, typer.Option("--from", help="The first year. Default: the first with data.")] = None,
    last: Annotated[int | None, typer.Option("--to", help="The last year. Default: the last with data.")] = None,
    lang: LangOption = Lang.EN,
    as_json: RowsOption = False,
    as_csv: CsvOption = False,
    project: ProjectOption = None,
    warehouse: WarehouseOption = None,
) -> None:
    """Show what a bloc holds of a mineral, year by year, with bounds and a chart.

    One source, stage and basis; each year from the newest edition that has it. What else would answer is named below.
    Rows for scripts are those of `mineral_bloc_share` that are shown.

    Example: [b]orebloc share msp cobalt --rule fixed --scope partners_and_forum[/b]
    """
    from etl.ask.share import shares_of, show_shares
    from etl.explain.asked import Asked

    form = form_of(as_json=as_json, as_csv=as_csv)
    if first is not None and last is not None and first > last:
        raise typer.BadParameter(f"--from {first} is later than --to {last}.")
    asked = Asked(bloc, mineral, None, measure, source, edition, rule, eu, scope, stage, basis)
    with current(project, warehouse) as connection:
        shares = shares_of(connection, asked, first, last)
    if form is Form.TEXT:
        show_shares(shares, Words(lang), console())
    else:
        write_rows(list(shares.rows[0]), shares.rows, form)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day. Write it as year-month-day, e.g. 2023-12-31.") from None


def members_command(
    *,
    bloc: Annotated[
        str,
        typer.Argument(
            help="The bloc: its code (msp), a name in English or Chinese, or an alias.", autocompletion=complete.blocs
        ),
    ],
    day: Annotated[
        date | None, typer.Option("--on", parser=_day, metavar="DAY", help="The day, e.g. 2023-12-31. Default: today.")
    ] = None,
    lang: LangOption = Lang.EN,
    as_json: RowsOption = False,
    as_csv: CsvOption = False,
    project: ProjectOption = None,
    warehouse: WarehouseOption = None,
) -> None:
    """Show who belonged to a bloc on a day: in which role, since when and how exactly, and on whose word.

    The EU counts as one party; observers, and whoever is only announced, do not belong. Rows for scripts are those of
    `fct_bloc_membership`.

    Example: [b]orebloc members msp --on 2023-12-31[/b]
    """
    from etl.ask import known
    from etl.ask.members import COLUMNS_OF, members_on, show_members
    from etl.run.clock import utc_now

    form = form_of(as_json=as_json, as_csv=as_csv)
    on_day = day or utc_now().date()
    with current(project, warehouse) as connection:
        found = known.one(bloc, known.blocs(connection), "BLOC", "bloc")
        members = members_on(connection, found.code, on_day)
        if form is Form.TEXT:
            show_members(connection, found, on_day, members, words=Words(lang), console=console())
        else:
            write_rows(known.columns(connection, COLUMNS_OF), members, form)


def timeline_command(
    *,
    name: Annotated[
        str,
        typer.Argument(
            help="A country (IDN, Indonesia, 印度尼西亚) or a bloc (msp): code, name or alias.",
            autocompletion=complete.blocs_and_parties,
        ),
    ],
    lang: LangOption = Lang.EN,
    as_json: RowsOption = False,
    as_csv: CsvOption = False,
    project: ProjectOption = None,
    warehouse: WarehouseOption = None,
) -> None:
    """Show what happened around a country or a bloc, in order: acts of policy, who joined and who left.

    Rows for scripts have the columns of `fct_policy_event` and of `fct_bloc_membership`; `entry`, `on_date` and
    `on_precision` say which of them it is, and when.

    Example: [b]orebloc timeline IDN[/b]
    """
    from etl.ask import known
    from etl.ask.timeline import columns_of, show_timeline, timeline_of

    form = form_of(as_json=as_json, as_csv=as_csv)
    with current(project, warehouse) as connection:
        blocs = known.blocs(connection)
        thing = known.one(name, [*known.parties(connection), *blocs], "NAME", "country, party or bloc")
        is_bloc = thing in blocs
        found = timeline_of(connection, thing.code, is_bloc=is_bloc)
        if form is Form.TEXT:
            show_timeline(connection, thing, found, words=Words(lang), console=console(), is_bloc=is_bloc)
        else:
            write_rows(columns_of(connection), found, form)


def conflicts_command(
    *,
    name: Annotated[
        str | None,
        typer.Argument(
            help="A bloc, mineral or country: code, name, alias or symbol. Default: all contradictions.",
            autocompletion=complete.things,
        ),
    ] = None,
    only_open: Annotated[bool, typer.Option("--open", help="Only those that nobody has resolved.")] = False,
    lang: LangOption = Lang.EN,
    as_json: RowsOption = False,
    as_csv: CsvOption = False,
    project: ProjectOption = None,
    warehouse: WarehouseOption = None,
) -> None:
    """Show the contradictions that touch a bloc, a mineral or a country: how grave, who says what where, which is used.

    Rows for scripts are those of `source_conflict`; `touches` says whether a row is about the thing itself, or only
    touches a row about it.

    Example: [b]orebloc conflicts cobalt[/b]
    """
    from etl.ask import known
    from etl.ask.conflicts import columns_of, conflicts_of, known_things, show_conflicts

    form = form_of(as_json=as_json, as_csv=as_csv)
    words = Words(lang)
    with current(project, warehouse) as connection:
        column, code, called = None, "", words("All sources", "全部来源")
        if name is not None:
            things = known_things(connection)
            every = [thing for kind in things.values() for thing in kind]
            thing = known.one(name, every, "NAME", "bloc, mineral or party")
            column = next(kind for kind, of_kind in things.items() if thing in of_kind)
            code, called = thing.code, words(thing.name_en, thing.name_zh or thing.name_en)
        found = [row for row in conflicts_of(connection, column, code) if not only_open or row["resolution"] == "open"]
        if form is Form.TEXT:
            show_conflicts(called, found, words, console())
        else:
            write_rows(columns_of(connection), found, form)


def _list(
    listing: Listing, text: str | None, lang: Lang, form: Form, project: Path | None, warehouse: Path | None
) -> None:
    from etl.ask.known import columns
    from etl.ask.listing import listed

    with current(project, warehouse) as connection:
        found: list[dict[str, Any]] = listed(connection, listing, text)
        if form is Form.TEXT:
            listing.show(connection, found, Words(lang), console())
        else:
            write_rows(columns(connection, listing.table), found, form)

"""Who belonged to a bloc on a day: in which role, since when, and on whose word."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from rich.text import Text

from etl.ask.names import Named
from etl.ask.release import rows
from etl.ask.show import show_table
from etl.ask.words import Words
from etl.explain.words import day_text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from rich.console import Console

COLUMNS_OF = "fct_bloc_membership"
# The macro says who; the fact says on whose word, and where that stands.
_MEMBERS = """
select facts.* from marts.members_on($bloc, $day) as found
inner join marts.fct_bloc_membership as facts
    on facts.bloc = $bloc and facts.party = found.party and facts.valid_from = found.valid_from
order by facts.valid_from, facts.party
"""
_NAMES = "select party, name_en, name_zh from marts.dim_party"
_DOCUMENTS = "select document, title, title_zh, publisher, published_on, date_precision from marts.dim_document"
_ABOUT = """
select blocs.start_date, blocs.start_precision, forums.bloc as forum,
    (select min(valid_from) from marts.fct_bloc_membership where bloc = $bloc) as first_joined
from marts.dim_bloc as blocs
left join marts.dim_bloc as forums on forums.parent_bloc = blocs.bloc and forums.instrument = 'forum'
where blocs.bloc = $bloc
"""


def members_on(connection: DuckDBPyConnection, bloc: str, day: date) -> list[dict[str, Any]]:
    """Return the memberships of a bloc that hold on a day, as `fct_bloc_membership` has them, the oldest first."""
    return rows(connection, _MEMBERS, {"bloc": bloc, "day": day})


def show_members(
    connection: DuckDBPyConnection,
    bloc: Named,
    day: date,
    found: list[dict[str, Any]],
    *,
    words: Words,
    console: Console,
) -> None:
    """Print the members, and the publications that say so."""
    names = {row["party"]: words.name(row) for row in rows(connection, _NAMES, {})}
    (about, *_) = rows(connection, _ABOUT, {"bloc": bloc.code})
    called = words(bloc.name_en, bloc.name_zh or bloc.name_en)
    parties = "party" if len(found) == 1 else "parties"
    title = words(
        f"{called} ({bloc.code}): {len(found)} {parties} on {day}", f"{called}（{bloc.code}）：{day} 共 {len(found)} 方"
    )
    console.print(Text(title, style="bold"))
    if found:
        console.print()
        _show_table(found, names, words, console)
        _show_documents(connection, sorted({row["document"] for row in found}), words, console)
    elif about["first_joined"]:
        first = day_text(about["first_joined"], "day")
        console.print(words(f"The first known to join did so on {first}.", f"最早加入者：{first}。"))
    else:
        console.print(words("Of nobody is it known when it joined.", "成员加入日期均不详。"))
    if about["forum"]:
        hint = f"orebloc members {about['forum']} --on {day}"
        console.print(Text(words(f"Its forum: {hint}", f"所属论坛：{hint}"), style="dim"))


def _show_table(found: list[dict[str, Any]], names: dict[str, str], words: Words, console: Console) -> None:
    shown = [
        (
            row["party"],
            names[row["party"]],
            words.code(row["role"]),
            day_text(row["valid_from"], row["valid_from_precision"]),
            words.code(row["valid_from_precision"]),
            f"{row['document']}, {row['locator']}",
        )
        for row in found
    ]
    show_table(console, words.headings("!party", "name", "!role", "!since", "!precision", "+on whose word"), shown)


def _show_documents(connection: DuckDBPyConnection, named: list[str], words: Words, console: Console) -> None:
    known = {row["document"]: row for row in rows(connection, _DOCUMENTS, {})}
    console.print()
    for document in named:
        row = known[document]
        day = day_text(row["published_on"], row["date_precision"])
        said = ", ".join(part for part in (words.name(row, "title", "title_zh"), row["publisher"], day) if part)
        console.print(Text(f"{document}: {said}", style="dim"))

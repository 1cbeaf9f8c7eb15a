"""What happened around a country or a bloc, in order: acts of policy, and who joined or left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from etl.ask.known import columns
from etl.ask.names import Named
from etl.ask.release import rows
from etl.ask.show import is_plain, show_table, spark
from etl.ask.words import Words
from etl.explain.words import day_text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from rich.console import Console

# The chart shows the last of them; so many fit a narrow terminal.
_MOST_YEARS = 40
_TIMELINE = """
with
    memberships as (select * from marts.fct_bloc_membership where {of_memberships})

select 'event' as entry, event_date as on_date, date_precision as on_precision, events.*
from marts.fct_policy_event as events
where {of_events}
union all by name
select 'joined' as entry, valid_from as on_date, valid_from_precision as on_precision, memberships.*
from memberships
union all by name
select 'left' as entry, valid_to as on_date, 'day' as on_precision, memberships.*
from memberships
where valid_to is not null
order by on_date, entry, event_id, bloc, party
"""
_OF_PARTY = _TIMELINE.format(
    of_memberships="party = $code",
    of_events="actor = $code or list_contains(string_split(coalesce(actors, ''), ';'), $code) "
    "or list_contains(string_split(coalesce(targets, ''), ';'), $code)",
)
_OF_BLOC = _TIMELINE.format(of_memberships="bloc = $code", of_events="bloc = $code")
_NAMES = """
select party as code, name_en, name_zh from marts.dim_party
union all
select bloc, name_en, name_zh from marts.dim_bloc
"""


def columns_of(connection: DuckDBPyConnection) -> list[str]:
    """Return the columns of a timeline's rows: what it says of all, then those of both tables, each once."""
    both = [*columns(connection, "fct_policy_event"), *columns(connection, "fct_bloc_membership")]
    return ["entry", "on_date", "on_precision", *dict.fromkeys(both)]


def timeline_of(connection: DuckDBPyConnection, code: str, *, is_bloc: bool) -> list[dict[str, Any]]:
    """Return the events and memberships of a country or bloc, the earliest first.

    Each row has the columns of `fct_policy_event` or of `fct_bloc_membership`, the others null; `entry` says which
    (event, joined, left), `on_date` and `on_precision` when.
    """
    return rows(connection, _OF_BLOC if is_bloc else _OF_PARTY, {"code": code})


def show_timeline(
    connection: DuckDBPyConnection,
    thing: Named,
    found: list[dict[str, Any]],
    *,
    words: Words,
    console: Console,
    is_bloc: bool,
) -> None:
    """Print the timeline with a small chart of how much happened in which year."""
    names = {row["code"]: words.name(row) for row in rows(connection, _NAMES, {})}
    called = words(thing.name_en, thing.name_zh or thing.name_en)
    events = sum(row["entry"] == "event" for row in found)
    entries = len(found) - events
    title = words(
        f"{called} ({thing.code}): {events} acts of policy, {entries} memberships begun or ended",
        f"{called}（{thing.code}）：政策事件 {events} 项，加入或退出 {entries} 次",
    )
    console.print(Text(title, style="bold"))
    if not found:
        return
    _show_chart(found, words, console)
    console.print()
    shown = [_row(row, thing.code, names, words, is_bloc=is_bloc) for row in found]
    show_table(console, words.headings("!date", "!what", "+event", "on whose word"), shown)


def _show_chart(found: list[dict[str, Any]], words: Words, console: Console) -> None:
    years = [row["on_date"].year for row in found]
    first = max(min(years), max(years) - _MOST_YEARS + 1)
    counts = [years.count(year) for year in range(first, max(years) + 1)]
    drawn = spark(counts, plain=is_plain(console))
    most = max(counts)
    console.print(
        Text.assemble(
            (f"{first} ", "dim"),
            (drawn, "cyan"),
            (f" {max(years)}", "dim"),
            (words(f"   a year; at most {most}", f"   每年件数，最多 {most}"), "dim"),
        )
    )


def _row(
    row: dict[str, Any], code: str, names: dict[str, str], words: Words, *, is_bloc: bool
) -> tuple[str | Text, ...]:
    day = day_text(row["on_date"], row["on_precision"])
    place = f"{row['document']}:{row['text_line']}" if row["text_line"] else f"{row['document']}, {row['locator']}"
    if row["entry"] == "event":
        what = words.code(row["category"])
        targets = (row["targets"] or "").split(";")
        if code in targets and code not in (row["actors"] or "").split(";"):
            what += words(" (target)", "（所针对者）")
        return day, what, words.name(row, "title_en", "title_zh"), place
    # Whoever is only named in a plan has not joined.
    what = row["entry"] if row["status"] not in ("announced", "proposed") else row["status"]
    other = names.get(row["party"] if is_bloc else row["bloc"], "")
    remark = words(f" ({words.code(row['role'])})", f"（{words.code(row['role'])}）")
    return day, Text(words.code(what), style="green"), Text(other + remark, style="green"), place

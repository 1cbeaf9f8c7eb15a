"""The contradictions that touch a bloc, a mineral or a country: what stands against what, and which is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.padding import Padding
from rich.text import Text

from etl.ask.known import blocs, columns, minerals, parties
from etl.ask.names import Named
from etl.ask.release import rows
from etl.ask.show import show_table
from etl.ask.words import Words

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from rich.console import Console

# Rows about a thing name in conflict_ids what touches them, or what touches the line of the paper where they stand.
_ROWS_ABOUT = {
    "bloc": (
        ("dim_bloc", "bloc = $code"),
        ("fct_bloc_membership", "bloc = $code"),
        ("fct_membership_claim", "bloc = $code"),
        ("fct_article_claim", "bloc = $code"),
        ("fct_policy_event", "bloc = $code"),
    ),
    "mineral": (
        ("fct_article_claim", "mineral = $code"),
        ("fct_mineral_list_entry", "mineral = $code"),
        ("fct_named_producer", "mineral = $code"),
        ("demand_outlook", "mineral = $code"),
        ("import_dependence", "mineral = $code"),
        ("fct_policy_event", "list_contains(string_split(coalesce(minerals, ''), ';'), $code)"),
    ),
    "party": (
        ("fct_article_claim", "party = $code"),
        ("fct_bloc_membership", "party = $code"),
        ("fct_membership_claim", "party = $code"),
        ("fct_named_producer", "party = $code"),
        ("import_dependence", "party = $code"),
        ("fct_policy_event", "list_contains(string_split(coalesce(actors, actor, ''), ';'), $code)"),
    ),
}
_ALL = """
select 'itself' as touches, conflicts.* from marts.source_conflict as conflicts
order by case severity when 'high' then 1 when 'medium' then 2 else 3 end, subject, conflict_id
"""
_TOUCHING = """
with
    named as ({rows_about}),

    named_ids as (select distinct unnest(string_split(conflict_ids, ', ')) as conflict_id from named)

select case when conflicts.{column} = $code then 'itself' else 'row' end as touches, conflicts.*
from marts.source_conflict as conflicts
where
    conflicts.{column} = $code
    or conflicts.conflict_id in (select named_ids.conflict_id from named_ids)
order by touches, case severity when 'high' then 1 when 'medium' then 2 else 3 end, subject, conflict_id
"""
_SEVERITY = {"high": "red", "medium": "yellow", "low": "dim"}


def known_things(connection: DuckDBPyConnection) -> dict[str, list[Named]]:
    """Return whatever a contradiction can touch, by the column of `source_conflict` that names it."""
    return {"bloc": blocs(connection), "mineral": minerals(connection), "party": parties(connection)}


def columns_of(connection: DuckDBPyConnection) -> list[str]:
    """Return the columns of a contradiction's row."""
    return ["touches", *columns(connection, "source_conflict")]


def conflicts_of(connection: DuckDBPyConnection, column: str | None, code: str) -> list[dict[str, Any]]:
    """Return the contradictions that touch a thing, the gravest first, as `source_conflict` has them.

    Args:
        connection: The release.
        column: What the thing is: bloc, mineral or party; None for all contradictions.
        code: Its code.

    Returns:
        The rows, each with `touches`: `itself` where the contradiction is about the thing, `row` where a row about the
        thing names it in `conflict_ids`.
    """
    if column is None:
        return rows(connection, _ALL, {})
    about = " union all ".join(
        f"select conflict_ids from marts.{mart} where {condition}" for mart, condition in _ROWS_ABOUT[column]
    )
    return rows(connection, _TOUCHING.format(rows_about=about, column=column), {"code": code})


def show_conflicts(called: str, found: list[dict[str, Any]], words: Words, console: Console) -> None:
    """Print what is about the thing itself claim by claim, and below it a line for each that touches a row about it."""
    direct = [row for row in found if row["touches"] == "itself"]
    others = [row for row in found if row["touches"] != "itself"]
    number = f"{len(direct)} contradiction" + ("" if len(direct) == 1 else "s")
    console.print(Text(words(f"{called}: {number}", f"{called}：矛盾 {len(direct)} 处"), style="bold"))
    for row in direct:
        console.print()
        _show_one(row, words, console)
    if not others:
        return
    console.print()
    title = words(
        "Named in conflict_ids of rows about it, or of their lines:", "相关数据行或同一文本行的 conflict_ids 所涉："
    )
    console.print(Text(title, style="bold"))
    shown = [(_severity(row, words), row["subject"], _used(row, words), row["conflict_id"]) for row in others]
    show_table(console, words.headings("!", "+subject", "!status", "!conflict_id"), shown)


def _show_one(row: dict[str, Any], words: Words, console: Console) -> None:
    title = Text.assemble(
        _severity(row, words),
        " ",
        (row["subject"], "bold"),
        (f"  {words.code(row['kind'])}, {row['conflict_id']}", "dim"),
    )
    console.print(title)
    for side in ("a", "b"):
        line = row[f"text_line_{side}"]
        place = f"{row[f'document_{side}']}" + (f":{line}" if line else "") + f", {row[f'locator_{side}']}"
        said = Text.assemble((f"{side.upper()} ", "cyan"), row[f"claim_{side}"], (f"  {place}", "dim"))
        if row[f"printed_{side}"]:
            said.append(words(f"  “{row[f'printed_{side}']}”", f"  「{row[f'printed_{side}']}」"))
        console.print(Padding(said, (0, 0, 0, 3), expand=False))
    outcome = Text.assemble((f"{_used(row, words)}", "green" if row["resolution"] == "resolved" else "yellow"))
    outcome.append(words(": ", "：") + row["reason"])
    console.print(Padding(outcome, (0, 0, 0, 3), expand=False))


def _severity(row: dict[str, Any], words: Words) -> Text:
    return Text(words.code(row["severity"]), style=_SEVERITY.get(row["severity"], ""))


def _used(row: dict[str, Any], words: Words) -> str:
    """Say which claim is used."""
    if row["chosen"] in ("a", "b"):
        return words(f"{row['chosen'].upper()} is used", f"采用 {row['chosen'].upper()}")
    return words("neither is used", "两者皆不采用") if row["chosen"] else words("open", "未裁定")

"""A bloc's share of a mineral, year by year, with its bounds: one source, each year from its newest edition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from etl.ask.preference import RANKS
from etl.ask.release import rows
from etl.ask.show import bar, is_plain, show_table
from etl.ask.words import Words
from etl.explain.question import resolve_names
from etl.explain.unanswered import no_such_table, no_such_year, why_nothing, years_text
from etl.explain.words import percent, tonnes
from etl.faults import FaultsFound

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from rich.console import Console

    from etl.explain.asked import Asked, Names

_SHARES = """
select * from marts.mineral_bloc_share
where
    bloc = $bloc and mineral = $mineral and measure = $measure
    and membership_rule = $rule and party_scope = $scope and eu_treatment = $eu
order by year, source, edition, stage, basis
"""
# What a chart's full width may stand for: the least that holds every bar.
_SCALES = (0.05, 0.1, 0.25, 0.5, 1.0)
_BAR_WIDTH = 20


class Shares:
    """Shares that were found.

    Attributes:
        names: What the question's names turned out to be.
        rows: One row of `mineral_bloc_share` per year, in order.
        others: Tables of other sources, stages or bases that would answer too, with their years.
    """

    def __init__(self, names: Names, found: list[dict[str, Any]], others: dict[tuple[str, ...], set[int]]) -> None:
        self.names = names
        self.rows = found
        self.others = others


def shares_of(connection: DuckDBPyConnection, asked: Asked, first: int | None, last: int | None) -> Shares:
    """Return a bloc's shares under one rule, of one source, stage and basis.

    Args:
        connection: The release.
        asked: What was typed; the year plays no part.
        first: The first year wanted, or None.
        last: The last year wanted, or None.

    Raises:
        FaultsFound: A name is unknown, or nothing answers; the fault says what is nearest.
    """
    names = resolve_names(connection, asked)
    found = _all(connection, names)
    if not found:
        raise FaultsFound("question", [why_nothing(connection, names, asked)])
    left = _narrowed(found, names, asked)
    within = [row for row in left if (first or row["year"]) <= row["year"] <= (last or row["year"])]
    if not within:
        year = first if first is not None else last
        raise FaultsFound("question", [no_such_year(connection, year or 0, left, found, names)])
    chosen = within
    for column in ("stage", "source", "basis"):
        best = min((row[column] for row in chosen), key=RANKS[column])
        chosen = [row for row in chosen if row[column] == best]
    newest: dict[int, dict[str, Any]] = {}
    for row in sorted(chosen, key=lambda row: RANKS["edition"](row["edition"]), reverse=True):
        newest[row["year"]] = row
    series = ("source", "stage", "basis")
    others: dict[tuple[str, ...], set[int]] = {}
    for row in within:
        key = tuple(row[column] for column in series)
        if key != tuple(chosen[0][column] for column in series):
            others.setdefault(key, set()).add(row["year"])
    return Shares(names, [newest[year] for year in sorted(newest)], others)


def _all(connection: DuckDBPyConnection, names: Names) -> list[dict[str, Any]]:
    composition = names.composition
    values = {
        "bloc": names.bloc.code,
        "mineral": names.mineral.code,
        "measure": names.measure,
        "rule": composition.rule,
        "scope": composition.scope,
        "eu": composition.eu,
    }
    return rows(connection, _SHARES, values)


def _narrowed(found: list[dict[str, Any]], names: Names, asked: Asked) -> list[dict[str, Any]]:
    """Keep what was named: a source, an edition, a stage, a basis."""
    wanted = {"source": names.source, "edition": asked.edition, "stage": asked.stage, "basis": asked.basis}
    left = found
    for column, value in wanted.items():
        if value is None:
            continue
        kept = [row for row in left if row[column] == value.strip().casefold()]
        if not kept:
            raise FaultsFound("question", [no_such_table(column, value, left, found, names, year=None)])
        left = kept
    return left


def show_shares(shares: Shares, words: Words, console: Console) -> None:
    """Print the shares with a bar for each year."""
    names, found = shares.names, shares.rows
    bloc = words(names.bloc.name_en, names.bloc.name_zh or names.bloc.name_en)
    mineral = words(names.mineral.name_en, names.mineral.name_zh or names.mineral.name_en)
    measure = words.code(names.measure)
    title = words(f"{bloc}: share of world {mineral} {measure}", f"{bloc}：世界{mineral}{measure}占比")
    console.print(Text(title, style="bold"))
    composition = names.composition
    how = [
        f"{found[0]['source']}",
        *filter(None, map(words.code, (found[0]["stage"], found[0]["basis"]))),
        *(words.code(code) for code in (composition.rule, composition.scope, composition.eu)),
    ]
    console.print(Text(words(", ".join(how), "，".join(how)), style="dim"))
    console.print()
    _show_table(found, words, console)
    _show_notes(shares, words, console)


def _show_table(found: list[dict[str, Any]], words: Words, console: Console) -> None:
    most = max((row["share_high"] or row["share"] or 0.0 for row in found), default=0.0)
    scale = next((scale for scale in _SCALES if most <= scale), 1.0)
    names = words.headings("year", "edition", ">share", ">bounds", ">members", ">tonnes")
    shown = [
        (
            str(row["year"]),
            row["edition"],
            percent(row["share"]),
            _bounds(row),
            f"{row['n_members_reporting']}/{row['n_members']}",
            tonnes(row["bloc_value"]),
            bar(row["share"], scale, _BAR_WIDTH, upper=row["share_high"], plain=is_plain(console)),
        )
        for row in found
    ]
    show_table(console, [*names, f"!{f'0–{100 * scale:.0f} %':<{_BAR_WIDTH}}"], shown)


def _bounds(row: dict[str, Any]) -> str:
    """Write the bounds; one figure where they are one."""
    if row["share_low"] is None or row["share_high"] is None:
        return "–"
    low, high = percent(row["share_low"]), percent(row["share_high"])
    return low if low == high else f"{low.removesuffix(' %')}–{high}"


def _show_notes(shares: Shares, words: Words, console: Console) -> None:
    notes = []
    if any(row["share"] is None for row in shares.rows):
        notes.append(words("–: no member reports an amount; that is not zero.", "–：无成员有数据，并非为零。"))
    if any((row["share_high"] or 0) - (row["share"] or 0) > 0.005 for row in shares.rows):
        notes.append(
            words(
                "Grey: what members not listed by name, or withheld values, could add.",
                "灰色：未列名成员或未公布数值至多可增加的部分。",
            )
        )
    if shares.others:
        listed = "; ".join(
            f"{source} ({', '.join(filter(None, map(words.code, (stage, basis))))}) {years_text(years)}"
            for (source, stage, basis), years in sorted(shares.others.items())
        )
        notes.append(words(f"Also: {listed}.", f"另有：{listed}。"))
    again = _explained(shares)
    notes.append(words(f"Who and why: {again}", f"成员与依据：{again}"))
    console.print()
    for note in notes:
        console.print(Text(note, style="dim"))


def _explained(shares: Shares) -> str:
    """Return the command that explains the last share shown, as it was counted."""
    row = shares.rows[-1]
    usual = {
        "measure": ("measure", "production"),
        "rule": ("membership_rule", "year_end"),
        "scope": ("party_scope", "partners"),
        "eu": ("eu_treatment", "as_signed"),
    }
    options = [f"--{name} {row[column]}" for name, (column, default) in usual.items() if row[column] != default]
    table = [f"--{name} {row[name]}" for name in ("source", "stage", "basis")] if shares.others else []
    return " ".join([f"orebloc explain {row['bloc']} {row['mineral']} --year {row['year']}", *options, *table])

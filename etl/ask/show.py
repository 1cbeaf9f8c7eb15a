"""How answers look: a console that fits a terminal or a pipe, tables, small charts, and exact rows for scripts."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from etl.options import Exit
from etl.run.report import Report

if TYPE_CHECKING:
    from rich.console import JustifyMethod

# In a pipe there is no terminal to fit; this is wide enough for every table.
_WIDTH_IN_A_PIPE = 110
# Below this a console shows only what matters most.
_WIDE = 100
# What a column of sentences needs to be read.
_SENTENCE = 22
_UNBOUND = 10_000
_EIGHTHS = " ▏▎▍▌▋▊▉"
_HEIGHTS = " ▁▂▃▄▅▆▇█"


class Lang(StrEnum):
    """Languages of names and headings."""

    EN = "en"
    ZH = "zh"


class Form(StrEnum):
    """Forms of an answer."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


LangOption = Annotated[Lang, typer.Option("--lang", help="Language of names and headings: en or zh.")]
RowsOption = Annotated[
    bool,
    typer.Option("--json", help="Print a JSON array of rows instead: exact numbers, columns named as in the tables."),
]
CsvOption = Annotated[bool, typer.Option("--csv", help="Print the same rows as CSV.")]


def form_of(*, as_json: bool, as_csv: bool) -> Form:
    """Return the form asked for; refuse two at once as wrong usage."""
    if as_json and as_csv:
        raise typer.BadParameter("Choose one of --json and --csv.")
    return Form.JSON if as_json else Form.CSV if as_csv else Form.TEXT


def write_rows(names: Sequence[str], rows: Iterable[dict[str, Any]], form: Form) -> None:
    """Write rows to standard output for a script, and nothing else."""
    from etl.export.as_csv import csv_lines  # noqa: PLC0415 - only scripts need them
    from etl.export.as_json import json_lines  # noqa: PLC0415

    values = ([row[name] for name in names] for row in rows)
    written = json_lines(names, values) if form is Form.JSON else csv_lines(names, values)
    # Bytes: what a script reads is UTF-8, whatever the terminal is set to.
    typer.echo("".join(written).encode(), nl=False)


def console() -> Console:
    """A console as wide as the terminal; in a pipe as wide as COLUMNS says, else wide enough for every table."""
    if hasattr(sys.stdout, "reconfigure"):
        # A terminal that knows no Chinese shows a question mark, and no traceback.
        sys.stdout.reconfigure(errors="replace")
    shown = Console(highlight=False)
    if not shown.is_terminal and "COLUMNS" not in os.environ:
        shown.width = _WIDTH_IN_A_PIPE
    return shown


def show_table(shown: Console, columns: Iterable[str], rows: Iterable[Sequence[str | Text]]) -> None:
    """Print texts as a table; on a console that is too narrow for its marks, every column folds.

    Args:
        shown: Where to.
        columns: Headings. A first sign `>` sets a column flush right, `!` keeps its lines whole, `+` gives it the room
            that sentences need.
        rows: A text for each column.
    """
    names, lines = list(columns), [[cell if isinstance(cell, Text) else Text(cell) for cell in row] for row in rows]
    grid = _grid(names, lines, marked=True)
    if Measurement.get(shown, shown.options.update(max_width=_UNBOUND), grid).minimum > shown.width:
        grid = _grid(names, lines, marked=False)
    shown.print(grid)


def _grid(names: list[str], lines: list[list[Text]], *, marked: bool) -> Table:
    grid = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True, header_style="dim")
    for name in names:
        justify: JustifyMethod = "right" if name.startswith(">") else "left"
        grid.add_column(
            Text(name.lstrip(">!+")),
            justify=justify,
            overflow="fold",
            no_wrap=marked and name.startswith(("!", ">")),
            min_width=_SENTENCE if marked and name.startswith("+") else None,
        )
    for line in lines:
        grid.add_row(*line)
    return grid


def is_wide(shown: Console) -> bool:
    """Is there room for more than what matters most?"""
    return shown.width >= _WIDE


def bar(part: float | None, most: float, width: int, *, upper: float | None = None, plain: bool = False) -> Text:
    """Draw a part of `most` as a bar, with what it could be at most behind it in grey.

    Args:
        part: What is drawn; nothing where it is unknown.
        most: What the full width stands for.
        width: Cells.
        upper: The upper bound, or None.
        plain: Draw with signs that every terminal has.
    """
    drawn = Text(_cells(part or 0.0, most, width, plain=plain), style="cyan")
    ends = round(width * min(upper or 0.0, most) / most)
    if ends > drawn.cell_len:
        drawn.append(("-" if plain else "░") * (ends - drawn.cell_len), style="dim")
    return drawn


def _cells(part: float, most: float, width: int, *, plain: bool) -> str:
    eighths = round(8 * width * min(max(part, 0.0), most) / most)
    if part > 0:
        eighths = max(eighths, 1)
    if plain:
        return "#" * max(round(eighths / 8), 1 if part > 0 else 0)
    return "█" * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")


def spark(counts: Sequence[int], *, plain: bool = False) -> str:
    """Draw counts as a row of columns, the highest full."""
    most = max(counts, default=0)
    if plain:
        return "".join(str(count) if count < 10 else "+" for count in counts)
    return "".join(_HEIGHTS[-(-8 * count // most)] if count else "·" for count in counts)


def is_plain(shown: Console) -> bool:
    """Can the terminal show nothing but ASCII?"""
    return not shown.encoding.lower().startswith("utf")


def refuse(problem: str, *hints: str) -> typer.Exit:
    """Say on standard error what is wrong with what was asked; raise what this returns."""
    Report().fail(problem, [hint for hint in hints if hint])
    return typer.Exit(Exit.BAD_INPUT)

"""The explanation on a terminal, or in a pipe."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from etl.explain.sheet import Grid, Item, Section, Sheet

_LABEL_WIDTH = 9
_INDENT = 3


def show(sheet: Sheet, console: Console) -> None:
    """Print a sheet as wide as the console is; code is not wrapped, so that it can be copied."""
    console.print(Text(sheet.headline, style="bold"))
    console.print()
    console.print(_facts(sheet))
    for number, section in enumerate(sheet.sections, 1):
        console.print()
        _show(number, section, console)


def _facts(sheet: Sheet) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(width=_LABEL_WIDTH, style="dim")
    table.add_column(overflow="fold")
    for label, words in sheet.facts:
        table.add_row(label, Text(words, style="yellow" if label == "against" else ""))
    return table


def _show(number: int, section: Section, console: Console) -> None:
    console.print(Text(f"{number}. {section.title}", style="bold cyan"))
    for words in section.words:
        console.print(_indented(words))
    for grid in section.grids:
        console.print()
        _show_grid(grid, console)
    for item in section.items:
        console.print()
        _show_item(item, console)
    if section.notes:
        console.print()
    for note in section.notes:
        console.print(_indented(note, style="dim"))
    for title, code in section.code:
        console.print()
        console.print(_indented(f"{title}:"))
        console.print(Text(code), soft_wrap=True)


def _show_grid(grid: Grid, console: Console) -> None:
    if grid.title and grid.rows:
        console.print(_indented(grid.title, style="italic"))
    if grid.rows:
        console.print(Padding(_table(grid), (0, 0, 0, _INDENT), expand=False))
    for words in grid.below:
        console.print(_indented(words))


def _show_item(item: Item, console: Console) -> None:
    console.print(_indented(item.title, style="bold"))
    for line in item.lines:
        console.print(_indented(line, by=_INDENT + 2))
    if item.note:
        console.print(_indented(f"Note: {item.note}", style="dim", by=_INDENT + 2))


def _indented(words: str, style: str = "", by: int = _INDENT) -> Padding:
    return Padding(Text(words, style=style, overflow="fold"), (0, 0, 0, by), expand=False)


def _table(grid: Grid) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True, header_style="dim")
    for name in grid.columns:
        justify = "right" if name.startswith(">") else "left"
        table.add_column(Text(name.removeprefix(">")), justify=justify, overflow="fold")  # type: ignore[arg-type]
    for at, row in enumerate(grid.rows):
        table.add_row(*map(Text, row), style="bold" if at in grid.strong else None)
    return table

"""The explanation as one HTML page: nothing is loaded from elsewhere, and it reads well on paper."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from pathlib import Path

from etl.explain.sheet import Grid, Item, Section, Sheet
from etl.gates.page import document

_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_STYLE = """
:root { --asked: #9a670022 }
h1 { font-size: 1.6rem; line-height: 1.25 } h2 { margin-top: 2.2rem; border-bottom: 1px solid var(--line) }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1rem } dt { opacity: .7 } dd { margin: 0 }
.rows { overflow-x: auto; margin: .8rem 0 } table { border-collapse: collapse; font-size: .92em }
caption { text-align: left; font-style: italic; padding: .2rem 0 }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .7rem .3rem 0; text-align: left; vertical-align: top }
th { font-weight: 600; white-space: pre-line } .number { text-align: right; font-variant-numeric: tabular-nums }
.strong { background: var(--asked) } .strong td { font-weight: 600 }
td:first-child { min-width: 6.5rem } dd { overflow-wrap: anywhere }
.note { opacity: .8; font-size: .9em; overflow-wrap: anywhere } article { margin: 1rem 0 }
article h3 { font-size: 1rem; margin: 0 } article p { margin: .1rem 0 }
pre { white-space: pre-wrap; font-size: .85em; border: 1px solid var(--line); padding: .6rem }
summary { cursor: pointer }
@media print {
  :root { color-scheme: light } body { font-size: 10pt; margin: 0; max-width: none }
  .rows { overflow: visible } tr, article, pre { break-inside: avoid } h2 { break-after: avoid }
}
"""


def write_page(sheet: Sheet, file: Path) -> None:
    """Write a sheet as a page of its own.

    Raises:
        OSError: The file cannot be written.
    """
    file.write_text(page_text(sheet), encoding="utf-8")


def page_text(sheet: Sheet) -> str:
    """Return the page; every text on it is escaped."""
    facts = "".join(f"<dt>{escape(label)}</dt><dd>{_linked(words)}</dd>\n" for label, words in sheet.facts)
    sections = "\n".join(_section(number, section) for number, section in enumerate(sheet.sections, 1))
    title = escape(sheet.headline)
    return document(title, f"<h1>{title}</h1>\n<dl>\n{facts}</dl>\n{sections}", _STYLE)


def _section(number: int, section: Section) -> str:
    parts = [f"<h2>{number}. {escape(section.title)}</h2>"]
    parts += [f"<p>{escape(words)}</p>" for words in section.words]
    parts += [_grid(grid) for grid in section.grids]
    parts += [_item(item) for item in section.items]
    parts += [f'<p class="note">{_linked(note)}</p>' for note in section.notes]
    parts += [f"<p>{escape(title)}:</p>\n<pre>{escape(code)}</pre>" for title, code in section.code]
    parts += [
        f"<details><summary>{escape(grid.title)}</summary>{_table(grid, with_title=False)}</details>"
        for grid in section.details
        if grid.rows
    ]
    return f'<section id="part-{number}">\n' + "\n".join(parts) + "\n</section>"


def _grid(grid: Grid) -> str:
    below = "".join(f"<p>{escape(words)}</p>\n" for words in grid.below)
    return (_table(grid, with_title=True) if grid.rows else "") + below


def _table(grid: Grid, *, with_title: bool) -> str:
    caption = f"<caption>{escape(grid.title)}</caption>" if with_title and grid.title else ""
    kinds = ["number" if name.startswith(">") else "" for name in grid.columns]
    head = _cells("th", (name.removeprefix(">") for name in grid.columns), kinds)
    rows = "\n".join(
        f"<tr{_class('strong' if at in grid.strong else '')}>{_cells('td', row, kinds)}</tr>"
        for at, row in enumerate(grid.rows)
    )
    return (
        f'<div class="rows"><table>{caption}\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>\n'
    )


def _cells(tag: str, values: Iterable[str], kinds: list[str]) -> str:
    return "".join(f"<{tag}{_class(kind)}>{escape(value)}</{tag}>" for value, kind in zip(values, kinds, strict=True))


def _linked(words: str) -> str:
    """Escape a text, and let its addresses be followed."""
    return _ADDRESS.sub(r'<a href="\g<0>">\g<0></a>', escape(words))


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""


def _item(item: Item) -> str:
    lines = "".join(f"<p>{escape(line)}</p>" for line in item.lines)
    note = f'<p class="note">Note: {escape(item.note)}</p>' if item.note else ""
    return f"<article><h3>{escape(item.title)}</h3>{lines}{note}</article>"

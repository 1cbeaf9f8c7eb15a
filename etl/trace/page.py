"""How a trace is shown: the row, the path through the models, the cells by document; or all of it as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from rich.markup import escape

from etl.run.report import Report, table_of
from etl.trace.cells import Cell, Document
from etl.trace.row import SeveralRows


@dataclass(frozen=True, slots=True)
class Trace:
    """A row of a mart, the models that made it, and the cells that it rests on.

    Attributes:
        path: The mart with all that lies before it, as `Lineage.upstream` returns it.
    """

    release_id: str
    table: str
    key: dict[str, Any]
    row: dict[str, Any]
    path: dict[str, Any]
    cells: list[Cell]

    def as_dict(self) -> dict[str, Any]:
        """Return the trace for JSON."""
        return {
            "release_id": self.release_id,
            "table": self.table,
            "key": self.key,
            "row": self.row,
            "path": self.path,
            "cells": [cell.as_dict() for cell in self.cells],
        }


def show(report: Report, trace: Trace, *, path: bool = True) -> None:
    """Print a trace for people, with or without the path through the models."""
    report.say(f"[b]marts.{trace.table}[/b], release {trace.release_id}")
    shown = {column: value for column, value in trace.row.items() if value is not None}
    report.say_table(table_of({"column": column, "value": value} for column, value in shown.items()))
    report.say()
    if path:
        report.say("[b]The path through the models[/b]")
        for line in tree_lines(trace.path):
            report.say(escape(line))
        report.say()
    count = len(trace.cells)
    report.say(f"[b]{count} cell{'' if count == 1 else 's'} that the row rests on[/b]")
    for document, cells in by_document(trace.cells):
        report.say()
        _show_document(report, document)
        text = document.article_file if document else None
        for file, in_file in _by_file(cells):
            _show_cells(report, file or text, in_file)


def show_candidates(report: Report, table: str, several: SeveralRows) -> None:
    """Print the rows that a key leaves open, and which columns would tell them apart."""
    opened = several.open_columns
    first = several.candidates[0]
    same = ", ".join(_pair(column, first[column]) for column in first if column not in opened)
    report.say(f"{several.count:,} rows of {escape(table)} have these values. In all of them: {escape(same)}")
    report.say(f"The first {len(several.candidates)}:")
    for candidate in several.candidates:
        report.say("  " + escape(" ".join(_pair(column, candidate[column]) for column in opened)))
    report.say(f"Add one or more of: {', '.join(f'{column} ({count} values)' for column, count in opened.items())}.")


def _pair(column: str, value: object) -> str:
    return f"{column}={'' if value is None else value}"


def tree_lines(node: dict[str, Any], indent: str = "", branch: str = "") -> Iterator[str]:
    """Yield a path as lines of a tree; the seeds of a model stand on one line."""
    again = " (see above)" if node["repeated"] else f"  {node['line']}"
    yield f"{indent}{branch}{node['relation'] or node['name']}{again}"
    below = indent + {"": "", "├─ ": "│  ", "└─ ": "   "}[branch]
    seeds = [parent for parent in node["parents"] if parent["layer"] == "seeds"]
    models = [parent for parent in node["parents"] if parent["layer"] != "seeds"]
    last = len(models) - 1 if not seeds else len(models)
    for number, parent in enumerate(models):
        yield from tree_lines(parent, below, "└─ " if number == last else "├─ ")
    if seeds:
        names = ", ".join(seed["name"] for seed in seeds)
        yield f"{below}└─ {seeds[0]['file'] if len(seeds) == 1 else f'{len(seeds)} seeds: {names}'}"


def by_document(cells: Iterable[Cell]) -> list[tuple[Document | None, list[Cell]]]:
    """Return the cells of each document, documents in the order of their first cell."""
    grouped: dict[Document | None, list[Cell]] = {}
    for cell in cells:
        grouped.setdefault(cell.document, []).append(cell)
    return list(grouped.items())


def _by_file(cells: list[Cell]) -> list[tuple[str | None, list[Cell]]]:
    grouped: dict[str | None, list[Cell]] = {}
    for cell in cells:
        grouped.setdefault(cell.file, []).append(cell)
    return list(grouped.items())


def _show_document(report: Report, document: Document | None) -> None:
    if document is None:
        return
    published = f", {document.published_on}" if document.published_on else ""
    report.say(f"[b]{escape(document.document)}[/b]  {escape(document.title)}")
    report.say(f"  {escape(document.publisher or '')}{published}, {document.kind.replace('_', ' ')}")
    address = document.url or (f"https://doi.org/{document.doi}" if document.doi else "")
    if address:
        report.say(f"  {escape(address)}")
    if document.note:
        report.say(f"  [dim]{escape(document.note)}[/dim]")


def _show_cells(report: Report, file: str | None, cells: list[Cell]) -> None:
    edition = f"{cells[0].source} {cells[0].edition}, " if cells[0].source else ""
    if file:
        report.say(f"  [dim]{escape(edition)}file {escape(file)}[/dim]")
    report.say_table(table_of(_lines(cells)))


def _lines(cells: list[Cell]) -> list[dict[str, Any]]:
    """Return one line per cell, with the columns in which something stands.

    A cell that does the same for several readings of a row has one line, which names them all.
    """
    merged: dict[tuple[Any, ...], dict[str, list[str]]] = {}
    for cell in cells:
        tonnes = None if cell.value_tonnes is None else f"{cell.value_tonnes:,.10g}"
        shown = (cell.role, cell.party, cell.printed, tonnes, cell.locator, cell.text_line)
        more = merged.setdefault(shown, {})
        for name, value in cell.more.items():
            values = more.setdefault(name, [])
            # That a member is the party itself, and counts in full, is the rule.
            if value not in (cell.party, 1.0) and str(value) not in values:
                values.append(str(value))
    names = ("role", "party", "printed", "tonnes", "where", "line")
    rows = [
        {**dict(zip(names, shown, strict=True)), **{name: ", ".join(values) for name, values in more.items()}}
        for shown, more in merged.items()
    ]
    filled = [
        name for name in dict.fromkeys(name for row in rows for name in row) if any(row.get(name) for row in rows)
    ]
    return [{name: row.get(name) for name in filled} for row in rows]

"""What a run shows: steps with Rich on a terminal, plain lines elsewhere; faults and summaries for people."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

_SHOWN_FAULTS = 200
# Beyond this many columns a table no longer fits a terminal.
_TABLE_COLUMNS = 6


class Step:
    """A step under way; `note` tells what it is doing now and what it came to."""

    def __init__(self, report: Report, title: str) -> None:
        self._report = report
        self._title = title
        self.outcome = ""

    def note(self, text: str) -> None:
        """Show what the step is doing now (on a terminal only)."""
        self._report.tell(f"{self._title}: {text}")


class Report:
    """Writes the progress of a run.

    Args:
        quiet: Show faults and the final lines only.
        aside: Write everything to standard error, so that standard output stays free for what a machine reads.
    """

    def __init__(self, quiet: bool = False, *, aside: bool = False) -> None:
        self.errors = Console(stderr=True, highlight=False, soft_wrap=not sys.stderr.isatty())
        plain = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
        self.console = self.errors if aside else plain
        self._quiet = quiet
        self._status: Any = None

    def tell(self, text: str) -> None:
        """Update the line of the step under way."""
        if self._status is not None:
            self._status.update(escape(text))

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Show one step with its duration; a step that raises is shown as failed."""
        step = Step(self, title)
        began = time.monotonic()
        try:
            if self.console.is_terminal and not self._quiet:
                with self.console.status(escape(title)) as self._status:
                    yield step
            else:
                yield step
        except BaseException:
            self._line("[red]✗[/red]", title, "failed", began)
            raise
        finally:
            self._status = None
        self._line("[green]✓[/green]", title, step.outcome, began)

    def _line(self, mark: str, title: str, outcome: str, began: float) -> None:
        if not self._quiet:
            took = time.monotonic() - began
            self.console.print(f"{mark} {escape(title):<12} {escape(outcome)} [dim]({took:.1f} s)[/dim]")

    def detail(self, text: str) -> None:
        """Print a line of detail below a step."""
        if not self._quiet:
            self.console.print(f"    [dim]{escape(text)}[/dim]")

    def say(self, text: str = "") -> None:
        """Print a line."""
        self.console.print(text)

    def say_table(self, table: Table) -> None:
        """Print a table."""
        self.console.print(table)

    def fail(self, title: str, lines: Iterable[object]) -> None:
        """Print a title and every fault below it, on standard error."""
        faults = list(lines)
        self.errors.print(f"[bold red]{escape(title)}[/bold red]")
        for fault in faults[:_SHOWN_FAULTS]:
            self.errors.print(f"  {escape(str(fault))}")
        if len(faults) > _SHOWN_FAULTS:
            self.errors.print(f"  ... and {len(faults) - _SHOWN_FAULTS} more")

    def rows(self, rows: Iterable[dict[str, Any]]) -> None:
        """Print offending rows on standard error: as a table where it fits, else one row per line."""
        records = list(rows)
        if records and len(records[0]) <= _TABLE_COLUMNS:
            self.errors.print(table_of(records))
            return
        for record in records:
            cells = (f"{name}={value}" for name, value in record.items() if value is not None and value != "")
            self.errors.print(f"  · {escape(', '.join(cells))}")


def table_of(rows: Iterable[dict[str, Any]], title: str | None = None) -> Table:
    """Lay rows out as a Rich table, with the keys of the first as its header."""
    records = list(rows)
    table = Table(title=title, title_justify="left", show_edge=False, pad_edge=False)
    for name in records[0] if records else []:
        table.add_column(escape(str(name)), overflow="fold")
    for record in records:
        table.add_row(*("" if value is None else escape(str(value)) for value in record.values()))
    return table


def age_text(built_at: str) -> str:
    """Say in words how long ago an ISO timestamp was."""
    seconds = max(time.time() - datetime.fromisoformat(built_at).timestamp(), 0)
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'s' if count != 1 else ''} ago"
    return "just now"

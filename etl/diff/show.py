"""What a build says of its diff on the terminal."""

from __future__ import annotations

from datetime import UTC, datetime

from rich.markup import escape

from etl.diff.acknowledged import rows_to_paste
from etl.diff.finding import KINDS, Finding, ReleaseDiff
from etl.diff.page import headline
from etl.diff.previous import ChangesStop
from etl.diff.write import PAGE
from etl.project import Project
from etl.run.report import Report

_SEED = "seeds/decisions/acknowledged_changes.csv"
_SHOWN = 8


def show_diff(report: Report, diff: ReleaseDiff, page: str) -> None:
    """Say what a published build changed, the loudest in full.

    Args:
        report: Where to.
        diff: The diff.
        page: Where its page lies, as people should read it.
    """
    report.say(f"  changed  {escape(headline(diff))} See {escape(page)}")
    for line in _lines(diff.stops):
        report.say(f"  [bold red]loud[/bold red]     {escape(line)}")
    if diff.stops:
        report.say(f"           A scheduled build would have stopped here, unless {_SEED} says why it is meant.")


def show_stopped(report: Report, place: Project, error: ChangesStop) -> None:
    """Say why a scheduled build stopped, and what to do about it."""
    report.fail(f"{error}; nothing was published", _lines(error.diff.stops))
    report.fail(
        f"The whole diff lies in {place.relative(place.failed)}/{PAGE}. Mend what is wrong and build again. "
        f"If a change is meant, say why in {_SEED}, one row each (a subject may hold *):",
        rows_to_paste(error.diff.stops[:_SHOWN], datetime.now(UTC).date()),
    )


def _lines(stops: tuple[Finding, ...]) -> list[str]:
    lines = [
        f"{KINDS[finding.kind]}: {finding.message}{f' Why: {finding.cause}.' if finding.cause else ''}"
        for finding in stops[:_SHOWN]
    ]
    return [*lines, f"… and {len(stops) - _SHOWN} more"] if len(stops) > _SHOWN else lines

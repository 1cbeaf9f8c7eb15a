"""Changes that are meant: rows of seeds/decisions/acknowledged_changes.csv turn a stop into a note.

An acknowledgement is about one step from a release to the next. It counts while the release before is not younger than
`acknowledged_on`; once a release with the change is out, it is spent, and the same loss later is a new one.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from etl.diff.finding import Acknowledgement, Acknowledgements, Finding, Level, sort_findings

if TYPE_CHECKING:
    import pandas as pd

SEED = "acknowledged_changes"


def acknowledgements_of(frame: pd.DataFrame) -> list[Acknowledgement]:
    """Return the rows of the seed, as `etl.seeds.check.load_seeds` reads them without a fault."""
    return [
        Acknowledgement(
            kind=row["kind"],
            table=row["table_name"],
            subject=row["subject"],
            reason=row["reason"],
            acknowledged_on=date.fromisoformat(row["acknowledged_on"]),
            evidence=row["evidence"],
            place=f"{row['_file']}:{row['_row']}",
        )
        for row in frame.to_dict("records")
    ]


def apply_acknowledgements(
    findings: Iterable[Finding], acknowledgements: list[Acknowledgement], before_built_at: datetime | None
) -> tuple[list[Finding], Acknowledgements]:
    """Turn every stop that an acknowledgement in force matches into a note that carries it.

    Args:
        findings: What was found.
        acknowledgements: The rows of the seed.
        before_built_at: When the release before was built, in UTC; None where it does not say.

    Returns:
        The findings, in order, and what became of the rows.
    """
    in_force = [
        one for one in acknowledgements if before_built_at is None or before_built_at.date() <= one.acknowledged_on
    ]
    applied: list[Acknowledgement] = []
    kept = []
    for finding in findings:
        match = next((one for one in in_force if finding.level is Level.STOP and _matches(one, finding)), None)
        if match is None:
            kept.append(finding)
            continue
        kept.append(replace(finding, level=Level.NOTE, acknowledged=match))
        applied += [match] if match not in applied else []
    return sort_findings(kept), Acknowledgements(
        applied=tuple(applied),
        unmatched=tuple(one for one in in_force if one not in applied),
        spent=tuple(one for one in acknowledgements if one not in in_force),
    )


def rows_to_paste(findings: Iterable[Finding], today: date) -> list[str]:
    """Return one line of the seed per finding, whose reason and evidence somebody has to write."""
    lines = []
    for finding in findings:
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow(
            [finding.kind, finding.table, finding.subject, "WHY IT IS MEANT", today.isoformat(), "WHERE TO SEE IT"]
        )
        lines.append(line.getvalue())
    return lines


def _matches(acknowledgement: Acknowledgement, finding: Finding) -> bool:
    if (acknowledgement.kind, acknowledgement.table) != (finding.kind, finding.table):
        return False
    pattern = ".*".join(map(re.escape, acknowledgement.subject.split("*")))
    return re.fullmatch(pattern, finding.subject) is not None

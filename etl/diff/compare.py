"""Two releases compared: schema, rows, values, coverage, membership, conflicts, and what was acknowledged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from etl.diff.acknowledged import apply_acknowledgements
from etl.diff.causes import Inputs
from etl.diff.conflicts import compare_conflicts
from etl.diff.coverage import compare_coverage
from etl.diff.figures import compare_figures
from etl.diff.finding import Acknowledgement, ReleaseDiff
from etl.diff.losses import compare_codes, compare_documents, compare_sizes
from etl.diff.membership import compare_membership
from etl.diff.rows import compare_rows
from etl.diff.schema import compare_schema
from etl.diff.sides import attached
from etl.diff.values import compare_values

EXAMPLES = 10


def compare_releases(
    before: Path,
    after: Path,
    *,
    inputs: Inputs | None = None,
    acknowledgements: list[Acknowledgement] | None = None,
    examples: int = EXAMPLES,
) -> ReleaseDiff:
    """Compare two releases. Neither file is written to.

    Args:
        before: DuckDB file of the older release.
        after: DuckDB file of the newer release.
        inputs: What their manifests list; None where one is not at hand.
        acknowledgements: Changes that are meant.
        examples: How many rows to show per table and finding.

    Raises:
        NotComparable: A file cannot be read as a release.
    """
    with attached(before, after) as pair:
        tables = compare_rows(pair, examples)
        coverage = compare_coverage(pair, inputs, examples)
        findings = [
            *compare_schema(pair),
            *compare_values(pair, tables, examples),
            *coverage.findings,
            *compare_figures(pair, inputs, examples),
            *compare_codes(pair, tables, coverage),
            *compare_documents(pair, tables, coverage, inputs),
            *compare_sizes(tables),
            *compare_membership(pair),
            *compare_conflicts(pair, examples),
        ]
        sorted_findings, used = apply_acknowledgements(findings, acknowledgements or [], pair.before.info.built_at)
        return ReleaseDiff(
            before=pair.before.info,
            after=pair.after.info,
            findings=tuple(sorted_findings),
            tables=tuple(tables),
            editions=coverage.editions,
            inputs=inputs.change() if inputs else None,
            acknowledgements=used,
        )


def inputs_beside(database: Path) -> dict[str, str] | None:
    """Return the inputs of a release as the manifest beside its file lists them, or None where none can be read."""
    try:
        manifest: dict[str, Any] = json.loads((database.parent / "manifest.json").read_text(encoding="utf-8"))
        return dict(manifest["inputs"])
    except (OSError, ValueError, KeyError, TypeError):
        return None

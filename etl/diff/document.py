"""`diff.json`: the diff for machines. Its keys are described in `diff.schema.json`; `version` changes when they do."""

from __future__ import annotations

import json
import math
from datetime import date, datetime
from typing import Any

from etl.diff.finding import (
    Acknowledgement,
    EditionCoverage,
    Example,
    Finding,
    InputChange,
    Level,
    ReleaseDiff,
    ReleaseInfo,
    TableChange,
    Value,
)

FORMAT = "orebloc-diff"
VERSION = 1


def to_json(diff: ReleaseDiff) -> str:
    """Return the diff as JSON; the same two releases give the same text."""
    return json.dumps(_document(diff), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _document(diff: ReleaseDiff) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "before": _release(diff.before) if diff.before else None,
        "after": _release(diff.after),
        "identical": diff.identical,
        "counts": {
            **{level.value: len(diff.of_level(level)) for level in Level},
            "acknowledged": sum(finding.acknowledged is not None for finding in diff.findings),
        },
        "findings": [_finding(finding) for finding in diff.findings],
        "tables": [_table(table) for table in diff.tables],
        "editions": [_edition(edition) for edition in diff.editions],
        "inputs": _inputs(diff.inputs) if diff.inputs else None,
        "acknowledgements": {
            "applied": [_acknowledgement(one) for one in diff.acknowledgements.applied],
            "unmatched": [_acknowledgement(one) for one in diff.acknowledgements.unmatched],
            "spent": [_acknowledgement(one) for one in diff.acknowledgements.spent],
        },
    }


def _release(info: ReleaseInfo) -> dict[str, Any]:
    return {
        "release_id": info.release_id,
        "schema_version": info.schema_version,
        "built_at": _value(info.built_at),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "level": finding.level.value,
        "kind": finding.kind,
        "table": finding.table,
        "subject": finding.subject,
        "message": finding.message,
        "old": _value(finding.old),
        "new": _value(finding.new),
        "count": finding.count,
        "cause": finding.cause or None,
        "acknowledged": _acknowledgement(finding.acknowledged) if finding.acknowledged else None,
        "examples": [_example(example) for example in finding.examples],
    }


def _table(table: TableChange) -> dict[str, Any]:
    return {
        "table": table.table,
        "key": list(table.key),
        "rows_before": table.rows_before,
        "rows_after": table.rows_after,
        "added": table.added,
        "removed": table.removed,
        "changed": table.changed,
        "renamed": table.renamed,
        "changed_columns": table.changed_columns,
        "examples": {
            "changed": [_example(example) for example in table.changed_examples],
            "removed": [_example(example) for example in table.removed_examples],
            "added": [_example(example) for example in table.added_examples],
        },
    }


def _edition(edition: EditionCoverage) -> dict[str, Any]:
    return {name: getattr(edition, name) for name in EditionCoverage.__slots__}


def _inputs(inputs: InputChange) -> dict[str, Any]:
    return {"added": list(inputs.added), "removed": list(inputs.removed), "changed": list(inputs.changed)}


def _acknowledgement(one: Acknowledgement) -> dict[str, Any]:
    return {name: _value(getattr(one, name)) for name in Acknowledgement.__slots__}


def _example(example: Example) -> dict[str, Any]:
    return {
        "key": {name: _value(value) for name, value in example.key.items()},
        "changes": [
            {
                "column": change.column,
                "old": _value(change.old),
                "new": _value(change.new),
                "unit": change.unit or None,
                "ratio": change.ratio,
            }
            for change in example.changes
        ],
    }


def _value(value: Value) -> str | int | float | bool | None:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value

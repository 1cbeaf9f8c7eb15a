"""Disagreements between claims: new ones, those that are gone, those that were decided otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from etl.diff.finding import Change, Example, Finding, Level
from etl.diff.sides import Pair

_TABLE = "source_conflict"
_FIELDS = ("topic", "subject", "resolution", "chosen", "severity")
_KINDS = {
    "conflict_new": (Level.WARN, "new"),
    "conflict_gone": (Level.WARN, "gone"),
    "conflict_decided": (Level.NOTE, "decided otherwise"),
}


def compare_conflicts(pair: Pair, examples: int) -> Iterator[Finding]:
    """Yield one finding per topic and kind of change; nothing where a side has no register of conflicts."""
    if not pair.have(_TABLE, "conflict_id", *_FIELDS):
        return
    columns = ", ".join(f"older.{name} as old_{name}, newer.{name} as new_{name}" for name in _FIELDS)
    rows = pair.records(
        f"select conflict_id, older.conflict_id is null as is_new, newer.conflict_id is null as is_gone, {columns} "
        f"from {pair.before.of(_TABLE)} as older full join {pair.after.of(_TABLE)} as newer using (conflict_id) "
        "where older.conflict_id is null or newer.conflict_id is null "
        "or older.resolution is distinct from newer.resolution or older.chosen is distinct from newer.chosen "
        "order by conflict_id"
    )
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault((_kind(row), str(_last(row, "topic"))), []).append(row)
    for (kind, topic), group in sorted(found.items()):
        level, says = _KINDS[kind]
        message = f"{topic}: {len(group)} conflict{'s' if len(group) != 1 else ''} {says}."
        shown = tuple(_example(row) for row in group[:examples])
        yield Finding(level, kind, _TABLE, topic, message, count=len(group), examples=shown)


def _kind(row: dict[str, Any]) -> str:
    return "conflict_new" if row["is_new"] else "conflict_gone" if row["is_gone"] else "conflict_decided"


def _last(row: dict[str, Any], name: str) -> Any:  # noqa: ANN401 - whatever the column holds
    """Return a column as the newer side has it, where it has the row."""
    return row[f"{'old' if row['is_gone'] else 'new'}_{name}"]


def _example(row: dict[str, Any]) -> Example:
    key = {"conflict_id": row["conflict_id"], "severity": _last(row, "severity"), "subject": _last(row, "subject")}
    changes = (Change(name, row[f"old_{name}"], row[f"new_{name}"]) for name in ("resolution", "chosen"))
    return Example(key, tuple(change for change in changes if change.old != change.new))

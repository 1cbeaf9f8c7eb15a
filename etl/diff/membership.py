"""Who joined a bloc, vanished from it, left it, or belongs under another date or role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from etl.diff.finding import Change, Example, Finding, Level
from etl.diff.sides import Pair

_TABLE = "fct_bloc_membership"
_FIELDS = (
    "role",
    "party_scope",
    "status",
    "valid_from",
    "valid_from_precision",
    "valid_to",
    "resolution",
    "document",
)
# A change of these columns is of this kind; the first that fits counts.
_KINDS = {
    "member_date": ("valid_from", "valid_from_precision", "valid_to"),
    "member_role": ("role", "party_scope", "status"),
    "member_resolution": ("resolution", "document"),
}
_SAYS = {
    "member_joined": "joined",
    "member_left": "left",
    "member_date": "belong under another date",
    "member_role": "belong in another role",
    "member_resolution": "are resolved from another claim, to the same interval",
}


def compare_membership(pair: Pair) -> Iterator[Finding]:
    """Yield one finding per bloc and kind of change; a member that vanished is one by itself, and a stop.

    A member that leaves gets an end; one that is in the release before and not in this one was lost on the way.
    """
    if not pair.have(_TABLE, "bloc", "party", *_FIELDS):
        return
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in _intervals_that_differ(pair):
        found.setdefault((_kind(row), row["bloc"]), []).append(row)
    for (kind, bloc), rows in sorted(found.items()):
        if kind == "member_lost":
            yield from (_lost(row) for row in rows)
            continue
        level = Level.NOTE if kind in ("member_joined", "member_resolution") else Level.WARN
        parties = ", ".join(row["party"] for row in rows)
        message = f"{bloc}: {parties} {_SAYS[kind]}."
        shown = tuple(_example(row) for row in rows)
        yield Finding(level, kind, _TABLE, bloc, message, count=len(rows), examples=shown)


def _intervals_that_differ(pair: Pair) -> list[dict[str, Any]]:
    """Return intervals side by side: the first of a party in a bloc with the first, the second with the second."""
    columns = ", ".join(f"older.{name} as old_{name}, newer.{name} as new_{name}" for name in _FIELDS)
    differs = " or ".join(f"older.{name} is distinct from newer.{name}" for name in _FIELDS)
    numbered = "select *, row_number() over (partition by bloc, party order by valid_from) as n from"
    return pair.records(
        f"select bloc, party, older.n is not null as is_old, newer.n is not null as is_new, {columns} "
        f"from ({numbered} {pair.before.of(_TABLE)}) as older "
        f"full join ({numbered} {pair.after.of(_TABLE)}) as newer using (bloc, party, n) "
        f"where {differs} or older.n is null or newer.n is null order by bloc, party, n"
    )


def _kind(row: dict[str, Any]) -> str:
    if not row["is_new"]:
        return "member_lost"
    if not row["is_old"]:
        return "member_joined"
    if row["old_valid_to"] is None and row["new_valid_to"] is not None:
        return "member_left"
    return next(
        kind for kind, columns in _KINDS.items() if any(row[f"old_{name}"] != row[f"new_{name}"] for name in columns)
    )


def _lost(row: dict[str, Any]) -> Finding:
    name = f"{row['bloc']}/{row['party']}"
    message = (
        f"{row['party']} was {row['old_role']} of {row['bloc']} from {row['old_valid_from']} and is not there any more."
    )
    return Finding(Level.STOP, "member_lost", _TABLE, name, message, old=row["old_role"], examples=(_example(row),))


def _example(row: dict[str, Any]) -> Example:
    changes = (Change(name, row[f"old_{name}"], row[f"new_{name}"]) for name in _FIELDS)
    return Example({"party": row["party"]}, tuple(change for change in changes if change.old != change.new))

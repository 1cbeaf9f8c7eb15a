"""`diff.md`: the diff for people. The loudest first, then what changed table by table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby

from etl.diff.finding import (
    KINDS,
    Change,
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

_TITLES = {
    Level.STOP: "Stops a scheduled build",
    Level.WARN: "To look at",
    Level.NOTE: "To know",
}
_SHOWN_OF_A_KIND = 12
_SHOWN_EXAMPLES = 3
# From so many findings of a kind on, one example each.
_MANY = 5
_SHOWN_ROWS = 5
_SHOWN_COLUMNS = 6
_SHOWN_INPUTS = 4
_LONGEST_TEXT = 320
# Lists longer than this, both together, are shown by what differs.
_LONGEST = 80
_SHARES = frozenset({"1", "share"})
# Rooms of a project's inputs, and what people call them.
_ROOMS = {
    "landing": "official file",
    "seeds": "seed",
    "models": "model",
    "macros": "SQL macro",
    "expectations": "expectation",
    "etl": "code file",
    "option": "option",
}


def headline(diff: ReleaseDiff) -> str:
    """Return in one sentence what the diff comes to."""
    if diff.before is None:
        return "The first release of this warehouse: there is none before it to compare with."
    if diff.identical:
        return "The two releases hold the same: every table, column, row and macro."
    said = Counter({level: len(diff.of_level(level)) for level in Level})
    accepted = sum(finding.acknowledged is not None for finding in diff.findings)
    parts = [
        f"{said[Level.STOP]} stop{_third(said[Level.STOP])} a scheduled build" if said[Level.STOP] else "",
        f"{accepted} acknowledged" if accepted else "",
        f"{said[Level.WARN]} to look at" if said[Level.WARN] else "",
        f"{said[Level.NOTE]} to know" if said[Level.NOTE] else "",
    ]
    found = len(diff.findings)
    shown = ", ".join(part for part in parts if part)
    rows = sum(table.added + table.removed + table.changed for table in diff.tables)
    tables = sum(table.differs for table in diff.tables)
    moved = f"{rows:,} row{_s(rows)} differ{_third(rows)} in {tables} table{_s(tables)}."
    return f"{found} finding{_s(found)}: {shown}. {moved}" if found else moved


def to_markdown(diff: ReleaseDiff) -> str:
    """Return the diff as a Markdown page."""
    return "\n".join(_lines(diff)) + "\n"


def _lines(diff: ReleaseDiff) -> Iterator[str]:
    yield "# What changed between releases"
    yield ""
    yield f"**{headline(diff)}**"
    yield ""
    yield from _releases(diff)
    if diff.inputs:
        yield from _inputs(diff.inputs)
    yield from _findings(_TITLES[Level.STOP], diff.stops)
    yield from _acknowledged([finding for finding in diff.findings if finding.acknowledged])
    yield from _findings(_TITLES[Level.WARN], diff.of_level(Level.WARN))
    yield from _editions(diff.editions)
    yield from _findings(_TITLES[Level.NOTE], diff.of_level(Level.NOTE))
    yield from _unused(diff)
    yield from _tables(diff.tables)


def _releases(diff: ReleaseDiff) -> Iterator[str]:
    yield "| | release | built | schema |"
    yield "| --- | --- | --- | --- |"
    for name, info in (("before", diff.before), ("after", diff.after)):
        if info is not None:
            yield f"| {name} | {info.release_id} | {_built(info)} | {info.schema_version} |"
    yield ""


def _built(info: ReleaseInfo) -> str:
    return f"{info.built_at:%Y-%m-%d %H:%M} UTC" if info.built_at else ""


def _inputs(inputs: InputChange) -> Iterator[str]:
    said = [
        f"{what} {_rooms(paths)}"
        for what, paths in (("new:", inputs.added), ("gone:", inputs.removed), ("changed:", inputs.changed))
        if paths
    ]
    yield f"What went in differs: {'; '.join(said)}." if said else "What went in is the same."
    yield ""


def _rooms(paths: tuple[str, ...]) -> str:
    """Count files by room; name them where they are few."""
    rooms = Counter(_ROOMS.get(path.split("/")[0], "other file") for path in paths)
    counted = ", ".join(f"{count} {room}{_s(count)}" for room, count in rooms.items())
    return f"{counted} ({', '.join(f'`{path}`' for path in paths)})" if len(paths) <= _SHOWN_INPUTS else counted


def _findings(title: str, findings: Iterable[Finding]) -> Iterator[str]:
    found = list(findings)
    if not found:
        return
    yield f"## {title}"
    yield ""
    for kind, group in groupby(found, key=lambda finding: finding.kind):
        alike = list(group)
        causes = {finding.cause for finding in alike}
        shared = len(alike) > 1 and len(causes) == 1
        yield f"**{KINDS[kind]}** ({len(alike)}){_cause(alike[0]) if shared else ''}"
        yield ""
        examples = 0 if alike[0].level is Level.NOTE else _SHOWN_EXAMPLES if len(alike) < _MANY else 1
        for finding in alike[:_SHOWN_OF_A_KIND]:
            yield f"- {_text(finding.message)}{'' if shared else _cause(finding)}"
            shown = finding.examples[:examples]
            yield from (f"  - {_in_words(example)}" for example in shown)
        if len(alike) > _SHOWN_OF_A_KIND:
            yield f"- … and {len(alike) - _SHOWN_OF_A_KIND} more, all in `diff.json`"
        yield ""


def _cause(finding: Finding) -> str:
    return f" *Why: {_text(finding.cause)}.*" if finding.cause else ""


def _acknowledged(findings: list[Finding]) -> Iterator[str]:
    if not findings:
        return
    yield "## Acknowledged"
    yield ""
    for finding in findings:
        one = finding.acknowledged
        if one is not None:
            yield (
                f"- {_text(finding.message)} *{_text(one.reason)}* ({one.place}, {one.acknowledged_on}; "
                f"{_text(one.evidence)})"
            )
    yield ""


def _unused(diff: ReleaseDiff) -> Iterator[str]:
    unmatched, spent = diff.acknowledgements.unmatched, diff.acknowledgements.spent
    if not unmatched and not spent:
        return
    yield "## Acknowledgements without a change"
    yield ""
    for one in unmatched:
        yield f"- {one.place}: no {one.kind} of {one.table} is called `{one.subject}` here."
    for one in spent:
        yield f"- {one.place}: of {one.acknowledged_on}, older than the release before; it counts no more."
    yield ""


def _editions(editions: Iterable[EditionCoverage]) -> Iterator[str]:
    found = [one for one in editions if one.rows_before != one.rows_after or one.cells_lost or one.cells_added]
    if not found:
        return
    yield "## Coverage"
    yield ""
    yield "| source | edition | observations | minerals | cells lost | cells new |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for one in found:
        rows, minerals = _step(one.rows_before, one.rows_after), _step(one.minerals_before, one.minerals_after)
        yield f"| {one.source} | {one.edition} | {rows} | {minerals} | {one.cells_lost:,} | {one.cells_added:,} |"
    yield ""


def _step(old: int, new: int) -> str:
    return f"{old:,} → {new:,}" if old != new else f"{new:,}"


def _tables(tables: Iterable[TableChange]) -> Iterator[str]:
    every = list(tables)
    found = sorted((one for one in every if one.differs), key=_importance)
    if not every:
        return
    yield "## Tables"
    yield ""
    same = len(every) - len(found)
    if found:
        yield "| table | rows before | rows after | added | removed | changed |"
        yield "| --- | --- | --- | --- | --- | --- |"
        for one in found:
            counts = (one.rows_before, one.rows_after, one.added, one.removed, one.changed)
            yield f"| [{one.table}](#{one.table}) | {' | '.join(f'{count:,}' for count in counts)} |"
        yield ""
    yield f"{same} table{_s(same)} hold{_third(same)} the same rows as before."
    yield ""
    for one in found:
        yield from _table(one)


def _importance(table: TableChange) -> tuple[bool, bool, str]:
    return (not table.table.startswith("fct_"), not table.table.startswith("dim_"), table.table)


def _table(table: TableChange) -> Iterator[str]:
    yield f"### {table.table}"
    yield ""
    if table.changed:
        columns = sorted(table.changed_columns.items(), key=lambda item: (-item[1], item[0]))
        listed = ", ".join(f"{name} {count:,}" for name, count in columns[:_SHOWN_COLUMNS])
        rest = len(columns) - _SHOWN_COLUMNS
        more = f" and {rest} column{_s(rest)} more" if rest > 0 else ""
        renamed = f", {table.renamed:,} of them found again under another key" if table.renamed else ""
        yield f"{table.changed:,} row{_s(table.changed)} changed{renamed}: {listed}{more}."
        yield ""
        yield "| row | column | before | after | |"
        yield "| --- | --- | --- | --- | --- |"
        for example in table.changed_examples[:_SHOWN_ROWS]:
            yield from _rows_of(example)
        yield ""
    yield from _listed("removed", table.removed, table.removed_examples)
    yield from _listed("added", table.added, table.added_examples)


def _rows_of(example: Example) -> Iterator[str]:
    name = _name(example)
    for change in example.changes:
        cells = (name, change.column, *_both(change), _factor(change))
        yield f"| {' | '.join(cells)} |"
        name = ""


def _listed(what: str, count: int, examples: tuple[Example, ...]) -> Iterator[str]:
    if not count:
        return
    yield f"{count:,} row{_s(count)} {what}, such as:"
    yield ""
    yield from (f"- {_in_words(example)}" for example in examples[:_SHOWN_ROWS])
    yield ""


def _in_words(example: Example) -> str:
    said = []
    for change in example.changes:
        old, new = _both(change)
        factor = _factor(change)
        step = old if change.new is None else new if change.old is None else f"{old} → {new}"
        said.append(f"{change.column} {step}{f' ({factor})' if factor else ''}")
    return f"{_name(example)}{': ' if said else ''}{'; '.join(said)}"


def _name(example: Example) -> str:
    return " · ".join(_text(str(value)) for value in example.key.values() if value not in (None, ""))


def _both(change: Change) -> tuple[str, str]:
    """Return both values; of two lists, what only the one or the other holds."""
    old, new = change.old, change.new
    if isinstance(old, str) and isinstance(new, str) and (", " in old) + (", " in new) and len(old + new) > _LONGEST:
        were, are = old.split(", "), new.split(", ")
        only_old, only_new = ([item for item in one if item not in other] for one, other in ((were, are), (are, were)))
        if len(only_old) < len(were) or len(only_new) < len(are):
            return _items("only here: ", only_old), _items("only here: ", only_new)
    return format_value(old, change.unit), format_value(new, change.unit)


def _items(title: str, items: list[str]) -> str:
    return _text(title + ", ".join(items)) if items else "nothing of its own"


def _factor(change: Change) -> str:
    """Return by how much a number moved: in percent where that is easily read, else as a factor."""
    if change.ratio is None:
        return ""
    if change.ratio < 0:
        return "other sign"
    if 0.5 <= change.ratio <= 2:
        return f"{100 * (change.ratio - 1):+.3g} %"
    return f"×{change.ratio:,.4g}" if change.ratio > 1 else f"÷{1 / change.ratio:,.4g}"


def format_value(value: Value, unit: str = "") -> str:
    """Return a value as people read it, with its unit."""
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"{value:,}" if unit else str(value)
    if isinstance(value, float):
        return _number(value, unit)
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else _text(str(value))


def _number(value: float, unit: str) -> str:
    if unit in _SHARES:
        return f"{100 * value:.3g} %" if abs(value) < 0.1 else f"{100 * value:.1f} %"
    shown = f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:,.4g}"
    named = {"percent": "%", "count": ""}.get(unit, unit)
    return f"{shown} {named}".rstrip()


def _text(text: str) -> str:
    """Return text that stays one cell of a Markdown table."""
    flat = " ".join(text.split()).replace("|", "\\|")
    return flat if len(flat) <= _LONGEST_TEXT else f"{flat[:_LONGEST_TEXT]}…"


def _s(count: int) -> str:
    """Return the ending of a noun."""
    return "" if count == 1 else "s"


def _third(count: int) -> str:
    """Return the ending of a verb."""
    return "s" if count == 1 else ""

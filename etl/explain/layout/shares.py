"""The sections about shares: the world and the bounds, other readings, and what makes the difference."""

from __future__ import annotations

from etl.explain.asked import RULES, SCOPES, TREATMENTS
from etl.explain.layout.marks import Marks
from etl.explain.model import Cell, Composition, Explanation, Move, Reading, World
from etl.explain.sheet import Grid, Section, grid
from etl.explain.words import count, listed, percent, points, rule_in_short, tonnes, weight_text

_SHOWN_CELLS = 8


def world_section(explanation: Explanation, marks: Marks) -> Section:
    """Set the denominators side by side, name what no row shows, and say where each bound comes from."""
    world = explanation.world
    rows = [
        (
            entry.name.replace("_", " "),
            tonnes(entry.tonnes),
            percent(entry.share, 2),
            entry.meaning + (": the share is over this" if entry.is_used else ""),
        )
        for entry in world.denominators
    ]
    used = frozenset(at for at, entry in enumerate(world.denominators) if entry.is_used)
    denominators = grid(
        ("denominator", ">tonnes", ">share", "what it is"), rows, strong=used, below=_world_lines(world, marks)
    )
    if not explanation.bounds:
        words = ("There are no bounds, as no member reports an amount.",)
        return Section("The world, and the bounds", words, (denominators,))
    share = explanation.answer.share
    steps = [("the figures as they stand", percent(share, 3), percent(share, 3))]
    steps += [(f"+ {step.why}", percent(step.low, 3), percent(step.high, 3)) for step in explanation.bounds]
    bounds = grid(
        ("the bounds, one doubt after the other", ">at least", ">at most"),
        steps,
        strong=frozenset({len(steps) - 1}),
        below=_withheld_lines(explanation),
    )
    return Section("The world, and the bounds", grids=(denominators, bounds))


def _world_lines(world: World, marks: Marks) -> tuple[str, ...]:
    """Say where totals and residual stand, and what has no amount."""
    lines = [f"World total: {_literal(cell, marks)}." for cell in world.total_cells]
    lines += [
        f"Residual “other countries”, which belongs to nobody: {_literal(cell, marks)}."
        for cell in world.residual_cells
    ]
    residual = "" if world.residual_cells else " The table has no residual row."
    lines.append(f"{count(world.n_named_rows, 'country')} named with an amount, zero included.{residual}")
    if world.beyond_rows_tonnes:
        lines.append(f"The published total holds {tonnes(world.beyond_rows_tonnes)} t more than all rows.")
    if world.silent_cells:
        cells = [f"{cell.party_printed or cell.party} {_literal(cell, marks)}" for cell in world.silent_cells]
        lines.append(f"Without an amount, and not taken for zero: {listed(cells, _SHOWN_CELLS)}.")
    return tuple(lines)


def _withheld_lines(explanation: Explanation) -> tuple[str, ...]:
    """Say what the bounds make of members that withhold their amount."""
    names = [member.party.name_en for member in explanation.members if member.holding.reports == "withheld"]
    if not names:
        return ()
    world = explanation.world
    room = world.residual_tonnes + world.beyond_rows_tonnes
    if room:
        return (f"{', '.join(names)}: withheld, and taken for at most {tonnes(room)} t, for which no row is named.",)
    return (
        f"{', '.join(names)}: withheld. The table leaves no room for it (no residual, no total beyond its rows), so "
        "that the upper bound does not cover it.",
    )


def _literal(cell: Cell, marks: Marks) -> str:
    unit = cell.original_unit or cell.unit
    note = f" [{cell.note}]" if cell.note else ""
    printed = f"“{cell.original_value}” {unit}" if cell.original_value else "an empty cell"
    return f"{printed}, {cell.value_flag.replace('_', ' ')}, {marks.place(cell)}{note}"


def readings_section(explanation: Explanation) -> Section:
    """Every rule, scope and treatment in the table asked for; and every other table of the year."""
    return Section("The same question, asked otherwise", grids=(_rules_grid(explanation), _tables_grid(explanation)))


def _rules_grid(explanation: Explanation) -> Grid:
    known = {reading.composition: reading for reading in explanation.readings}
    pairs = [
        (scope, eu)
        for scope in SCOPES
        for eu in TREATMENTS
        if any((entry.scope, entry.eu) == (scope, eu) for entry in known)
    ]
    asked = explanation.question.composition
    rows = []
    for rule in RULES:
        compositions = [Composition(rule, scope, eu) for scope, eu in pairs]
        rows.append([rule, *(_share(known.get(entry), is_asked=entry == asked) for entry in compositions)])
    series = explanation.question.series
    return grid(
        ("rule", *(f">{scope},\n{eu}" for scope, eu in pairs)),
        rows,
        title=f"{series.source} {series.edition}, {series.year}, under every rule (→ asked for)",
        strong=frozenset({RULES.index(asked.rule)}),
    )


def _share(reading: Reading | None, *, is_asked: bool = False) -> str:
    if reading is None:
        return "nobody counts"
    if reading.share is None:
        return "none reports"
    return ("→ " if is_asked else "") + percent(reading.share)


def _tables_grid(explanation: Explanation) -> Grid:
    rows = []
    for other in explanation.other_series:
        series, reading = other.series, other.asked or other.against
        rows.append(
            (
                f"{series.source} {series.edition}",
                series.stage,
                series.basis.replace("_", " "),
                tonnes(reading.world_tonnes if reading else None),
                _share(other.asked, is_asked=other.is_asked),
                _share(other.against),
            )
        )
    question = explanation.question
    return grid(
        (
            "table",
            "stage",
            "basis",
            ">world, tonnes",
            f">{_stacked(question.composition)}",
            f">{_stacked(question.against)}",
        ),
        rows,
        title=f"Every table of {question.series.year}; stages and bases are never mixed",
        strong=frozenset(at for at, other in enumerate(explanation.other_series) if other.is_asked),
    )


def _stacked(composition: Composition) -> str:
    return f"{composition.rule},\n{composition.scope},\n{composition.eu}"


def difference_section(explanation: Explanation) -> Section:
    """Split the difference between two compositions by party, exactly."""
    title = "What makes the difference"
    difference, answer = explanation.difference, explanation.answer
    against = difference.against
    asked = explanation.question.composition
    words = (
        f"{percent(answer.share, 2)} under {asked}: {rule_in_short(answer)}.",
        f"{percent(against.share, 2)} under {against.composition}: {rule_in_short(against)}.",
    )
    if not difference.moves:
        return Section(title, (*words, "The same parties count under both."))
    moving = [move for move in difference.moves if move.points]
    still = [move.party.name_en for move in difference.moves if not move.points]
    below = []
    if difference.points is None:
        below.append("One of the two shares is not known, so that only what is known is set out.")
    else:
        below.append(
            f"{percent(against.share, 2)} − {percent(answer.share, 2)} = {points(difference.points)} percentage points."
        )
    if still:
        below.append(f"On one side only, but nothing moves: {', '.join(still)}.")
    rows = [_move_row(move) for move in moving]
    if rows:
        total = sum(move.points or 0 for move in moving)
        rows.append(("sum", "", tonnes(sum(map(_moved_tonnes, moving))), points(total), ""))
    table = grid(
        ("party", "weight", ">tonnes", ">points", "because"),
        rows,
        strong=frozenset({len(rows) - 1}),
        below=tuple(below),
    )
    return Section(title, words, (table,))


def _moved_tonnes(move: Move) -> float:
    return (move.weight_against - move.weight) * (move.value_tonnes or 0)


def _move_row(move: Move) -> tuple[str, ...]:
    return (
        f"{move.party.name_en} ({move.party.code})",
        f"{weight_text(move.weight)} → {weight_text(move.weight_against)}",
        tonnes(_moved_tonnes(move)),
        points(move.points),
        move.because,
    )

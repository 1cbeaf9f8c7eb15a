"""What gets through by nature: damage that leaves a valid input which nothing else in the data contradicts."""

from __future__ import annotations

from tests.mutations.judge import CRASHED, FIGURE, Verdict

# What each of these leaves can be the truth: another digit, another word, one fact less. Where a second cell, source,
# edition or rule says otherwise, it is caught; where there is none, nobody can know.
PLAUSIBLE = frozenset(
    {
        *("flip_byte", "change_digit", "change_digit_of_number", "lose_sign", "change_letter"),
        *("other_value_of_column", "blank_cell", "drop_row", "cut_at_a_line", "shift_column", "swap_neighbours"),
        # A publisher's list may name a mineral twice: USGS MCS 2026 does.
        "duplicate_row",
    }
)
# A quantity of another size is told by its neighbours in the series, its total and the release before, wherever it has
# them. A single figure has none, such as the target of a law.
_OF_ANOTHER_SIZE = frozenset({"scale_by_1000", "scale_by_1e6", "scale_by_a_thousandth", "swap_unit"})
_IN_SERIES = frozenset({"fct_observation", "mineral_bloc_share", "bloc_share_change", "mineral_concentration"})


def is_by_nature(mutator: str, verdict: Verdict) -> bool:
    """Tell whether a verdict is one that may be: a figure gets through only where the damage could be the truth."""
    if verdict.kind == CRASHED:
        return False
    if mutator in _OF_ANOTHER_SIZE:
        return verdict.kind != FIGURE or not _IN_SERIES & set(verdict.changed)
    return verdict.kind != FIGURE or mutator in PLAUSIBLE

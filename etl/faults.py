"""Faults: what is wrong, where, and what to do, gathered so that a run reports all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

_SHOWN_NEAREST = 3
_NEAR_ENOUGH = 0.65


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that somebody must mend before the run can go on.

    Attributes:
        file: Path relative to the project, or the name of the thing examined.
        row: 1-based line of the record in the file (the header is line 1); None for the whole file.
        column: Column name, or empty.
        value: The offending value as it stands in the file.
        problem: What is wrong, in a phrase.
        hint: What to do, with the nearest valid value where there is one.
    """

    file: str
    row: int | None
    column: str
    value: str
    problem: str
    hint: str = ""

    def __str__(self) -> str:
        place = self.file if self.row is None else f"{self.file}:{self.row}"
        if self.column:
            place += f" [{self.column}]"
        text = f"{place} {self.problem}"
        if self.value:
            text += f": {self.value!r}"
        return f"{text}. {self.hint}" if self.hint else text


class FaultsFound(Exception):
    """Raised once at the end of a step with every fault of that step."""

    def __init__(self, step: str, faults: Iterable[Fault]) -> None:
        self.step = step
        self.faults = sorted(set(faults), key=lambda f: (f.file, f.row or 0, f.column, f.value, f.problem))
        super().__init__(f"{step}: {len(self.faults)} fault(s)")


def nearest(value: str, known: Iterable[str]) -> str:
    """Return a hint that names the known values nearest to `value` (three at most), or an empty string."""
    found = process.extract(
        value,
        sorted(set(known)),
        scorer=_likeness,
        processor=str.casefold,
        limit=_SHOWN_NEAREST,
        score_cutoff=_NEAR_ENOUGH,
    )
    shown = ", ".join(repr(candidate) for candidate, _, _ in found)
    return f"Nearest known value{'s' if len(found) > 1 else ''}: {shown}" if found else ""


def _likeness(one: str, other: str, *, score_cutoff: float | None = None) -> float:
    """Score two names from 0 to 1: shared beginnings count for long names, swapped letters for short ones."""
    return max(JaroWinkler.normalized_similarity(one, other), OSA.normalized_similarity(one, other))

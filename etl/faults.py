"""Faults: what is wrong, where, and what to do, gathered so that a run reports all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


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
    """Return a hint that names the known value nearest to `value`, or an empty string."""
    candidates = sorted(set(known))
    folded = {candidate.casefold(): candidate for candidate in reversed(candidates)}
    match = get_close_matches(value.casefold(), list(folded), n=1, cutoff=0.5)
    return f"Nearest known value: {folded[match[0]]!r}" if match else ""

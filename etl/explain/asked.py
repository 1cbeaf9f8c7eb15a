"""What can be asked: the rules, scopes and treatments there are, what was typed, and what it turned out to name."""

from __future__ import annotations

from dataclasses import dataclass

from etl.ask.names import Named
from etl.explain.model import Composition

RULES = ("year_end", "any_day", "year_start", "day_weighted", "fixed")
SCOPES = ("partners", "partners_and_forum")
TREATMENTS = ("as_signed", "expanded")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed: names as they came, None where an option was left out."""

    bloc: str
    mineral: str
    year: int | None = None
    measure: str = "production"
    source: str | None = None
    edition: str | None = None
    rule: str = "year_end"
    eu: str = "as_signed"
    scope: str = "partners"
    stage: str | None = None
    basis: str | None = None
    against: str | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """What the typed names turned out to be."""

    bloc: Named
    mineral: Named
    measure: str
    composition: Composition
    against: Composition | None
    source: str | None

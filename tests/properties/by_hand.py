"""What follows from an invented world, counted day by day and party by party, without any SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from tests.properties.worlds import BLOCS, UNIT_TONNES, Accession, Cell, Claim, World

RULES = ("year_end", "any_day", "year_start", "day_weighted", "fixed")
TREATMENTS = ("as_signed", "expanded")
SCOPES = ("partners", "partners_and_forum")
# The models lay membership out up to the end of 2025, and the rule `fixed` from ten years before a bloc's first member.
HORIZON = date(2026, 1, 1)
FIXED_YEARS_BEFORE = 10

Composition = tuple[str, str, str, str, int]
"""A bloc, a party scope, a treatment of the EU, a membership rule, a year."""
Weights = dict[str, float]
"""The members of a composition, each with the part of the year for which it counts."""


@dataclass(frozen=True)
class Span:
    """The days from a first one to the one before the last; an open end is None."""

    bloc: str
    party: str
    first: date
    last: date | None
    is_exact: bool
    joined: date
    is_signed: bool = True

    def days(self) -> range:
        return range(self.first.toordinal(), (self.last or HORIZON).toordinal())


def compositions(
    world: World, removed: Collection[str] = (), treatments: Collection[str] = TREATMENTS
) -> dict[Composition, Weights]:
    """Who counts in every year of the world's tables.

    Args:
        world: The world.
        removed: Parties that do not count, wherever they belong; the EU takes its states with it.
        treatments: Of the EU; besides the two of the models, `through_eu` counts its states alone.
    """
    found: dict[Composition, Weights] = {}
    for bloc in BLOCS:
        for scope in SCOPES:
            counted = counted_blocs(bloc, scope)
            if scope == "partners" or len(counted) > 1:
                signed = [span for part in counted for span in spans_of(world, part)]
                for treatment in treatments:
                    spans = [span for span in _treated(signed, treatment) if span.is_signed or "EUU" not in removed]
                    for rule, year in _rule_years(world):
                        weights = _fixed(signed, spans, year) if rule == "fixed" else _in_year(spans, rule, year)
                        found[bloc, scope, treatment, rule, year] = {
                            party: weight for party, weight in weights.items() if party not in removed
                        }
    return {composition: weights for composition, weights in found.items() if weights}


def of_two_blocs(world: World, bloc_a: str, bloc_b: str) -> dict[str, dict[Composition, Weights]]:
    """Who counts in the union, the intersection and the difference of two blocs, all of them called `set`."""
    found: dict[str, dict[Composition, Weights]] = {"union": {}, "intersection": {}, "exclusive": {}}
    has_forum = any(own_scope(bloc, "partners_and_forum") != "partners" for bloc in (bloc_a, bloc_b))
    for scope in SCOPES if has_forum else SCOPES[:1]:
        for treatment in TREATMENTS:
            for rule, year in _rule_years(world):
                a, b = (
                    _occasions(world, bloc, (own_scope(bloc, scope), treatment, rule, year))
                    for bloc in (bloc_a, bloc_b)
                )
                sets = {
                    "union": {party: a.get(party, set()) | b.get(party, set()) for party in {*a, *b}},
                    "intersection": {party: a[party] & b[party] for party in {*a} & {*b}},
                    "exclusive": {party: a[party] - b.get(party, set()) for party in a},
                }
                whole = _days_of(year) if rule == "day_weighted" else 1
                for name, parties in sets.items():
                    weights = {party: len(occasions) / whole for party, occasions in parties.items() if occasions}
                    if weights:
                        found[name]["set", scope, treatment, rule, year] = weights
    return found


def own_scope(bloc: str, scope: str) -> str:
    """A bloc without a forum enters the wider scope by itself."""
    return scope if len(counted_blocs(bloc, scope)) > 1 else "partners"


def _occasions(world: World, bloc: str, of: tuple[str, str, str, int]) -> dict[str, set[int]]:
    """On which occasions each member counts: the days of the year, or the one occasion that a rule looks at."""
    scope, treatment, rule, year = of
    signed = [span for part in counted_blocs(bloc, scope) for span in spans_of(world, part)]
    spans = _treated(signed, treatment)
    if rule == "day_weighted":
        return _days(spans, year)
    weights = _fixed(signed, spans, year) if rule == "fixed" else _in_year(spans, rule, year)
    return {party: {1} for party in weights}


def counted_blocs(bloc: str, scope: str) -> tuple[str, ...]:
    """A bloc alone, or with the forum that belongs to it."""
    forums = (name for name, (instrument, parent) in BLOCS.items() if instrument == "forum" and parent == bloc)
    return (bloc,) if scope == "partners" else (bloc, *forums)


def spans_of(world: World, bloc: str) -> list[Span]:
    """When each party belonged to a bloc, by its own signature or as a state of the EU that had signed."""
    if bloc == "eu":
        return [
            Span(bloc, state.party, state.valid_from, state.valid_to, True, state.valid_from)
            for state in world.accessions
        ]
    found = []
    for claim in world.claims:
        if claim.bloc == bloc and claim.counts:
            is_exact = claim.precision == "day"
            found.append(Span(bloc, claim.party, claim.counted_from, claim.left_on, is_exact, claim.joined))
            if claim.party == "EUU":
                found += [span for state in world.accessions if (span := _represented(claim, state))]
    return found


def _represented(claim: Claim, state: Accession) -> Span | None:
    first = max(claim.counted_from, state.valid_from)
    last = min((end for end in (claim.left_on, state.valid_to) if end), default=None)
    if last and first >= last:
        return None
    is_exact = claim.precision == "day" or state.valid_from > claim.counted_from
    return Span(claim.bloc, state.party, first, last, is_exact, claim.joined, is_signed=False)


def _rule_years(world: World) -> list[tuple[str, int]]:
    return [(rule, year) for rule in RULES for year in {cell.year for cell in world.cells}]


def _treated(spans: Iterable[Span], treatment: str) -> list[Span]:
    """As signed, the EU is one party; expanded, its states stand in its place."""
    if treatment == "as_signed":
        return [span for span in spans if span.is_signed]
    if treatment == "through_eu":
        return [span for span in spans if not span.is_signed]
    return [span for span in spans if span.party != "EUU"]


def _days_of(year: int) -> int:
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days


def _days(spans: Iterable[Span], year: int) -> dict[str, set[int]]:
    """On which days of a year each party counts; a party without any is left out."""
    opens = date(year, 1, 1).toordinal()
    of_year = range(opens, opens + _days_of(year))
    days: dict[str, set[int]] = defaultdict(set)
    for span in spans:
        days[span.party] |= set(range(max(of_year.start, span.days().start), min(of_year.stop, span.days().stop)))
    return {party: found for party, found in days.items() if found}


def _in_year(spans: Iterable[Span], rule: str, year: int) -> Weights:
    spans = list(spans)
    opens = date(year, 1, 1).toordinal()
    days = _days(spans, year)
    match rule:
        case "year_end":
            return {party: 1.0 for party, found in days.items() if opens + _days_of(year) - 1 in found}
        case "any_day":
            return dict.fromkeys(days, 1.0)
        case "year_start":
            # A date that is only a month or a year does not say that its first day was one of membership.
            known = [span for span in spans if span.is_exact or span.first.toordinal() != opens]
            return {span.party: 1.0 for span in known if opens in span.days()}
        case _:
            return {party: len(found) / _days_of(year) for party, found in days.items()}


def _fixed(signed: Iterable[Span], treated: Iterable[Span], year: int) -> Weights:
    """Those who have not left; of a bloc that all have left, those who stayed to its end."""
    of_blocs: dict[str, list[Span]] = defaultdict(list)
    for span in signed:
        if span.is_signed:
            of_blocs[span.bloc].append(span)
    ends = {
        bloc: max(span.last for span in spans if span.last) if all(span.last for span in spans) else None
        for bloc, spans in of_blocs.items()
    }
    latest = [span for span in treated if span.last is None or span.last == ends[span.bloc]]
    starts = [min(span.joined for span in of_blocs[bloc]).year for bloc in {span.bloc for span in latest}]
    if not starts or year < min(starts) - FIXED_YEARS_BEFORE:
        return {}
    return {span.party: 1.0 for span in latest}


@dataclass(frozen=True)
class Table:
    """One edition's table of one year: what each party reports, the printed total, the residual."""

    edition: str
    year: int
    values: Mapping[str, float]
    world: float | None
    residual: float

    @property
    def named(self) -> float:
        return sum(self.values.values())

    @property
    def denominator(self) -> float:
        return self.named + self.residual if self.world is None else self.world


def tables(world: World) -> list[Table]:
    """The official tables that hold any known amount."""
    cells: dict[tuple[str, int], list[Cell]] = defaultdict(list)
    for cell in world.cells:
        cells[cell.edition, cell.year].append(cell)
    found = [_table(edition, year, rows) for (edition, year), rows in cells.items()]
    return [table for table in found if table.denominator > 0]


def _table(edition: str, year: int, cells: Iterable[Cell]) -> Table:
    values: dict[str, float] = {}
    total: float | None = None
    residual = 0.0
    is_lower_bound = False
    for cell in cells:
        scale = UNIT_TONNES[cell.unit]
        # Of a total or a residual that is only "at least x", x is what is known.
        known = cell.value if cell.value is not None else cell.low
        if cell.party == "WORLD" and known is not None:
            total, is_lower_bound = known * scale, cell.value is None
        elif cell.party == "OTHER":
            residual = (known or 0.0) * scale
        elif cell.value is not None:
            values[cell.party] = cell.value * scale
    rows = sum(values.values()) + residual
    if total is not None and is_lower_bound and rows > 1.01 * total:
        total = rows
    return Table(edition, year, values, total, residual)


def held(weights: Mapping[str, float], table: Table) -> float | None:
    """What the members of a composition hold in a table; None where none of them reports."""
    parts = [weight * table.values[party] for party, weight in weights.items() if party in table.values]
    return sum(parts) if parts else None

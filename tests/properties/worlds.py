"""Small invented worlds: who belongs to which bloc from when, and what an official table says of whom."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from hypothesis import strategies as st

FIRST_YEAR, LAST_YEAR = 2018, 2023
# The years of the tables. In 2003 none of the blocs below was near its beginning.
YEARS = (2003, 2019, 2020, 2021, 2022)
# Each bloc with its instrument and the bloc that it belongs to.
BLOCS = {
    "eu": ("union", None),
    "alpha": ("initiative", None),
    "alpha_forum": ("forum", "alpha"),
    "beta": ("initiative", None),
}
STATES = ("DEU", "FRA", "EST", "GBR")
COUNTRIES = ("AUS", "CHL", "COD", "IDN")
BANK = "bank"
PARTIES = (*STATES, *COUNTRIES, "EUU", BANK)
UNIT_TONNES = {"t": 1.0, "kt": 1000.0}


@dataclass(frozen=True)
class Document:
    """A document that can claim memberships."""

    name: str
    kind: str
    published_on: date
    precision: str

    @property
    def known_by(self) -> date:
        """The last day on which it can have come out."""
        if self.precision == "year":
            return date(self.published_on.year, 12, 31)
        if self.precision == "month":
            return self.published_on.replace(
                day=calendar.monthrange(self.published_on.year, self.published_on.month)[1]
            )
        return self.published_on


@dataclass(frozen=True)
class Claim:
    """What a document says of one membership."""

    bloc: str
    party: str
    role: str
    joined: date
    precision: str
    left_on: date | None
    status: str
    document: str = "charter"

    @property
    def counts(self) -> bool:
        """Observers attend, banks own no ground, and what is only announced or proposed binds nobody."""
        return self.role not in ("observer", "institution") and self.status in ("in_force", "ended")

    @property
    def counted_from(self) -> date:
        """A year counts from its middle."""
        return date(self.joined.year, 7, 1) if self.precision == "year" else self.joined


@dataclass(frozen=True)
class Accession:
    """A state's time in the EU."""

    party: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class Decision:
    """A claim that is judged to be wrong."""

    bloc: str
    party: str
    document: str


@dataclass(frozen=True)
class Cell:
    """A value of an official table: printed, withheld, or known as a range or a lower bound."""

    edition: str
    year: int
    party: str
    value: float | None
    low: float | None = None
    high: float | None = None
    unit: str = "t"

    @property
    def flag(self) -> str:
        if self.value is not None:
            return "reported"
        return "withheld" if self.low is None else "range" if self.high is not None else "greater_than"

    def in_tonnes(self, number: float | None) -> float | None:
        """A number in the cell's unit."""
        return None if number is None else number * UNIT_TONNES[self.unit]


@dataclass(frozen=True)
class World:
    """All that the path of the shares starts from."""

    claims: tuple[Claim, ...]
    accessions: tuple[Accession, ...]
    cells: tuple[Cell, ...]
    documents: tuple[Document, ...] = (Document("charter", "official_statement", date(2018, 1, 1), "day"),)
    decisions: tuple[Decision, ...] = ()
    editions: dict[str, date] = field(default_factory=lambda: {"2023": date(2023, 1, 31), "2024": date(2024, 1, 31)})

    def known_on(self, day: date) -> World:
        """What of this world was out on a day."""
        known = {document.name for document in self.documents if document.known_by <= day}
        editions = {edition: out for edition, out in self.editions.items() if out <= day}
        return replace(
            self,
            documents=tuple(document for document in self.documents if document.name in known),
            claims=tuple(claim for claim in self.claims if claim.document in known),
            decisions=tuple(decision for decision in self.decisions if decision.document in known),
            accessions=tuple(
                replace(state, valid_to=state.valid_to if state.valid_to and state.valid_to <= day else None)
                for state in self.accessions
                if state.valid_from <= day
            ),
            cells=tuple(cell for cell in self.cells if cell.edition in editions),
            editions=editions,
        )


_DAYS = st.one_of(
    st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)),
    # Where intervals and years meet.
    st.sampled_from(
        [date(year, *day) for year in range(FIRST_YEAR, LAST_YEAR + 1) for day in ((1, 1), (1, 2), (12, 31), (2, 28))]
    ),
)
_AMOUNTS = st.one_of(st.integers(0, 40_000), st.integers(0, 400).map(lambda tenths: tenths / 10))


@st.composite
def claims_about(
    draw: st.DrawFn, blocs: Iterable[str], parties: Iterable[str], documents: Iterable[str] = ("charter",)
) -> Claim:
    """One membership, now and then of an observer, of an institution, or one that is only announced."""
    joined = draw(_DAYS)
    precision = draw(st.sampled_from(("day", "day", "month", "year")))
    if precision != "day":
        joined = joined.replace(day=1, month=1 if precision == "year" else joined.month)
    party = draw(st.sampled_from(tuple(parties)))
    claim = Claim(
        bloc=draw(st.sampled_from(tuple(blocs))),
        party=party,
        role="institution" if party == BANK else draw(st.sampled_from(("member", "founding", "partner", "observer"))),
        joined=joined,
        precision=precision,
        left_on=None,
        status="in_force",
        document=draw(st.sampled_from(tuple(documents))),
    )
    end = draw(st.sampled_from(("stays", "stays", "leaves", "leaves", "announced", "proposed")))
    if end in ("announced", "proposed"):
        return replace(claim, status=end)
    if end == "stays":
        return claim
    left_on = claim.counted_from + timedelta(days=draw(st.integers(1, 800)))
    return replace(claim, left_on=left_on, status="ended")


@st.composite
def accessions(draw: st.DrawFn) -> tuple[Accession, ...]:
    """The EU of a world: some states from long ago, some that come or go in the years of the tables."""
    found = []
    for party in draw(st.lists(st.sampled_from(STATES), unique=True, max_size=len(STATES))):
        valid_from = draw(st.one_of(st.just(date(1995, 1, 1)), _DAYS))
        stays = draw(st.booleans())
        valid_to = None if stays else draw(_DAYS.filter(lambda day, first=valid_from: day > first))
        found.append(Accession(party, valid_from, valid_to))
    return tuple(found)


@st.composite
def cells_of(draw: st.DrawFn, edition: str, year: int) -> list[Cell]:
    """A table: parties with values, limits or nothing at all, perhaps a residual, perhaps a total."""
    unit = draw(st.sampled_from(tuple(UNIT_TONNES)))
    found = []
    listed = draw(st.lists(st.sampled_from((*STATES, *COUNTRIES)), unique=True, max_size=8))
    for party in listed:
        found.append(draw(_cell(edition, year, party, unit)))
    if draw(st.booleans()):
        found.append(Cell(edition, year, "OTHER", draw(_AMOUNTS), unit=unit))
    total = draw(st.sampled_from(("sum", "more", "any", "at_least", "none")))
    known = sum(cell.value or 0 for cell in found)
    match total:
        case "sum":
            found.append(Cell(edition, year, "WORLD", known, unit=unit))
        case "more":
            found.append(Cell(edition, year, "WORLD", known + draw(_AMOUNTS), unit=unit))
        case "any":
            found.append(Cell(edition, year, "WORLD", draw(_AMOUNTS), unit=unit))
        case "at_least":
            found.append(Cell(edition, year, "WORLD", None, low=draw(_AMOUNTS), unit=unit))
    return found


@st.composite
def _cell(draw: st.DrawFn, edition: str, year: int, party: str, unit: str) -> Cell:
    kind = draw(st.sampled_from(("value", "value", "value", "withheld", "range", "at_least")))
    if kind == "value":
        return Cell(edition, year, party, draw(_AMOUNTS), unit=unit)
    if kind == "withheld":
        return Cell(edition, year, party, None, unit=unit)
    low = draw(_AMOUNTS)
    high = low + draw(_AMOUNTS) if kind == "range" else None
    return Cell(edition, year, party, None, low=low, high=high, unit=unit)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Blocs that begin, grow, shrink and end; an EU that signs some of them; tables of two editions."""
    claims = draw(
        st.lists(
            claims_about(("alpha", "alpha", "alpha_forum", "beta"), PARTIES),
            unique_by=lambda claim: (claim.bloc, claim.party),
            max_size=14,
        )
    )
    cells: list[Cell] = []
    for edition, year in draw(
        st.lists(
            st.tuples(st.sampled_from(("2023", "2024")), st.sampled_from(YEARS)), unique=True, min_size=1, max_size=5
        )
    ):
        cells += draw(cells_of(edition, year))
    return World(tuple(claims), draw(accessions()), tuple(cells))

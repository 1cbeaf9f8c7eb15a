"""What an explanation consists of: a tree of plain records, without any printing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from etl.ask.names import Named


@dataclass(frozen=True, slots=True)
class Release:
    """The release that was asked."""

    release_id: str
    built_at: str
    git_commit: str


@dataclass(frozen=True, slots=True)
class Composition:
    """Who is meant by a bloc: a membership rule, a scope and a treatment of the EU."""

    rule: str
    scope: str
    eu: str

    def __str__(self) -> str:
        return f"{self.rule}, {self.scope}, {self.eu}"


@dataclass(frozen=True, slots=True)
class Series:
    """One table of one edition: what is measured, of which mass, at which stage, in which year."""

    source: str
    edition: str
    measure: str
    stage: str
    basis: str
    year: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that the question left open, and how it was settled."""

    what: str
    chosen: str
    why: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question that has an answer in the release."""

    bloc: Named
    mineral: Named
    series: Series
    composition: Composition
    against: Composition
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A publication, as far as a reader needs it to find it and to doubt it."""

    document: str
    title: str
    publisher: str
    published_on: str
    kind: str
    url: str
    note: str


@dataclass(frozen=True, slots=True)
class Edition:
    """The edition of the statistics that was asked."""

    source: str
    edition: str
    publisher: str
    title: str
    url: str
    published_on: str
    licence: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the source: the value, the literal as printed, and where it stands. Tonnes in `value_tonnes`."""

    party: str
    party_printed: str
    sub_series: str
    value: float | None
    value_low: float | None
    value_high: float | None
    unit: str
    value_tonnes: float | None
    value_flag: str
    original_value: str
    original_unit: str
    note: str
    file: str
    locator: str
    is_corrected: bool
    is_revised: bool


@dataclass(frozen=True, slots=True)
class Membership:
    """One interval of belonging and on whose word it rests.

    Attributes:
        bloc: The bloc that is joined: the one asked for, or its forum.
        via: `direct`, or `EUU` for a state that belongs through the EU.
        valid_from: First day, as fine as `precision` says.
        counted_from: The day from which it counts: a month from its first day, a year from 1 July.
        valid_to: First day on which it no longer belongs; None while it does.
        locator: Where in the document.
        n_claims: How many claims speak of it.
        resolution: How the interval was chosen among them.
    """

    bloc: str
    via: str
    role: str
    valid_from: date
    precision: str
    counted_from: date
    valid_to: date | None
    status: str
    document: str
    locator: str
    n_claims: int
    resolution: str


@dataclass(frozen=True, slots=True)
class MembershipClaim:
    """What one document says about one party's membership."""

    bloc: str
    party: str
    role: str
    joined: date | None
    joined_precision: str
    left_on: date | None
    document: str
    locator: str
    text_line: int | None
    printed_zh: str
    is_rejected: bool
    note: str


@dataclass(frozen=True, slots=True)
class Holding:
    """What one party has in the series, in tonnes; None where no row gives an amount.

    Attributes:
        reports: `amount`, `zero`, the flag of a cell without an amount (`withheld`, `not_available` ...), `no_row`, or
            `through_its_states` for the EU.
        part: Its part of the world, over the share's denominator.
    """

    value_tonnes: float | None
    low_tonnes: float | None
    high_tonnes: float | None
    part: float | None
    reports: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A party that counts.

    Attributes:
        weight: 0 to 1; below 1 only under the rule `day_weighted`.
        counted_tonnes: Weight times value: what it adds to the bloc.
    """

    party: Named
    weight: float
    memberships: tuple[Membership, ...]
    claims: tuple[MembershipClaim, ...]
    holding: Holding
    counted_tonnes: float | None


@dataclass(frozen=True, slots=True)
class Bystander:
    """A party that documents name with the bloc, but that does not count under the rule, and why."""

    party: Named
    because: str
    holding: Holding


@dataclass(frozen=True, slots=True)
class Denominator:
    """One way to say "the world", in tonnes, and the share over it."""

    name: str
    meaning: str
    tonnes: float | None
    share: float | None
    is_used: bool


@dataclass(frozen=True, slots=True)
class World:
    """The world as the table has it: its totals and the cells behind them."""

    denominators: tuple[Denominator, ...]
    n_named_rows: int
    residual_tonnes: float
    beyond_rows_tonnes: float
    is_lower_bound: bool
    total_cells: tuple[Cell, ...]
    residual_cells: tuple[Cell, ...]
    silent_cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class BoundStep:
    """One reason for doubt, and the bounds of the share once it is taken in with those before it."""

    why: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What one composition gives in one series.

    Attributes:
        share: 0 to 1; None where no member reports an amount, or nobody counts.
        world_tonnes: What the share is over: the published total, else the sum of all rows.
    """

    series: Series
    composition: Composition
    as_of: date | None
    share: float | None
    share_low: float | None
    share_high: float | None
    bloc_tonnes: float | None
    world_tonnes: float | None
    world_published: float | None
    world_all_rows: float | None
    world_named_rows: float | None
    share_of_all_rows: float | None
    share_of_named_rows: float | None
    unit: str
    n_members: int
    n_members_reporting: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """What one party adds to the difference of two readings.

    Attributes:
        weight: Its weight in the reading asked for.
        weight_against: Its weight in the other.
        points: What it moves the share by, as a fraction of the world; None where it reports no amount.
    """

    party: Named
    weight: float
    weight_against: float
    value_tonnes: float | None
    points: float | None
    because: str


@dataclass(frozen=True, slots=True)
class Difference:
    """The reading asked for against another one, split by party: the points of all moves sum to `points`."""

    against: Reading
    points: float | None
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class OtherSeries:
    """The same bloc, mineral, measure and year in another table, under both compositions."""

    series: Series
    asked: Reading | None
    against: Reading | None
    is_asked: bool


@dataclass(frozen=True, slots=True)
class Printed:
    """What a paper prints about it, and what to know before comparing.

    Attributes:
        here: What this release has for the same thing, in words; empty if nothing compares.
        differs: Why the two differ, one reason each.
    """

    document: Document
    locator: str
    text_line: int | None
    claim_id: str
    subject: str
    measure: str
    party: str
    bloc: str
    year: int | None
    printed: str
    value: float | None
    unit: str
    value_tonnes: float | None
    qualifier: str
    claim_flag: str
    note: str
    verdict: str
    recomputed: float | None
    recomputed_year_end: float | None
    here: str
    differs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A registered conflict between two claims that touches this question."""

    conflict_id: str
    topic: str
    kind: str
    subject: str
    claim_a: str
    document_a: str
    locator_a: str
    claim_b: str
    document_b: str
    locator_b: str
    resolution: str
    chosen: str
    reason: str
    severity: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that stands behind one share."""

    release: Release
    question: Question
    edition: Edition
    answer: Reading
    rule_words: tuple[str, ...]
    members: tuple[Member, ...]
    bystanders: tuple[Bystander, ...]
    world: World
    bounds: tuple[BoundStep, ...]
    readings: tuple[Reading, ...]
    other_series: tuple[OtherSeries, ...]
    difference: Difference
    printed: tuple[Printed, ...]
    conflicts: tuple[Conflict, ...]
    documents: tuple[Document, ...]
    sql: dict[str, str]

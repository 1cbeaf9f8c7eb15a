"""What a comparison of two releases says, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

Value = str | int | float | bool | date | datetime | None


class Level(StrEnum):
    """How loud a finding is, the loudest first."""

    STOP = "stop"
    WARN = "warn"
    NOTE = "note"


# Every kind of finding in the order in which it is shown, with the words that people read.
KINDS = {
    "not_comparable": "the release before cannot be read",
    "edition_lost": "edition lost",
    "unit_jump": "jump of the size of a unit",
    "table_removed": "table removed",
    "table_emptied": "table emptied",
    "column_removed": "column removed",
    "column_retyped": "column of another type",
    "macro_removed": "macro removed",
    "macro_parameters": "macro with other parameters",
    "mineral_lost": "mineral of an edition lost",
    "cells_lost": "cells of an edition lost",
    "values_lost": "values of an edition lost",
    "figure_changed": "figures of an edition changed",
    "code_lost": "code lost",
    "rows_lost": "rows of a document lost",
    "member_lost": "member vanished",
    "key_changed": "primary key changed",
    "table_shrunk": "table shrunk",
    "member_left": "members left",
    "member_date": "dates of members changed",
    "member_role": "roles of members changed",
    "share_jump": "shares moved by more than 10 points though the composition did not",
    "conflict_new": "conflicts new",
    "conflict_gone": "conflicts gone",
    "edition_added": "edition new",
    "mineral_added": "minerals of an edition new",
    "cells_added": "cells of an edition new",
    "member_joined": "members joined",
    "member_resolution": "members resolved from other claims",
    "conflict_decided": "conflicts decided otherwise",
    "table_added": "table new",
    "column_added": "column new",
    "macro_added": "macro new",
    "macro_changed": "macro computes in another way",
    "code_added": "codes new",
}
# The kinds that can stop a scheduled build, and so can be acknowledged.
STOPPING = (
    "not_comparable",
    "edition_lost",
    "unit_jump",
    "table_removed",
    "table_emptied",
    "column_removed",
    "column_retyped",
    "macro_removed",
    "macro_parameters",
    "mineral_lost",
    "cells_lost",
    "values_lost",
    "figure_changed",
    "code_lost",
    "rows_lost",
    "member_lost",
)


@dataclass(frozen=True, slots=True)
class Change:
    """One column of one row, in both releases.

    Attributes:
        unit: Unit of the values, as the data dictionary or the row says; empty for what is no quantity.
        ratio: `new / old` of numbers other than zero.
    """

    column: str
    old: Value
    new: Value
    unit: str = ""
    ratio: float | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """One row that shows a finding: what names it, and what changed in it."""

    key: dict[str, Value]
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A row of the seed of changes that are meant.

    Attributes:
        subject: Pattern; `*` stands for any run of characters.
        place: File and line.
    """

    kind: str
    table: str
    subject: str
    reason: str
    acknowledged_on: date
    evidence: str
    place: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference between two releases that somebody should know of.

    Attributes:
        kind: A key of `KINDS`.
        subject: What it is about inside the table, in parts joined by "/".
        message: One sentence for people.
        old: State before: a count, a type, a value.
        new: State after.
        count: How many rows, cells or codes it concerns.
        cause: Why, where the manifests tell.
        acknowledged: Set where a stop was acknowledged; the level is then `note`.
    """

    level: Level
    kind: str
    table: str
    subject: str
    message: str
    old: Value = None
    new: Value = None
    count: int = 1
    examples: tuple[Example, ...] = ()
    cause: str = ""
    acknowledged: Acknowledgement | None = None


@dataclass(frozen=True, slots=True)
class TableChange:
    """The rows of one table in both releases, matched by its key.

    Attributes:
        key: Columns that match rows; all common columns where the table has no usable key.
        renamed: Rows counted under `changed` that were found again under another key.
        changed_columns: How many of the changed rows differ in which column.
    """

    table: str
    key: tuple[str, ...]
    rows_before: int
    rows_after: int
    added: int = 0
    removed: int = 0
    changed: int = 0
    renamed: int = 0
    changed_columns: dict[str, int] = field(default_factory=dict)
    added_examples: tuple[Example, ...] = ()
    removed_examples: tuple[Example, ...] = ()
    changed_examples: tuple[Example, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether any row does."""
        return bool(self.added or self.removed or self.changed)


@dataclass(frozen=True, slots=True)
class EditionCoverage:
    """What one edition of a source covers. A cell is one mineral, basis, stage, measure, party and year."""

    source: str
    edition: str
    rows_before: int
    rows_after: int
    minerals_before: int
    minerals_after: int
    cells_lost: int
    cells_added: int


@dataclass(frozen=True, slots=True)
class InputChange:
    """Which input files differ, by path relative to the project (`landing/` is the landing folder)."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReleaseInfo:
    """Which release a file is."""

    release_id: str
    schema_version: str
    built_at: datetime | None


@dataclass(frozen=True, slots=True)
class Acknowledgements:
    """What became of the rows of the seed.

    Attributes:
        applied: Matched a stop of this comparison.
        unmatched: In force, but matched none.
        spent: Older than the release before: the change they speak of went through already.
    """

    applied: tuple[Acknowledgement, ...] = ()
    unmatched: tuple[Acknowledgement, ...] = ()
    spent: tuple[Acknowledgement, ...] = ()


@dataclass(frozen=True, slots=True)
class ReleaseDiff:
    """Everything that differs between two releases.

    Attributes:
        before: None for the first release of a warehouse.
        inputs: None where a manifest is not at hand.
    """

    before: ReleaseInfo | None
    after: ReleaseInfo
    findings: tuple[Finding, ...] = ()
    tables: tuple[TableChange, ...] = ()
    editions: tuple[EditionCoverage, ...] = ()
    inputs: InputChange | None = None
    acknowledgements: Acknowledgements = Acknowledgements()

    @property
    def identical(self) -> bool:
        """Whether there are two releases and nothing differs."""
        return self.before is not None and not self.findings and not any(table.differs for table in self.tables)

    def of_level(self, level: Level) -> tuple[Finding, ...]:
        """Return the findings of one level, without those that were acknowledged."""
        return tuple(one for one in self.findings if one.level is level and one.acknowledged is None)

    @property
    def stops(self) -> tuple[Finding, ...]:
        """The findings that stop a scheduled build."""
        return self.of_level(Level.STOP)


def sort_findings(findings: list[Finding]) -> list[Finding]:
    """Order findings: the loudest first, then by kind, then the largest first."""
    levels, kinds = list(Level), list(KINDS)
    return sorted(
        findings, key=lambda one: (levels.index(one.level), kinds.index(one.kind), one.table, -one.count, one.subject)
    )

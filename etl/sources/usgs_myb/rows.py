"""Which country, group and product each row of a world table belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from etl.sources.usgs_myb.labels import Label, Names, total_of

_OF_WHICH = re.compile(r"of which\b.*", re.IGNORECASE)
COUNTRY, PRODUCT, TOTAL, OF_WHICH = "country", "product", "total", "of which"


@dataclass(frozen=True, slots=True)
class BodyRow:
    """A row of the body.

    Attributes:
        at: 0-based row on the sheet.
        has_values: Any value stands in it.
        depth: Indentation of its label; 0 where the workbook has none.
    """

    at: int
    label: Label
    has_values: bool
    depth: int = 0


@dataclass(frozen=True, slots=True)
class _Group:
    kind: str
    party: str
    text: str
    marks: tuple[str, ...]
    # Indentation, where the row below is indented deeper; None where indentation says nothing.
    depth: int | None


@dataclass(slots=True)
class PlacedRow:
    """A row with values, and where it belongs.

    Attributes:
        at: 0-based row on the sheet.
        table_kind: `world`; `parts` for parts of a printed total of one country or of the world; `group_total` for the
            world's total of one of several products, `grand_total` for the total over such products.
        party: Country or total as printed, without marks.
        series: Groups and products, as printed.
        marks: Marks of the row and of the groups that it stands in.
    """

    at: int
    table_kind: str
    party: str
    series: str
    marks: tuple[str, ...]
    country: str = ""
    is_total: bool = False


@dataclass(slots=True)
class _Placer:
    """Goes down a body, holding which groups are open: by names first, by indentation where the workbook has it."""

    names: Names
    lone_total: bool
    open: list[_Group] = field(default_factory=list)
    placed: list[PlacedRow] = field(default_factory=list)
    world: str = "Total"

    def take(self, row: BodyRow, below: BodyRow | None) -> None:
        label = row.label
        total = total_of(label.text)
        if total is None:
            self._leave_deeper(row.depth)
        if not row.has_values and (label.opens or _OF_WHICH.fullmatch(label.text)):
            depth = row.depth if below is not None and below.depth > row.depth else None
            self._open_group(label, depth, is_total=total is not None)
        elif total is not None:
            self._total(row, *total)
        else:
            self._plain(row)

    def _leave_deeper(self, depth: int) -> None:
        at = next((i for i, group in enumerate(self.open) if group.depth is not None and group.depth >= depth), None)
        self.open = self.open if at is None else self.open[:at]

    def _open_group(self, label: Label, depth: int | None, *, is_total: bool) -> None:
        lead = self.names.lead(label.text)
        if _OF_WHICH.fullmatch(label.text):
            self.open = [_Group(OF_WHICH, self.world, "Of which", label.marks, depth)]
        elif is_total:
            self.open = [_Group(TOTAL, label.text, "", label.marks, depth)]
        elif lead and self.names.is_country(lead[0]):
            self._close_countries()
            self.open.append(_Group(COUNTRY, lead[0], lead[1], label.marks, depth))
        else:
            # A product below a country divides it ("China:" "Ferromanganese:"); else it begins a part of the table.
            at = self._country_at()
            kept = [] if at is None else self.open[: at + 1]
            self.open = [*kept, _Group(PRODUCT, "", label.text, label.marks, depth)]

    def _country_at(self) -> int | None:
        return next((i for i, group in enumerate(self.open) if group.kind == COUNTRY), None)

    def _close_countries(self) -> None:
        at = next((i for i, group in enumerate(self.open) if group.kind != PRODUCT), None)
        self.open = self.open if at is None else self.open[:at]

    def _total(self, row: BodyRow, is_worlds: bool, rest: str) -> None:
        at = self._country_at()
        if is_worlds or not self.open or self.open[0].kind in (TOTAL, OF_WHICH) or (self.lone_total and at is not None):
            self.open = []
            self.world = row.label.text
            self._place(row, party=row.label.text, series=[rest], is_total=True)
            return
        if at is None:
            self._place(row, party=row.label.text, series=[rest], is_total=True)
            self.open = self.open[:-1]
            return
        self.open = self.open[: at + 1]
        self._place(row, party=self.open[at].party, series=[row.label.text], is_total=True)
        self.open = self.open[:at]

    def _plain(self, row: BodyRow) -> None:
        lead = self.names.lead(row.label.text)
        if lead:
            self._close_countries()
            self._place(row, party=lead[0], series=[lead[1]])
            return
        holder = next((group for group in self.open if group.party), None)
        if holder:
            self._place(row, party=holder.party, series=[row.label.text])
            return
        # Neither a known country nor part of one: the name is handed on, and no mapping will know it.
        name, _, rest = row.label.text.partition(", ")
        self._place(row, party=name, series=[rest])

    def _place(self, row: BodyRow, *, party: str, series: list[str], is_total: bool = False) -> None:
        texts = [group.text for group in self.open] + series
        at = self._country_at()
        self.placed.append(
            PlacedRow(
                at=row.at,
                table_kind="parts" if self.open and self.open[0].kind == OF_WHICH else "world",
                party=party,
                series=", ".join(text for text in texts if text),
                marks=tuple(mark for group in self.open for mark in group.marks) + row.label.marks,
                country="" if at is None else "|".join(group.text or group.party for group in self.open[: at + 1]),
                is_total=is_total,
            )
        )


def place_rows(blocks: Iterable[list[BodyRow]], names: Names) -> list[PlacedRow]:
    """Place all rows of a table.

    Args:
        blocks: The body's rows, by header block.
        names: Names of countries and aggregates.
    """
    placed: list[PlacedRow] = []
    groups = False
    for rows in blocks:
        totals = [total for row in rows if row.has_values and (total := total_of(row.label.text))]
        # The publisher calls the world's total "Grand total" where countries have totals of their own: a lone "Total"
        # after a country's parts is the world's.
        placer = _Placer(names, lone_total=len(totals) == 1)
        for i, row in enumerate(rows):
            placer.take(row, rows[i + 1] if i + 1 < len(rows) else None)
            groups = groups or (bool(placer.open) and placer.open[0].kind == PRODUCT)
        placed += placer.placed
    _mark_parts(placed)
    if groups:
        _mark_group_totals(placed)
    return placed


def _mark_parts(placed: list[PlacedRow]) -> None:
    """Rows of a country that has a total of its own in the table are parts of it."""
    with_total = {row.country for row in placed if row.is_total and row.country}
    for row in placed:
        if row.country in with_total and not row.is_total:
            row.table_kind = "parts"


def _mark_group_totals(placed: list[PlacedRow]) -> None:
    for row in placed:
        if row.is_total and not row.country:
            row.table_kind = "group_total" if row.series else "grand_total"

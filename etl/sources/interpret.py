"""From printed cells to observations: the one place where mappings, units, bases and corrections are applied.

Every cell ends as an observation or stands in the ledger with the reason why not; a name, series, unit or value that no
reviewed mapping knows is a fault that stops the run, with a seed line to paste.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import pandas as pd

from etl.faults import Fault, nearest
from etl.seeds.check import SeedFrames
from etl.sources.cells import Cell
from etl.sources.values import Code, UnreadableValueError, Value, fold, parse_value

WORLD, OTHER = "WORLD", "OTHER"
# One footnote mark glued to a name: "United States1", "China6", "Norwaye, 3", "Other countriese". Letters other than
# the flag marks e, r, p are part of the name.
_GLUED = re.compile(r"(?P<name>.+?)[\s,]*(?P<mark>\d{1,2}|[erp])")
_FOOTNOTE_VALUE = re.compile(r"\(\d{1,2}\)")
_ESTIMATE_NOTE = re.compile(r"^\s*estimated\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Observation:
    """One observation, with the cell that it was read from. Numbers are in `unit`."""

    source: str
    edition: str
    mineral: str
    basis: str
    stage: str
    measure: str
    series: str
    table_kind: str
    party: str
    party_printed: str
    year: int
    value: float | None
    value_low: float | None
    value_high: float | None
    unit: str
    value_flag: str
    is_revised: bool
    original_value: str
    original_unit: str
    note: str
    file: str
    locator: str
    is_corrected: bool


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A value cell that is no observation, and why."""

    source: str
    edition: str
    file: str
    locator: str
    original_value: str
    reason: str


@dataclass(slots=True)
class Interpretation:
    """What a file's cells came to: `len(observations) + len(ledger) == n_cells`, unless there are faults."""

    n_cells: int = 0
    observations: list[Observation] = field(default_factory=list)
    ledger: list[LedgerLine] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a source's series seed."""

    priority: int
    table_kind: re.Pattern[str]
    commodity: re.Pattern[str]
    series: re.Pattern[str]
    measure_printed: re.Pattern[str]
    action: str
    mineral: str
    basis: str
    stage: str
    measure: str
    reason: str

    def fits(self, table_kind: str, commodity: str, series: str, measure: str) -> bool:
        """Tell whether the rule is about a series, given in folded words."""
        return bool(
            self.table_kind.fullmatch(table_kind)
            and self.commodity.fullmatch(commodity)
            and self.series.fullmatch(series)
            and self.measure_printed.fullmatch(measure)
        )


class Mapping:
    """The reviewed mappings of one source, from its seeds.

    Args:
        source: The source's slug.
        frames: All seeds, by kind.
    """

    def __init__(self, source: str, frames: SeedFrames) -> None:
        self.source = source
        self._rules = sorted((_rule(row) for row in _rows(frames["source_series"], source)), key=lambda r: r.priority)
        self._parties = {row["printed"].casefold(): row for row in _rows(frames["source_parties"], source)}
        # Names of the party seed itself need no mapping of their own.
        self._names = {row["name_en"].casefold(): row["party"] for _, row in frames["parties"].iterrows()}
        self._units = {row["printed"].casefold(): row["unit"] for row in _rows(frames["source_units"], source)}
        self.codes = {row["printed"].casefold(): _code(row) for row in _rows(frames["source_codes"], source)}
        self.corrections = _rows(frames["corrections"], source)
        self.used_corrections: set[str] = set()
        self._fitting: dict[tuple[str, str, str, str], Rule | None] = {}

    def rule(self, cell: Cell) -> Rule | None:
        """Return the first rule that fits the cell's series, if any."""
        key = (cell.table_kind, cell.commodity, cell.series, cell.measure)
        if key not in self._fitting:
            folded = (cell.table_kind, *map(fold, key[1:]))
            self._fitting[key] = next((rule for rule in self._rules if rule.fits(*folded)), None)
        return self._fitting[key]

    def party(self, printed: str) -> tuple[str, str, str] | None:
        """Return (party or WORLD or OTHER or blank, reason if excluded, glued marks), or None if unknown."""
        for name, marks in _candidates(printed):
            mapped = self._parties.get(name.casefold())
            if mapped is not None:
                code = {"world": WORLD, "residual": OTHER, "exclude": ""}.get(mapped["action"], mapped["party"])
                return code, mapped["reason"] if mapped["action"] == "exclude" else "", marks
            if name.casefold() in self._names:
                return self._names[name.casefold()], "", marks
        return None

    def corrections_of(self, edition: str, file: str) -> list[dict[str, str]]:
        """Return the corrections of one file."""
        return [row for row in self.corrections if (row["edition"], row["file"]) == (edition, file)]

    def unit(self, printed: str) -> str | None:
        """Return the unit that a printed unit means."""
        return self._units.get(fold(printed).casefold())

    @property
    def known_names(self) -> list[str]:
        """Every name that maps to something, for the nearest in a message."""
        return [*self._parties, *self._names]

    @property
    def known_units(self) -> list[str]:
        """Every printed unit that maps to something."""
        return list(self._units)


class _LeftOut(Exception):
    """Ends the reading of a cell that is no observation; its text is the reason."""


class _Unmapped(Exception):
    """Ends the reading of a cell that no mapping knows."""

    def __init__(self, column: str, value: str, problem: str, hint: str) -> None:
        self.parts = (column, value, problem, hint)
        super().__init__(problem)


def interpret(cells: Iterable[Cell], mapping: Mapping, edition: str, file: str) -> Interpretation:
    """Turn the cells of one file into observations and ledger lines.

    Args:
        cells: What the reader found.
        mapping: The source's mappings.
        edition: The edition that the file belongs to.
        file: The file's name in messages and locators.
    """
    result = Interpretation()
    for printed in cells:
        result.n_cells += 1
        cell = _correct(printed, mapping, edition, file)
        try:
            result.observations.append(_observe(cell, printed, mapping, edition, file))
        except _LeftOut as left:
            line = LedgerLine(mapping.source, edition, file, locator_of(cell), cell.value, str(left))
            result.ledger.append(line)
        except _Unmapped as unmapped:
            place = f"{file} ({cell.sheet})" if cell.sheet else file
            result.faults.append(Fault(place, cell.row, *unmapped.parts))
    return result


def unused_corrections(mapping: Mapping, landed: set[tuple[str, str]]) -> list[Fault]:
    """Return a fault per correction of a landed (edition, file name) that met no cell."""
    hint = "Mend or remove the correction"
    return [
        Fault(row["_file"], int(row["_row"]), "expected", row["expected"], "corrects nothing", hint)
        for row in mapping.corrections
        if (row["edition"], row["file"]) in landed and row["correction_id"] not in mapping.used_corrections
    ]


def _observe(cell: Cell, printed: Cell, mapping: Mapping, edition: str, file: str) -> Observation:
    """Make an observation of a cell as corrected; the literals stay those of the cell as printed."""
    rule = _rule_of(cell, mapping)
    party, glued = _party_of(cell, mapping)
    value = _value_of(cell, mapping)
    marks = f"{cell.marks} {glued}"
    return Observation(
        source=mapping.source,
        edition=edition,
        mineral=rule.mineral,
        basis=rule.basis,
        stage=rule.stage,
        measure=rule.measure,
        series=fold(cell.series),
        table_kind=cell.table_kind,
        party=party,
        party_printed=fold(printed.party),
        year=_year_of(cell, edition),
        value=value.value,
        value_low=value.low,
        value_high=value.high,
        unit=_unit_of(cell, mapping),
        value_flag=_flag(value, cell, marks, party),
        is_revised="r" in _marks(marks),
        original_value=printed.value,
        original_unit=printed.unit,
        note=printed.note,
        file=file,
        locator=locator_of(cell),
        is_corrected=cell is not printed,
    )


def _rule_of(cell: Cell, mapping: Mapping) -> Rule:
    rule = mapping.rule(cell)
    if rule is None:
        what = f"{cell.table_kind} | {cell.commodity} | {cell.series} | {cell.measure}"
        raise _Unmapped(cell.column, what, "is a series that no rule maps", _paste_series(mapping.source, cell))
    if rule.action == "exclude":
        raise _LeftOut(rule.reason)
    return rule


def _party_of(cell: Cell, mapping: Mapping) -> tuple[str, str]:
    """Return the party and the marks that were glued to its name."""
    found = mapping.party(cell.party)
    if found is None:
        near = nearest(fold(cell.party), mapping.known_names)
        paste = f"{mapping.source},{fold(cell.party)},party,XXX,"
        hint = f"{near}. Add to {mapping.source}__parties.csv: {paste}"
        raise _Unmapped("party", cell.party, "is an unmapped name", hint)
    party, reason, glued = found
    if not party:
        raise _LeftOut(reason)
    return party, glued


def _value_of(cell: Cell, mapping: Mapping) -> Value:
    printed = fold(cell.value)
    # "(9)" in place of a number is the mark of a footnote that says what the value is ("Less than ½ unit.").
    if printed == "" or _FOOTNOTE_VALUE.fullmatch(printed):
        code = mapping.codes.get(fold(cell.note).casefold()) if cell.note else None
        if code:
            return Value(code.value, code.low, code.high, code.flag)
        if printed == "":
            raise _LeftOut("blank")
    try:
        return parse_value(cell.value, mapping.codes)
    except UnreadableValueError:
        hint = f"Map it in {mapping.source}__codes.csv, or correct it in {mapping.source}__corrections.csv"
        raise _Unmapped(cell.column, cell.value, "is neither a number nor a known code", hint) from None


def _unit_of(cell: Cell, mapping: Mapping) -> str:
    unit = mapping.unit(cell.unit)
    if unit is None:
        near = nearest(fold(cell.unit), mapping.known_units)
        hint = f"{near}. Add to {mapping.source}__units.csv: {mapping.source},{fold(cell.unit)},UNIT"
        raise _Unmapped("unit", cell.unit, "is an unmapped unit", hint)
    return unit


def _year_of(cell: Cell, edition: str) -> int:
    """Return the printed year; reserves print none and belong to the edition."""
    year = cell.year or edition
    if not re.fullmatch(r"(1[89]|20)\d\d", year):
        raise _Unmapped("year", cell.year, "is no year", "Four digits are expected")
    return int(year)


def locator_of(cell: Cell) -> str:
    """Say where in its file a cell stands."""
    sheet = f"sheet {cell.sheet}, " if cell.sheet else ""
    return f"{sheet}row {cell.row}, column {cell.column}"


def _flag(value: Value, cell: Cell, marks: str, party: str) -> str:
    """Choose one flag: what the text says first, then estimate, provisional and revision marks, then rounding."""
    if value.flag != "reported":
        return value.flag
    if party == WORLD and "rounded" in f"{cell.party} {cell.series} {cell.measure}".casefold():
        return "rounded_total"
    found = _marks(marks)
    estimated = value.is_estimated or "e" in found or _ESTIMATE_NOTE.match(cell.note) is not None
    if estimated:
        return "estimated"
    return "provisional" if "p" in found else "revised" if "r" in found else "reported"


def _marks(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", text.casefold()))


def _candidates(printed: str) -> Iterable[tuple[str, str]]:
    """Yield a name and, step by step, what is left of it without glued footnote marks, with the marks taken off."""
    name, marks = fold(printed), ""
    yield name, marks
    while match := _GLUED.fullmatch(name):
        name, marks = match["name"], f"{match['mark']} {marks}"
        yield name, marks


def _correct(cell: Cell, mapping: Mapping, edition: str, file: str) -> Cell:
    """Apply the corrections that name this cell and find there what they expect."""
    for row in mapping.corrections_of(edition, file.rsplit("/", 1)[-1]):
        fits = (
            row["row"] in ("", str(cell.row))
            and row["column"] in ("", cell.column)
            and row["commodity"] in ("", fold(cell.commodity))
            and fold(str(getattr(cell, row["field"]))) == row["expected"]
        )
        if fits:
            cell = replace(cell, **{row["field"]: row["corrected"]})  # type: ignore[arg-type]  # text fields only
            mapping.used_corrections.add(row["correction_id"])
    return cell


def _paste_series(source: str, cell: Cell) -> str:
    parts = (re.escape(fold(part)).replace(r"\ ", " ") for part in (cell.commodity, cell.series, cell.measure))
    commodity, series, measure = parts
    line = f'{source},PRIORITY,{cell.table_kind},{commodity},"{series}",{measure},observation,MINERAL,BASIS,STAGE,...'
    return f"Add to {source}__series.csv: {line}"


def _rows(frame: pd.DataFrame, source: str) -> list[dict[str, str]]:
    rows = frame[frame["source"] == source] if len(frame) else frame
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]


def _rule(row: dict[str, str]) -> Rule:
    def pattern(name: str) -> re.Pattern[str]:
        return re.compile(row[name], re.IGNORECASE)

    return Rule(
        priority=int(row["priority"]),
        table_kind=pattern("table_kind"),
        commodity=pattern("commodity"),
        series=pattern("series"),
        measure_printed=pattern("measure_printed"),
        action=row["action"],
        mineral=row["mineral"],
        basis=row["basis"],
        stage=row["stage"],
        measure=row["measure"],
        reason=row["reason"],
    )


def _code(row: dict[str, str]) -> Code:
    value, low, high = (float(row[name]) if row[name] else None for name in ("value", "value_low", "value_high"))
    return Code(row["value_flag"], value, low, high)

"""World production, capacity and reserves: one file per commodity (2022-2024), or one file for all (2025)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from etl.faults import Fault, nearest
from etl.sources.cells import Cell, Reading
from etl.sources.usgs_mcs.marks import estimate_mark
from etl.sources.usgs_mcs.parties import split_party
from etl.sources.usgs_mcs.table import Table, missing_columns, repeated_columns, wrong_edition
from etl.sources.values import fold

# "Prod_kt_est_2023", "Reserves_ore_K2O_equiv_kt", "Cap_Pigment_t_2023": the unit is part of the name.
_WITH_UNIT = re.compile(
    r"(?P<measure>Prod|Reserves|Cap)(?P<sub>(?:_[A-Za-z0-9]+?)*?)_(?P<unit>[A-Za-z]+)(?P<est>_est)?(?:_(?P<year>\d{4}))?",
    re.IGNORECASE,
)
# "PROD_2023", "PROD_EST_ 2024": the unit has a column of its own.
_WITHOUT_UNIT = re.compile(r"(?P<measure>PROD|CAP|RESERVES)(?P<est>_EST)?_(?P<year>\d{4})", re.IGNORECASE)
_NOTE = re.compile(r"(?P<measure>Prod|Reserves?|Cap)_notes?", re.IGNORECASE)
_EXAMPLES = ("Prod_t_2022", "Prod_t_est_2023", "Prod_notes", "Reserves_t", "Reserves_notes", "Cap_t_2023", "Cap_notes")
_EXAMPLES_SINGLE = (
    "PROD_2023",
    "PROD_EST_ 2024",
    "PROD_NOTES",
    "CAP_2023",
    "CAP_NOTES",
    "RESERVES_2024",
    "RESERVE_NOTES",
)
_NUMBER_OR_CODE = re.compile(r"[\s\d,.<>~-]*\d[\s\d,.]*|NA|W|XX", re.IGNORECASE)
_NUMBER = re.compile(r"[<>]?[\s\d,.]*\d[\s\d,.]*")
_PROSE_WORDS = 4


@dataclass(frozen=True, slots=True)
class _Column:
    index: int
    name: str
    measure: str
    unit: str
    year: str
    estimated: bool
    note_index: int | None


@dataclass(slots=True)
class _Layout:
    values: list[_Column]
    notes: list[int]
    unnamed: list[int]
    faults: list[Fault]


def read_per_commodity(table: Table, label: str, edition: str, commodity: str) -> Reading:
    """Read a world file of one commodity.

    Args:
        table: Its records.
        label: The file's name in messages.
        edition: The edition that it belongs to.
        commodity: The code of the commodity in the file's name.
    """
    faults = list(table.faults)
    header = _with_type(table)
    faults += missing_columns(header, ("Source", "Country", "Type"), label) + repeated_columns(header, label)
    layout = _layout(header, ("source", "country", "type"), label, edition, single=False)
    faults += layout.faults
    if any(fault.row in (None, 1) for fault in faults):
        return Reading(faults=faults)
    reading = Reading(faults=faults)
    at = {name.casefold(): index for index, name in enumerate(header) if name}
    for row, record in table.records:
        said = _Said(record[at["country"]], fold(record[at["type"]]), commodity, "")
        reading.faults += _row_faults(record[at["source"]], said, label, row, edition)
        reading.faults += _stray_faults(record, layout, header, label, row)
        reading.cells.extend(_cells(row, record, layout, said))
        reading.cells.extend(_stray_cells(row, record, layout, header, said))
    return reading if not reading.faults else Reading(faults=reading.faults)


def read_single(table: Table, label: str, edition: str) -> Reading:
    """Read the one world file of all commodities.

    Args:
        table: Its records.
        label: The file's name in messages.
        edition: The edition that it belongs to.
    """
    header = table.header
    keys = ("source", "commodity", "country", "type", "unit_meas")
    faults = list(table.faults) + missing_columns(header, [key.upper() for key in keys], label)
    faults += repeated_columns(header, label)
    layout = _layout(header, keys, label, edition, single=True)
    faults += layout.faults
    if any(fault.row in (None, 1) for fault in faults):
        return Reading(faults=faults)
    reading = Reading(faults=faults)
    at = {name.casefold(): index for index, name in enumerate(header) if name}
    for row, record in table.records:
        said = _Said(
            record[at["country"]], fold(record[at["type"]]), record[at["commodity"]], record[at["unit_meas"]].strip()
        )
        reading.faults += _row_faults(record[at["source"]], said, label, row, edition)
        reading.faults += _note_faults(record, layout, header, label, row)
        reading.cells.extend(_cells(row, record, layout, said))
    return reading if not reading.faults else Reading(faults=reading.faults)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a row says of all its values."""

    country: str
    type: str
    commodity: str
    unit: str


def _with_type(table: Table) -> list[str]:
    """Return the header with `Type` where the series itself stands in its place (2024 fluorspar)."""
    header = list(table.header)
    place = 2
    if "type" in {name.casefold() for name in header} or len(header) <= place or not header[place]:
        return header
    if {fold(record[place]) for _, record in table.records} == {fold(header[place])}:
        header[place] = "Type"
    return header


def _layout(header: list[str], keys: tuple[str, ...], label: str, edition: str, *, single: bool) -> _Layout:
    pattern, examples = (_WITHOUT_UNIT, _EXAMPLES_SINGLE) if single else (_WITH_UNIT, _EXAMPLES)
    notes = {
        match["measure"].casefold().removesuffix("s"): index
        for index, name in enumerate(header)
        if (match := _NOTE.fullmatch(re.sub(r"\s", "", name)))
    }
    layout = _Layout([], list(notes.values()), [index for index, name in enumerate(header) if not name], [])
    for index, name in enumerate(header):
        if not name or name.casefold() in keys or index in layout.notes:
            continue
        match = pattern.fullmatch(re.sub(r"\s", "", name))
        fault = _column_fault(name, match, examples, label, edition)
        if fault or match is None:
            layout.faults += [fault] if fault else []
            continue
        said = match.groupdict()
        measure = " ".join([said["measure"], *filter(None, (said.get("sub") or "").split("_"))])
        is_reserves = said["measure"].casefold() == "reserves"
        layout.values.append(
            _Column(
                index=index,
                name=name,
                measure=measure,
                unit=said.get("unit") or "",
                # Reserves belong to the edition, whatever year their column names.
                year="" if is_reserves else said["year"] or "",
                estimated=bool(said["est"]),
                note_index=notes.get(said["measure"].casefold().removesuffix("s")),
            )
        )
    if not layout.values and not layout.faults:
        layout.faults.append(Fault(label, 1, "", ",".join(header)[:120], "has no column of values"))
    return layout


def _column_fault(
    name: str, match: re.Match[str] | None, examples: tuple[str, ...], label: str, edition: str
) -> Fault | None:
    if match is None:
        return Fault(
            label, 1, name, "", "is an unknown column", nearest(name, examples) or f"Known: {', '.join(examples)}"
        )
    year = match["year"]
    if year is None and match["measure"].casefold() != "reserves":
        return Fault(label, 1, name, "", "names no year", nearest(name, examples))
    if year is not None and not 0 <= int(edition) - int(year) <= 2:
        problem = f"is no year that edition {edition} covers"
        return Fault(label, 1, name, year, problem, f"Expected {int(edition) - 2} or {int(edition) - 1}")
    return None


def _row_faults(source: str, said: _Said, label: str, row: int, edition: str) -> list[Fault]:
    faults = []
    if wrong_edition(source, edition):
        faults.append(Fault(label, row, "Source", source, f"is not edition {edition}", f"Expected MCS{edition}"))
    if not said.country.strip():
        faults.append(
            Fault(label, row, "Country", "", "is blank in a row with values", "The row is shifted or damaged")
        )
    if not fold(said.commodity):
        faults.append(
            Fault(label, row, "Commodity", "", "is blank in a row with values", "The row is shifted or damaged")
        )
    return faults


def _cells(row: int, record: list[str], layout: _Layout, said: _Said) -> Iterator[Cell]:
    party, words = split_party(said.country)
    series = f"{said.type} ({words})" if words else said.type
    for column in layout.values:
        note = record[column.note_index].strip() if column.note_index is not None else ""
        yield Cell(
            row=row,
            column=column.name,
            table_kind="world",
            commodity=said.commodity,
            series=series,
            measure=column.measure,
            party=party,
            year=column.year,
            unit=column.unit or said.unit,
            value=record[column.index],
            marks=estimate_mark(
                in_column=column.estimated,
                # "Mine production, estimated" says nothing of the reserves beside it.
                series=said.type if column.year else "",
                note=note,
                year=column.year,
            ),
            note=note,
        )


def _stray_faults(record: list[str], layout: _Layout, header: list[str], label: str, row: int) -> list[Fault]:
    """Find texts under no header that neither repeat the row nor are remarks, and numbers that slipped into a note."""
    faults = [
        Fault(
            label,
            row,
            f"column {index + 1}",
            record[index],
            "is a value in a column without a name",
            "The row is shifted",
        )
        for index in layout.unnamed
        if record[index].strip() and not _is_remark(record[index]) and not _repeats(record, index)
    ]
    for index in layout.notes:
        if _NUMBER_OR_CODE.fullmatch(record[index].strip()) and _is_shifted(record, index, layout):
            problem = "is a number or code where a note belongs, and the value beside it is blank"
            faults.append(Fault(label, row, header[index], record[index], problem, "The row is shifted"))
    return faults


def _note_faults(record: list[str], layout: _Layout, header: list[str], label: str, row: int) -> list[Fault]:
    """Find numbers among the notes of the single file, where codes such as NA explain blank values."""
    return [
        Fault(label, row, header[index], record[index], "is a number where a note belongs", "The row is shifted")
        for index in layout.notes
        if _NUMBER.fullmatch(record[index].strip())
    ]


def _stray_cells(row: int, record: list[str], layout: _Layout, header: list[str], said: _Said) -> Iterator[Cell]:
    """Yield what stands where no column says what it is, so that the ledger shows it."""
    strays = [(index, f"column {index + 1}") for index in layout.unnamed if record[index].strip()]
    strays += [(index, header[index]) for index in layout.notes if _NUMBER.fullmatch(record[index].strip())]
    for index, name in strays:
        yield Cell(
            row=row,
            column=name,
            table_kind="stray",
            commodity=said.commodity,
            series=said.type,
            party=said.country,
            value=record[index],
        )


def _is_remark(text: str) -> bool:
    return len(text.split()) >= _PROSE_WORDS and not _NUMBER_OR_CODE.fullmatch(text.strip())


def _repeats(record: list[str], index: int) -> bool:
    return _bare(record[index]) in {_bare(text) for text in record[:index]}


def _bare(text: str) -> str:
    return re.sub(r"[\s,]", "", text).casefold()


def _is_shifted(record: list[str], note_index: int, layout: _Layout) -> bool:
    beside = [column for column in layout.values if column.note_index == note_index and column.index < note_index]
    return any(not record[column.index].strip() for column in beside)

"""Find the parts of a world table on its sheet: title, unit line, header blocks, body, footnotes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from etl.faults import Fault
from etl.sources.usgs_myb.labels import are_marks, split_marks
from etl.sources.usgs_myb.workbook import Row
from etl.sources.values import fold

_TABLE = re.compile(r"TABLE\s*\d+.*", re.IGNORECASE)
_UNIT = re.compile(r"[(\[](?P<unit>.*)[)\]][\s\d,]*")
_HEADER = re.compile(r"(?:country|countries|locality|nation)\b.*", re.IGNORECASE)
_YEAR = re.compile(r"(?P<year>(?:18|19|20)\d\d)[\s,]*(?P<marks>.*)")
_LEGEND = re.compile(
    r"(?:[erp]\s?(?:Estimated|Revised|Preliminary)\b|-+\s*Zero\b|W\s?Withheld\b|NA\s?Not\b|XX\s?Not\b|r,\s?e\b|"
    r"See footnotes|Do\.,? ).*",
    re.IGNORECASE,
)
_FOOTNOTE = re.compile(r"(?P<number>\d{1,2})\s?(?P<text>(?!\d|%).{12,}(?<!:))", re.DOTALL)
_WORLD = re.compile(
    r"(?P<commodity>.+?)\s*[:,]\s*(?P<measure>(?:(?:ESTIMATED|PRIMARY|ANNUAL|SECONDARY) )*WORLD\b.*?\bPRODUCTION\b.*?)"
    r"[\s,]*\bBY COUNTR(?:Y|IES).*",
    re.IGNORECASE,
)
_WORLD_OF = re.compile(
    r"(?P<before>(?:ESTIMATED |ANNUAL )*WORLD\b.*?\bPRODUCTION) OF (?P<commodity>.+?)[\s,]*\bBY COUNTR(?:Y|IES).*",
    re.IGNORECASE,
)
_YEARS_EXPECTED = 5

_Split = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Column:
    """A value column.

    Attributes:
        index: 0-based place on the sheet.
        header: Its header as printed.
        measure: What the header says beside the year: "Li content".
        marks: Flags and footnotes of the header.
    """

    index: int
    header: str
    year: str
    measure: str
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A header and the rows below it, up to the next header; `rows` are 0-based rows of the sheet."""

    header_row: int
    columns: tuple[Column, ...]
    rows: range


@dataclass(slots=True)
class Table:
    """A world production table.

    Attributes:
        commodity: What the title says before "WORLD".
        measure: What the title says is counted: "WORLD MINE PRODUCTION".
        unit: The unit line's unit: "Metric tons".
        what: What else the unit line says: "cobalt content".
        footnotes: Texts by number.
    """

    sheet: str
    commodity: str
    measure: str
    unit: str = ""
    what: str = ""
    blocks: list[Block] = field(default_factory=list)
    footnotes: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @property
    def years(self) -> list[str]:
        """All years of the table, in order."""
        return sorted({column.year for block in self.blocks for column in block.columns})


def title_of(rows: list[Row]) -> str:
    """Return a sheet's title: the texts above the unit line or the header, without the table's number."""
    parts = []
    for row in rows[:12]:
        text = fold(next((cell for cell in row if cell.strip()), ""))
        if _UNIT.fullmatch(text) or _HEADER.match(text) or _years_in(row):
            break
        if text and not _TABLE.fullmatch(text):
            parts.append(text)
    return " ".join(parts)


def world_title(title: str) -> tuple[str, str] | None:
    """Return (commodity, measure) of a world production table's title, None for any other title."""
    if re.search(r"\bcapacity\b", title, re.IGNORECASE):
        return None
    match = _WORLD.fullmatch(title)
    if match:
        return match["commodity"], match["measure"]
    match = _WORLD_OF.fullmatch(title)
    return (match["commodity"], match["before"]) if match else None


def looks_like_world_table(rows: list[Row]) -> bool:
    """Say whether a sheet has a header of countries and of five years, whatever its title says."""
    return any(row and _HEADER.match(fold(row[0])) and len(_years_in(row)) >= _YEARS_EXPECTED for row in rows)


def read_table(sheet: str, rows: list[Row], superscripts: _Split, label: str) -> Table:
    """Find the parts of a world table; what is missing or unknown is a fault of the table."""
    title = title_of(rows)
    commodity, measure = world_title(title) or (title, "")
    table = Table(sheet, commodity, measure)
    file = f"{label} ({sheet})"
    headers = [i for i, row in enumerate(rows) if row and _HEADER.match(fold(row[0])) and _has_years(rows, i)]
    if not headers:
        hint = "Expected a row that begins with 'Country or locality' and names the years"
        table.faults.append(Fault(file, None, "", "", "has no header row", hint))
        return table
    _read_unit(rows[: headers[0]], table, file)
    tail = _tail(rows, headers[0])
    _read_footnotes(rows, tail, table, file)
    for number, header in enumerate(headers):
        end = _top_of(rows, headers[number + 1]) if number + 1 < len(headers) else tail
        columns = _columns(rows, header, superscripts, table.faults, file)
        table.blocks.append(Block(header, tuple(columns), range(header + 1, _end_of_body(rows, header + 1, end))))
    _check_years(table, file, headers[0])
    return table


def _read_unit(rows: list[Row], table: Table, file: str) -> None:
    for row in rows:
        match = _UNIT.fullmatch(fold(next((cell for cell in row if cell.strip()), "")))
        if match:
            printed = re.sub(r",? *unless otherwise.*", "", fold(match["unit"]), flags=re.IGNORECASE)
            table.unit, _, table.what = (part.strip() for part in printed.partition(","))
            return
    table.faults.append(
        Fault(file, None, "", "", "has no unit line", "Expected a line such as '(Metric tons, cobalt content)'")
    )


def _years_in(row: Row) -> list[str]:
    return [match["year"] for cell in row[1:] if (match := _year(cell))]


def _year(cell: str) -> re.Match[str] | None:
    match = _YEAR.fullmatch(fold(cell))
    return match if match and (not match["marks"] or are_marks(match["marks"])) else None


def _has_years(rows: list[Row], at: int) -> bool:
    return any(_years_in(row) for row in rows[_top_of(rows, at) : at + 1])


def _top_of(rows: list[Row], header: int) -> int:
    """Return the first row of a header: rows without a label that stand directly above belong to it."""
    top = header
    while top and rows[top - 1] and not rows[top - 1][0].strip() and any(cell.strip() for cell in rows[top - 1]):
        top -= 1
    return top


def _tail(rows: list[Row], header: int) -> int:
    """Return where the footnotes begin: the first legend or numbered note below which no value stands."""
    for i in range(header + 1, len(rows)):
        text = fold(rows[i][0]) if rows[i] else ""
        if any(cell.strip() for cell in rows[i][1:]) or not (_LEGEND.fullmatch(text) or _FOOTNOTE.fullmatch(text)):
            continue
        # A footnote of the first page of two does not end the table: a further header does follow it.
        if not any(row and _HEADER.match(fold(row[0])) and _years_in(row) for row in rows[i + 1 :]):
            return i
    return len(rows)


def _end_of_body(rows: list[Row], start: int, end: int) -> int:
    """Cut a block off where a page ends: at a legend, or where the title is repeated."""
    for i in range(start, end):
        text = fold(rows[i][0]) if rows[i] else ""
        if _TABLE.fullmatch(text) or (_LEGEND.fullmatch(text) and not any(cell.strip() for cell in rows[i][1:])):
            return i
    return end


def _read_footnotes(rows: list[Row], tail: int, table: Table, file: str) -> None:
    number = ""
    for i in range(tail, len(rows)):
        for j, cell in enumerate(rows[i][1:], 1):
            if cell.strip():
                hint = "Below a table's footnotes nothing else is expected"
                table.faults.append(Fault(file, i + 1, f"column {j + 1}", cell, "stands below the footnotes", hint))
        text = fold(rows[i][0]) if rows[i] else ""
        match = _FOOTNOTE.fullmatch(text)
        if match:
            number = match["number"]
            table.footnotes[number] = match["text"]
        elif text and number:
            table.footnotes[number] += f" {text}"


def _columns(rows: list[Row], header: int, superscripts: _Split, faults: list[Fault], file: str) -> list[Column]:
    """Read a header: in its lowest row a text per value column, above it what spans several columns."""
    upper = [_spread(row, superscripts) for row in rows[_top_of(rows, header) : header]]
    columns: list[Column] = []
    for index, cell in enumerate(rows[header]):
        text = fold(cell)
        if not index or not text:
            continue
        if are_marks(text):
            if columns and columns[-1].index == index - 1:
                last = columns[-1]
                columns[-1] = Column(last.index, last.header, last.year, last.measure, last.marks + split_marks(text))
                continue
            faults.append(Fault(file, header + 1, f"column {index + 1}", text, "is a flag of no column", ""))
            continue
        parts = [row[index] for row in upper if index < len(row) and row[index]] + [_without_marks(text, superscripts)]
        column = _column(index, parts)
        if column is None:
            hint = "Expected a year, or a year above it"
            faults.append(Fault(file, header + 1, f"column {index + 1}", text, "is an unknown column", hint))
        else:
            columns.append(column)
    for one, other in _doubles(columns):
        problem = f"has the year and measure of column {one.index + 1}"
        faults.append(Fault(file, header + 1, f"column {other.index + 1}", other.header, problem, ""))
    return columns


def _without_marks(text: str, superscripts: _Split) -> str:
    return fold(superscripts[text][0]) if text in superscripts and not _YEAR.fullmatch(text) else text


def _spread(row: Row, superscripts: _Split) -> Row:
    """Let each text of an upper header row hold for the columns to its right, up to the next text."""
    spread, last = [], ""
    for index, cell in enumerate(row):
        last = (_without_marks(fold(cell), superscripts) or last) if index else ""
        spread.append(last)
    return spread


def _column(index: int, parts: list[str]) -> Column | None:
    years = [match for part in parts if (match := _year(part))]
    if len(years) != 1:
        return None
    measure = " ".join(part for part in parts if not _year(part))
    header = ", ".join([years[0]["year"], measure] if measure else [years[0]["year"]])
    return Column(index, header, years[0]["year"], measure, split_marks(years[0]["marks"]))


def _doubles(columns: list[Column]) -> list[tuple[Column, Column]]:
    seen: dict[tuple[str, str], Column] = {}
    doubles = []
    for column in columns:
        first = seen.setdefault((column.year, column.measure), column)
        if first is not column:
            doubles.append((first, column))
    return doubles


def _check_years(table: Table, file: str, header: int) -> None:
    by_measure: dict[str, set[int]] = {}
    for block in table.blocks:
        for column in block.columns:
            by_measure.setdefault(column.measure, set()).add(int(column.year))
    for measure, years in by_measure.items():
        wanted = set(range(max(years) - _YEARS_EXPECTED + 1, max(years) + 1))
        if years != wanted:
            found = ", ".join(str(year) for year in sorted(years))
            hint = f"Expected five years in a row: {min(wanted)} to {max(wanted)}"
            table.faults.append(Fault(file, header + 1, measure, found, "are not the years of a table", hint))

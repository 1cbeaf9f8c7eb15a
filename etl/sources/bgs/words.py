"""From the publisher's records to cells: what is weighed, which code a value is, which marks and notes belong to it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from etl.sources.bgs.columns import (
    BOOK_STYLE,
    COMMODITY,
    COUNTRY,
    FIGURE_NOTES,
    PRECISION,
    QUANTITY,
    STATISTIC,
    STATUS,
    SUB_COMMODITY,
    UNITS,
    YEAR,
)
from etl.sources.bgs.export import Faults, read_export
from etl.sources.cells import Cell, Reading
from etl.sources.values import fold

NOTHING, NOT_AVAILABLE = "-----", "..."
_HALF = 0.5
_SEPARATOR = "|"
# Sentences of a figure's note that say what its quantity is of, not how it came about: they make another series.
_IS_OF = re.compile(
    r"[A-Z]\w*(?:(?:,| and) [A-Z]\w*)* content\b.*"  # "Li content.", "REO content. Assumed to be 60% of ..."
    r"|(?:Carbonate|Chloride|Hydroxide|Sulfate|Sulphate|Oxides?)\."
    r"|Including (?:palladium|platinum|rhodium)\."
    r"|Platinum group metals; all forms\."
)
_PRODUCT = re.compile(r"(Carbonate|Chloride|Hydroxide|Sulfate|Sulphate|Oxides?)\.")
_ESTIMATE = re.compile(r"estimate[ds]?\b", re.IGNORECASE)
_ELSEWHERE = re.compile(r"(Included (?:with|in|under|elsewhere))\b", re.IGNORECASE)
# Marks by the status code of a row; the codes for nothing, not available and below one half stand in the value.
_MARKS = {"E": "e", "P": "p"}
# What the reader adds to the series of a row that repeats other rows; the mapping leaves these out.
BESIDE = "beside its parts"
OTHER_NAME = "under its other name"
# So small a quantity can equal the sum of other rows by chance.
_TELLING = 100.0


@dataclass(frozen=True, slots=True)
class _Row:
    """A cell with what decides whether it repeats others; `codes` are the country's two ISO codes as printed."""

    cell: Cell
    sub_commodity: str
    codes: tuple[str, str]
    amount: float | None


def read(path: Path, label: str, edition: str) -> Reading:
    """Read every value of one export.

    Args:
        path: The CSV file.
        label: Its name in messages.
        edition: Its edition; the rows carry their own years.
    """
    export = read_export(path, label)
    faults = Faults(label)
    rows = [row for line, record in export.records if (row := _row(line, record, faults)) is not None]
    cells = _mark_repeats(_mark_other_names(rows))
    _check_unique(cells, faults)
    found = export.faults + faults.all()
    return Reading([] if found else cells, found)


def _row(line: int, record: dict[str, str], faults: Faults) -> _Row | None:
    sentences = [part for text in record[FIGURE_NOTES].split(_SEPARATOR) if (part := fold(text))]
    value = _value(line, record, sentences, faults)
    year = record[YEAR][:4]
    if int(year) > datetime.now(UTC).year:
        faults.add(line, YEAR, record[YEAR], "lies in the future", "Correct the year")
        return None
    if value is None:
        return None
    unit, sub_commodity = fold(record[UNITS]), fold(record[SUB_COMMODITY])
    marks = _MARKS.get(record[STATUS], "")
    if any(_ESTIMATE.match(sentence) for sentence in sentences):
        marks = "e"
    cell = Cell(
        row=line,
        column=QUANTITY,
        table_kind="world",
        commodity=record[COMMODITY],
        value=value,
        series=_series(sub_commodity, unit, sentences),
        # The unit's brackets say what is weighed, e.g. metal content: the mapping takes the basis from here.
        measure=f"{record[STATISTIC]}, {unit}",
        party=record[COUNTRY],
        year=year,
        unit=record[UNITS],
        marks=marks,
        note=record[FIGURE_NOTES],
    )
    codes = (record.get("country_iso2_code", ""), record.get("country_iso3_code", ""))
    return _Row(cell, sub_commodity, codes, _number(value))


def _series(sub_commodity: str, unit: str, sentences: Iterable[str]) -> str:
    """Say what the row is about: its sub-commodity, and what its note says it weighs where the unit does not."""
    said = [s for s in sentences if _IS_OF.fullmatch(s) and not ("content" in unit and " content" in s)]
    return " | ".join([part for part in (sub_commodity, *said) if part])


def _value(line: int, record: dict[str, str], sentences: list[str], faults: Faults) -> str | None:
    """Choose the text that says the value: quantity, or the code that the printed book has in its place.

    The export gives both, and a status: where they contradict one another, none is believed.
    """
    quantity, book, status = record[QUANTITY].strip(), record[BOOK_STYLE].strip(), record[STATUS]
    problem = _contradiction(quantity, book, status)
    if problem:
        shown = f"{quantity!r}, printed {book!r}, status {status!r}"
        faults.add(line, QUANTITY, shown, problem, "Fetch the file again, or correct the row in it")
        return None
    if status == "N":
        return record[PRECISION] or quantity
    if book == NOT_AVAILABLE:
        elsewhere = next((found for s in sentences if (found := _ELSEWHERE.match(s))), None)
        return elsewhere[1] if elsewhere else NOT_AVAILABLE
    # A code that nobody has seen yet goes on as it is: the interpretation asks for its meaning.
    return quantity if _number(book) is not None or (quantity and not book) else book


def _contradiction(quantity: str, book: str, status: str) -> str:
    """Say how quantity, printed form and status contradict one another, or nothing."""
    amount, printed = _number(quantity), _number(book)
    checks = (
        (amount is not None and amount < 0, "is negative"),
        (quantity != "" and amount is None, "is no number"),
        (book == NOTHING and quantity != "" and amount != 0, "is a quantity where nothing was produced"),
        (book == NOT_AVAILABLE and quantity != "", "is a quantity that is not available"),
        ((status == "O") != (book == NOT_AVAILABLE), "is available by one column and missing by another"),
        (status == "N" and amount is not None and amount >= _HALF, "is not below one half, as its status says"),
        (quantity == "" and printed is not None, "is blank, but printed"),
        (amount is not None and printed is not None and abs(amount - printed) > _HALF, "differs from the printed"),
    )
    return next((problem for holds, problem in checks if holds), "")


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None


def _mark_other_names(rows: list[_Row]) -> list[_Row]:
    """Mark the rows without a figure of a country whose figure of that year stands under its other name.

    Around 1990 there are rows both for the German Federal Republic and for Germany, one of them a mere `...`. Both ISO
    codes must agree: Congo (Brazzaville) shares its ISO3 with Congo (Kinshasa), Czechoslovakia its ISO2 with Serbia.
    """
    groups: defaultdict[tuple[str, ...], list[_Row]] = defaultdict(list)
    for row in rows:
        if all(row.codes):
            cell = row.cell
            groups[(*row.codes, cell.measure, cell.commodity, cell.series, cell.year)].append(row)
    repeats: set[int] = set()
    for group in groups.values():
        if len({row.cell.party for row in group}) > 1:
            told = [row for row in group if row.cell.value != NOT_AVAILABLE] or group[:1]
            repeats |= {row.cell.row for row in group if row not in told}
    return [replace(row, cell=_said(row.cell, OTHER_NAME)) if row.cell.row in repeats else row for row in rows]


def _said(cell: Cell, words: str) -> Cell:
    return replace(cell, series=" | ".join(part for part in (cell.series, words) if part))


def _mark_repeats(rows: list[_Row]) -> list[Cell]:
    """Mark the rows without sub-commodity that repeat the country's rows by sub-commodity of the same year.

    Chile's lithium of 1998 to 2009 stands both as one figure of products and product by product. A row repeats others
    if its note names a product that has a row of its own, or if it is exactly their sum.
    """
    parts: defaultdict[tuple[str, ...], list[_Row]] = defaultdict(list)
    for row in rows:
        if row.sub_commodity and "content" not in row.cell.series:
            parts[_place(row.cell)].append(row)
    return [
        _said(row.cell, BESIDE)
        if not row.sub_commodity and _repeats(row, parts.get(_place(row.cell), []))
        else row.cell
        for row in rows
    ]


def _place(cell: Cell) -> tuple[str, ...]:
    return cell.measure, cell.commodity, cell.party, cell.year


def _repeats(row: _Row, parts: list[_Row]) -> bool:
    products = [found.casefold() for found in _PRODUCT.findall(row.cell.series)]
    if any(product in part.sub_commodity.casefold() for product in products for part in parts):
        return True
    amounts = [part.amount for part in parts if part.amount]
    return bool(amounts) and row.amount is not None and row.amount >= _TELLING and row.amount == sum(amounts)


def _check_unique(cells: list[Cell], faults: Faults) -> None:
    """Refuse a second row of one series, country and year: pages of the export that overlap."""
    first: dict[tuple[str, ...], Cell] = {}
    for cell in cells:
        key = (*_place(cell), cell.series)
        other = first.setdefault(key, cell)
        if other is not cell:
            shown = f"{cell.party}, {cell.commodity}, {cell.series}, {cell.year}"
            hint = f"Row {other.row} says {other.value}, this one {cell.value}. Take one out, or fetch the file again"
            faults.add(cell.row, "", shown, "is a second row of one series, country and year", hint)

"""The columns of an export: which there must be, what may stand in them, and what becomes of each."""

from __future__ import annotations

import re
from dataclasses import dataclass

COUNTRY = "country_trans"
YEAR = "year"
UNITS = "units"
QUANTITY = "quantity"
BOOK_STYLE = "quantity_in_book_style"
STATISTIC = "bgs_statistic_type_trans"
COMMODITY = "bgs_commodity_trans"
SUB_COMMODITY = "bgs_sub_commodity_trans"
FIGURE_NOTES = "concat_figure_notes_text"
STATUS = "sdmx_code"
PRECISION = "data_precision_description"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the export.

    Attributes:
        use: What becomes of it: a part of the cell, a check on its row, or why it is not needed.
        required: A file without it cannot be read.
        pattern: What a value must look like as a whole; None where any text may stand.
        expected: The pattern in words.
    """

    use: str
    required: bool = False
    pattern: re.Pattern[str] | None = None
    expected: str = ""


def _checked(use: str, pattern: str, expected: str, *, required: bool = False) -> Column:
    return Column(use, required, re.compile(pattern), expected)


_NUMBER = r"(-?\d+(\.\d+)?(e-?\d+)?)?"
_DIGITS = r"\d*"

# Patterns do not judge the data (mappings do); they notice a row whose values slipped into the neighbouring column.
COLUMNS: dict[str, Column] = {
    COUNTRY: _checked("party", r".*[^\W\d_].*", "a country's name", required=True),
    YEAR: _checked(
        "year",
        r"[12]\d{3}(-01-01([ T]00:00:00(\.0+)?Z?)?)?",
        "a year, as 2023-01-01 00:00:00",
        required=True,
    ),
    UNITS: _checked("unit, and in its brackets what is weighed", r".*[^\W\d_].*", "a unit", required=True),
    QUANTITY: Column("value", required=True),
    BOOK_STYLE: Column("value where it is a code (-----, ...), else a check on quantity", required=True),
    STATISTIC: _checked("measure", r"[A-Z][a-z]+", "Production, Imports or Exports", required=True),
    COMMODITY: _checked("commodity", r".*[^\W\d_].*", "a commodity", required=True),
    SUB_COMMODITY: Column("series", required=True),
    FIGURE_NOTES: Column("note, estimate mark, and what is weighed", required=True),
    STATUS: _checked("check on value and code", r"[AENOP]", "A, E, N, O or P", required=True),
    PRECISION: Column("value where it says that a quantity is below one half", required=True),
    "country_iso2_code": _checked("check on the row; NA is Namibia", r"([A-Z]{2})?", "two capitals or blank"),
    "country_iso3_code": _checked(
        "check on the row; not the key: Congo (Brazzaville) bears COD, Kosovo 1A0, Rhodesia none",
        r"([A-Z0-9]{3})?",
        "three capitals or blank",
    ),
    "x": _checked("check on the row; a point to draw the country at", _NUMBER, "a longitude"),
    "y": _checked("check on the row; a point to draw the country at", _NUMBER, "a latitude"),
    "pole_of_inaccessibility_longitude": _checked("check on the row; repeats x", _NUMBER, "a longitude"),
    "pole_of_inaccessibility_latitude": _checked("check on the row; repeats y", _NUMBER, "a latitude"),
    "bgs_commodity_code": _checked("check on the row; repeats commodity and sub-commodity", _DIGITS, "digits"),
    "yearbook_table_id": _checked("check on the row; repeats commodity", _DIGITS, "digits"),
    "cgi_commodity_url": _checked("check on the row; repeats commodity", r"(https?://\S+)?", "an address or blank"),
    "yearbook_table_trans": Column("not needed: repeats statistic and commodity"),
    "erml_group": Column("not needed: another classification of the commodity"),
    "erml_commodity": Column("not needed: another classification of the commodity"),
    "erml_sub_commodity": Column("not needed: another classification of the commodity"),
    "sdmx_translation": Column("not needed: sdmx_code in words"),
    "concat_figure_notes_code": Column("not needed: the marks of the notes whose text is read"),
    "concat_table_notes_code": Column("not needed: the marks of the notes of the whole table"),
    "concat_table_notes_text": Column("not needed: notes of a whole table; the mappings cite them as evidence"),
}
REQUIRED = tuple(name for name, column in COLUMNS.items() if column.required)

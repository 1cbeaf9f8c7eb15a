"""The publisher's words that workbooks and extract share: quality of a row, parts of a country, the total."""

from __future__ import annotations

import re

from etl.faults import Fault, nearest
from etl.sources.values import fold

TOTAL = "total"
# In this source `r` means reported, not revised: reported figures bear no mark.
_MARKS = {
    "": "",
    "nan": "",
    "r": "",
    "reported": "",
    "reported figure": "",
    "e": "e",
    "estimate": "e",
    "estimated": "e",
    "estimated figure": "e",
    "p": "p",
    "provisional": "p",
    "provisional figure": "p",
}
# Older editions give Russia as "Russia, Asia" and "Russia, Europe": parts that together are the country.
_PART = re.compile(r".+, (?:Asia|Europe|Africa|America|Oceania)")


def marks_of(text: str, file: str, row: int, column: str) -> tuple[str, Fault | None]:
    """Return the mark for a row's quality, or a fault where the word is unknown."""
    mark = _MARKS.get(fold(text).casefold())
    if mark is not None:
        return mark, None
    hint = f"{nearest(text, _MARKS)}. Expected: reported (r), estimate (e), provisional (p)".lstrip(". ")
    return "", Fault(file, row, column, text, "is no known quality of a figure", hint)


def series_of(party: str) -> str:
    """Return a series of its own for a part of a country, so that its parts stay apart; else blank."""
    return fold(party) if _PART.fullmatch(fold(party)) else ""


def is_total(name: str) -> bool:
    """Whether a row's name says that it is the world total."""
    return fold(name).casefold() == TOTAL

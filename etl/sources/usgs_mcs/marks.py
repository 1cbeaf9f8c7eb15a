"""Reads from column names, series and notes whether a value is an estimate."""

from __future__ import annotations

import re

_SAID_ESTIMATED = re.compile(r"\bestimated\b", re.IGNORECASE)
_NOTE_ESTIMATED = re.compile(r"(?:also )?estimated (?:in|for)?\s*(?P<year>\d{4})", re.IGNORECASE)
_NOTE_ALSO = re.compile(r"(?:in|for) (?P<year>\d{4}) (?:is|are|was|were) (?:also )?estimated", re.IGNORECASE)
_NOTE_REPORTED = re.compile(r"reported(?: quantity)?(?: in (?P<year>\d{4}))?\W*", re.IGNORECASE)


def estimate_mark(*, in_column: bool, series: str, note: str, year: str) -> str:
    """Return `e` for an estimate, else an empty string.

    Args:
        in_column: The column's name says that its values are estimates.
        series: What the row is about; "Mine production, estimated" speaks of every value of its kind.
        note: The note that belongs to the value; "Reported in 2022" takes the mark off, "Also estimated in 2022"
            sets it.
        year: The year of the value.
    """
    reported = _NOTE_REPORTED.match(note.strip())
    if reported and reported["year"] in (None, year):
        return ""
    named = {match["year"] for pattern in (_NOTE_ESTIMATED, _NOTE_ALSO) for match in pattern.finditer(note)}
    return "e" if in_column or year in named or _SAID_ESTIMATED.search(series) else ""

"""Whether a number or a date agrees with the words that it was read from."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_FRACTION = re.compile(r"(\d+)/(\d+)")
_YEAR = re.compile(r"(?<!\d)(?:1[6-9]|20|21)\d{2}(?!\d)")
_MONTH = re.compile(r"(\d{1,2})\s*月")
_DAY = re.compile(r"(\d{1,2})\s*日|(?:[A-Z][a-z]{2,8}\.?)\s+(\d{1,2})(?!\d)")
# Numerals in words; 千, 万 and 亿 scale the digits before them and belong to the unit.
_IN_WORDS = re.compile("[零〇一二两三四五六七八九十百半几数]")


def agrees(value: str, literal: str, *, is_date: bool) -> bool:
    """Tell whether a value stands in a literal, or the literal says nothing in digits that could contradict it.

    Args:
        value: A plain decimal number, or a date `YYYY-MM-DD`.
        literal: Words as printed, in Chinese or English; digits in any width.
        is_date: Whether the value is a date. Of a date known to the year or month only what is printed counts.
    """
    text = unicodedata.normalize("NFKC", literal)
    if is_date:
        return _date_agrees(date.fromisoformat(value), text)
    return _number_agrees(float(value), re.sub(r"[\s,]", "", text))


def _number_agrees(value: float, text: str) -> bool:
    printed = [float(number) for number in _NUMBER.findall(text)]
    if not printed or _IN_WORDS.search(text):
        return True
    parts = [int(part) / int(whole) for part, whole in _FRACTION.findall(text) if int(whole)]
    return any(abs(abs(value) - number) <= 1e-5 * number for number in (*printed, *parts))


def _date_agrees(value: date, text: str) -> bool:
    # The first of January may stand for a year, the first of a month for the month.
    known = [(_YEAR, value.year)]
    known += [(_MONTH, value.month)] if (value.month, value.day) != (1, 1) else []
    known += [(_DAY, value.day)] if value.day != 1 else []
    for pattern, part in known:
        printed = [int(match[match.lastindex or 0]) for match in pattern.finditer(text)]
        if printed and part not in printed:
            return False
    return True

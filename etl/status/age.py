"""Ages on the command line: 90m, 36h, 7d."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGE = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) ?([smhdw])", re.ASCII)


def parse_age(text: str) -> timedelta:
    """Read an age: a number and one of the units s, m, h, d, w.

    Raises:
        ValueError: It is none.
    """
    found = _AGE.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError(f"{text!r} is no age. Write a number and a unit: 90m, 36h, 7d (s, m, h, d or w).")
    try:
        return timedelta(**{_UNITS[found[2]]: float(found[1])})
    except OverflowError:
        raise ValueError(f"{text!r} is more than there is time. Write something like 90m, 36h or 7d.") from None


def age_words(age: timedelta) -> str:
    """Write an age in its two largest units: 3 d 4 h, 36 h 5 min, 12 s."""
    seconds = max(int(age.total_seconds()), 0)
    parts = ((seconds // 86400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s"))
    first = next((place for place, (count, _) in enumerate(parts) if count), len(parts) - 1)
    return " ".join(f"{count} {unit}" for count, unit in parts[first : first + 2] if count) or "0 s"

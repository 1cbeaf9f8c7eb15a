"""What the text of a value cell says: a number, a bound, a range, a code, or nothing that can be told."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass


class UnreadableValueError(Exception):
    """Raised where a text is neither a number nor a known code: it must be mapped, never guessed."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(f"cannot tell what {text!r} says")


@dataclass(frozen=True, slots=True)
class Value:
    """A read value.

    Attributes:
        value: The number that the text says, None for a code, bound or range.
        low: Lower end of a range or bound.
        high: Upper end of a range or bound.
        flag: One of the value flags of the public schema, e.g. `reported`, `withheld`, `range`.
        is_estimated: The text itself bears an estimate mark (`e5,000`).
    """

    value: float | None
    low: float | None
    high: float | None
    flag: str
    is_estimated: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """What a publisher's code means; `value`, `low`, `high` where it says something about the amount."""

    flag: str
    value: float | None = None
    low: float | None = None
    high: float | None = None


_NUMBER = r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|-?\.\d+"
# Digits of other scripts are none of a publisher's numbers.
_FLAGS = re.IGNORECASE | re.ASCII
_PLAIN = re.compile(rf"(?P<mark>e ?)?(?P<number>{_NUMBER})%?", _FLAGS)
_BOUND = re.compile(rf"(?P<sign>[<>≤≥])\s*(?P<mark>e ?)?(?P<number>{_NUMBER})%?", _FLAGS)
_RANGE = re.compile(rf"(?P<low>{_NUMBER})\s*(?:-|to)\s*(?P<high>{_NUMBER})%?", _FLAGS)
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))


def fold(text: str) -> str:
    """Fold width, non-breaking blanks and runs of blanks; the words stay as they are."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def parse_value(text: str, codes: Mapping[str, Code]) -> Value:
    """Read the text of a value cell.

    Args:
        text: The text as printed.
        codes: The publisher's codes, by folded lower-case text (`w`, `na`, `-`, `large`).

    Raises:
        UnreadableValueError: The text is neither number nor code.
    """
    folded = fold(text)
    code = codes.get(folded.casefold()) or codes.get(folded.translate(_DASHES).casefold())
    if code:
        return Value(code.value, code.low, code.high, code.flag)
    plain = folded.translate(_DASHES)
    if match := _PLAIN.fullmatch(plain):
        number = _number(match["number"])
        estimated = match["mark"] is not None
        return Value(number, None, None, "estimated" if estimated else "zero" if number == 0 else "reported", estimated)
    if match := _BOUND.fullmatch(plain):
        number = _number(match["number"])
        if match["sign"] in "<≤":
            return Value(None, 0.0 if number >= 0 else None, number, "less_than", match["mark"] is not None)
        return Value(None, number, None, "greater_than", match["mark"] is not None)
    if match := _RANGE.fullmatch(plain):
        low, high = _number(match["low"]), _number(match["high"])
        if low <= high:
            return Value(None, low, high, "range")
    raise UnreadableValueError(text)


def _number(text: str) -> float:
    return float(text.replace(",", ""))

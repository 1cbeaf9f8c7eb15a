"""JSON that keeps numbers exact: no digit of a decimal or a float is lost, and what JSON cannot say is null."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

_string = json.JSONEncoder(ensure_ascii=False).encode


def json_lines(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Write rows as one JSON array, an object a line; dates are ISO text, lists arrays."""
    keys = [f"{_string(name)}: " for name in names]
    before = "[\n"
    for row in rows:
        members = [key + _VALUES.get(type(value), _other)(value) for key, value in zip(keys, row, strict=True)]
        yield f"{before}{{{', '.join(members)}}}"
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def value_text(value: Any) -> str:  # noqa: ANN401 - any value of a table
    """Write one value as JSON."""
    return _VALUES.get(type(value), _other)(value)


def _other(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_string(str(key))}: {value_text(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(value_text, value)) + "]"
    return _string(str(value))


# Python's own JSON knows no decimals but as floats, so the numbers are written here.
_VALUES: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "null",
    bool: lambda value: "true" if value else "false",
    int: str,
    float: lambda value: repr(value) if math.isfinite(value) else "null",
    Decimal: lambda value: format(value, "f") if value.is_finite() else "null",
    date: lambda value: f'"{value.isoformat()}"',
    datetime: lambda value: f'"{value.isoformat()}"',
    str: _string,
}

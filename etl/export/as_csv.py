"""CSV that scripts read exactly and that nothing happens in when a spreadsheet opens it.

A text that begins like a formula gets an apostrophe before it (`etl.spreadsheet.harmless`); numbers stay digits, and
negative ones are no formulas. An empty text is `""`, an unknown value is nothing. Lines end with a line feed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from etl.export.as_json import value_text as json_text
from etl.spreadsheet import harmless

# Excel takes a file without it for the system's old encoding and garbles every Chinese name.
BOM = "\ufeff"
_QUOTED = re.compile(r'[",\r\n]|^$')


def csv_lines(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Write a heading and rows as lines of CSV, each with its line feed."""
    yield ",".join(map(_text, names)) + "\n"
    for row in rows:
        yield ",".join([_CELLS.get(type(value), _other)(value) for value in row]) + "\n"


def _text(text: str) -> str:
    safe = harmless(text)
    return '"' + safe.replace('"', '""') + '"' if _QUOTED.search(safe) else safe


def _other(value: Any) -> str:  # noqa: ANN401 - a list or a structure
    return _text(json_text(value))


_CELLS: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "",
    bool: lambda value: "true" if value else "false",
    int: str,
    float: repr,
    Decimal: lambda value: format(value, "f"),
    date: date.isoformat,
    datetime: datetime.isoformat,
    str: _text,
}

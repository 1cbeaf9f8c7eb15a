"""The explanation as one JSON object: the tree of records, with exact numbers."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from etl.ask.names import Named
from etl.explain.model import Explanation
from etl.explain.words import headline

# Changes with the shape of the object: a key that goes or means something else makes it 2.
_VERSION = "orebloc.explain/1"


def json_record(explanation: Explanation) -> dict[str, Any]:
    """Return the explanation as what `json.dumps` takes: dates as ISO text, what is unknown as null."""
    said = {"version": _VERSION, "headline": headline(explanation.question, explanation.answer)}
    return {**said, **_plain(explanation)}


def _plain(thing: Any) -> Any:  # noqa: ANN401 - any value of the tree
    if isinstance(thing, Named):
        return {"code": thing.code, "name_en": thing.name_en, "name_zh": thing.name_zh or None}
    if is_dataclass(thing):
        return {field.name: _plain(getattr(thing, field.name)) for field in fields(thing)}
    if isinstance(thing, dict):
        return {key: _plain(value) for key, value in thing.items()}
    if isinstance(thing, tuple):
        return [_plain(entry) for entry in thing]
    if isinstance(thing, date):
        return thing.isoformat()
    return None if thing == "" else thing

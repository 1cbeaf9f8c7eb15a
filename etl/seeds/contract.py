"""Seed contracts: which columns a kind of seed has, of which type, and what they refer to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a seed, in the vocabulary of Frictionless Table Schema.

    Attributes:
        references: `kind.column` whose values are the closed list for this column, or empty.
        is_list: The cell holds several values joined by ";".
        literal: Column with the words as printed: a number or date of this column must agree with those in them.
        named_by: Column with the name as printed: where it is a name in the referenced kind, the code must be its own.
    """

    name: str
    type: str = "text"
    required: bool = False
    enum: tuple[str, ...] = ()
    pattern: str = ""
    minimum: float | None = None
    maximum: float | None = None
    references: str = ""
    is_list: bool = False
    literal: str = ""
    named_by: str = ""
    title: str = ""


@dataclass(frozen=True)
class Contract:
    """What one kind of seed file must look like. `files` are globs below `seeds/`."""

    kind: str
    title: str
    grain: str
    files: tuple[str, ...]
    primary_key: tuple[str, ...]
    fields: tuple[Field, ...]

    @cached_property
    def names(self) -> list[str]:
        """Column names, in order."""
        return [field.name for field in self.fields]


def _field(spec: dict[str, Any]) -> Field:
    values = dict(spec)
    values["enum"] = tuple(values.get("enum", ()))
    values["is_list"] = values.pop("list", False)
    return Field(**values)


def load_contracts(folder: Path) -> dict[str, Contract]:
    """Read every contract of `folder`, by kind."""
    contracts = {}
    for path in sorted(folder.glob("*.yml")):
        spec = yaml.safe_load(path.read_text(encoding="utf-8"))
        contracts[spec["kind"]] = Contract(
            kind=spec["kind"],
            title=spec["title"],
            grain=spec["grain"],
            files=tuple(spec["files"]),
            primary_key=tuple(spec["primary_key"]),
            fields=tuple(_field(field) for field in spec["fields"]),
        )
    return contracts

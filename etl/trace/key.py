"""Which row is meant: from what stands on the command line to conditions on columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

from etl.faults import nearest
from etl.trace.lineage import Lineage, Model


class NotFound(Exception):
    """Raised where a table, a column or a row is asked for that the release does not have."""

    def __init__(self, problem: str, hint: str = "") -> None:
        self.problem = problem
        self.hint = hint
        super().__init__(f"{problem} {hint}".strip())


def find_mart(lineage: Lineage, asked: str) -> Model:
    """Return the mart that is asked for; `marts.` before its name may stand or not.

    Raises:
        NotFound: There is no such mart.
    """
    name = asked.removeprefix("marts.")
    marts = lineage.marts
    if name not in marts:
        raise NotFound(f"There is no table {asked!r}.", nearest(name, marts) or f"Tables: {', '.join(sorted(marts))}.")
    return marts[name]


def read_key(mart: Model, given: Sequence[str]) -> dict[str, str | None]:
    """Return the values asked for, by column.

    Args:
        mart: The table.
        given: Arguments: `column=value` pairs, several in one argument where commas separate them; or values of the
            primary key in its order, again one per argument or separated by commas.

    Returns:
        Column to value as written; None for an empty one, which stands for no value.

    Raises:
        NotFound: A column is unknown, or there are more values than the key has columns.
    """
    if any("=" in argument for argument in given):
        parts = [part for argument in given for part in re.split(r",\s*(?=\w+=)", argument)]
        pairs = [_pair(mart, part) for part in parts]
        key = dict(pairs)
        if len(key) < len(pairs):
            raise NotFound("A column is given more than once.", "Name each column once.")
        return key
    values = given[0].split(",") if len(given) == 1 and len(mart.primary_key) > 1 else list(given)
    if len(values) > len(mart.primary_key):
        raise NotFound(
            f"{len(values)} values are given, and the key of {mart.name} has {len(mart.primary_key)} columns.",
            f"In order: {', '.join(mart.primary_key)}.",
        )
    return {column: value.strip() or None for column, value in zip(mart.primary_key, values, strict=False)}


def _pair(mart: Model, text: str) -> tuple[str, str | None]:
    column, equals, value = text.partition("=")
    column = column.strip()
    if not equals:
        raise NotFound(
            f"{text!r} is no pair of column=value.", "Write all as column=value, or all as values in the key's order."
        )
    if column not in mart.columns:
        raise NotFound(
            f"{mart.name} has no column {column!r}.",
            nearest(column, mart.columns) or f"Its key: {', '.join(mart.primary_key)}.",
        )
    return column, value.strip() or None

"""Render the table macros over a build's compiled models and create them, with their comments, in its file."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from etl.published.path import ModelPath

_HERE = Path(__file__).parent


class MacroSpoiled(Exception):
    """Raised where a macro's SQL reads a column that DuckDB would take for a parameter."""


@dataclass(frozen=True, slots=True)
class TableMacro:
    """A table macro of the public schema.

    Attributes:
        parameters: Names in order; a default stands behind `:=`.
        columns_as_in: The mart whose columns the result's are like.
        columns: Descriptions of the columns that this mart does not have.
    """

    name: str
    parameters: tuple[str, ...]
    comment: str
    comment_zh: str
    columns_as_in: str
    columns: tuple[dict[str, str], ...] = ()

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """The parameters in order, without their defaults."""
        return tuple(parameter.partition(":=")[0].strip() for parameter in self.parameters)


def table_macros() -> tuple[TableMacro, ...]:
    """Return the table macros of the public schema, as `macros.yml` declares them."""
    declared: list[dict[str, Any]] = yaml.safe_load((_HERE / "macros.yml").read_text(encoding="utf-8"))
    return tuple(
        TableMacro(
            name=entry["name"],
            parameters=tuple(entry["parameters"]),
            comment=" ".join(entry["comment"].split()),
            comment_zh=entry["comment_zh"],
            columns_as_in=entry["columns_as_in"],
            columns=tuple(entry.get("columns", ())),
        )
        for entry in declared
    )


def install_macros(connection: duckdb.DuckDBPyConnection, models: ModelPath) -> None:
    """Create every table macro in the public schema, with its comment.

    Args:
        connection: A writable connection to a build's file, in which the models of `models` are tables.
        models: The compiled models of the same build.

    Raises:
        MacroSpoiled: A macro reads a bare column that is named like one of its parameters.
    """
    for macro in table_macros():
        body = render(macro, models)
        connection.execute(f"create or replace macro marts.{macro.name}({', '.join(macro.parameters)}) as table {body}")
        comment = macro.comment.replace("'", "''")
        connection.execute(f"comment on macro table marts.{macro.name} is '{comment}'")


def render(macro: TableMacro, models: ModelPath) -> str:
    """Return a macro's SQL with the path's models written out and every bare name checked.

    Raises:
        MacroSpoiled: The path reads a bare column that is named like a parameter.
    """

    def path(target: str, given: Collection[str]) -> str:
        expressions = models.expressions(target, given)
        _refuse_bare_columns(macro, expressions)
        return expressions

    environment = Environment(
        loader=FileSystemLoader(_HERE / "macros"),
        undefined=StrictUndefined,
        trim_blocks=True,
        autoescape=False,  # noqa: S701 - SQL of ours, no page
    )
    environment.globals.update(path=path)
    return environment.get_template(f"{macro.name}.sql").render()


def _refuse_bare_columns(macro: TableMacro, sql: str) -> None:
    """Refuse SQL in which DuckDB would put a parameter's value in the place of a column of the same name.

    A name is safe behind a dot (`members.bloc`) and as an alias (`as bloc`), nowhere else.
    """
    bare = re.sub(r"--[^\n]*|/\*.*?\*/|'[^']*'", " ", sql, flags=re.DOTALL)
    for name in sorted(macro.parameter_names):
        found = re.search(rf"(?<![.\w])(?<!\bas ){name}\b(?!\s*\.)", bare)
        if found:
            around = " ".join(bare[max(0, found.start() - 60) : found.end() + 40].split())
            raise MacroSpoiled(
                f"The macro {macro.name} has a parameter '{name}', and its path reads a bare column '{name}' "
                f"(… {around} …). Write the column with its table before it."
            )

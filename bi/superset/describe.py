"""Write the columns of the datasets: names and types as the release has them, descriptions from its dictionary.

Example: .venv/bin/python bi/superset/describe.py warehouse/orebloc.duckdb
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated, Any

import duckdb
import typer
import yaml

DATASETS = Path(__file__).resolve().parent / "datasets" / "orebloc"
_TABLE = re.compile(r"\bmarts\.(\w+)")
_NO_UNIT = {None, "", "1", "count"}
Words = dict[tuple[str, str], str]


class _Dumper(yaml.SafeDumper):
    """Writes SQL as a block and everything else as PyYAML does."""


_Dumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None),
)


def words_of(connection: duckdb.DuckDBPyConnection) -> Words:
    """Return the English description of each column of the public schema by table and column, with its unit."""
    query = "select table_name, column_name, description_en, unit from marts.data_dictionary where entry = 'column'"
    return {
        (table, column): text if unit in _NO_UNIT else f"{text} Unit: {unit}."
        for table, column, text, unit in connection.execute(query).fetchall()
    }


def described(text: str, connection: duckdb.DuckDBPyConnection, words: Words) -> str:
    """Return the YAML of a dataset with its columns written anew.

    A column has the description of the first table of the query that has a column of its name; one of another name says
    in `extra.described_by` which column it is (`table.column`), and a computed one has its description here.

    Raises:
        KeyError: A column has no description.
    """
    dataset = yaml.safe_load(text)
    tables = _TABLE.findall(dataset["sql"])
    known = {column["column_name"]: column for column in dataset["columns"]}
    dataset["columns"] = [
        _column(name, kind, known.get(name, {}), tables, words)
        for name, kind, *_ in connection.execute(f"describe {dataset['sql']}").fetchall()
    ]
    return yaml.dump(dataset, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


def _column(name: str, kind: str, known: dict[str, Any], tables: list[str], words: Words) -> dict[str, Any]:
    extra = known.get("extra") or {}
    same = [f"{table}.{name}" for table in tables if (table, name) in words]
    table, _, column = extra.get("described_by", next(iter(same), "")).partition(".")
    return {
        "column_name": name,
        "verbose_name": known.get("verbose_name"),
        "is_dttm": kind in {"DATE", "TIMESTAMP"},
        "is_active": True,
        "type": kind,
        "groupby": True,
        "filterable": True,
        "expression": None,
        "description": words[table, column] if table else known["description"],
        "extra": extra or None,
    }


def main(release: Annotated[Path, typer.Argument(help="The file of a release.")]) -> None:
    """Write the columns of all datasets anew from RELEASE."""
    with duckdb.connect(str(release), read_only=True) as connection:
        words = words_of(connection)
        for file in sorted(DATASETS.glob("*.yaml")):
            file.write_text(described(file.read_text(encoding="utf-8"), connection, words), encoding="utf-8")
            sys.stdout.write(f"{file.name}\n")


if __name__ == "__main__":
    typer.run(main)

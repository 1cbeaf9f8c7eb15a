"""The README's SQL blocks: find each with the table it shows, run it, render what it gives.

`python -m tests.readme FILE.duckdb` writes the tables of README.md anew; a test compares them.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

README = Path(__file__).resolve().parents[1] / "README.md"
_BLOCK = re.compile(r"```sql\n(?P<sql>.*?)```\n\n(?P<table>(?:\|[^\n]*\n)+)", re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One SQL block of the README and the Markdown table that follows it."""

    sql: str
    table: str


def blocks(text: str) -> list[Block]:
    return [Block(match["sql"], match["table"]) for match in _BLOCK.finditer(text)]


def render(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description or []]
    rows = [[_cell(value) for value in row] for row in cursor.fetchall()]
    lines = [names, ["---"] * len(names), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:,.0f}" if value == int(value) and abs(value) >= 10 else f"{value:.10g}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value).replace("|", "\\|")


def refresh(database: str) -> None:
    text = README.read_text(encoding="utf-8")
    with duckdb.connect(database, read_only=True) as connection:
        text = _BLOCK.sub(lambda match: f"```sql\n{match['sql']}```\n\n{render(connection, match['sql'])}", text)
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    refresh(sys.argv[1])

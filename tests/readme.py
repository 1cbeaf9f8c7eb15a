"""The README's SQL blocks: find each with the table it shows, run it, render what it gives.

A block marked `sql` is asked of a release built from the bundled seeds, one marked `sql landed` of a release built with
the official files. `python -m tests.readme BUNDLED.duckdb LANDED.duckdb` writes the tables anew; a test compares them.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

README = Path(__file__).resolve().parents[1] / "README.md"
_BLOCK = re.compile(r"```sql(?P<landed> landed)?\n(?P<sql>.*?)```\n\n(?P<table>(?:\|[^\n]*\n)+)", re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One SQL block of the README and the Markdown table that follows it."""

    sql: str
    table: str
    needs_landing: bool


def blocks(text: str) -> list[Block]:
    return [Block(match["sql"], match["table"], bool(match["landed"])) for match in _BLOCK.finditer(text)]


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


def refresh(bundled: str, landed: str) -> None:
    text = README.read_text(encoding="utf-8")
    with (
        duckdb.connect(bundled, read_only=True) as from_seeds,
        duckdb.connect(landed, read_only=True) as from_files,
    ):

        def rewritten(match: re.Match[str]) -> str:
            connection = from_files if match["landed"] else from_seeds
            return f"```sql{match['landed'] or ''}\n{match['sql']}```\n\n{render(connection, match['sql'])}"

        text = _BLOCK.sub(rewritten, text)
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    refresh(*sys.argv[1:])

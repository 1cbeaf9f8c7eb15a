"""What the README shows: find each block with its result, run it, render what it gives.

An SQL block is followed by its table; a console block holds a line `$ orebloc ...` and its output, of which a last line
`…` says that more follows. Blocks marked `sql` or `console` are asked of a release built from the bundled seeds, those
marked `landed` of a release built with the official files, with the bundled one before it.

`python -m tests.readme BUNDLED LANDED` writes the results anew; a test compares them. BUNDLED and LANDED are
warehouses, or their files: then the console blocks stay as they are.
"""

from __future__ import annotations

import json
import re
import shlex
import sys
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

README = Path(__file__).resolve().parents[1] / "README.md"
_SQL = re.compile(r"```sql(?P<landed> landed)?\n(?P<sql>.*?)```\n\n(?P<table>(?:\|[^\n]*\n)+)", re.DOTALL)
_CONSOLE = re.compile(
    r"```console(?P<landed> landed)?\n\$ orebloc (?P<arguments>[^\n]*)\n(?P<output>.*?)```\n", re.DOTALL
)
_MORE = "…"
# What differs from build to build and from machine to machine, by nature.
_CHANGING = (
    (re.compile(r"\b\d{8}T\d{6}Z-[0-9a-f]{8}(-\d+)?\b"), "<release>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(Z|\+00:00)?"), "<time>"),
    (re.compile(r"\bjust now\b|\b\d+ (minute|hour|day)s? ago\b"), "<age>"),
    (re.compile(r"\bcommit [0-9a-f]{7,40}(-dirty)?"), "commit <commit>"),
    (re.compile(r"\b[0-9a-f]{64}\b|\bsha256 [0-9a-f]{12}\b"), "<hash>"),
    (re.compile(r"\b\d+\.\d+ s\b"), "<seconds>"),
    (re.compile(r"\b[\d,.]+ [KM]B\b"), "<size>"),
    (re.compile(r"[ \t]+$", re.MULTILINE), ""),
    (re.compile(r" {2,}|[─━]{2,}"), "  "),  # padding follows the width of what changes
)


@dataclass(frozen=True)
class Block:
    """One SQL block of the README and the Markdown table that follows it."""

    sql: str
    table: str
    needs_landing: bool


@dataclass(frozen=True)
class Console:
    """One console block of the README: the words after `orebloc`, and the output that it shows."""

    arguments: str
    output: str
    needs_landing: bool


def blocks(text: str) -> list[Block]:
    return [Block(match["sql"], match["table"], bool(match["landed"])) for match in _SQL.finditer(text)]


def consoles(text: str) -> list[Console]:
    return [Console(match["arguments"], match["output"], bool(match["landed"])) for match in _CONSOLE.finditer(text)]


def render(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description or []]
    rows = [[_cell(value) for value in row] for row in cursor.fetchall()]
    lines = [names, ["---"] * len(names), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def run(console: Console, warehouse: Path) -> str:
    """Run a block's command as a reader would, and return what the block has to show.

    Args:
        console: The block.
        warehouse: The warehouse that the command is to find; in the output it is called `warehouse`.
    """
    from tests.conftest import DATA, run_cli

    landing = {"OREBLOC_LANDING": str(DATA)} if console.needs_landing else {}
    done = run_cli(*shlex.split(console.arguments), OREBLOC_WAREHOUSE=str(warehouse), COLUMNS="120", **landing)
    output = "".join(f"{line.rstrip()}\n" for line in (done.stdout + done.stderr).splitlines())
    output = output.replace(str(warehouse.resolve()), "warehouse").replace(str(warehouse), "warehouse")
    shown = console.output.splitlines()
    if shown and shown[-1] == _MORE:
        return "".join(f"{line}\n" for line in [*output.splitlines()[: len(shown) - 1], _MORE])
    return output


def settled(output: str) -> str:
    """Return a command's output with what changes by nature put in one form."""
    for pattern, name in _CHANGING:
        output = pattern.sub(name, output)
    return output


def one_after_the_other(folder: Path, bundled: Path, landed: Path) -> Path:
    """Lay a warehouse out in `folder` in which the landed release is current and the bundled one was before it."""
    (folder / "releases").mkdir(parents=True)
    names = []
    for warehouse in (bundled, landed):
        names.append(json.loads((warehouse / "current.json").read_text(encoding="utf-8"))["release_id"])
        (folder / "releases" / names[-1]).symlink_to((warehouse / "releases" / names[-1]).resolve())
    (folder / "orebloc.duckdb").symlink_to((landed / "orebloc.duckdb").resolve())
    pointer = {"release_id": names[1], "previous": names[0]}
    (folder / "current.json").write_text(json.dumps(pointer), encoding="utf-8")
    return folder


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


def refresh(bundled: Path, landed: Path) -> None:
    text = _with_tables(README.read_text(encoding="utf-8"), _file(bundled), _file(landed))
    if bundled.is_dir() and landed.is_dir():
        with tempfile.TemporaryDirectory() as scratch:
            both = one_after_the_other(Path(scratch, "warehouse"), bundled, landed)
            text = _with_outputs(text, bundled, both)
    README.write_text(text, encoding="utf-8")


def _file(place: Path) -> Path:
    return place / "orebloc.duckdb" if place.is_dir() else place


def _with_tables(text: str, bundled: Path, landed: Path) -> str:
    with (
        duckdb.connect(str(bundled), read_only=True) as from_seeds,
        duckdb.connect(str(landed), read_only=True) as from_files,
    ):

        def rewritten(match: re.Match[str]) -> str:
            connection = from_files if match["landed"] else from_seeds
            return f"```sql{match['landed'] or ''}\n{match['sql']}```\n\n{render(connection, match['sql'])}"

        return _SQL.sub(rewritten, text)


def _with_outputs(text: str, bundled: Path, both: Path) -> str:
    def rewritten(match: re.Match[str]) -> str:
        console = Console(match["arguments"], match["output"], bool(match["landed"]))
        output = run(console, both if console.needs_landing else bundled)
        if settled(output) == settled(console.output):
            output = console.output  # nothing but ids and ages would change
        return f"```console{match['landed'] or ''}\n$ orebloc {match['arguments']}\n{output}```\n"

    return _CONSOLE.sub(rewritten, text)


if __name__ == "__main__":
    refresh(*map(Path, sys.argv[1:]))

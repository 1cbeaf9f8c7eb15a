"""The README tells the truth: every block gives what it shows, every macro, command and file has its place in it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb
import pytest

from etl.options import Exit
from etl.published.install import table_macros
from tests.cli_page import PAGE, commands, page
from tests.conftest import ROOT
from tests.readme import README, Block, Console, blocks, consoles, one_after_the_other, render, run, settled

TEXT = README.read_text(encoding="utf-8")
BLOCKS = blocks(TEXT)
CONSOLES = consoles(TEXT)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, warehouse: Path, landed_warehouse: Path) -> Path:
    """A warehouse with the release of the official files, and that of the bundled seeds before it."""
    return one_after_the_other(tmp_path_factory.mktemp("both") / "warehouse", warehouse, landed_warehouse)


def test_no_block_stands_without_its_result() -> None:
    assert len(BLOCKS) == TEXT.count("```sql")
    assert len(BLOCKS) >= 25
    assert len(CONSOLES) == TEXT.count("```console")
    assert all(console.output for console in CONSOLES)


@pytest.mark.parametrize("block", [block for block in BLOCKS if not block.needs_landing])
def test_what_the_readme_shows_is_what_the_file_says(release: duckdb.DuckDBPyConnection, block: Block) -> None:
    assert render(release, block.sql) == block.table


@pytest.mark.parametrize(
    "console", [console for console in CONSOLES if not console.needs_landing], ids=lambda console: console.arguments
)
def test_what_the_readme_shows_is_what_a_command_prints(warehouse: Path, console: Console) -> None:
    assert settled(run(console, warehouse)) == settled(console.output)


@pytest.mark.parametrize(
    "console", [console for console in CONSOLES if console.needs_landing], ids=lambda console: console.arguments
)
def test_what_a_command_prints_of_official_files(both: Path, console: Console) -> None:
    assert settled(run(console, both)) == settled(console.output)


def test_only_what_changes_by_nature_is_settled() -> None:
    shown = "release  20261122T024513Z-1e53d13f (2 hours ago), commit d13240c5b502\nfile  6.5 MB, 237 checks (3.8 s)\n"
    other = "release  20261123T101112Z-2f64e24a-2 (just now), commit 0123456789ab\nfile  11.2 MB, 237 checks (12.0 s)\n"
    assert settled(shown) == settled(other)
    assert settled(shown) != settled(shown.replace("237", "238"))


def test_every_table_macro_has_an_example_that_is_run() -> None:
    queries = "\n".join(block.sql for block in BLOCKS)
    assert [macro.name for macro in table_macros() if f"marts.{macro.name}(" not in queries] == []


def test_every_command_is_documented_and_every_documented_command_exists() -> None:
    named = {f"{name} " for name in re.findall(r"`(orebloc [a-z][a-z-]+(?: [a-z][a-z-]+)*)", TEXT)}
    called = {f"{words} " for words, _ in commands()}
    assert {words for words in called if not any(name.startswith(words) for name in named)} == set()
    assert {name for name in named if not any(name.startswith(words) for words in called)} == set()


@pytest.mark.parametrize(("words", "command"), commands())
def test_every_command_and_option_has_help_and_an_example(words: str, command: object) -> None:
    help_text = getattr(command, "help", None) or ""
    assert f"Example: [b]{words}" in help_text
    parameters = [parameter for parameter in getattr(command, "params", []) if parameter.name != "help"]
    assert [parameter.name for parameter in parameters if not getattr(parameter, "help", None)] == []


def test_the_page_of_the_command_line_is_that_of_the_code() -> None:
    """Run `python -m tests.cli_page` after a change to a command or an option."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_exit_code_is_explained() -> None:
    told = re.search(r"Exit codes: ([^.]*)\.", TEXT)
    assert told is not None
    for code in Exit:
        assert re.search(rf"\b{code.value} [a-z]", told[1]), code
        assert re.search(rf"Exit codes: .*\b{code.value} [a-z]", page()), code


def test_every_file_that_the_readme_names_exists(warehouse: Path) -> None:
    release_id = json.loads((warehouse / "current.json").read_text(encoding="utf-8"))["release_id"]
    release = warehouse / "releases" / release_id
    for name in re.findall(r"`([\w./]+/|[\w./]+\.(?:md|yml|toml|lock|sql|py|json|jsonld|bib|html))`", TEXT):
        if not name.startswith("warehouse"):
            assert (ROOT / name).exists() or (release / name).exists(), name

"""The README tells the truth: every SQL block gives the table below it, every command and file it names is there."""

from __future__ import annotations

import re

import duckdb
import pytest
from typer.main import get_command

from etl.cli import app
from tests.conftest import ROOT
from tests.readme import README, Block, blocks, render

TEXT = README.read_text(encoding="utf-8")
BLOCKS = blocks(TEXT)


def test_no_sql_block_stands_without_its_result() -> None:
    assert len(BLOCKS) == TEXT.count("```sql")
    assert len(BLOCKS) >= 6


@pytest.mark.parametrize("block", [block for block in BLOCKS if not block.needs_landing])
def test_what_the_readme_shows_is_what_the_file_says(release: duckdb.DuckDBPyConnection, block: Block) -> None:
    assert render(release, block.sql) == block.table


def test_every_command_is_documented_and_every_documented_command_exists() -> None:
    commands = getattr(get_command(app), "commands")  # noqa: B009 - a Typer group
    named = set(re.findall(r"`orebloc ([a-z][a-z-]+)", TEXT))
    assert named == set(commands)
    for name, command in commands.items():
        assert command.help, name
        assert all(getattr(parameter, "help", None) for parameter in command.params if parameter.name != "help"), name


def test_every_file_that_the_readme_names_exists() -> None:
    for name in re.findall(r"`([\w./]+/|[\w./]+\.(?:md|yml|toml|lock|sql|py))`", TEXT):
        if not name.startswith("warehouse"):
            assert (ROOT / name).exists(), name

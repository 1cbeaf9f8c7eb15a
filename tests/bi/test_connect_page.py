"""docs/connect.md tells the truth: every block is run and prints what stands below it, or says that it is not run."""

from __future__ import annotations

import re
from pathlib import Path

from tests.bi.page import PAGE, blocks, place
from tests.bi.server import Server
from tests.conftest import ROOT
from tests.readme import settled

TEXT = PAGE.read_text(encoding="utf-8")
CLIENTS = ("DuckDB command line", "pandas", "Polars", "Ibis", "SQLAlchemy", "Superset", "PostgreSQL", "R", "JDBC",
           "DBeaver", "ODBC", "Tableau", "Power BI", "Excel", "Metabase")  # fmt: skip


def test_every_block_is_run_or_says_that_it_is_not() -> None:
    found = list(blocks(TEXT))
    assert len(found) >= 12
    # Those of Superset are run by test_superset; the one that serves it prints only its log.
    here = [block for block in found if not block.superset]
    assert [str(block) for block in here if block.not_run == (block.output is not None)] == []
    assert [block.output is None for block in found if block.superset] == [False, True]
    assert [str(block) for block in found if block.output == ""] == []
    assert TEXT.count("```") == 2 * (len(found) + sum(block.output is not None for block in found))


def test_every_client_has_its_place() -> None:
    headings = " ".join(re.findall(r"^## (.*)$", TEXT, re.MULTILINE))
    assert [client for client in CLIENTS if client not in headings] == []
    assert "docs/connect.md" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_what_the_page_shows_is_what_the_clients_print(warehouse: Path, server: Server) -> None:
    differs = []
    with place(warehouse, server) as here:
        for block in blocks(TEXT):
            if block.output is not None and not block.superset:
                printed = here.run(block)
                if settled(printed) != settled(block.output):
                    differs.append(f"{block}\nshown:\n{block.output}\nprinted:\n{printed}")
    assert not differs, "\n".join(differs)

"""The bundled panel of USGS figures against its own hash, and against the publisher's files where they are at hand."""

from __future__ import annotations

import csv
import os
from hashlib import sha256
from pathlib import Path

import pytest

from tests.conftest import ROOT

PANEL = ROOT / "seeds" / "official" / "usgs_mcs_2024__observations.csv"
PUBLISHED = Path(os.environ.get("OREBLOC_SHARED", ROOT.parent / "shared")) / "data" / "usgs_mcs" / "2024" / "world"


def rows() -> list[dict[str, str]]:
    with PANEL.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_edition_names_the_hash_of_the_panel() -> None:
    with (ROOT / "seeds" / "reference" / "editions.csv").open(encoding="utf-8", newline="") as file:
        edition = next(row for row in csv.DictReader(file) if row["source"] == "usgs_mcs")
    assert edition["sha256"] == sha256(PANEL.read_bytes()).hexdigest()


def test_every_series_has_a_world_total() -> None:
    keys = ("mineral", "basis", "measure", "year")
    series = {tuple(row[key] for key in keys) for row in rows()}
    assert series == {tuple(row[key] for key in keys) for row in rows() if row["party"] == "WORLD"}
    assert {row["mineral"] for row in rows()} == {
        "iron_ore",
        "manganese",
        "chromium",
        "copper",
        "nickel",
        "tin",
        "cobalt",
        "lithium",
    }


@pytest.mark.skipif(not PUBLISHED.is_dir(), reason="the publisher's files are not at hand")
def test_every_value_stands_in_the_publishers_cell() -> None:
    grids: dict[str, list[list[str]]] = {}
    for row in rows():
        if row["file"] not in grids:
            with (PUBLISHED / row["file"]).open(encoding="utf-8-sig", newline="") as file:
                grids[row["file"]] = list(csv.reader(file))
        line, column = (part.split(" ", 1)[1] for part in row["locator"].split(", ", 1))
        grid = grids[row["file"]]
        cell = grid[int(line) - 1][grid[0].index(column)]
        assert cell.strip() == row["original_value"], row
        assert row["party_printed"] in " ".join(grid[int(line) - 1]).replace("\xa0", " "), row

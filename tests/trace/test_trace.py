"""`orebloc trace`: from a row to its cells, for people and machines; and what it says where there is no such row."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from etl.trace.key import NotFound, find_mart, read_key
from etl.trace.lineage import LINEAGE, Lineage, read_lineage
from etl.trace.page import tree_lines
from etl.trace.row import SeveralRows, find_row
from tests.conftest import ROOT, RunCli

BAD_INPUT = 3
ENVIRONMENT = 6
COBALT = "bloc=msp,mineral=cobalt,measure=reserves,year=2024,party_scope=partners"


def current(warehouse: Path) -> Path:
    pointer = json.loads((warehouse / "current.json").read_text(encoding="utf-8"))
    return warehouse / "releases" / str(pointer["release_id"])


@pytest.fixture(scope="module")
def lineage(warehouse: Path) -> Lineage:
    return read_lineage(current(warehouse))


def traced(cli: RunCli, warehouse: Path, *arguments: str) -> dict[str, Any]:
    done = cli("trace", *arguments, "--json", "--warehouse", str(warehouse))
    assert done.returncode == 0, done.stdout + done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_from_a_share_to_the_line_of_a_paper(cli: RunCli, warehouse: Path) -> None:
    found = traced(cli, warehouse, "mineral_bloc_share", COBALT, "membership_rule=year_end", "eu_treatment=as_signed")
    assert found["row"]["bloc_value"] == 1_999_000
    cells = {(cell["role"], cell["party"]): cell for cell in found["cells"]}
    norway = cells["membership", "NOR"]
    assert (norway["document"]["document"], norway["text_line"], norway["printed"]) == ("zhang2024", 65, "挪威")
    assert norway["document"]["article_file"].endswith(".txt")
    canada = cells["numerator", "CAN"]
    assert (canada["printed"], canada["source"], canada["edition"]) == ("230000", "usgs_mcs", "2024")
    assert canada["file"].endswith("cobal_world.csv")
    assert canada["locator"].startswith("row ")
    assert canada["document"]["url"].startswith("https://")
    assert cells["denominator", "WORLD"]["value_tonnes"] == 11_000_000


def test_from_a_recomputed_cell_to_the_papers_own(cli: RunCli, warehouse: Path) -> None:
    shown = cli("trace", "article_table_reproduction", "zhang2024,4,cobalt,members", "--warehouse", str(warehouse))
    assert shown.returncode == 0, shown.stderr
    for part in (
        "Table 4, row 总量, column 钴",
        "000_738c1cbad1d6849b.txt",
        "10.12075/j.issn.1004-4051.20242421",
        "intermediate.int_statistics__table_cells",
        "seeds/decisions/table_reproductions.csv",
        "mcs2024-cobal_world.csv",
        "199.9",
    ):
        assert part in shown.stdout


def test_a_row_of_a_reference_list_leads_to_its_row_in_the_seed(cli: RunCli, warehouse: Path) -> None:
    [cell] = traced(cli, warehouse, "dim_party", "party=RUS")["cells"]
    with (ROOT / cell["file"]).open(encoding="utf-8", newline="") as seed:
        record = list(csv.reader(seed))[int(cell["locator"].removeprefix("row ")) - 1]
    assert record[0] == "RUS"
    assert "ISO 3166-1" in cell["more"]["publisher"]


def test_a_row_that_names_its_document_leads_there(cli: RunCli, warehouse: Path) -> None:
    [cell] = traced(cli, warehouse, "msp_project_summary", "zhang2024,mineral,gallium")["cells"]
    assert cell["document"]["document"] == "zhang2024"
    assert cell["text_line"] > 0


def test_a_row_of_the_builds_own_making_says_so(cli: RunCli, warehouse: Path) -> None:
    [cell] = traced(cli, warehouse, "build_info")["cells"]
    assert cell["role"] == "build"


def test_a_key_that_leaves_rows_open_lists_them(cli: RunCli, warehouse: Path) -> None:
    shown = cli("trace", "mineral_bloc_share", COBALT, "--warehouse", str(warehouse))
    assert shown.returncode == BAD_INPUT
    assert "10 rows" in shown.stdout
    assert "membership_rule=day_weighted eu_treatment=expanded" in shown.stdout
    assert "membership_rule (5 values), eu_treatment (2 values)" in shown.stdout
    listed = json.loads(cli("trace", "mineral_bloc_share", "--json", "--warehouse", str(warehouse)).stdout)
    assert len(listed["candidates"]) == 20
    assert listed["rows"] > 10_000


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("mineral_bloc_shar", "msp"), "'mineral_bloc_share'"),
        (("mineral_bloc_share", "blok=msp"), "'bloc'"),
        (("mineral_bloc_share", "bloc=mps"), "'msp'"),
        (("dim_party", "RUS", "CHN"), "In order: party"),
    ],
)
def test_what_is_unknown_is_said_with_what_is_near(
    cli: RunCli, warehouse: Path, arguments: tuple[str, ...], said: str
) -> None:
    shown = cli("trace", *arguments, "--warehouse", str(warehouse))
    assert shown.returncode == BAD_INPUT
    assert said in shown.stderr
    assert "Traceback" not in shown.stderr


def test_without_a_release_or_its_lineage_it_says_what_to_do(cli: RunCli, warehouse: Path, tmp_path: Path) -> None:
    nothing = cli("trace", "dim_party", "RUS", "--warehouse", str(tmp_path / "none"))
    assert nothing.returncode == ENVIRONMENT
    assert "orebloc build" in nothing.stderr
    copy = tmp_path / "copy"
    shutil.copytree(warehouse, copy)
    (current(copy) / LINEAGE).write_text("{", encoding="utf-8")
    broken = cli("trace", "dim_party", "RUS", "--warehouse", str(copy))
    assert broken.returncode == ENVIRONMENT
    assert LINEAGE in broken.stderr


def test_a_key_is_read_in_both_forms(lineage: Lineage) -> None:
    share = find_mart(lineage, "marts.mineral_bloc_share")
    assert read_key(share, ["bloc=msp, year=2022", "mineral=cobalt"]) == {
        "bloc": "msp",
        "year": "2022",
        "mineral": "cobalt",
    }
    reproduction = find_mart(lineage, "article_table_reproduction")
    assert read_key(reproduction, ["zhang2024,4"]) == read_key(reproduction, ["zhang2024", "4"])
    # A place holds commas itself; no column begins behind them.
    entries = find_mart(lineage, "fct_mineral_list_entry")
    assert read_key(entries, ["locator=table 1, row 2,mineral="]) == {"locator": "table 1, row 2", "mineral": None}
    with pytest.raises(NotFound, match="no pair"):
        read_key(share, ["bloc=msp", "cobalt"])
    with pytest.raises(NotFound, match="more than once"):
        read_key(share, ["bloc=msp", "bloc=quad"])


def test_a_row_is_found_by_any_column_and_by_none(release: duckdb.DuckDBPyConnection, lineage: Lineage) -> None:
    events = find_mart(lineage, "fct_policy_event")
    event = release.execute("select event_id, title_en from marts.fct_policy_event order by 1 limit 1").fetchone()
    assert event is not None
    assert find_row(release, events, {"title_en": event[1]})["event_id"] == event[0]
    dependence = find_mart(lineage, "import_dependence")
    with pytest.raises(SeveralRows) as several:
        find_row(release, dependence, {"partner": None})
    assert all(candidate["partner"] is None for candidate in several.value.candidates)


def test_values_that_do_not_go_together_are_told_apart(release: duckdb.DuckDBPyConnection, lineage: Lineage) -> None:
    share = find_mart(lineage, "mineral_bloc_share")
    with pytest.raises(NotFound) as none:
        find_row(release, share, {"bloc": "msp", "measure": "reserves", "year": "2022"})
    assert none.value.hint == "With the others, year is 2024."
    with pytest.raises(NotFound, match="no INTEGER"):
        find_row(release, share, {"year": "last"})
    with pytest.raises(NotFound, match="has no rows in this release"):
        find_row(release, find_mart(lineage, "cell_ledger"), {})


def test_the_lineage_is_whole_and_names_no_machine(warehouse: Path, lineage: Lineage) -> None:
    text = (current(warehouse) / LINEAGE).read_text(encoding="utf-8")
    assert str(ROOT) not in text
    assert str(warehouse) not in text
    for model in lineage.models.values():
        assert set(model.parents) <= set(lineage.models), model.name
        assert model.description, model.name
        assert not model.file or (ROOT / model.file).is_file(), model.name
    roots = {model.layer for model in lineage.models.values() if not model.parents}
    assert {"seeds", "landed"} <= roots


def test_the_path_goes_down_to_seeds_and_files_and_repeats_nothing(lineage: Lineage) -> None:
    lines = list(tree_lines(lineage.upstream("mineral_bloc_share")))
    assert lines[0].startswith("marts.mineral_bloc_share  What part of the world's output")
    text = "\n".join(lines)
    assert "landed.observations" in text
    assert "seeds/reference/eu_membership.csv" in text
    assert "zhang2024__memberships" in text
    told = [line for line in lines if "(see above)" not in line and "int_membership__spells" in line]
    assert len(told) == 1

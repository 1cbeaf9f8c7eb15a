"""Official files through the whole build: all of `shared/data` lands, balances, and answers what the papers ask."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.conftest import DATA, run_cli
from tests.readme import README, Block, blocks, render

BAD_INPUT = 3
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the official files are not at hand")
Connection = duckdb.DuckDBPyConnection


def one(connection: Connection, sql: str) -> tuple[object, ...]:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return row


def test_every_cell_is_accounted_for_and_the_build_says_so(landed_warehouse: Path, landed: Connection) -> None:
    shown = landed_warehouse.with_suffix(".txt").read_text(encoding="utf-8")
    files = landed.execute("select file, sum(n_cells) from marts.cell_ledger group by file").fetchall()
    assert len(files) > 200
    for file, cells in files:
        assert f"{file}: {cells} cells = " in shown
    assert "reference: left alone" in shown
    observed = "select sum(n_cells) from marts.cell_ledger where outcome = 'observation'"
    assert one(landed, observed) == one(landed, "select count(*) from marts.fct_observation")


def test_four_sources_and_their_editions(landed: Connection) -> None:
    found = landed.execute("select source, edition from marts.dim_edition order by all").fetchall()
    assert {("usgs_mcs", year) for year in ("2022", "2024", "2025", "2026")} <= set(found)
    assert {"usgs_mcs", "usgs_myb", "wmd", "bgs"} == {source for source, _ in found}
    assert {("wmd", "2017"), ("wmd", "2024")} <= set(found)


def test_the_files_are_those_on_record(landed: Connection) -> None:
    counted = landed.execute(
        "select source, edition, n_files - n_files_on_record from marts.dim_edition where n_files > n_files_on_record"
    ).fetchall()
    assert counted == [("wmd", "2024", 1)]  # an extract, which no publisher gave out
    assert one(landed, "select count(other_files) from marts.dim_edition") == (0,)
    assert one(landed, "select sum(n_files) from marts.dim_edition") == one(
        landed, "select count(distinct file) from marts.cell_ledger"
    )


@pytest.mark.long
def test_a_file_with_other_bytes_than_those_on_record_is_told(tmp_path: Path) -> None:
    """A plausible digit, and no release before to compare with: nothing else can know."""
    name = f"usgs_mcs/2022/world/{next((DATA / 'usgs_mcs/2022/world').glob('*cobal*')).name}"
    damaged = tmp_path / "landing" / name
    damaged.parent.mkdir(parents=True)
    text = (DATA / name).read_text(encoding="utf-8")
    assert ",5630," in text
    damaged.write_text(text.replace(",5630,", ",6530,"), encoding="utf-8")
    done = run_cli("build", "--warehouse", str(tmp_path / "warehouse"), "--landing", str(tmp_path / "landing"))
    assert done.returncode == 0, done.stdout + done.stderr
    [warning] = [line for line in done.stdout.splitlines() if "files are those on record" in line]
    assert name in warning
    with duckdb.connect(str(tmp_path / "warehouse" / "orebloc.duckdb"), read_only=True) as connection:
        assert connection.execute(
            "select n_files, n_files_on_record, other_files from marts.dim_edition where other_files is not null"
        ).fetchall() == [(1, 0, name)]


def test_the_panel_is_what_the_files_say(landed: Connection, release: Connection) -> None:
    """Bundled and landed, the same edition gives the same figures."""
    columns = (
        "mineral, basis, stage, measure, party, year, value_tonnes, value_flag, "
        "case when value is null then value_low end as known_low"
    )
    query = (
        f"select {columns} from marts.fct_observation where source = 'usgs_mcs' and edition = '2024' and mineral in ("
        "'iron_ore', 'manganese', 'chromium', 'copper', 'nickel', 'tin', 'cobalt', 'lithium') and stage = 'mine' "
        "and table_kind = 'world' and measure in ('production', 'reserves') order by all"
    )
    assert landed.execute(query).fetchall() == release.execute(query).fetchall()


def test_cobalt_of_the_msp_in_2022_under_two_rules(landed: Connection) -> None:
    """6.4 % with the partners of the year's end, 79 % as the paper counts, both from World Mining Data 2024."""
    found = landed.execute(
        "select party_scope, membership_rule, round(100 * share, 1) from marts.mineral_bloc_share where bloc = 'msp' "
        "and mineral = 'cobalt' and measure = 'production' and year = 2022 and source = 'wmd' and edition = '2024' "
        "and eu_treatment = 'expanded' and (party_scope, membership_rule) in "
        "(('partners', 'year_end'), ('partners_and_forum', 'fixed')) order by 3"
    ).fetchall()
    assert [row[2] for row in found] == [pytest.approx(6.4, abs=0.1), pytest.approx(79, abs=0.6)]


def test_both_tables_of_zhang2024_are_recomputed(landed: Connection) -> None:
    found = dict(
        landed.execute("select verdict, count(*) from marts.article_table_reproduction group by verdict").fetchall()
    )
    assert sum(found.values()) == 54
    assert found.get("source_missing", 0) == 0
    assert found["not_reproducible"] == 3  # uranium of Table 4: resources by cost, in no series at hand
    members = landed.execute(
        "select table_no, mineral from marts.article_table_reproduction where cell = 'members' "
        "and verdict = 'differs' order by all"
    ).fetchall()
    assert members == [(5, "manganese"), (5, "tin")]
    off = landed.execute(
        "select mineral from marts.article_table_reproduction where table_no = 5 and cell = 'share' "
        "and abs(difference) > 0.5"
    ).fetchall()
    assert off == [("manganese",)]


def test_revisions_are_real(landed: Connection) -> None:
    found = landed.execute(
        "select value_old, value_new from marts.observation_revision where source = 'usgs_mcs' and mineral = 'cobalt' "
        "and party = 'COD' and year = 2024 and edition_old = '2025' and edition_new = '2026'"
    ).fetchall()
    assert found == [(220_000.0, 226_000.0)]


@pytest.mark.long
def test_sources_without_permission_can_be_left_out(landed_warehouse: Path, tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    (landing / "bgs").mkdir(parents=True)
    shutil.copy(DATA / "bgs" / "BGS_cobalt_production.csv", landing / "bgs")
    folder = tmp_path / "warehouse"
    done = run_cli("build", "--warehouse", str(folder), "--landing", str(landing), "--redistributable")
    assert done.returncode == 0, done.stdout + done.stderr
    with duckdb.connect(str(folder / "orebloc.duckdb"), read_only=True) as connection:
        assert connection.execute("select distinct source from marts.fct_observation").fetchall() == [("usgs_mcs",)]
    again = json.loads(run_cli("status", "--json", "--warehouse", str(folder), "--landing", str(landing)).stdout)
    assert again["inputs_changed"] is False


def test_a_broken_file_stops_the_build_and_the_release_stays(landed_warehouse: Path, tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    shutil.copytree(DATA / "usgs_mcs" / "2022", landing / "usgs_mcs" / "2022")
    table = next((landing / "usgs_mcs" / "2022" / "world").glob("*cobal*"))
    text = table.read_text(encoding="utf-8-sig")
    table.write_text(text.replace("Australia", "Atlantis", 1).replace("Country", "Contry", 1), encoding="utf-8")
    before = (landed_warehouse / "current.json").read_text(encoding="utf-8")
    done = run_cli("build", "--warehouse", str(landed_warehouse), "--landing", str(landing))
    assert done.returncode == BAD_INPUT
    assert table.name in done.stderr
    assert "Contry" in done.stderr
    assert (landed_warehouse / "current.json").read_text(encoding="utf-8") == before


def test_a_landing_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    done = run_cli("build", "--warehouse", str(tmp_path / "w"), "--landing", str(tmp_path / "none"))
    assert done.returncode == BAD_INPUT
    assert "none" in done.stderr


@pytest.mark.parametrize(
    "block", [block for block in blocks(README.read_text(encoding="utf-8")) if block.needs_landing]
)
def test_what_the_readme_shows_of_official_files_is_so(landed: Connection, block: Block) -> None:
    assert render(landed, block.sql) == block.table


def test_the_us_lists_are_whole_and_still_share_21_with_the_eu(landed: Connection) -> None:
    whole = landed.execute(
        "select list_key, count(distinct mineral_printed) from marts.fct_mineral_list_entry "
        "where document in ('usgs_mcs_2024', 'usgs_mcs_2026') group by 1 order by 1"
    ).fetchall()
    assert whole == [("us_2022", 50), ("us_2025", 68)]
    overlap = (
        "select n_both, is_complete_a from marts.mineral_list_overlap "
        "where list_a = 'us_2022' and list_b = 'eu_2020' and level = 'group'"
    )
    assert one(landed, overlap) == (21, True)


def test_import_reliance_is_an_interval(landed: Connection) -> None:
    printed = dict(
        landed.execute(
            "select printed, (value_low, value_high) from marts.import_dependence "
            "where source = 'usgs_mcs' and printed in ('>95', 'E', '100')"
        ).fetchall()
    )
    assert printed == {">95": (95.0, None), "E": (None, 0.0), "100": (100.0, 100.0)}


def test_sources_of_imports_have_partners(landed: Connection) -> None:
    found = landed.execute(
        "select partner, value_low from marts.import_dependence where source = 'usgs_mcs' and measure = 'source_share' "
        "and mineral = 'cobalt' order by value_low desc, partner limit 2"
    ).fetchall()
    assert found == [("NOR", 26.0), ("FIN", 16.0)]


def test_sheets_that_are_not_read_are_named(landed_warehouse: Path) -> None:
    shown = landed_warehouse.with_suffix(".txt").read_text(encoding="utf-8")
    assert shown.count("left alone") > 150
    assert "usgs_myb/colbalt.xlsx [" in shown

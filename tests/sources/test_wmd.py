"""World Mining Data: workbooks in the publisher's layout and the extract, what must load and what must not."""

from __future__ import annotations

import os
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from etl.project import find_project
from etl.seeds.check import load_seeds
from etl.sources import wmd
from etl.sources.cells import Cell, Reading
from etl.sources.interpret import Interpretation, Mapping, Observation, interpret

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("OREBLOC_SHARED", ROOT.parent / "shared")) / "data" / "wmd"
FRAMES, SEED_FAULTS = load_seeds(find_project(ROOT))
real = pytest.mark.skipif(not DATA.is_dir(), reason="the publisher's files are not at hand")

Content = str | int | float
Rows = Sequence[Sequence[Content]]

TITLE_4 = "6.4. Production of Mineral Raw Materials of individual Countries, by Minerals; column A Country"
TITLE_5 = "6.5. Share of World Mineral Production 2021, by Countries; column A Rank in 2021"
NAME_4 = "6.4. Production_of_Mineral_Raw_Materials_of_individual_Countries_by_Minerals.xlsx"
NAME_5 = "6.5. Share_of_World_Mineral_Production_2021_by_Countries.xlsx"
HEAD_4 = ["Country", "unit", "2020", "2021", "Data source"]
HEAD_5 = ["Rank 2021", "Rank 2020", "Country", "unit", "Production 2021", "Share in %", "Share cum.%", "Share HHI"]
COBALT_4: Rows = [
    [TITLE_4],
    HEAD_4,
    ["Congo, D.R.", "metr. t", 30.0, 60.0, "r"],
    ["Russia, Asia", "metr. t", 20.0, 25.0, "e"],
    ["Russia, Europe", "metr. t", "", 15.5, "p"],
    ["Total", "metr. t", 50.0, 100.5, ""],
]
COBALT_5: Rows = [
    [TITLE_5],
    HEAD_5,
    [1.0, "(  1)", "Democratic Republic of the Congo", "metr. t", 75.0, 75.0, 75.0, 5625.0],
    [2.0, "(  2)", "Türkiye", "metr. t", 25.0, 25.0, 100.0, 625.0],
    ["", "", "Total", "metr. t", 100.0, 100.0, "", 6250.0],
]
EXTRACT_HEAD = "mineral_sheet,country,iso_numeric,iso3,year,value,unit,data_source"
EXTRACT = [
    EXTRACT_HEAD,
    'Cobalt,"Congo, D.R.",180,COD,2022,115371,metr. t,r',
    "Cobalt,United States,842,USA,2022,,metr. t,e",
    "Cobalt,Total,DELETE,DELETE,2022,115371.0,metr. t,nan",
]


def write_workbook(path: Path, sheets: dict[str, Rows]) -> Path:
    """Write a small Excel workbook: text as inline strings, numbers as numbers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kinds = "http://schemas.openxmlformats.org"
    entries, links, types = "", "", ""
    with zipfile.ZipFile(path, "w") as archive:
        for number, (name, rows) in enumerate(sheets.items(), start=1):
            part = f"worksheets/sheet{number}.xml"
            entries += f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
            links += (
                f'<Relationship Id="rId{number}" Target="{part}"'
                f' Type="{kinds}/officeDocument/2006/relationships/worksheet"/>'
            )
            types += (
                f'<Override PartName="/xl/{part}"'
                ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
            )
            body = "".join(f"<row>{''.join(_written(content) for content in row)}</row>" for row in rows)
            archive.writestr(
                f"xl/{part}",
                f'<worksheet xmlns="{kinds}/spreadsheetml/2006/main"><sheetData>{body}</sheetData></worksheet>',
            )
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{kinds}/package/2006/content-types"><Default Extension="rels"'
            ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Override PartName="/xl/workbook.xml"'
            ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
            f"{types}</Types>",
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{kinds}/package/2006/relationships"><Relationship Id="rId1"'
            f' Type="{kinds}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>'
            "</Relationships>",
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{kinds}/spreadsheetml/2006/main"'
            f' xmlns:r="{kinds}/officeDocument/2006/relationships"><sheets>{entries}</sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{kinds}/package/2006/relationships">{links}</Relationships>',
        )
    return path


def _written(content: Content) -> str:
    if content == "":
        return "<c/>"
    if isinstance(content, str):
        return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(content)}</t></is></c>'
    return f"<c><v>{content!r}</v></c>"


def write_extract(path: Path, lines: Sequence[str]) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def read(path: Path, edition: str = "2023") -> Reading:
    return wmd.read(path, path.name, edition)


def read_well(path: Path, edition: str = "2023") -> list[Cell]:
    reading = read(path, edition)
    assert not reading.faults, reading.faults
    return reading.cells


def interpreted(path: Path, edition: str = "2023") -> Interpretation:
    """Interpret a file that must come through without a fault, and prove that every cell is accounted for."""
    found = interpret(read_well(path, edition), Mapping("wmd", FRAMES), edition, path.name)
    assert not found.faults, [str(fault) for fault in found.faults[:5]]
    assert found.n_cells == len(found.observations) + len(found.ledger)
    return found


def changed(rows: Rows, row: int, column: int, content: Content) -> list[list[Content]]:
    """Return a copy of rows with one content changed; row and column count from 1."""
    copy = [list(line) for line in rows]
    copy[row - 1][column - 1] = content
    return copy


def test_the_seeds_of_the_source_hold() -> None:
    assert not [fault for fault in SEED_FAULTS if "wmd" in fault.file]


# Files and editions ------------------------------------------------------------------------------------------------


def test_editions_are_read_from_folders_of_any_style(tmp_path: Path) -> None:
    write_workbook(tmp_path / "2023_edition_data_2021" / NAME_5, {"Cobalt": COBALT_5})
    write_workbook(tmp_path / "2024" / NAME_4, {"Cobalt": COBALT_4})
    (tmp_path / "README.md").write_text("words")
    (tmp_path / "2024" / "WMD2024.pdf").write_text("book")
    plan = wmd.plan(tmp_path, "wmd")
    assert not plan.faults
    assert [(file.path.name, file.edition) for file in plan.files] == [(NAME_5, "2023"), (NAME_4, "2024")]
    assert {path.name for path, reason in plan.left if reason} == {"README.md", "WMD2024.pdf"}


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("6.4.xlsx", "does not say of which edition it is"),
        ("latest/6.4.xlsx", "does not say of which edition it is"),
        ("2024/production.xlsx", "is a workbook of no known table"),
        ("2024/6.9.Something.xlsx", "is a workbook of no known table"),
    ],
)
def test_a_file_that_cannot_be_placed_is_a_fault(tmp_path: Path, place: str, expected: str) -> None:
    write_workbook(tmp_path / place, {"Cobalt": COBALT_4})
    plan = wmd.plan(tmp_path, "wmd")
    assert [fault.problem for fault in plan.faults] == [expected]
    assert not plan.files


@pytest.mark.parametrize("second", [f"2024_again/{NAME_4}", "2024_extract/long.csv", "2024/6.4.copy.xlsx"])
def test_two_files_of_one_table_in_one_edition_are_a_fault(tmp_path: Path, second: str) -> None:
    write_workbook(tmp_path / "2024" / NAME_4, {"Cobalt": COBALT_4})
    (tmp_path / second).parent.mkdir(exist_ok=True)
    (tmp_path / second).write_bytes(b"x")
    (fault,) = wmd.plan(tmp_path, "wmd").faults
    assert fault.problem == "is a second file of table 6.4 of edition 2024"
    assert "wmd/2024/" in fault.hint


# Workbooks that must load ------------------------------------------------------------------------------------------


def test_production_keeps_marks_and_the_parts_of_a_country(tmp_path: Path) -> None:
    found = interpreted(write_workbook(tmp_path / NAME_4, {"Cobalt ": COBALT_4}))
    told = {(item.party, item.series, item.year): (item.value, item.value_flag) for item in found.observations}
    assert told == {
        ("COD", "", 2020): (30.0, "reported"),
        ("COD", "", 2021): (60.0, "reported"),
        ("RUS", "Russia, Asia", 2020): (20.0, "estimated"),
        ("RUS", "Russia, Asia", 2021): (25.0, "estimated"),
        ("RUS", "Russia, Europe", 2021): (15.5, "provisional"),
        ("WORLD", "", 2020): (50.0, "reported"),
        ("WORLD", "", 2021): (100.5, "reported"),
    }
    assert not any(item.is_revised for item in found.observations)
    assert [(line.reason, line.locator) for line in found.ledger] == [("blank", "sheet Cobalt , row 5, column 2020")]
    assert {(item.mineral, item.basis, item.stage, item.unit) for item in found.observations} == {
        ("cobalt", "content", "mine", "t")
    }


def test_shares_of_an_edition_that_is_not_at_hand(tmp_path: Path) -> None:
    found = interpreted(write_workbook(tmp_path / NAME_5, {"Lithium (Li2O)": COBALT_5}))
    told = {(item.party, item.measure): (item.value, item.unit, item.year) for item in found.observations}
    assert told == {
        ("COD", "production"): (75.0, "t", 2021),
        ("TUR", "production"): (25.0, "t", 2021),
        ("WORLD", "production"): (100.0, "t", 2021),
        ("COD", "published_share"): (75.0, "percent", 2021),
        ("TUR", "published_share"): (25.0, "percent", 2021),
        ("WORLD", "published_share"): (100.0, "percent", 2021),
        ("COD", "published_hhi"): (5625.0, "hhi_points", 2021),
        ("TUR", "published_hhi"): (625.0, "hhi_points", 2021),
        ("WORLD", "published_hhi"): (6250.0, "hhi_points", 2021),
    }
    assert {item.basis for item in found.observations} == {"li2o"}
    assert {line.reason for line in found.ledger} == {
        "rank, calculated from the shares",
        "running sum of the shares above",
    }


def test_the_index_in_the_header_is_the_worlds(tmp_path: Path) -> None:
    rows = [[*row[:7], ""] if n > 1 else row for n, row in enumerate(COBALT_5)]
    found = interpreted(write_workbook(tmp_path / NAME_5, {"Cobalt": changed(rows, 2, 8, "HHI: 6250")}))
    (index,) = [item for item in found.observations if item.measure == "published_hhi"]
    assert (index.party, index.value, index.year, index.original_value) == ("WORLD", 6250.0, 2021, "6250")
    assert index.locator == "sheet Cobalt, row 2, column HHI: 6250"


def test_small_and_whole_numbers_stand_as_plain_text(tmp_path: Path) -> None:
    rows = changed(changed(COBALT_5, 4, 6, 1.7028932611827275e-06), 3, 5, 5140.0)
    cells = read_well(write_workbook(tmp_path / NAME_5, {"Cobalt": rows}))
    values = {(cell.row, cell.column): cell.value for cell in cells}
    assert values[4, "Share in %"] == "0.0000017028932611827275"
    assert values[3, "Production 2021"] == "5140"


@pytest.mark.parametrize(
    ("sheet", "mineral", "basis"),
    [
        ("Iron", "iron_ore", "content"),
        ("Chromium (Cr2O3)", "chromium", "cr2o3"),
        ("Chromium", "chromium", "cr2o3"),
        ("Lithium", "lithium", "li2o"),
        ("Lithium (Li)", "lithium", "content"),
        ("Tungsten (WO3)", "tungsten", "wo3"),
        ("Rare Earths (REO)", "rare_earths", "reo"),
        ("Rare Earth Minerals", "rare_earths", "reo"),
        ("Arsenic", "arsenic", "unspecified"),
        ("Beryllium (conc.)", "beryllium", "gross_ore"),
        ("Salt (rock,brines,marine)", "salt", "gross_ore"),
        ("Steam Coal ", "steam_coal", "product"),
        ("Diamonds (Ind)", "industrial_diamond", "product"),
    ],
)
def test_the_basis_comes_from_the_name_of_the_sheet(tmp_path: Path, sheet: str, mineral: str, basis: str) -> None:
    found = interpreted(write_workbook(tmp_path / NAME_4, {sheet: COBALT_4}))
    assert {(item.mineral, item.basis) for item in found.observations} == {(mineral, basis)}


def test_an_unknown_basis_or_country_or_unit_stops_the_run(tmp_path: Path) -> None:
    rows = changed(changed(COBALT_4, 3, 1, "Kongo"), 4, 2, "metr. kt")
    cells = read_well(write_workbook(tmp_path / NAME_4, {"Cobalt": rows, "Cobalt (Co3O4)": COBALT_4}))
    found = interpret(cells, Mapping("wmd", FRAMES), "2023", NAME_4)
    assert {fault.problem for fault in found.faults} == {
        "is an unmapped name",
        "is an unmapped unit",
        "is a series that no rule maps",
    }


def test_groupings_and_the_table_by_country_are_accounted_for_and_left_out(tmp_path: Path) -> None:
    title = "6.3c World Production of Mineral Raw Materials, by Political Stability"
    path = write_workbook(
        tmp_path / "6.3c. Political_stability.xlsx",
        {"Cobalt": [[title], ["Political stability", "unit", "2021"], ["Stable", "metr. t", 5.0], ["Fair", "ct", ""]]},
    )
    assert [line.reason for line in interpreted(path).ledger] == [
        "total over a group of countries, not of a country"
    ] * 2
    path = write_workbook(
        tmp_path / "6.6.Production_by_Countries.xlsx",
        {
            "Congo, Rep.": [
                ["6.6. Production of Mineral Raw Materials of individual Countries, by Countries"],
                ["Congo, Rep.", "unit", "2020", "2021", "Change 20/21"],
                ["Gold", "(kg)", 35.0, 35.0, "."],
                ["Total", "(t)", 5.0, 6.0, ""],
                ["", "", "", "", ""],
            ]
        },
    )
    found = interpreted(path)
    assert not found.observations
    assert [line.reason for line in found.ledger].count("repeats 6.4, by country") == 2
    assert len(found.ledger) == 6


# Workbooks that must not load --------------------------------------------------------------------------------------


def _renamed(column: int, header: str) -> Rows:
    return changed(COBALT_4, 2, column, header)


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        (_renamed(1, "Land"), ["is an unknown column", "is missing among the headers"]),
        (_renamed(2, "units"), ["is an unknown column", "is missing among the headers"]),
        (_renamed(3, "2020 revised"), ["is an unknown column"]),
        (_renamed(3, "2021"), ["stands twice among the headers"]),
        (_renamed(5, ""), ["stands in a column without a header"]),
        ([[*row, 1.0] for row in COBALT_4], ["is an unknown column"]),
        (COBALT_4[:-1], ["does not close the table"]),
        (COBALT_4[:2], ["holds no table"]),
        (COBALT_4[1:], ["is not the title of the table"]),
        (changed(COBALT_4, 1, 1, TITLE_5), ["is not the title of the table"]),
        ([*COBALT_4[:3], *COBALT_4[2:]], ["stands twice in the table"]),
        ([*COBALT_4[:3], [""] * 5, *COBALT_4[3:]], ["is a row without a name"]),
        (changed(COBALT_4, 4, 5, "guess"), ["is no known quality of a figure"]),
        ([], ["holds no table"]),
    ],
)
def test_a_production_sheet_that_is_not_as_it_should_be(tmp_path: Path, rows: Rows, problems: list[str]) -> None:
    path = write_workbook(tmp_path / NAME_4, {"Nickel": COBALT_4, "Cobalt": rows})
    reading = read(path)
    assert [fault.problem for fault in reading.faults] == problems
    assert {fault.file for fault in reading.faults} == {f"{NAME_4} (Cobalt)"}


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        (changed(COBALT_5, 2, 5, "Production 2020"), ["is of another year"]),
        (changed(COBALT_5, 2, 8, "HHI"), ["is an unknown column"]),
        (changed(COBALT_5, 2, 8, "HHI: 6250"), ["is a value of no column"] * 3),
        ([row[:7] for row in COBALT_5], ["is missing, or stands twice"]),
        (changed(COBALT_5, 2, 6, "Share"), ["is an unknown column", "is missing among the headers"]),
    ],
)
def test_a_sheet_of_shares_that_is_not_as_it_should_be(tmp_path: Path, rows: Rows, problems: list[str]) -> None:
    reading = read(write_workbook(tmp_path / NAME_5, {"Cobalt": rows}))
    assert [fault.problem for fault in reading.faults] == problems


def test_an_unknown_column_is_told_with_the_nearest_known_one(tmp_path: Path) -> None:
    rows = changed(COBALT_4, 2, 5, "Source of dates")
    fault = read(write_workbook(tmp_path / NAME_4, {"Cobalt": rows})).faults[0]
    assert (fault.row, fault.column, fault.value) == (2, "Source of dates", "Source of dates")
    assert "'Sources of data'" in fault.hint


def test_a_workbook_that_is_none(tmp_path: Path) -> None:
    whole = write_workbook(tmp_path / "whole" / NAME_4, {"Cobalt": COBALT_4}).read_bytes()
    for content in (b"", b"Country;unit\n", whole[: len(whole) // 2], b"\x00" * 100):
        path = tmp_path / NAME_4
        path.write_bytes(content)
        assert [fault.problem for fault in read(path).faults] == ["is no workbook that can be read"]
    path.unlink()
    assert [fault.problem for fault in read(path).faults] == ["is no workbook that can be read"]


# The extract -------------------------------------------------------------------------------------------------------


def test_the_extract_is_read_like_table_6_4(tmp_path: Path) -> None:
    found = interpreted(write_extract(tmp_path / "long.csv", EXTRACT), "2024")
    told = [(item.party, item.value, item.value_flag, item.note, item.locator) for item in found.observations]
    assert told == [
        ("COD", 115371.0, "reported", "Codes in the extract: 180, COD", "row 2, column value"),
        ("WORLD", 115371.0, "reported", "", "row 4, column value"),
    ]
    assert [(line.reason, line.locator) for line in found.ledger] == [("blank", "row 3, column value")]


@pytest.mark.parametrize(
    ("lines", "problems"),
    [
        ([], ["is empty"]),
        (["mineral,country,iso_numeric,iso3,year,value,unit,data_source", *EXTRACT[1:]], ["is an unknown column"]),
        ([EXTRACT_HEAD + ",extra", *(line + "," for line in EXTRACT[1:])], ["is an unknown column"]),
        (EXTRACT[:-1], ["has no row called Total"]),
        ([*EXTRACT, "Cobalt,Zambia,894,ZMB,2022"], ["has 5 fields"]),
        ([*EXTRACT, "Cobalt,Zambia,894,ZMB,2022,1,metr. t,r,"], ["has 9 fields"]),
        ([*EXTRACT, "Cobalt,894,ZMB,2022,1,metr. t,r,Zambia"], ["is not what stands in this column"]),
        ([*EXTRACT, "Cobalt,Zambia,894,ZMB,22,1,metr. t,r"], ["is not what stands in this column"]),
        ([*EXTRACT, "Cobalt,Zambia,894,ZMB,2022,1,,r"], ["is not what stands in this column"]),
        ([*EXTRACT, "Cobalt,Zambia,894,ZMB,2022,1,metr. t,q"], ["is no known quality of a figure"]),
        ([*EXTRACT, "Cobalt,Zambia,DELETE,DELETE,2022,1,metr. t,r"], ["is a code of another row"]),
        ([*EXTRACT, EXTRACT[1]], ["stands in row 2 already"]),
        ([*EXTRACT, 'Cobalt,"Zambia'], ["cannot be read as CSV"]),
    ],
)
def test_an_extract_that_is_not_as_it_should_be(tmp_path: Path, lines: list[str], problems: list[str]) -> None:
    path = tmp_path / "long.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    found = [fault.problem for fault in read(path).faults]
    assert set(problems) <= set(found)
    assert all(fault.hint or "already" in fault.problem for fault in read(path).faults)


def test_an_extract_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes("\n".join([EXTRACT_HEAD, "Cobalt,Türkiye,792,TUR,2022,1,metr. t,r"]).encode("latin-1"))
    (fault,) = read(path).faults
    assert (fault.problem, fault.value[:2]) == ("is not UTF-8", "fc")


# The publisher's files ---------------------------------------------------------------------------------------------


def _real(table: str, edition: str) -> Path:
    (path,) = (item.path for item in wmd.plan(DATA, "wmd").files if item.edition == edition and table in item.path.name)
    return path


@pytest.fixture(scope="module")
def observed() -> Iterator[dict[tuple[str, str], list[Observation]]]:
    """Observations of the tables of both editions that give any."""
    wanted = (("6.4", "2017"), ("6.5", "2017"), ("_long", "2024"), ("6.5", "2024"))
    yield {key: interpreted(_real(*key), key[1]).observations for key in wanted}


Observed = dict[tuple[str, str], list[Observation]]


@real
def test_every_cell_of_every_file_is_accounted_for() -> None:
    plan = wmd.plan(DATA, "wmd")
    assert not plan.faults
    counts = defaultdict(int)
    for file in plan.files:
        found = interpreted(file.path, file.edition)
        counts[file.edition, "cells"] += found.n_cells
        counts[file.edition, "observations"] += len(found.observations)
    assert dict(counts) == {
        ("2017", "cells"): 45987,
        ("2017", "observations"): 13404,
        ("2024", "cells"): 22679,
        ("2024", "observations"): 15413,
    }


@real
def test_known_cells(observed: Observed) -> None:
    def value(key: tuple[str, str], mineral: str, party: str, year: int, measure: str = "production") -> list[object]:
        return [
            (item.value, item.value_flag, item.unit, item.basis, item.series)
            for item in observed[key]
            if (item.mineral, item.party, item.year, item.measure) == (mineral, party, year, measure)
        ]

    assert value(("6.4", "2017"), "cobalt", "COD", 2015) == [(84400.0, "reported", "t", "content", "")]
    assert value(("6.4", "2017"), "cobalt", "RUS", 2011) == [
        (1870.0, "reported", "t", "content", "Russia, Asia"),
        (467.0, "reported", "t", "content", "Russia, Europe"),
    ]
    assert value(("6.4", "2017"), "lithium", "CHN", 2015) == [(9500.0, "estimated", "t", "li2o", "")]
    assert value(("6.4", "2017"), "natural_gas", "ESP", 2015) == [(16.0, "provisional", "million_m3", "product", "")]
    assert value(("6.4", "2017"), "cobalt", "USA", 2011) == []
    assert value(("6.5", "2017"), "cobalt", "WORLD", 2015, "published_hhi")[0][:3] == (3732.0, "reported", "hhi_points")
    assert value(("6.5", "2024"), "cobalt", "COD", 2022)[0][0] == 115371.0
    assert value(("_long", "2024"), "iron_ore", "DZA", 2018) == [(1178800.0, "estimated", "t", "content", "")]
    assert {item.party for item in observed["_long", "2024"]} >= {"XKX", "TWN", "GUF", "GUY", "PRK", "USA", "TUR"}


@real
def test_countries_add_up_to_the_world(observed: Observed) -> None:
    for key in (("6.4", "2017"), ("_long", "2024")):
        sums: dict[tuple[str, int], float] = defaultdict(float)
        world: dict[tuple[str, int], float] = {}
        for item in observed[key]:
            assert item.value is not None
            if item.party == "WORLD":
                world[item.mineral, item.year] = item.value
            else:
                sums[item.mineral, item.year] += item.value
        assert len(world) == 5 * len({mineral for mineral, _ in world})
        assert sums == pytest.approx(world, rel=1e-12)


@real
@pytest.mark.parametrize(("edition", "year", "minerals"), [("2017", 2015, 63), ("2024", 2022, 65)])
def test_shares_and_indices_follow_from_the_production_beside_them(
    observed: Observed, edition: str, year: int, minerals: int
) -> None:
    found = [item for item in observed["6.5", edition] if item.year == year]
    rows: dict[str, dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    for item in found:
        assert item.value is not None
        name = item.party if item.party == "WORLD" else item.party_printed
        rows[item.mineral][item.measure][name] = item.value
    assert len(rows) == minerals
    for mineral, measures in rows.items():
        world = measures["production"].pop("WORLD")
        assert sum(measures["production"].values()) == pytest.approx(world, rel=1e-12), mineral
        shares = {name: 100 * value / world for name, value in measures["production"].items()}
        assert measures["published_share"].pop("WORLD") == pytest.approx(100, rel=1e-12)
        assert measures["published_share"] == pytest.approx(shares, rel=1e-9), mineral
        # Both parts of Russia count apart in the 2017 edition's index, as two producers.
        index = sum(share**2 for share in shares.values())
        printed = measures["published_hhi"].pop("WORLD")
        if edition == "2017":
            assert (round(index), measures["published_hhi"]) == (printed, {}), mineral
        else:
            assert index == pytest.approx(printed, rel=1e-9), mineral
            squares = {name: share**2 for name, share in shares.items()}
            assert measures["published_hhi"] == pytest.approx(squares, rel=1e-9), mineral


@real
@pytest.mark.parametrize(("shares", "production", "year"), [("2017", "6.4", 2015), ("2024", "_long", 2022)])
def test_shares_repeat_production_of_the_same_edition(
    observed: Observed, shares: str, production: str, year: int
) -> None:
    def told(key: tuple[str, str]) -> dict[tuple[str, str], float | None]:
        # Countries that produce none stand in 6.4 with a zero, and not in 6.5.
        return {
            (item.mineral, item.party_printed): item.value
            for item in observed[key]
            if item.measure == "production" and item.year == year and item.value
        }

    assert told(("6.5", shares)) == pytest.approx(told((production, shares)), rel=1e-12)


@real
def test_the_table_by_country_repeats_table_6_4() -> None:
    """What is left out as a repetition is one: same figures, but for 14 that are blank there and zero here."""
    short = {
        "boron minerals": "boron",
        "gypsum and anhydrite": "gypsum",
        "natural gas": "nat. gas",
        "oil sands": "oilsands",
        "rare earth minerals": "rare earths",
        "diamonds (gem)": "diam. (gem)",
        "diamonds (ind)": "diam. (ind)",
    }

    def name(sheet: str) -> str:
        folded = sheet.strip().casefold()
        return short.get(folded, folded.split(" (")[0].split(", ")[0])

    by_mineral = {
        (cell.party, name(cell.commodity), cell.year): cell.value for cell in read_well(_real("6.4", "2017"), "2017")
    }
    repeated = [
        (cell, by_mineral[cell.party, cell.commodity.casefold(), cell.year])
        for cell in read_well(_real("6.6", "2017"), "2017")
        if cell.measure == "Production" and cell.commodity != "Total"
    ]
    assert len(repeated) == 9440
    assert all(float(cell.value or 0) == pytest.approx(float(other or 0), rel=1e-12) for cell, other in repeated)
    assert sum((cell.value == "") != (other == "") for cell, other in repeated) == 14

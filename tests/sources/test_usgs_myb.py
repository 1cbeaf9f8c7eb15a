"""USGS Minerals Yearbook: what loads from workbooks in the publisher's layout, and what each fault says."""

from __future__ import annotations

import os
import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest

from etl.project import find_project
from etl.seeds.check import load_seeds
from etl.sources.cells import Cell, Reading
from etl.sources.interpret import Interpretation, Mapping, Observation, interpret
from etl.sources.usgs_myb import left_sheets, plan, read
from etl.sources.usgs_myb.labels import known_names, read_label

ROOT = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("OREBLOC_SHARED", ROOT.parent / "shared")) / "data" / "usgs_myb"
needs_real = pytest.mark.skipif(not REAL.is_dir(), reason="the publisher's workbooks are not here")

# A cell of the written sheets; a text with "^" has its end as superscript, leading blanks are indentation.
Value = str | int | float
Rows = list[list[Value]]
YEARS = (2017, 2018, 2019, 2020, 2021)
HEADER: list[Value] = ["Country or locality^3", "", 2017, "", 2018, "", 2019, "", 2020, "", "2021", ""]
NOTES: Rows = [
    ["e^Estimated.  ^rRevised.  -- Zero."],
    ["1Table includes data available through June 9, 2022."],
    ["2Less than ½ unit."],
    ["3In addition to the countries listed, others may have produced."],
]


def row(label: str, *values: Value) -> list[Value]:
    """Write a row: values and flags in turns of ("value", "flag") or plain values."""
    cells: list[Value] = [label, ""]
    for value in values:
        cells += [*value.split("|")] if isinstance(value, str) and "|" in value else [value, ""]
    return cells


def table(
    *body: list[Value], title: str = "COBALT: WORLD MINE PRODUCTION, BY COUNTRY OR LOCALITY^1, 2",
    unit: str = "(Metric tons, cobalt content)", header: list[Value] | None = None,
) -> Rows:  # fmt: skip
    return [["TABLE 7"], [title], [], [unit], [], header or HEADER, *body, *NOTES]


def note(year: int = 2021) -> Rows:
    return [
        ["Advance Data Release of the"], [f"{year} Annual Tables"],
        ["These tables are an advance data release of those to be incorporated in the USGS"],
        [f" Minerals Yearbook {year}, v. I, Metals and Minerals."],
    ]  # fmt: skip


BODY = (
    row("Australia^4", 5140, 5034, 4878, "5746|r", 5632),
    row("Congo (Kinshasa)^e, 3", 68000, 80000, 104000, "107000|r", 98000),
    row("Brazil", 852, 185, "--|e", "30|e", "160|r, e"),
    row("    Total", 74000, 85200, 109000, "112800|r", 103800),
)


def _sheet_xml(rows: Rows, strings: list[str]) -> str:
    lines = []
    for at, cells in enumerate(rows, 1):
        xml = []
        for index, value in enumerate(cells):
            place = f"{chr(ord('A') + index)}{at}"
            if isinstance(value, str):
                if not value:
                    continue
                depth = (len(value) - len(value.lstrip(" "))) // 4
                strings.append(_string_xml(value.strip(" ") if depth else value))
                xml.append(f'<c r="{place}" s="{min(depth, 3)}" t="s"><v>{len(strings) - 1}</v></c>')
            else:
                xml.append(f'<c r="{place}"><v>{float(value)}</v></c>')
        lines.append(f'<row r="{at}">{"".join(xml)}</row>')
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def _string_xml(text: str) -> str:
    base, _, above = text.partition("^")
    if not above:
        return f'<si><t xml:space="preserve">{escape(base)}</t></si>'
    style = '<rPr><vertAlign val="superscript"/></rPr>'
    return (
        f'<si><r><t xml:space="preserve">{escape(base)}</t></r>'
        f'<r>{style}<t xml:space="preserve">{escape(above)}</t></r></si>'
    )


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def write(path: Path, sheets: dict[str, Rows]) -> Path:
    """Write a workbook as the publisher's look: shared strings with superscripts, indented labels."""
    path.parent.mkdir(parents=True, exist_ok=True)
    strings: list[str] = []
    parts = {f"xl/worksheets/s{n}.xml": _sheet_xml(rows, strings) for n, rows in enumerate(sheets.values())}
    names = "".join(f'<sheet name={quoteattr(name)} sheetId="{n + 1}" r:id="r{n}"/>' for n, name in enumerate(sheets))
    targets = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/worksheet" Target="worksheets/s{n}.xml"/>' for n in range(len(sheets))
    )
    styles = "".join(f'<xf><alignment indent="{depth}"/></xf>' for depth in range(4))
    parts |= {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" '
        'ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="w" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{targets}'
        f'<Relationship Id="x" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        f'<Relationship Id="y" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{"".join(strings)}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs>{styles}</cellXfs></styleSheet>',
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, xml in parts.items():
            archive.writestr(name, xml)
    return path


def flat(sheet: Rows) -> Rows:
    """Take superscripts and indentation away, as other programs that write workbooks do."""
    return [[cell.strip(" ").replace("^", "") if isinstance(cell, str) else cell for cell in cells] for cells in sheet]


def cells_of(tmp_path: Path, sheet: Rows) -> list[Cell]:
    reading = reading_of(tmp_path, sheet)
    assert not reading.faults, reading.faults
    return reading.cells


def reading_of(tmp_path: Path, sheet: Rows) -> Reading:
    return read(write(tmp_path / "book.xlsx", {"Note": note(), "T7": sheet}), "usgs_myb/book.xlsx", "2021")


def in_year(cells: list[Cell], year: int) -> list[tuple[str, str, str, str]]:
    return [(cell.table_kind, cell.party, cell.series, cell.value) for cell in cells if cell.year == str(year)]


@pytest.fixture(scope="module")
def mapping() -> Mapping:
    frames, _ = load_seeds(find_project(ROOT))
    return Mapping("usgs_myb", frames)


def interpreted(cells: list[Cell], mapping: Mapping, edition: str = "2021") -> Interpretation:
    result = interpret(cells, mapping, edition, "usgs_myb/book.xlsx")
    assert result.n_cells == len(result.observations) + len(result.ledger) + len(result.faults)
    return result


# --- What loads


@pytest.mark.parametrize("look", [list, flat], ids=["formatted", "flat"])
def test_a_table_is_read_in_the_publishers_words(tmp_path: Path, look: Callable[[Rows], Rows]) -> None:
    cells = cells_of(tmp_path, look(table(*BODY)))
    assert len(cells) == 4 * 5
    congo = next(cell for cell in cells if cell.row == 8 and cell.year == "2020")
    assert (congo.party, congo.value, congo.marks) == ("Congo (Kinshasa)", "107000", "e, r")
    assert (congo.commodity, congo.unit, congo.measure) == (
        "COBALT",
        "Metric tons",
        "WORLD MINE PRODUCTION, cobalt content",
    )
    assert congo.note == "In addition to the countries listed, others may have produced."
    assert (congo.table_kind, congo.column, congo.sheet) == ("world", "2020", "T7")


def test_observations_carry_flags_units_and_world(tmp_path: Path, mapping: Mapping) -> None:
    result = interpreted(cells_of(tmp_path, table(*BODY)), mapping)
    assert not result.faults
    found = {(one.party, one.year): one for one in result.observations}
    assert found["COD", 2020].value_flag == "estimated"
    assert found["COD", 2020].is_revised
    assert found["BRA", 2019].value_flag == "zero"
    assert found["WORLD", 2021].value == 103800
    assert {(one.mineral, one.basis, one.stage, one.unit) for one in result.observations} == {
        ("cobalt", "content", "mine", "t")
    }


GROUPS = (
    row("Austria, amorphous^e", 1000, 500, 500, 500, 500),
    row("China:^e"),
    row("    Amorphous", "333400|1", 469600, 473600, "159000|r, e", 200000),
    row("    Crystalline flake", 748600, 694400, 711400, 506000, 620000),
    row("        Total", 1082000, 1164000, 1185000, 665000, 820000),
    row("Korea, Republic of, crystalline flake", "--", 670, 302, 3052, 10485),
    row("    Grand total", 1083000, 1164500, 1185500, 668552, 831000),
    row("        Of which:"),
    row("            Amorphous", 334400, 470100, 474100, 159500, 200500),
)


@pytest.mark.parametrize("look", [list, flat], ids=["formatted", "flat"])
def test_parts_of_a_printed_total_are_told_from_it(
    tmp_path: Path, mapping: Mapping, look: Callable[[Rows], Rows]
) -> None:
    sheet = table(*GROUPS, title="NATURAL GRAPHITE:  WORLD PRODUCTION, BY COUNTRY OR LOCALITY^1", unit="(Metric tons)")
    cells = cells_of(tmp_path, look(sheet))
    assert in_year(cells, 2017) == [
        ("world", "Austria", "amorphous", "1000"),
        ("parts", "China", "Amorphous", "333400"),
        ("parts", "China", "Crystalline flake", "748600"),
        ("world", "China", "Total", "1082000"),
        ("world", "Korea, Republic of", "crystalline flake", "--"),
        ("world", "Grand total", "", "1083000"),
        ("parts", "Grand total", "Of which, Amorphous", "334400"),
    ]
    assert next(cell.marks for cell in cells if cell.series == "Total") == "e"
    result = interpreted(cells, mapping)
    assert not result.faults
    assert len(result.observations) == 4 * 5
    assert {one.basis for one in result.observations} == {"unspecified"}


def test_groups_of_products_have_totals_of_their_own(tmp_path: Path, mapping: Mapping) -> None:
    body = (
        row("Palladium:"),
        row("    Canada^e", 19000, 21000, 23000, 14000, 15000),
        row("        Total", 19000, 21000, 23000, 14000, 15000),
        row("Platinum:"),
        row("    Canada", 7600, 7600, 8500, 5300, 6000),
        row("        Total", 7600, 7600, 8500, 5300, 6000),
        row("\u2003Grand Total", 26600, 28600, 31500, 19300, 21000),
    )
    title = "PLATINUM-GROUP METALS: WORLD MINE PRODUCTION, BY COUNTRY OR LOCALITY^1"
    cells = cells_of(tmp_path, table(*body, title=title, unit="(Kilograms)"))
    assert [kind for kind, *_ in in_year(cells, 2017)] == [
        "world", "group_total", "world", "group_total", "grand_total"
    ]  # fmt: skip
    result = interpreted(cells, mapping)
    worlds = {
        (one.mineral, one.value, one.unit) for one in result.observations if one.party == "WORLD" and one.year == 2017
    }
    assert worlds == {("palladium", 19000, "kg"), ("platinum", 7600, "kg")}
    assert {line.reason for line in result.ledger} == {
        "total over several metals, each of which is a series of its own"
    }


def test_groups_without_totals_and_two_bases_in_one_column(tmp_path: Path, mapping: Mapping) -> None:
    body = (
        row("Nigeria:"),
        row("    Gross weight", 37, 59, 1, 1, 1),
        row("    Mn content, 25% to 37% Mn^e", 13, 21, "(2)|r", "(2)", "(2)"),
        row("Russia, concentrate, Mn content, 20% to 30% Mn:", "(2)", "--", "--", "--", "--"),
        row("Total:"),
        row("        Gross weight", 37, 59, 1, 1, 1),
        row("        Mn content", 13, 21, 0, 0, 0),
    )
    title, unit = (
        "MANGANESE ORE: WORLD PRODUCTION, BY COUNTRY OR LOCALITY^1",
        "(Thousand metric tons, manganese content)",
    )
    result = interpreted(cells_of(tmp_path, table(*body, title=title, unit=unit)), mapping)
    assert not result.faults
    found = {(one.party, one.basis, one.year): one for one in result.observations}
    small = found["NGA", "content", 2019]
    assert (small.original_value, small.value, small.value_high, small.value_flag, small.unit) == (
        "(2)", None, 0.5, "less_than", "kt"
    )  # fmt: skip
    assert found["RUS", "content", 2018].value_flag == "zero"
    assert found["WORLD", "gross_ore", 2018].value == 59


def test_two_blocks_and_two_header_rows(tmp_path: Path, mapping: Mapping) -> None:
    def lines(*numbers: int) -> Rows:
        triples = [value for n in numbers for value in (n, n // 10, n // 2)]
        chile = row("    Lithium hydroxide^3", *triples)
        return [
            row("Australia, spodumene", *triples),
            row("Chile, subsurface brine:"),
            chile,
            row("    Total", *triples),
        ]

    def header(*years: int) -> Rows:
        above = [value for year in years for value in (year, "", "", "", "", "")]
        below = ["Gross weight", "", "Li content", "", "LCE", ""] * len(years)
        return [["", "", *above], ["Country or locality^2", "", *below]]

    title = "LITHIUM MINERALS AND BRINE: WORLD PRODUCTION, BY COUNTRY AND LOCALITY^1"
    sheet: Rows = [
        ["TABLE 4"], [title], [], ["(Metric tons)"], [], *header(2017, 2018, 2019), *lines(100, 200, 300),
        *header(2020, 2021), *lines(400, 500), *NOTES,
    ]  # fmt: skip
    cells = cells_of(tmp_path, sheet)
    assert len(cells) == 3 * 3 * 5
    result = interpreted(cells, mapping)
    found = {(one.party, one.basis, one.year): one.value for one in result.observations}
    assert found["AUS", "lce", 2021] == 250
    assert found["AUS", "content", 2018] == 20
    assert found["WORLD", "product", 2020] == 400
    assert len(result.ledger) == 15


def test_other_commodities_and_columns_load_without_a_change(tmp_path: Path, mapping: Mapping) -> None:
    header: list[Value] = [
        "Country or locality",
        "",
        *[value for year in YEARS for value in (year, "p" if year == 2021 else "")],
    ]
    body = (row("Cote d'Ivoire", 1, 2, 3, 4, 5), row("Total", 1, 2, 3, 4, 5))
    for title, unit, expected in (
        ("ZINC: WORLD SMELTER PRODUCTION, BY COUNTRY OR LOCALITY1", "(Metric tons)", "zinc unspecified smelter t"),
        ("COPPER: WORLD MINE PRODUCTION, BY COUNTRY", "(Metric tons, copper content)", "copper content mine t"),
        ("POTASH: WORLD PRODUCTION, BY COUNTRY1", "(Thousand metric tons, K2O equivalent)", "potash k2o mine kt"),
        ("FERROSILICON, WORLD PRODUCTION BY COUNTRY", "(Metric tons, gross weight)", "ferrosilicon product smelter t"),
    ):
        result = interpreted(cells_of(tmp_path, table(*body, title=title, unit=unit, header=header)), mapping)
        assert not result.faults, result.faults
        assert {f"{one.mineral} {one.basis} {one.stage} {one.unit}" for one in result.observations} == {expected}
        assert {one.value_flag for one in result.observations if one.year == 2021} == {"provisional"}


def test_a_table_of_two_pages_is_one_table(tmp_path: Path) -> None:
    first = [row("Brazil, x", 1, 1, 1, 1, 1), row("China:"), row("    Amorphous", 2, 2, 2, 2, 2)]
    second = [row("China—Continued:"), row("    Flake", 3, 3, 3, 3, 3), row("        Total", 5, 5, 5, 5, 5)]
    again: Rows = [
        ["See footnotes at end of table."],
        ["TABLE 7—Continued"],
        ["GRAPHITE"],
        [],
        ["(Metric tons)"],
        HEADER,
    ]
    last = row("Grand total", 6, 6, 6, 6, 6)
    title = "GRAPHITE: WORLD PRODUCTION, BY COUNTRY OR LOCALITY"
    sheet = table(*first, *again, *second, last, title=title, unit="(Metric tons)")
    assert [(kind, party) for kind, party, _, _ in in_year(cells_of(tmp_path, sheet), 2017)] == [
        ("world", "Brazil"), ("parts", "China"), ("parts", "China"), ("world", "China"), ("world", "Grand total")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("printed", "text", "marks"),
    [
        ("Congo (Kinshasa)e, 7", "Congo (Kinshasa)", ("e", "7")),
        ("Chile", "Chile", ()),
        ("Chilee", "Chile", ("e",)),
        ("Nigere", "Niger", ("e",)),
        ("Germany, crystalline flakee", "Germany, crystalline flake", ("e",)),
        ("Austria, amorphouse", "Austria, amorphous", ("e",)),
        ("Georgia, silicomanganese", "Georgia, silicomanganese", ()),
        ("Namibia, acid grade, 97% CaF2", "Namibia, acid grade, 97% CaF2", ()),
        ("Burma:e, 3", "Burma", ("e", "3")),
        ("Totale", "Total", ("e",)),
        ("Turkey14", "Turkey", ("14",)),
        ("Cuba, sulfidee, 4", "Cuba, sulfide", ("e", "4")),
    ],
)
def test_marks_without_superscripts(printed: str, text: str, marks: tuple[str, ...]) -> None:
    label = read_label(printed, {}, known_names())
    assert (label.text, label.marks) == (text, marks)


# --- What is left alone, and editions


def test_editions_come_from_the_release_note(tmp_path: Path) -> None:
    salient: Rows = [["TABLE 1"], ["SALIENT COBALT STATISTICS"], ["", 2017, 2018, 2019, 2020, 2021]]
    write(tmp_path / "2021" / "cobal.xlsx", {"Note": note(), "T1": salient, "T7": table(*BODY)})
    write(tmp_path / "trade.xlsx", {"T1": [["U.S. IMPORTS OF COBALT, BY COUNTRY"]]})
    (tmp_path / "README.md").write_text("x")
    found = plan(tmp_path, "usgs_myb")
    assert not found.faults
    assert [(file.path.name, file.edition) for file in found.files] == [("cobal.xlsx", "2021")]
    assert {path.name: why for path, why in found.left} == {
        "README.md": "no workbook", "trade.xlsx": "has no world production table by country"
    }  # fmt: skip
    assert left_sheets(tmp_path / "2021" / "cobal.xlsx") == [
        ("Note", "release note"), ("T1", "a table of the United States")
    ]  # fmt: skip


def test_without_a_release_note_the_last_year_is_the_edition(tmp_path: Path) -> None:
    write(tmp_path / "cobal.xlsx", {"T7": table(*BODY)})
    assert [file.edition for file in plan(tmp_path, "usgs_myb").files] == ["2021"]


def test_what_cannot_be_planned_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "empty.xlsx").write_bytes(b"")
    (tmp_path / "text.xlsx").write_text("Country,2017\n")
    write(tmp_path / "other_year.xlsx", {"Note": note(2020), "T7": table(*BODY)})
    write(tmp_path / "2019" / "folder.xlsx", {"Note": note(), "T7": table(*BODY)})
    write(tmp_path / "one.xlsx", {"Note": note(), "T7": table(*BODY)})
    write(tmp_path / "two.xlsx", {"Note": note(), "T9": table(*BODY)})
    write(tmp_path / "title.xlsx", {"Note": note(), "T7": table(*BODY, title="COBALT: MINE PRODUCTION")})
    faults = {(fault.file.split("/")[-1], fault.problem) for fault in plan(tmp_path, "usgs_myb").faults}
    assert ("empty.xlsx", "is empty") in faults
    assert any(file == "text.xlsx" and problem.startswith("is no workbook") for file, problem in faults)
    assert ("other_year.xlsx (T7)", "is another last year than the edition") in faults
    assert ("folder.xlsx", "is the folder of another edition") in faults
    assert ("two.xlsx (T9)", "is a table that stands twice") in faults
    assert ("title.xlsx (T7)", "looks like a world table, but its title does not say so") in faults


# --- Faults of a table


def changed(at: int, index: int, value: Value) -> Rows:
    sheet = [list(cells) for cells in table(*BODY)]
    sheet[at] += [""] * (index + 1 - len(sheet[at]))
    sheet[at][index] = value
    return sheet


@pytest.mark.parametrize(
    ("sheet", "problem", "place"),
    [
        (changed(5, 4, "Year two"), "is an unknown column", (6, "column 5")),
        (changed(5, 12, "Remarks"), "is an unknown column", (6, "column 13")),
        (changed(5, 4, 2017), "has the year and measure of column 3", (6, "column 5")),
        (changed(5, 12, 2022), "are not the years of a table", (6, "")),
        (changed(6, 3, "5034"), "is no flag", (7, "column 4")),
        (changed(6, 3, 29), "is no flag", (7, "column 4")),
        (changed(6, 1, "x"), "stands in a column without a header", (7, "column 2")),
        (changed(6, 13, 5), "stands in a column without a header", (7, "column 14")),
        (changed(6, 0, ""), "has values but no label", (7, "column 1")),
        (changed(11, 2, 5), "stands below the footnotes", (12, "column 3")),
        (table(*BODY)[:8], "ends without a total", (8, "")),
        ([cells for at, cells in enumerate(table(*BODY)) if at != 3], "has no unit line", (None, "")),
        ([cells for at, cells in enumerate(table(*BODY)) if at != 5], "has no header row", (None, "")),
    ],
)
def test_a_damaged_table_is_a_fault(tmp_path: Path, sheet: Rows, problem: str, place: tuple[int | None, str]) -> None:
    faults = reading_of(tmp_path, sheet).faults
    assert (problem, *place) in {(fault.problem, fault.row, fault.column) for fault in faults}, faults


def test_all_faults_of_a_file_come_together(tmp_path: Path) -> None:
    sheet = changed(5, 12, "Remarks")
    sheet[6][3] = "oops"
    assert len(reading_of(tmp_path, sheet).faults) == 2


def test_what_is_no_workbook_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    for content in (b"", b"PK\x03\x04 cut off", "Länder;2017".encode("latin-1")):
        path.write_bytes(content)
        assert len(read(path, "x.xlsx", "2021").faults) == 1


def test_an_unknown_name_is_a_fault_with_a_line_to_paste(tmp_path: Path, mapping: Mapping) -> None:
    result = interpreted(cells_of(tmp_path, table(row("Brasil", 1, 2, 3, 4, 5), *BODY)), mapping)
    assert {fault.value for fault in result.faults} == {"Brasil"}
    assert "'brazil'" in result.faults[0].hint.casefold()


def test_a_blank_value_is_a_ledger_line(tmp_path: Path, mapping: Mapping) -> None:
    result = interpreted(cells_of(tmp_path, table(row("Cuba", "", 2, 3, 4, 5), *BODY)), mapping)
    assert [line.reason for line in result.ledger] == ["blank"]


def test_ten_thousand_rows_in_about_a_second(tmp_path: Path) -> None:
    body = [row("Brazil, metal", 1, 2, 3, 4, 5) for _ in range(10_000)]
    path = write(tmp_path / "big.xlsx", {"T7": table(*body, BODY[-1])})
    started = time.perf_counter()
    reading = read(path, "big.xlsx", "2021")
    assert len(reading.cells) == 50_005
    assert time.perf_counter() - started < 4


# --- Data Series 140


def ds140(*columns: str) -> Rows:
    years: Rows = [[year, *[n * 10 + year for n in range(len(columns))]] for year in (2018, 2019, 2020)]
    return [
        ["RARE EARTHS STATISTICS^1"], ["U.S. GEOLOGICAL SURVEY"],
        ["[All quantities in metric tons (t) rare-earth oxide equivalent unless otherwise noted]"],
        ["Last modification: September 27, 2023"], ["Year", *columns], *years, ["NA Not available."],
    ]  # fmt: skip


def test_world_production_of_data_series_140(tmp_path: Path, mapping: Mapping) -> None:
    path = write(tmp_path / "ds140.xlsx", {"Rare earths": ds140("Production", "Imports", "World production")})
    assert [file.edition for file in plan(tmp_path, "usgs_myb").files] == ["2020"]
    result = interpreted(read(path, "ds140.xlsx", "2020").cells, mapping, "2020")
    assert not result.faults
    assert {(one.party, one.year, one.value, one.basis, one.stage) for one in result.observations} == {
        ("WORLD", year, year + 20, "reo", "none") for year in (2018, 2019, 2020)
    }
    assert len(result.ledger) == 6


def test_a_damaged_series_is_a_fault(tmp_path: Path) -> None:
    gap = ds140("Production", "World production")
    del gap[6]
    for sheet, problem in (
        (ds140("Production", "Imports2", "World production"), "is an unknown column"),
        (ds140("Production"), "has no column of world production"),
        (ds140("World production")[:-1], "ends without its notes"),
        (gap, "is not the next year"),
    ):
        path = write(tmp_path / "ds140.xlsx", {"Rare earths": sheet})
        assert problem in {fault.problem for fault in read(path, "ds140.xlsx", "2020").faults}


# --- The publisher's own workbooks


@pytest.fixture(scope="module")
def real(mapping: Mapping) -> list[Observation]:
    found = plan(REAL, "usgs_myb")
    assert not found.faults
    observations = []
    for file in found.files:
        reading = read(file.path, file.path.name, file.edition)
        assert not reading.faults
        result = interpret(reading.cells, mapping, file.edition, file.path.name)
        assert not result.faults
        assert result.n_cells == len(result.observations) + len(result.ledger)
        observations += result.observations
    return observations


@needs_real
def test_every_key_is_unique_and_countries_add_up_to_the_world(real: list[Observation]) -> None:
    keys = [(o.edition, o.mineral, o.basis, o.stage, o.measure, o.series, o.table_kind, o.party, o.year) for o in real]
    assert len(keys) == len(set(keys)) > 3500
    sums: dict[tuple[str, ...], list[float]] = {}
    for one in real:
        if one.stage != "none":
            pair = sums.setdefault((one.edition, one.mineral, one.basis, one.stage, str(one.year)), [0.0, 0.0])
            pair[one.party == "WORLD"] += one.value or 0
    assert all(world == pytest.approx(countries, rel=0.005) for countries, world in sums.values())


@needs_real
@pytest.mark.parametrize(
    ("file", "row", "year", "expected"),
    [
        ("colbalt.xlsx", 12, 2019, ("COD", 107000, "t", "estimated", "content", "mine")),
        ("graphite.xlsx", 13, 2017, ("CHN", 1082000, "t", "reported", "unspecified", "mine")),
        ("lithium.xlsx", 29, 2021, ("AUS", 55281, "t", "reported", "content", "mine")),
        ("manganese.xlsx", 67, 2019, ("NGA", None, "kt", "less_than", "content", "mine")),
        ("nickel.xlsx", 61, 2015, ("TWN", None, "t", "included_elsewhere", "content", "refinery")),
        ("niobium.xlsx", 8, 2021, ("CAN", 7400, "t", "estimated", "content", "smelter")),
        ("usgs_myb2022_rare_earths_tables.xlsx", 11, 2022, ("CHN", 210000, "t", "estimated", "reo", "mine")),
        ("zirconium.xlsx", 24, 2021, ("USA", None, "t", "less_than", "gross_ore", "mine")),
    ],
)
def test_known_cells(real: list[Observation], file: str, row: int, year: int, expected: tuple[object, ...]) -> None:
    found = [
        (one.party, one.value, one.unit, one.value_flag, one.basis, one.stage)
        for one in real
        if one.file == file and one.year == year and re.search(rf"row {row},", one.locator)
    ]
    assert expected in found


@needs_real
def test_every_sheet_is_read_or_has_a_reason() -> None:
    reasons = {(path.name, sheet): why for path in REAL.glob("*.xlsx") for sheet, why in left_sheets(path)}
    assert reasons["colbalt.xlsx", "T6"] == "world capacity, not production"
    assert ("colbalt.xlsx", "T7") not in reasons
    assert len(reasons) > 190

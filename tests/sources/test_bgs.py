"""BGS World Mineral Statistics: exports in the publisher's layout, each fault of a file, and the real files."""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from pathlib import Path

import pytest

from etl.project import find_project
from etl.seeds.check import load_seeds
from etl.sources import bgs
from etl.sources.bgs.columns import COLUMNS
from etl.sources.interpret import Interpretation, Mapping, Observation, interpret, unused_corrections

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("OREBLOC_SHARED", ROOT.parent / "shared")) / "data"
real = pytest.mark.skipif(not (SHARED / "bgs").is_dir(), reason="the publisher's files are not here")

ROW = {
    "x": "109.537431",
    "y": "32.216659",
    "country_iso2_code": "CN",
    "country_iso3_code": "CHN",
    "country_trans": "China",
    "year": "2022-01-01 00:00:00",
    "units": "tonnes (metal content)",
    "quantity": "66000",
    "quantity_in_book_style": "66000",
    "bgs_statistic_type_trans": "Production",
    "bgs_commodity_trans": "tungsten, mine",
    "bgs_commodity_code": "810",
    "yearbook_table_id": "140",
    "sdmx_code": "A",
    "sdmx_translation": "Normal value",
}
NOT_AVAILABLE = {"quantity": "", "quantity_in_book_style": "...", "sdmx_code": "O"}


@pytest.fixture(scope="module")
def mapping() -> Mapping:
    frames, faults = load_seeds(find_project(ROOT))
    assert [fault for fault in faults if "bgs" in fault.file] == []
    return Mapping("bgs", frames)


def text_of(*rows: dict[str, str], columns: list[str] | None = None) -> str:
    """Write rows as the publisher does: every column, in an order that differs from file to file."""
    names = columns or sorted(COLUMNS)
    out = io.StringIO()
    writer = csv.DictWriter(out, names, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows({**ROW, **row} for row in rows)
    return out.getvalue()


def faults_of(tmp_path: Path, content: str | bytes) -> list[str]:
    path = tmp_path / "BGS_test_production.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    reading = bgs.read(path, "bgs/BGS_test_production.csv", "2023")
    assert not (reading.cells and reading.faults)
    return [str(fault) for fault in reading.faults]


def interpreted(tmp_path: Path, mapping: Mapping, *rows: dict[str, str]) -> Interpretation:
    path = tmp_path / "BGS_test_production.csv"
    path.write_text(text_of(*rows), encoding="utf-8")
    reading = bgs.read(path, path.name, "2023")
    assert reading.faults == []
    result = interpret(reading.cells, mapping, "2023", path.name)
    assert result.faults == []
    assert result.n_cells == len(rows) == len(result.observations) + len(result.ledger)
    return result


def only(result: Interpretation) -> Observation:
    assert len(result.observations) == 1
    return result.observations[0]


def test_a_row_becomes_an_observation(tmp_path: Path, mapping: Mapping) -> None:
    note = {"concat_figure_notes_text": "Estimates.|Years ended 31 March following that stated."}
    seen = only(interpreted(tmp_path, mapping, note))
    assert (seen.mineral, seen.basis, seen.stage, seen.measure) == ("tungsten", "content", "mine", "production")
    assert (seen.party, seen.year, seen.value, seen.unit) == ("CHN", 2022, 66000.0, "t")
    assert (seen.value_flag, seen.note) == ("estimated", note["concat_figure_notes_text"])
    assert (seen.table_kind, seen.locator) == ("world", "row 2, column quantity")


def test_columns_are_found_by_name(tmp_path: Path, mapping: Mapping) -> None:
    for columns in (sorted(COLUMNS, reverse=True), [*COLUMNS]):
        path = tmp_path / "a.csv"
        path.write_text(text_of({}, columns=columns), encoding="utf-8-sig", newline="\r\n")
        assert [cell.value for cell in bgs.read(path, "a.csv", "2023").cells] == ["66000"]


@pytest.mark.parametrize(
    ("row", "flag", "value", "high", "printed"),
    [
        ({"quantity": "0", "quantity_in_book_style": "-----"}, "zero", 0.0, None, "-----"),
        (NOT_AVAILABLE, "not_available", None, None, "..."),
        (
            {
                "quantity": "0",
                "quantity_in_book_style": "0",
                "sdmx_code": "N",
                "data_precision_description": "Quantity is more than 0 but less than 0.5",
            },
            "less_than",
            None,
            0.5,
            "Quantity is more than 0 but less than 0.5",
        ),
        (
            {**NOT_AVAILABLE, "concat_figure_notes_text": "Included with 'other ferro-alloys'."},
            "included_elsewhere",
            None,
            None,
            "Included with",
        ),
        ({"quantity": "12.5", "quantity_in_book_style": "13"}, "reported", 12.5, None, "12.5"),
    ],
)
def test_codes_stay_apart(
    tmp_path: Path, mapping: Mapping, row: dict[str, str], flag: str, value: float | None, high: float, printed: str
) -> None:
    seen = only(interpreted(tmp_path, mapping, row))
    assert (seen.value_flag, seen.value, seen.value_high, seen.original_value) == (flag, value, high, printed)


@pytest.mark.parametrize(
    ("commodity", "sub", "units", "note", "expected"),
    [
        ("gallium, primary", "", "kilograms", "", ("gallium", "content", "refinery", "kg")),
        ("gallium, primary", "", "tonnes (metric)", "", ("gallium", "content", "refinery", "t")),
        ("germanium metal", "", "kilograms (metal content)", "", ("germanium", "content", "refinery", "kg")),
        ("magnesium metal, primary", "", "tonnes (metric)", "", ("magnesium", "content", "smelter", "t")),
        ("tin, smelter", "", "tonnes (metric)", "", ("tin", "content", "smelter", "t")),
        ("potash", "Chloride", "tonnes (K20 content)", "", ("potash", "k2o", "mine", "t")),
        ("iron ore", "", "tonnes (metric)", "", ("iron_ore", "gross_ore", "mine", "t")),
        ("diamond", "Gem", "Carats", "", ("gem_diamond", "product", "mine", "carat")),
        ("natural gas", "", "million cubic metres", "", ("natural_gas", "product", "mine", "million_m3")),
        ("manganese ore", "", "tonnes (metric)", "", ("manganese", "gross_ore", "mine", "t")),
        (
            "manganese ore",
            "",
            "tonnes (metric)",
            "Estimates.|Mn content of domestic iron ore.",
            ("manganese", "content", "mine", "t"),
        ),
        ("lithium minerals", "Spodumene", "tonnes (metric)", "", ("lithium", "gross_ore", "mine", "t")),
        ("lithium minerals", "Spodumene (Li content)", "tonnes (metric)", "", ("lithium", "content", "mine", "t")),
        ("lithium minerals", "", "tonnes (metric)", "Li content.", ("lithium", "content", "mine", "t")),
        (
            "lithium minerals",
            "Lithium minerals (Li content)",
            "tonnes (metric)",
            "Hydroxide.",
            ("lithium", "content", "processing", "t"),
        ),
        ("lithium minerals", "", "tonnes (metric)", "Carbonate.", ("lithium_carbonate", "product", "processing", "t")),
        (
            "lithium minerals",
            "",
            "tonnes (metric)",
            "Carbonate.|Chloride.",
            ("lithium_compounds", "product", "processing", "t"),
        ),
        ("rare earth oxides", "", "tonnes (metric)", "", ("rare_earths", "reo", "mine", "t")),
        ("rare earth minerals", "Monazite", "tonnes (metric)", "", ("rare_earth_minerals", "gross_ore", "mine", "t")),
        (
            "rare earth minerals",
            "Bastnaesite",
            "tonnes (metric)",
            "REO content. Assumed to be 60% of concentrates produced.",
            ("rare_earth_minerals", "reo", "mine", "t"),
        ),
        (
            "platinum group metals, mine",
            "Palladium",
            "kilograms (metal content)",
            "Platinum group metals; all forms.",
            ("platinum_group_metals", "content", "mine", "kg"),
        ),
        ("ferro-alloys", "Ferro-nickel", "tonnes (metric)", "", ("ferronickel", "product", "smelter", "t")),
        (
            "ferro-alloys",
            "Ferro-nickel",
            "tonnes (metric)",
            "Nickel content.",
            ("ferronickel", "content", "smelter", "t"),
        ),
        ("ferro-alloys", "Ferro-boron", "tonnes (metric)", "", ("other_ferroalloys", "product", "smelter", "t")),
    ],
)
def test_words_say_what_is_weighed(
    tmp_path: Path, mapping: Mapping, commodity: str, sub: str, units: str, note: str, expected: tuple[str, ...]
) -> None:
    row = {
        "bgs_commodity_trans": commodity,
        "bgs_sub_commodity_trans": sub,
        "units": units,
        "concat_figure_notes_text": note,
    }
    seen = only(interpreted(tmp_path, mapping, row))
    assert (seen.mineral, seen.basis, seen.stage, seen.unit) == expected


@pytest.mark.parametrize(
    ("name", "party"),
    [
        ("Namibia", "NAM"),
        ("Congo", "COG"),
        ("Congo, Democratic Republic", "COD"),
        ("Zaire", "COD"),
        ("Rhodesia", "ZWE"),
        ("Soviet Union", "SUN"),
        ("Serbia and Montenegro", "SCG"),
        ("German Federal Republic", "DEU"),
        ("German Democratic Rep", "DDR"),
        ("Kosovo", "XKX"),
        ("Korea, Dem. P.R. of", "PRK"),
    ],
)
def test_names_decide_the_party(tmp_path: Path, mapping: Mapping, name: str, party: str) -> None:
    wrong = {"country_trans": name, "country_iso2_code": "NA", "country_iso3_code": "COD"}
    assert only(interpreted(tmp_path, mapping, wrong)).party == party


def test_a_total_beside_its_parts_is_left_out(tmp_path: Path, mapping: Mapping) -> None:
    lithium = {"bgs_commodity_trans": "lithium minerals", "units": "tonnes (metric)", "country_trans": "Chile"}
    carbonate = {**lithium, "bgs_sub_commodity_trans": "Carbonate", "quantity": "43091"}
    hydroxide = {**lithium, "bgs_sub_commodity_trans": "Lithium minerals (hydroxide)", "quantity": "504"}
    total = {**lithium, "quantity": "43595", "concat_figure_notes_text": "Carbonate."}
    rows = [{**row, "quantity_in_book_style": row["quantity"]} for row in (carbonate, hydroxide, total)]
    result = interpreted(tmp_path, mapping, *rows)
    assert [line.original_value for line in result.ledger] == ["43595"]
    assert "stand product by product" in result.ledger[0].reason


def test_an_exact_sum_is_a_total(tmp_path: Path, mapping: Mapping) -> None:
    graphite = {"bgs_commodity_trans": "graphite", "units": "tonnes (metric)"}
    parts = [("Flake", "300"), ("Amorphous", "200"), ("", "500")]
    rows = [
        {**graphite, "bgs_sub_commodity_trans": sub, "quantity": amount, "quantity_in_book_style": amount}
        for sub, amount in parts
    ]
    result = interpreted(tmp_path, mapping, *rows)
    assert sum(item.value or 0 for item in result.observations) == 500


def test_a_country_under_two_names_counts_once(tmp_path: Path, mapping: Mapping) -> None:
    germany = {"country_iso2_code": "DE", "country_iso3_code": "DEU", "year": "1990-01-01 00:00:00"}
    federal = {**germany, "country_trans": "German Federal Republic"}
    result = interpreted(tmp_path, mapping, federal, {**germany, **NOT_AVAILABLE, "country_trans": "Germany"})
    assert only(result).party_printed == "German Federal Republic"
    assert "other name" in result.ledger[0].reason


def test_neighbours_with_one_shared_code_stay_apart(tmp_path: Path, mapping: Mapping) -> None:
    kinshasa = {"country_trans": "Congo, Democratic Republic", "country_iso2_code": "CD", "country_iso3_code": "COD"}
    brazzaville = {"country_trans": "Congo", "country_iso2_code": "CG", "country_iso3_code": "COD", **NOT_AVAILABLE}
    result = interpreted(tmp_path, mapping, kinshasa, brazzaville)
    assert {item.party: item.value_flag for item in result.observations} == {"COD": "reported", "COG": "not_available"}


def test_trade_is_left_out_with_a_reason(tmp_path: Path, mapping: Mapping) -> None:
    trade = {"bgs_statistic_type_trans": "Imports", "bgs_commodity_trans": "nickel", "units": "tonnes (metric)"}
    assert "not production" in interpreted(tmp_path, mapping, trade).ledger[0].reason


def test_unknown_words_stop_the_run(tmp_path: Path, mapping: Mapping) -> None:
    path = tmp_path / "a.csv"
    rows = (
        {"bgs_commodity_trans": "unobtainium, mine"},
        {"units": "bushels (metal content)"},
        {"country_trans": "Atlantis"},
        {"units": "tonnes (Xy content)"},
        {"quantity": "", "quantity_in_book_style": "???"},
    )
    path.write_text(text_of(*rows), encoding="utf-8")
    found = interpret(bgs.read(path, "a.csv", "2023").cells, mapping, "2023", "a.csv")
    assert [fault.row for fault in found.faults] == [2, 3, 4, 5, 6]
    assert all(fault.hint for fault in found.faults)


def drop(name: str) -> list[str]:
    return [column for column in sorted(COLUMNS) if column != name]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"<!DOCTYPE html><html><body>Not found</body></html>\n", "web page"),
        (text_of({"country_trans": "Türkiye"}).encode("cp1252"), "no UTF-8"),
        (text_of({}).encode("utf-16"), "no UTF-8"),
        (text_of({})[:-30], "ragged row"),
        (text_of({}).rstrip("\n"), "does not end with a line break"),
        (text_of().encode(), "has a header and no rows"),
        (text_of({}).split("\n", 1)[1], "is no header of this publisher"),
        (text_of({}, columns=drop("quantity")), "[quantity] is a missing column"),
        (text_of({}).replace("quantity_in_book_style", "quantity_in_book_stile"), "Nearest known value: 'quantity_in_"),
        (text_of({}, columns=[*sorted(COLUMNS), "confidence"]), "[confidence] is an unknown column"),
        (text_of({}, columns=[*sorted(COLUMNS), "units"]), "stands 2 times"),
        (text_of({"year": "2022-06-01 00:00:00"}), "[year] cannot stand in this column"),
        (text_of({"year": "2922-01-01 00:00:00"}), "lies in the future"),
        (text_of({"country_iso2_code": "China"}), "cannot stand in this column"),
        (text_of({"sdmx_code": ""}), "Expected A, E, N, O or P"),
        (text_of({"quantity": "66O00"}), "is no number"),
        (text_of({"quantity": "-5", "quantity_in_book_style": "-5"}), "is negative"),
        (text_of({"quantity": "66000", "quantity_in_book_style": "67000"}), "differs from the printed"),
        (text_of({"quantity": "7", "quantity_in_book_style": "-----"}), "where nothing was produced"),
        (text_of({"quantity": "", "quantity_in_book_style": "66000"}), "is blank, but printed"),
        (text_of({}, {}), "is a second row of one series"),
        (text_of({"concat_figure_notes_text": 'a"b'}).replace('""', '"'), "no well-formed CSV"),
    ],
)
def test_each_fault_is_named(tmp_path: Path, content: str | bytes, said: str) -> None:
    found = faults_of(tmp_path, content)
    assert any(said in fault for fault in found), found
    assert all("BGS_test_production.csv" in fault for fault in found)


def test_a_shifted_file_is_refused_whole_and_briefly(tmp_path: Path) -> None:
    header, *rows = text_of(*({"year": f"{year}-01-01 00:00:00"} for year in range(1971, 2023))).splitlines()
    shifted = "\n".join([header, *(f",{row}".rsplit(",", 1)[0] for row in rows)]) + "\n"
    found = faults_of(tmp_path, shifted)
    assert any("more rows" in fault for fault in found)
    assert len(found) < 200


def test_all_faults_of_a_file_come_together(tmp_path: Path) -> None:
    found = faults_of(tmp_path, text_of({"year": "soon"}, {"sdmx_code": "Z"}, {"country_iso3_code": "ch"}))
    assert {fault.split(" ")[0].rsplit(":", 1)[1] for fault in found} == {"2", "3", "4"}


def write(path: Path, *rows: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text_of(*rows), encoding="utf-8")


def test_the_last_year_of_a_folder_is_its_edition(tmp_path: Path) -> None:
    folder = tmp_path / "bgs"
    write(folder / "BGS_a.csv", {"year": "2011-01-01 00:00:00"})
    write(folder / "BGS_b.csv", {"bgs_commodity_trans": "cobalt, mine", "year": "2023-01-01 00:00:00"})
    write(folder / "2022" / "BGS_a.csv", {"year": "2011-01-01 00:00:00"})
    write(folder / "older" / "BGS_a.csv", {"year": "2019-01-01 00:00:00"})
    for name in ("README.md", "BGS_c.csv.part", "BGS_b.csv.origin.json", "tool.xyz"):
        (folder / name).write_text("x", encoding="utf-8")
    plan = bgs.plan(folder, "bgs")
    assert plan.faults == []
    editions = {file.path.relative_to(folder).as_posix(): file.edition for file in plan.files}
    assert editions == {"BGS_a.csv": "2023", "BGS_b.csv": "2023", "2022/BGS_a.csv": "2022", "older/BGS_a.csv": "2019"}
    assert len(plan.left) == 4
    assert all(reason for _, reason in plan.left)


def test_two_files_of_one_table_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "bgs"
    write(folder / "BGS_tungsten.csv", {})
    write(folder / "BGS_tungsten (1).csv", {"country_trans": "Austria"})
    found = [str(fault) for fault in bgs.plan(folder, "bgs").faults]
    assert len(found) == 1
    assert "BGS_tungsten.csv" in found[0]
    assert "BGS_tungsten (1).csv" in found[0]


def test_a_folder_that_ends_before_its_data_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "bgs" / "2020" / "BGS_a.csv", {})
    assert "after the edition of its folder" in str(bgs.plan(tmp_path / "bgs", "bgs").faults[0])


def test_a_folder_without_a_readable_file_says_why(tmp_path: Path) -> None:
    (tmp_path / "bgs").mkdir()
    (tmp_path / "bgs" / "BGS_a.csv").write_bytes(b"")
    plan = bgs.plan(tmp_path / "bgs", "bgs")
    assert ["is empty" in str(fault) for fault in plan.faults] == [True]


@pytest.fixture(scope="module")
def landed(mapping: Mapping) -> list[Interpretation]:
    plan = bgs.plan(SHARED / "bgs", "bgs")
    assert plan.faults == []
    results = []
    for file in plan.files:
        label = file.path.relative_to(SHARED).as_posix()
        reading = bgs.read(file.path, label, file.edition)
        assert reading.faults == []
        results.append(interpret(reading.cells, mapping, file.edition, label))
    assert unused_corrections(mapping, {(file.edition, file.path.name) for file in plan.files}) == []
    return results


@real
def test_every_real_value_is_accounted_for(landed: list[Interpretation]) -> None:
    assert sum(result.n_cells for result in landed) == 25_391
    for result in landed:
        assert result.faults == []
        assert result.n_cells == len(result.observations) + len(result.ledger)
    observations = [item for result in landed for item in result.observations]
    assert {item.edition for item in observations} == {"2023"}
    keys = Counter((o.mineral, o.basis, o.stage, o.measure, o.series, o.party, o.year) for o in observations)
    assert [key for key, count in keys.items() if count > 1] == []
    flags = Counter(item.value_flag for item in observations)
    assert (flags["zero"], flags["less_than"], flags["included_elsewhere"]) == (945, 2, 9)


@real
@pytest.mark.parametrize(
    ("key", "value", "flag"),
    [
        (("cobalt", "content", "mine", "COD", 2022), 115_371.0, "reported"),
        (("cobalt", "content", "refinery", "CHN", 2023), 140_000.0, "estimated"),
        (("copper", "content", "mine", "COG", 2020), 10_000.0, None),
        (("copper", "content", "mine", "COD", 2020), 1_713_000.0, None),
        (("rare_earths", "reo", "mine", "CHN", 2023), 255_000.0, "estimated"),
        (("antimony", "content", "mine", "CAN", 2016), None, "less_than"),
        (("platinum", "content", "mine", "ZAF", 2022), 124_401.0, None),
        (("platinum_group_metals", "content", "mine", "ZAF", 1996), 188_636.0, None),
        (("lithium", "gross_ore", "mine", "NAM", 1974), 37_762.0, None),
    ],
)
def test_known_values(
    landed: list[Interpretation], key: tuple[object, ...], value: float | None, flag: str | None
) -> None:
    found = [
        item
        for result in landed
        for item in result.observations
        if (item.mineral, item.basis, item.stage, item.party, item.year) == key
    ]
    assert len(found) == 1
    assert value is None or found[0].value == value
    assert flag is None or found[0].value_flag == flag


@real
def test_lithium_of_chile_adds_up_once(landed: list[Interpretation]) -> None:
    chile = [item for result in landed for item in result.observations if item.party == "CHL"]
    products = {item.mineral: item.value for item in chile if item.year == 2008 and item.mineral.startswith("lithium_")}
    assert products == {"lithium_carbonate": 48_469.0, "lithium_chloride": 4_362.0, "lithium_hydroxide": 4_050.0}
    content = [i for i in chile if (i.mineral, i.basis, i.stage, i.year) == ("lithium", "content", "mine", 2012)]
    assert sum(item.value or 0 for item in content) == 11_656 + 676
    assert all(item.is_corrected for item in content)

"""The reader and the mappings of the USGS Mineral Commodity Summaries data releases."""

from __future__ import annotations

import collections
import csv
import io
import os
import re
from pathlib import Path

import pytest

from etl.project import find_project
from etl.seeds.check import load_seeds
from etl.sources import usgs_mcs
from etl.sources.cells import Reading
from etl.sources.interpret import Interpretation, Mapping, Observation, interpret, unused_corrections
from etl.sources.usgs_mcs.marks import estimate_mark
from etl.sources.usgs_mcs.naming import parse_name
from etl.sources.usgs_mcs.parties import split_party

ROOT = Path(__file__).resolve().parents[2]
LANDING = Path(os.environ.get("OREBLOC_SHARED", ROOT.parent / "shared")) / "data" / "usgs_mcs"
REAL = pytest.mark.skipif(not (LANDING / "2026").is_dir(), reason="the data releases are not at hand")

COBALT = """Source,Country,Type,Prod_t_2021,Prod_t_est_2022,Prod_notes,Reserves_t,Reserves_notes
MCS2023,United States,"Mine production, metric tons of contained cobalt",650,800,Production in 2021 is also estimated,69000,
MCS2023,Australia,"Mine production, metric tons of contained cobalt","5,295",5900,,1500000,"For Australia, JORC"
MCS2023,New Caledonia11,"Mine production, metric tons of contained cobalt",W,"e2,000",,NA,
MCS2023,Other countries,"Mine production, metric tons of contained cobalt",0,0,,"    >9,100,000",
MCS2023,World total (rounded),"Mine production, metric tons of contained cobalt",165000,190000,,8300000,
"""  # noqa: E501
VANADIUM = """Source,Country,Type,Prod_t_est_2021,Prod_t_est_2022,Prod_notes,Reserves_t,Reserves_notes
MCS2023,China,"Mine production, vanadium content",70300,70000,,9500,
MCS2023,World total (rounded),"Mine production, vanadium content",105000,100000,,26000,
"""
SALIENT = """DataSource,Commodity,Year,USprod_Mine_t,Imports_t,Consump_Apparent_t,Price_Spot_dlb,NIR_pct
MCS2023,Cobalt,2021,650,9860,6970,21.17,>50
MCS2023,Cobalt,2022,800,9900,8500,E,E
"""
SINGLE = """SOURCE,COMMODITY,COUNTRY,TYPE,UNIT_MEAS,PROD_2023,PROD_EST_ 2024,PROD_NOTES,CAP_2023,CAP_EST_ 2024,CAP_NOTES,RESERVES_2024,RESERVE_NOTES
MCS2025,Lithium ,United States,"Mine production, lithium content",metric tons,,,W for 23-24,,,,1800000,
MCS2025,Lithium ,Canada ,"Mine production, lithium content",metric tons,3240,4300,,,,,,NA
MCS2025,Lithium ,World total (rounded),"Mine production, lithium content",metric tons,204000,240000,,,,,30000000,
"""  # noqa: E501
LONG_HEADER = (
    "MCS chapter,Section,Commodity,Country,Statistics,Statistics_detail,Unit,Year,Value,Notes,"
    "Is critical mineral 2025,Other notes"
)
LONG = f"""{LONG_HEADER}
COBALT,World Mine Production and Reserves,Cobalt,Congo (Kinshasa),Production,Mine production,metric tons,2024,"226,000",Estimated.,Yes,
COBALT,World Mine Production and Reserves,Cobalt,Turkey,Reserves,Reserves,metric tons,2025,s,,Yes,
COBALT,World Mine Production and Reserves,Cobalt,World total,Production,Mine production: rounded,metric tons,2024,"302,000",,Yes,
COBALT,Import Sources,Cobalt,Norway,Import sources 2021-2024,"Metal, oxide, and salts",percent,2021–24,26,,Yes,
COBALT,Salient Statistics—United States,Cobalt,United States,Export,Exports,metric tons,2025,—,,Yes,
YTTRIUM,World Mine Production and Reserves,Yttrium,World total,Production,Y2O3 equivalent,metric tons,2025,"10,000 - 15,000",Yes,Yttrium,
"""  # noqa: E501


@pytest.fixture(scope="module")
def mapping() -> Mapping:
    frames, _ = load_seeds(find_project(ROOT))
    return Mapping("usgs_mcs", frames)


def _write(path: Path, text: str, encoding: str = "utf-8-sig") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    return path


def _edition(path: Path) -> str:
    name = parse_name(path.name)
    assert name is not None
    return name.edition


def _read(path: Path) -> Reading:
    return usgs_mcs.read(path, path.name, _edition(path))


def _interpret(path: Path, mapping: Mapping) -> Interpretation:
    reading = _read(path)
    assert reading.faults == []
    result = interpret(reading.cells, mapping, _edition(path), path.name)
    assert result.faults == []
    assert result.n_cells == len(result.observations) + len(result.ledger)
    return result


def _one(observations: list[Observation], **wanted: object) -> Observation:
    found = [o for o in observations if all(getattr(o, name) == value for name, value in wanted.items())]
    assert len(found) == 1, found
    return found[0]


# What must load


def test_per_commodity_file_of_an_edition_not_seen(tmp_path: Path, mapping: Mapping) -> None:
    found = _interpret(_write(tmp_path / "mcs2023-cobal_world.csv", COBALT), mapping).observations
    assert len(found) == 15
    assert {(o.mineral, o.basis, o.stage) for o in found} == {("cobalt", "content", "mine")}
    assert _one(found, party="AUS", year=2021).value == 5295
    assert _one(found, party="AUS", year=2021).value_flag == "reported"
    assert _one(found, party="USA", year=2021).value_flag == "estimated"
    assert _one(found, party="AUS", measure="reserves").year == 2023
    assert _one(found, party="NCL", year=2021).value_flag == "withheld"
    assert _one(found, party="NCL", year=2022).value_flag == "estimated"
    assert _one(found, party="OTHER", measure="reserves").value_low == 9_100_000
    assert _one(found, party="WORLD", year=2022).value_flag == "rounded_total"


def test_vanadium_reserves_of_2023_are_corrected_to_thousand_tons(tmp_path: Path, mapping: Mapping) -> None:
    found = _interpret(_write(tmp_path / "mcs2023-vanad_world.csv", VANADIUM), mapping).observations
    china = _one(found, party="CHN", measure="reserves")
    assert (china.value, china.unit, china.is_corrected) == (9500, "kt", True)
    assert _one(found, party="CHN", year=2022).unit == "t"


def test_salient_statistics_are_of_the_united_states(tmp_path: Path, mapping: Mapping) -> None:
    result = _interpret(_write(tmp_path / "mcs2023cobal_salient.csv", SALIENT), mapping)
    assert {o.party for o in result.observations} == {"USA"}
    assert _one(result.observations, measure="imports", year=2021).value == 9860
    reliance = _one(result.observations, measure="net_import_reliance", year=2021)
    assert (reliance.value_low, reliance.value_flag, reliance.unit) == (50, "greater_than", "percent")
    assert _one(result.observations, measure="net_import_reliance", year=2022).value_flag == "net_exporter"
    assert [line.reason for line in result.ledger] == ["price, not a quantity of the mineral"] * 2


def test_one_wide_file_takes_the_meaning_of_blanks_from_the_notes(tmp_path: Path, mapping: Mapping) -> None:
    result = interpret(
        _read(_write(tmp_path / "MCS2025_World_Data.csv", SINGLE)).cells, mapping, "2025", "MCS2025_World_Data.csv"
    )
    found = result.observations
    assert result.faults == []
    assert _one(found, party="USA", year=2023).value_flag == "withheld"
    assert _one(found, party="CAN", year=2024).value_flag == "estimated"
    assert _one(found, party="CAN", measure="reserves").value_flag == "not_available"
    assert _one(found, party="WORLD", measure="reserves").value == 30_000_000
    assert {line.reason for line in result.ledger} == {"blank"}


def test_long_file(tmp_path: Path, mapping: Mapping) -> None:
    result = _interpret(_write(tmp_path / "MCS2026_Commodities_Data.csv", LONG, "cp1252"), mapping)
    found = result.observations
    congo = _one(found, party="COD")
    assert (congo.value, congo.value_flag, congo.basis) == (226_000, "estimated", "content")
    assert _one(found, party="TUR").value_flag == "less_than"
    assert _one(found, party="TUR").year == 2026
    norway = _one(found, table_kind="import_sources")
    assert (norway.party, norway.measure, norway.value, norway.year) == ("NOR", "import_source_share", 26, 2024)
    assert "2021–24" in norway.note
    assert _one(found, measure="exports").value_flag == "zero"
    yttrium = _one(found, mineral="yttrium")
    assert (yttrium.value_low, yttrium.value_high, yttrium.value_flag) == (10_000, 15_000, "range")
    assert any("slipped" in line.reason for line in result.ledger)


def test_header_with_the_series_in_place_of_type(tmp_path: Path, mapping: Mapping) -> None:
    text = 'Source,Country,"Mine production, fluorspar",Prod_kt_2022,Prod_kt_Est_2023,,\n'
    text += 'MCS2024,China,"Mine production, fluorspar",5700,5700,,\n,,,,,,\n'
    found = _interpret(_write(tmp_path / "mcs2024-fluor_world.csv", text), mapping).observations
    assert [(o.mineral, o.value, o.value_flag) for o in found] == [
        ("fluorspar", 5700, "reported"),
        ("fluorspar", 5700, "estimated"),
    ]


def test_critical_list_and_reliance(tmp_path: Path, mapping: Mapping) -> None:
    listed = "Source,Critical Mineral,Primary Applications,Category_Note\nMCS2023,Aluminum,Metallurgy.,\n"
    path = _write(tmp_path / "MCS2023_T4_Critical_Minerals_End_Use.csv", listed)
    assert usgs_mcs.read_critical_list(path) == [("Aluminum", 2)]
    assert [line.reason for line in _interpret(path, mapping).ledger] == ["list entry, no quantity"]
    text = "Source,Import_Share_Order,Commodity,Net_Import_Reliance_pct_2022,Major_Import_Sources_2018_2021,Notes\n"
    text += 'MCS2023,1,"ARSENIC, all forms",100,"China, Morocco",\n'
    found = _interpret(_write(tmp_path / "MCS2023_Fig2_Net_Import_Reliance.csv", text), mapping).observations
    assert [(o.mineral, o.value, o.year, o.party, o.stage) for o in found] == [("arsenic", 100, 2022, "USA", "none")]


def test_critical_list_of_the_long_file(tmp_path: Path) -> None:
    path = _write(tmp_path / "MCS2026_Commodities_Data.csv", LONG.replace(",Yes,\n", ",No,\n", 1), "cp1252")
    assert usgs_mcs.read_critical_list(path) == [("Cobalt", 3), ("Yttrium", 7)]


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("Congo (Kinshasa)", ("Congo (Kinshasa)", "")),
        ("Korea, Republic ofe", ("Korea, Republic ofe", "")),
        ("Brazil (crude and beneficiated)9", ("Brazil9", "crude and beneficiated")),
        ("Bolivia, ulexite", ("Bolivia", "ulexite")),
        ("World total (rutile, rounded)", ("World total (rounded)", "rutile")),
        ("World total (rounded), natural", ("World total (rounded)", "natural")),
        ("New Caledonia (overseas territory of France)", ("New Caledonia (overseas territory of France)", "")),
        ("United\xa0States1", ("United States1", "")),
    ],
)
def test_words_beside_a_name_belong_to_the_series(printed: str, expected: tuple[str, str]) -> None:
    assert split_party(printed) == expected


@pytest.mark.parametrize(
    ("in_column", "note", "mark"),
    [(True, "", "e"), (False, "Also estimated in 2022", "e"), (True, "Reported in 2022", ""), (False, "", "")],
)
def test_estimates(in_column: bool, note: str, mark: str) -> None:
    assert estimate_mark(in_column=in_column, series="Mine production", note=note, year="2022") == mark


# What must be a fault


def _faults(path: Path) -> str:
    reading = _read(path)
    assert reading.cells == []
    return "\n".join(str(fault) for fault in reading.faults)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Prod_t_est_2022", "Prodd_t_est_2022", "unknown column"),
        ("Prod_t_est_2022", "Prod_t_est", "names no year"),
        ("Prod_t_est_2022", "Prod_t_2032", "no year that edition 2023 covers"),
        ("Prod_t_est_2022", "Prod_t_2021", "stands twice"),
        ("Country", "Contry", "is missing from the header"),
        ("Reserves_notes\n", "Reserves_notes,Comment\n", "unknown column"),
        ("MCS2023,Australia", "MCS2022,Australia", "is not edition 2023"),
        ("MCS2023,Australia,", "MCS2023,,", "is blank in a row with values"),
        ('cobalt","5,295",5900', 'cobalt","5,295",5900,1', "fields, expected 8"),
        (
            '"5,295",5900,,1500000,"For Australia, JORC"',
            '"5,295",,5900,1500000,',
            "number or code where a note belongs",
        ),
        ('"For Australia, JORC"', '"For Australia', "is not a CSV record"),
    ],
)
def test_faults_of_a_wide_file(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in COBALT
    assert said in _faults(_write(tmp_path / "mcs2023-cobal_world.csv", COBALT.replace(old, new, 1)))


def test_value_under_no_header_is_a_fault(tmp_path: Path) -> None:
    text = "".join(f"{line},{'77' if 'Australia,' in line else ''}\n" for line in COBALT.splitlines())
    assert "column without a name" in _faults(_write(tmp_path / "mcs2023-cobal_world.csv", text))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Imports_t", "Imprts_t", "unknown column"),
        ("Imports_t", "Comment", "unknown column"),
        ("Cobalt,2021", "Cobalt,21", "is no year of the table"),
        ("Cobalt,2021", ",2021", "is blank"),
    ],
)
def test_faults_of_a_salient_file(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert said in _faults(_write(tmp_path / "mcs2023-cobal_salient.csv", SALIENT.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Statistics_detail", "Statistic_detail", "unknown column"),
        (",2024,", ",x,", "is no year of the table"),
        ("World Mine Production and Reserves,Cobalt,Congo", "Mine,Cobalt,Congo", "unknown section"),
        ("Estimated.,Yes", "Estimated.,Perhaps", "neither Yes nor No"),
        ("Cobalt,Turkey", ",Turkey", "is blank"),
        ("metric tons,2025,s", "metric tons,2025,s,s", "fields, expected 12"),
    ],
)
def test_faults_of_the_long_file(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = _write(tmp_path / "MCS2026_Commodities_Data.csv", LONG.replace(old, new, 1), "cp1252")
    assert said in _faults(path)


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("mcs2023-cobal_world.csv", b"", "is empty"),
        ("mcs2023-cobal_world.csv", COBALT.encode("utf-16"), "is not UTF-8"),
        ("mcs2023-cobal_world.csv", COBALT.replace("Australia", "Côte").encode("cp1252"), "is not UTF-8"),
        ("mcs2023-cobal_world.csv", COBALT.replace("\n", "\r\n").encode()[:-9], "does not end with a line break"),
        ("mcs2023-cobal_world.csv", COBALT.splitlines()[0].encode(), "no rows"),
        ("mcs2023-cobal_world.csv", b"PK\x03\x04\x00\x00", "NUL byte"),
        ("mcs2023-quartz_salient.xlsx", b"no workbook", "is no workbook"),
        ("MCS2026_Commodities_Data.csv", LONG.encode(), "is UTF-8, not Windows-1252"),
        ("MCS2026_Commodities_Data.csv", LONG.encode("cp1252") + b"\x81", "is not Windows-1252"),
    ],
)
def test_a_broken_file_is_a_fault(tmp_path: Path, name: str, raw: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(raw)
    assert said in _faults(path)


def test_unknown_words_are_faults_of_the_interpretation(tmp_path: Path, mapping: Mapping) -> None:
    text = COBALT.replace("Australia,", "Atlantis,").replace("Reserves_t,", "Reserves_xt,")
    reading = _read(_write(tmp_path / "mcs2023-cobal_world.csv", text))
    result = interpret(reading.cells, mapping, "2023", "mcs2023-cobal_world.csv")
    said = "\n".join(str(fault) for fault in result.faults)
    assert "unmapped name: 'Atlantis'" in said
    assert "unmapped unit: 'xt'" in said


# The plan


def test_plan_sorts_files(tmp_path: Path) -> None:
    for name in (
        "2023/world/mcs2023-cobal_world.csv",
        "2023/salient/mcs2023tellu_salient.csv",
        "2023/salient/mcs2023-quartz_salient.xlsx",
        "2023/trends/MCS2023_T4_Critical_Minerals_End_Use.csv",
        "2023/trends/MCS2023_T1_Mineral_Industry_Trends.csv",
        "2023/meta/mcs2023-cobal_meta.xml",
        "2023/MCS-notes.txt",
        "2023/mcs2023-zirco-hafni_world.csv",
    ):
        _write(tmp_path / name, "x")
    plan = usgs_mcs.plan(tmp_path, "usgs_mcs")
    assert plan.faults == []
    assert {file.edition for file in plan.files} == {"2023"}
    assert len(plan.files) == 5
    assert sorted(path.suffix for path, _ in plan.left) == [".csv", ".txt", ".xml"]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("2024/mcs2024-bismu_world.csv", "2024/b/MCS2024-bismu_world.csv"), "is the same table"),
        (("2024/mcs2024-quartz_salient.csv", "2024/mcs2024-quartz_salient.xlsx"), "is the same table"),
        (("2024/mcs2023-bismu_world.csv",), "lies in the folder of edition 2024"),
        (("2024/cobalt.csv",), "is a table of no known name"),
    ],
)
def test_plan_faults(tmp_path: Path, names: tuple[str, ...], said: str) -> None:
    for name in names:
        _write(tmp_path / name, "x")
    plan = usgs_mcs.plan(tmp_path, "usgs_mcs")
    assert [said in str(fault) for fault in plan.faults] == [True]


# The real releases


@pytest.fixture(scope="module")
def release(mapping: Mapping) -> Interpretation:
    plan = usgs_mcs.plan(LANDING, "usgs_mcs")
    assert plan.faults == []
    every = Interpretation()
    for file in plan.files:
        label = f"usgs_mcs/{file.path.relative_to(LANDING).as_posix()}"
        reading = usgs_mcs.read(file.path, label, file.edition)
        assert reading.faults == []
        result = interpret(reading.cells, mapping, file.edition, label)
        assert result.faults == []
        every.n_cells += result.n_cells
        every.observations += result.observations
        every.ledger += result.ledger
    landed = {(file.edition, file.path.name) for file in plan.files}
    assert unused_corrections(mapping, landed) == []
    return every


@REAL
def test_every_cell_is_accounted_for(release: Interpretation) -> None:
    assert release.n_cells == len(release.observations) + len(release.ledger) == 30091
    keys = collections.Counter(
        (o.edition, o.mineral, o.basis, o.stage, o.measure, o.series, o.table_kind, o.party, o.year)
        for o in release.observations
    )
    assert [key for key, n in keys.items() if n > 1] == []


@REAL
@pytest.mark.parametrize(
    ("file", "row", "column", "expected"),
    [
        ("MCS2026_Commodities_Data.csv", 8533, "Value", ("yttrium", "WORLD", None, "range", "t")),
        ("MCS2025_World_Data.csv", 1186, "RESERVES_2024", ("vanadium", "USA", 45, "reported", "kt")),
        ("mcs2024-simet_world.csv", 3, "Prod_kt_2022", ("ferrosilicon", "AUS", None, None, "kt")),
        ("mcs2022-cobal_world.csv", 2, "Prod_t_Est_2021", ("cobalt", "USA", 700, "estimated", "t")),
        ("mcs2024-selen_world.csv", 4, "Reserves_kt", ("selenium", "CAN", 6000, "reported", "t")),
        ("mcs2024-plati_world.csv", 9, "Reserves_kg", ("platinum_group_metals", "USA", 820000, "reported", "kg")),
    ],
)
def test_known_cells(
    release: Interpretation, file: str, row: int, column: str, expected: tuple[str, str, float | None, str | None, str]
) -> None:
    where = f"row {row}, column {column}"
    found = [o for o in release.observations if o.file.endswith(f"/{file}") and o.locator == where]
    assert len(found) == 1
    mineral, party, value, flag, unit = expected
    assert (found[0].mineral, found[0].party, found[0].unit) == (mineral, party, unit)
    assert flag is None or (found[0].value, found[0].value_flag) == (value, flag)


@REAL
def test_the_bundled_panel_is_what_the_files_say(release: Interpretation) -> None:
    panel = ROOT / "seeds" / "official" / "usgs_mcs_2024__observations.csv"
    mine = {(o.file.rsplit("/", 1)[-1], o.locator): o for o in release.observations if o.edition == "2024"}
    with panel.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    for row in rows:
        o = mine[row["file"], row["locator"]]
        same = (o.mineral, o.basis, o.stage, o.measure, o.party, str(o.year), o.unit, o.value_flag)
        names = ("mineral", "basis", "stage", "measure", "party", "year", "original_unit", "value_flag")
        assert same == tuple(row[name] for name in names), row
        assert o.value == (float(row["value"]) if row["value"] else None)
    assert len(rows) == 405


@REAL
def test_countries_add_up_to_the_world(release: Interpretation) -> None:
    totals: dict[tuple[object, ...], dict[str, float]] = collections.defaultdict(lambda: collections.defaultdict(float))
    for o in release.observations:
        if o.table_kind == "world" and o.value is not None:
            side = "world" if o.party == "WORLD" else "rows"
            totals[o.edition, o.mineral, o.basis, o.stage, o.measure, o.year][side] += o.value
    off = {
        (key[1], key[4])
        for key, total in totals.items()
        if total["world"] and total["rows"] and abs(total["rows"] / total["world"] - 1) > 0.07
    }
    assert off == set()


@REAL
def test_the_critical_lists() -> None:
    table = "{0}/trends/MCS{0}_T4_Critical_Minerals_End_Use.csv"
    lists = [usgs_mcs.read_critical_list(LANDING / table.format(edition)) for edition in ("2024", "2025")]
    assert [len(entries) for entries in lists] == [50, 50]
    assert len(usgs_mcs.read_critical_list(LANDING / "2026" / "MCS2026_Commodities_Data.csv")) == 68


@REAL
def test_an_edition_made_of_the_2024_files_loads_as_2023(tmp_path: Path, mapping: Mapping) -> None:
    def aged(match: re.Match[str]) -> str:
        return str(int(match[0]) - 1)

    for path in [*(LANDING / "2024" / "world").glob("*.csv"), *(LANDING / "2024" / "salient").glob("*.csv")]:
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
        rows[0] = [re.sub(r"20\d\d", aged, name) for name in rows[0]]
        place = rows[0].index("Year") if "Year" in rows[0] else 0
        for row in rows[1:]:
            row[place] = re.sub(r"20\d\d", aged, row[place])
            row[0] = row[0].replace("2024", "2023")
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        new = tmp_path / path.parent.name / path.name.replace("2024", "2023")
        new.parent.mkdir(exist_ok=True)
        new.write_bytes(text.getvalue().encode("utf-8-sig"))
    plan = usgs_mcs.plan(tmp_path, "usgs_mcs")
    assert len(plan.files) == 162
    for file in plan.files:
        reading = usgs_mcs.read(file.path, file.path.name, "2023")
        assert reading.faults == []
        assert interpret(reading.cells, mapping, "2023", f"x/{file.path.name}").faults == []

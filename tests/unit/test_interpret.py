"""From cells to observations: mapped, excluded with a reason, or a fault with a line to paste; nothing else."""

from __future__ import annotations

import pandas as pd
import pytest

from etl.project import find_project
from etl.seeds.check import load_seeds
from etl.seeds.contract import load_contracts
from etl.sources.cells import Cell
from etl.sources.interpret import Interpretation, Mapping, interpret, unused_corrections
from tests.conftest import ROOT

CONTRACTS = load_contracts(ROOT / "expectations" / "seeds")
SERIES = {
    "source": "s",
    "priority": "10",
    "table_kind": "world",
    "commodity": "cobalt",
    "series": "mine production.*",
    "measure_printed": "prod",
    "action": "observation",
    "mineral": "cobalt",
    "basis": "content",
    "stage": "mine",
    "measure": "production",
    "reason": "",
    "evidence": "",
}
CELL = Cell(
    row=5,
    column="Prod_t_2022",
    table_kind="world",
    commodity="Cobalt",
    value="5,630",
    series="Mine production, contained cobalt",
    measure="Prod",
    party="Australia",
    year="2022",
    unit="t",
)


def frame(kind: str, *rows: dict[str, str]) -> pd.DataFrame:
    columns = [*CONTRACTS[kind].names, "_file", "_row"]
    filled = [{**dict.fromkeys(columns, ""), "_file": f"{kind}.csv", "_row": 2, **row} for row in rows]
    return pd.DataFrame(filled, columns=columns)


def mapping(**corrections: str) -> Mapping:
    return Mapping(
        "s",
        {
            "source_series": frame(
                "source_series",
                SERIES,
                {
                    **SERIES,
                    "priority": "20",
                    "series": "price.*",
                    "action": "exclude",
                    "reason": "a price, no quantity",
                },
            ),
            "source_parties": frame(
                "source_parties",
                {"source": "s", "printed": "Congo (Kinshasa)", "action": "party", "party": "COD"},
                {"source": "s", "printed": "World total", "action": "world"},
                {"source": "s", "printed": "World total (rounded)", "action": "world"},
                {"source": "s", "printed": "Other countries", "action": "residual"},
                {"source": "s", "printed": "Subtotal", "action": "exclude", "reason": "sum of rows above"},
            ),
            "parties": frame(
                "parties",
                {"party": "AUS", "name_en": "Australia"},
                {"party": "NER", "name_en": "Niger"},
                {"party": "NGA", "name_en": "Nigeria"},
            ),
            "source_units": frame("source_units", {"source": "s", "printed": "t", "unit": "t"}),
            "source_codes": frame(
                "source_codes",
                {"source": "s", "printed": "w", "value_flag": "withheld"},
                {"source": "s", "printed": "-", "value_flag": "zero", "value": "0"},
            ),
            "corrections": frame(
                "corrections",
                {
                    "correction_id": "c",
                    "source": "s",
                    "edition": "2024",
                    "file": "f.csv",
                    **corrections,
                },
            )
            if corrections
            else frame("corrections"),
        },
    )


def run(*cells: Cell, by: Mapping | None = None) -> Interpretation:
    result = interpret(cells, by or mapping(), "2024", "s/2024/f.csv")
    assert result.n_cells == len(result.observations) + len(result.ledger) + len(result.faults)
    return result


def changed(**parts: object) -> Cell:
    return Cell(**{**{name: getattr(CELL, name) for name in CELL.__slots__}, **parts})  # type: ignore[arg-type]


def test_a_mapped_cell_is_an_observation_with_its_literal() -> None:
    found = run(CELL).observations[0]
    assert (found.party, found.value, found.unit, found.year, found.basis) == ("AUS", 5630.0, "t", 2022, "content")
    assert (found.original_value, found.locator, found.value_flag) == ("5,630", "row 5, column Prod_t_2022", "reported")


@pytest.mark.parametrize(
    ("printed", "party", "flag"),
    [
        ("Australia1", "AUS", "reported"),
        ("Australia11, 3", "AUS", "reported"),
        ("Australiae", "AUS", "estimated"),
        ("Congo (Kinshasa)e, 7", "COD", "estimated"),
        ("Congo (Kinshasa)", "COD", "reported"),
        ("Other countriese", "OTHER", "estimated"),
        ("World total (rounded)", "WORLD", "rounded_total"),
        ("World total", "WORLD", "reported"),
        ("Nigeria", "NGA", "reported"),
        ("Niger", "NER", "reported"),
    ],
)
def test_names_with_footnotes(printed: str, party: str, flag: str) -> None:
    found = run(changed(party=printed)).observations[0]
    assert (found.party, found.value_flag) == (party, flag)


@pytest.mark.parametrize("printed", ["Austrlia", "Nigerx", "Wakanda", ""])
def test_an_unmapped_name_stops_with_a_line_to_paste(printed: str) -> None:
    fault = run(changed(party=printed)).faults[0]
    assert f"s,{printed},party,XXX," in str(fault)
    assert "s/2024/f.csv:5" in str(fault)


def test_unmapped_series_units_and_values_stop() -> None:
    faults = [
        str(fault)
        for fault in run(
            changed(series="Smelter output"),
            changed(unit="short tons"),
            changed(value="12 or so"),
            changed(year="20x2"),
        ).faults
    ]
    assert len(faults) == 4
    assert "s__series.csv" in faults[0]
    assert "s__units.csv" in faults[1]
    assert "'12 or so'" in faults[2]
    assert "no year" in faults[3]


def test_what_is_left_out_has_its_reason() -> None:
    reasons = [
        line.reason
        for line in run(
            changed(series="Price, dollars"), changed(party="Subtotal"), changed(value=""), changed(value=" ")
        ).ledger
    ]
    assert reasons == ["a price, no quantity", "sum of rows above", "blank", "blank"]


@pytest.mark.parametrize(
    ("parts", "flag", "value"),
    [
        ({"value": "W"}, "withheld", None),
        ({"value": "—"}, "zero", 0.0),
        ({"value": "", "note": "W"}, "withheld", None),
        ({"marks": "e"}, "estimated", 5630.0),
        ({"marks": "r"}, "revised", 5630.0),
        ({"marks": "r, e"}, "estimated", 5630.0),
        ({"marks": "p"}, "provisional", 5630.0),
        ({"note": "Estimated. See text."}, "estimated", 5630.0),
        ({"value": "e5,000"}, "estimated", 5000.0),
    ],
)
def test_flags(parts: dict[str, object], flag: str, value: float | None) -> None:
    found = run(changed(**parts)).observations[0]
    assert (found.value_flag, found.value) == (flag, value)
    assert found.is_revised == ("r" in str(parts.get("marks", "")))


def test_reserves_belong_to_the_edition() -> None:
    assert run(changed(year="")).observations[0].year == 2024


def test_a_correction_changes_just_its_cell_and_shows() -> None:
    by = mapping(row="5", field="value", expected="5,630", corrected="5,360", reason="typo", evidence="errata")
    first, second = run(CELL, changed(row=6), by=by).observations
    assert (first.value, first.is_corrected, second.value, second.is_corrected) == (5360.0, True, 5630.0, False)
    assert unused_corrections(by, {("2024", "f.csv")}) == []


def test_a_correction_that_meets_nothing_is_a_fault_once_its_file_is_landed() -> None:
    by = mapping(row="5", field="value", expected="1", corrected="2", reason="typo", evidence="errata")
    run(CELL, by=by)
    assert "corrects nothing" in str(unused_corrections(by, {("2024", "f.csv")})[0])
    assert unused_corrections(by, {("2023", "f.csv")}) == []


def test_every_source_seed_is_sound() -> None:
    """A rule that leaves out says why; one that observes says what."""
    frames, faults = load_seeds(find_project(ROOT))
    assert faults == []
    rules = frames["source_series"]
    told = rules[rules["action"] == "observation"]
    assert (told[["mineral", "basis", "stage", "measure"]] != "").all(axis=None)
    assert (rules[rules["action"] == "exclude"]["reason"] != "").all()
    names = frames["source_parties"]
    assert ((names["party"] != "") == (names["action"] == "party")).all()
    assert (names[names["action"] == "exclude"]["reason"] != "").all()

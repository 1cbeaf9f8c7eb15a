"""The strict reader of seeds and the check against contracts: every fault named with its place, none repaired."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.faults import nearest
from etl.seeds.check import check_frame
from etl.seeds.contract import Contract, Field
from etl.seeds.read import read_seed

CONTRACT = Contract(
    kind="facts",
    title="Facts",
    grain="One row per fact",
    files=("facts.csv",),
    primary_key=("key",),
    fields=(
        Field("key", required=True),
        Field("mineral", references="minerals.mineral"),
        Field("day", type="date"),
        Field("value", type="number"),
        Field("year", type="integer", minimum=1700, maximum=2100),
        Field("flag", enum=("ok", "suspect")),
        Field("parties", references="parties.party", is_list=True),
    ),
)
HEADER = "key,mineral,day,value,year,flag,parties\n"
KNOWN = {
    "minerals": pd.DataFrame({"mineral": ["cobalt", "lithium"]}),
    "parties": pd.DataFrame({"party": ["NAM", "USA", "EUU"]}),
}


def faults_of(tmp_path: Path, content: bytes) -> list[str]:
    path = tmp_path / "facts.csv"
    path.write_bytes(content)
    frame, faults = read_seed(path, CONTRACT, "seeds/facts.csv")
    return [str(fault) for fault in [*faults, *check_frame(frame, CONTRACT, KNOWN)]]


def test_a_good_file_is_read_as_text(tmp_path: Path) -> None:
    path = tmp_path / "facts.csv"
    path.write_text(HEADER + "a,cobalt,2024-02-29,-1.50,2024,ok,NAM;USA\nNA,,,0812,,,\n", encoding="utf-8")
    frame, faults = read_seed(path, CONTRACT, "seeds/facts.csv")
    assert faults == []
    assert list(check_frame(frame, CONTRACT, KNOWN)) == []
    assert frame["key"].tolist() == ["a", "NA"]
    assert frame["value"].tolist() == ["-1.50", "0812"]
    assert frame["_row"].tolist() == [2, 3]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("a,kobalt,,,,,", ["seeds/facts.csv:2 [mineral]", "'kobalt'", "'cobalt'"]),
        ("a,,2023-02-30,,,,", ["[day]", "no day of the calendar"]),
        ("a,,30.6.2023,,,,", ["[day]", "is not a date", "YYYY-MM-DD"]),
        ('a,,,"1,000",,,', ["[value]", "plain decimal"]),
        ("a,,,1e5,,,", ["[value]", "plain decimal"]),
        ("a,,,,20223,,", ["[year]", "outside"]),
        ("a,,,,,sus,", ["[flag]", "'suspect'"]),
        ("a,,,,,,NAM;US", ["[parties]", "'US'", "'USA'"]),
        ("a,,,,,,NAM; USA", ["[parties]", "' USA'"]),
        (",,,,,,", ["[key]", "required"]),
        ("a,cobalt ,,,,,", ["[mineral]", "blanks around"]),
        ("a,cobalt", ["has 2 fields, expected 7"]),
        ("a,,,,,,,", ["has 8 fields, expected 7"]),
    ],
)
def test_faults_name_place_value_and_remedy(tmp_path: Path, row: str, expected: list[str]) -> None:
    faults = faults_of(tmp_path, (HEADER + row + "\n").encode())
    assert len(faults) == 1
    for part in expected:
        assert part in faults[0]


def test_duplicate_keys_point_at_each_other(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, (HEADER + "a,,,,,,\nb,,,,,,\na,,,,,,\n").encode())
    assert len(faults) == 1
    assert "seeds/facts.csv:4" in faults[0]
    assert "facts.csv:2" in faults[0]


def test_all_faults_come_together(tmp_path: Path) -> None:
    assert len(faults_of(tmp_path, (HEADER + "a,kobalt,x,y,z,w,V\nb,lithum,,,,,\n").encode())) == 7


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ((HEADER + "é,,,,,,\n").encode("latin-1"), "is not UTF-8"),
        ("\ufeff".encode() + HEADER.encode(), "byte-order mark"),
        (HEADER.replace("mineral", "minerl").encode(), "Nearest known value: 'mineral'"),
        (HEADER.replace(",parties", "").encode(), "[parties] is missing from the header"),
        (HEADER.replace("flag", "key").encode(), "stands twice"),
        (b"", "is empty"),
        (HEADER.encode() + b"a,\x00,,,,,\n", "NUL"),
        (HEADER.encode() + b'a,"open,,,,,\n', "is not a CSV record"),
    ],
)
def test_broken_files(tmp_path: Path, content: bytes, expected: str) -> None:
    assert any(expected in fault for fault in faults_of(tmp_path, content))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_raise_anything(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "facts.csv"
    path.write_bytes(HEADER.encode() + content)
    frame, faults = read_seed(path, CONTRACT, "facts.csv")
    assert all(isinstance(value, str) for value in frame["key"])
    assert all(fault.problem for fault in [*faults, *check_frame(frame, CONTRACT, KNOWN)])


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=12))
def test_a_number_that_passes_is_what_its_text_says(text: str) -> None:
    frame = pd.DataFrame([{**dict.fromkeys(CONTRACT.names, ""), "key": "a", "value": text, "_file": "f", "_row": 2}])
    if text and not list(check_frame(frame, CONTRACT, KNOWN)):
        assert set(text) <= set("-.0123456789")
        float(text)


def test_nearest_ignores_case_and_gives_up_on_nonsense() -> None:
    assert nearest("COBALT", ["cobalt", "lithium"]) == "Nearest known value: 'cobalt'"
    assert nearest("AUZ", ["AUS", "AUT", "NAM"]) == "Nearest known values: 'AUS', 'AUT'"
    assert nearest("zzzz", ["cobalt", "copper"]) == ""

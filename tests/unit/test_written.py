"""What an author wrote is told from what a program left, and a value from one that its literal contradicts."""

from __future__ import annotations

import pytest

from etl.seeds.literal import agrees
from etl.sources.damage import hidden_sign
from etl.text import unwritten


@pytest.mark.parametrize(
    ("value", "literal", "expected"),
    [
        ("1600", "1600万吨", True),
        ("1680", "1600万吨", False),
        ("1100", "1 100", True),
        ("79", "７９％", True),
        ("-10", "下降10%", True),
        ("0.333333", "超过 1/3 的产量", True),
        ("0.5", "超过 1/3 的产量", False),
        # Numerals in words contradict nothing.
        ("100", "百日审查行政命令（14017号）", True),
        ("3", "three", True),
    ],
)
def test_a_number_agrees_with_its_literal(value: str, literal: str, expected: bool) -> None:
    assert agrees(value, literal, is_date=False) is expected


@pytest.mark.parametrize(
    ("value", "literal", "expected"),
    [
        ("2022-06-14", "June 14, 2022", True),
        ("2023-06-14", "June 14, 2022", False),
        ("2022-06-15", "June 14, 2022", False),
        ("2023-10-01", "2023 年10 月", True),
        ("2023-11-01", "2023 年10 月", False),
        ("2021-03-12", "2021年3月13日", False),
        # The first of January may stand for the year alone.
        ("2022-01-01", "2022年2月", True),
        ("2017-01-01", "１３８１７号行政命令", True),
    ],
)
def test_a_date_agrees_with_its_literal(value: str, literal: str, expected: bool) -> None:
    assert agrees(value, literal, is_date=True) is expected


@pytest.mark.parametrize("text", ["NULL", "nan", "#REF!", "=1+1", "@SUM(A1)", "????", "\ufffd", "Сobalt", "Seсtion 3"])
def test_what_nobody_wrote_is_refused(text: str) -> None:
    assert unwritten(text) is not None


@pytest.mark.parametrize("text", ["NA", "none", "-3.5", "-----", "µm", "Δ", "W", "Is it so?", "10-15", "铌 (Nb)"])
def test_what_somebody_wrote_is_left_alone(text: str) -> None:
    assert unwritten(text) is None


@pytest.mark.parametrize(("text", "row"), [("a\x1d\n", 1), ("a\nb\u200b", 2), ("a\nb\n\x00\x03", 3), ("\ufffd", 1)])
def test_a_sign_that_does_not_show_is_named_with_its_row(text: str, row: int) -> None:
    found = hidden_sign(text, "file.csv")
    assert found is not None
    assert (found.file, found.row) == ("file.csv", row)
    assert hidden_sign("a\tb\r\nc\u00a0d — é", "file.csv") is None

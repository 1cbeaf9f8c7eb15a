"""The value parser: what a cell's text says, and never a number that it does not say."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.sources.values import Code, UnreadableValueError, Value, fold, parse_value

CODES = {
    "w": Code("withheld"),
    "na": Code("not_available"),
    "-": Code("zero", value=0.0),
    "--": Code("zero", value=0.0),
    "large": Code("large"),
    "less than 1⁄2 unit": Code("less_than", low=0.0, high=0.5),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,234,567", Value(1234567.0, None, None, "reported")),
        ("0.25", Value(0.25, None, None, "reported")),
        (" 5,000 ", Value(5000.0, None, None, "reported")),
        ("0", Value(0.0, None, None, "zero")),
        ("-17", Value(-17.0, None, None, "reported")),
        ("−17", Value(-17.0, None, None, "reported")),
        ("e20,000", Value(20000.0, None, None, "estimated", True)),
        ("E 500", Value(500.0, None, None, "estimated", True)),
        (">100,000,000", Value(None, 1e8, None, "greater_than")),
        ("<100", Value(None, 0.0, 100.0, "less_than")),
        ("> 95", Value(None, 95.0, None, "greater_than")),
        ("820–880", Value(None, 820.0, 880.0, "range")),
        ("10,000 - 15,000", Value(None, 10000.0, 15000.0, "range")),
        ("50%", Value(50.0, None, None, "reported")),
        ("W", Value(None, None, None, "withheld")),
        ("NA", Value(None, None, None, "not_available")),
        ("—", Value(0.0, None, None, "zero")),
        ("--", Value(0.0, None, None, "zero")),
        ("Large", Value(None, None, None, "large")),
    ],
)
def test_what_a_text_says(text: str, expected: Value) -> None:
    assert parse_value(text, CODES) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "?1",
        "12,34",
        "1,2345",
        "1.2.3",
        "1e5",
        "abc",
        "12 t",
        "880-820",
        "0x1F",
        "٣",
        "½",
        "NaN",
        "inf",
        "1_000",
        "+5",
    ],
)
def test_what_cannot_be_told_is_not_guessed(text: str) -> None:
    with pytest.raises(UnreadableValueError):
        parse_value(text, CODES)


@settings(max_examples=2000, deadline=None)
@given(st.text(max_size=20))
def test_no_text_raises_anything_else_and_no_number_is_invented(text: str) -> None:
    try:
        value = parse_value(text, CODES)
    except UnreadableValueError as error:
        assert error.text == text
        return
    said = {float(part.replace(",", "")) for part in re.findall(r"[\d,]*\.?\d+", fold(text)) if part.strip(",")}
    for number in (value.value, value.low, value.high):
        code = number in (None, 0.0, 0.5)
        assert code or abs(number or 0.0) in said


@settings(max_examples=500, deadline=None)
@given(st.floats(min_value=0, max_value=1e12, allow_nan=False).map(lambda number: round(number, 3)))
def test_every_number_comes_back(number: float) -> None:
    assert parse_value(f"{number:,.3f}", CODES).value == pytest.approx(number)
    assert parse_value(f"e{number:,.3f}", CODES).is_estimated
    assert parse_value(f">{number:,.3f}", CODES).low == pytest.approx(number)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_every_range_comes_back_in_order(one: int, other: int) -> None:
    low, high = sorted((one, other))
    value = parse_value(f"{low:,}–{high:,}", CODES)
    assert (value.value, value.low, value.high) == (None, float(low), float(high))

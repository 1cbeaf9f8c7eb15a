"""Literals and numerals of an article text: found where they stand, whole, and nowhere else."""

from __future__ import annotations

import pytest

from etl.articles.text import ArticleText, squeeze


def numerals(text: str) -> list[str]:
    return [numeral.text for numeral in ArticleText(text.split("\n")).numerals]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("53 400\t8 795.5\t19 160", ["53 400", "8 795.5", "19 160"]),
        ("2022 22 项", ["2022", "22"]),
        ("１６９．１７亿吨", ["169.17"]),
        ("1,235 亿", ["1,235"]),
        ("约三分之一的资源", ["三分之一"]),
        ("中国的三家企业", ["三"]),
        ("排第一位", ["第一"]),
        ("需求将翻一番", ["翻一番"]),
        ("一个国家，一种做法", []),
        ("一是加强,二是深化", []),
        ("30%-45%", ["30", "45"]),
    ],
)
def test_numerals(text: str, expected: list[str]) -> None:
    assert numerals(text) == expected


def test_a_literal_is_found_whatever_its_width_and_spacing() -> None:
    text = ArticleText(["２０２４年 １１月", "其中，2.6 亿美元"])
    assert text.find("2024年11月", 1)
    assert text.find("2.6亿美元", 2)
    assert not text.find("2.6亿美元", 1)


def test_a_literal_may_run_over_the_end_of_its_line() -> None:
    text = ArticleText(["澳大利亚、日本等 10", "", "国及欧盟委员会"])
    assert [span.line for span in text.find("10国及欧盟", 1)] == [1]
    assert not text.find("10国及欧盟", 3)


@pytest.mark.parametrize("literal", ["5", "15", "95", "9.5", "0.9"])
def test_a_literal_never_cuts_a_numeral(literal: str) -> None:
    text = ArticleText(["0.95 亿"])
    assert not text.find(literal, 1)
    assert text.find("0.95", 1)


def test_squeeze_unifies_dashes() -> None:
    assert squeeze("2013—2023 – 1") == "2013-2023-1"


def test_unknown_lines_hold_nothing() -> None:
    text = ArticleText(["1"])
    assert not text.find("1", 0)
    assert not text.find("1", 2)

"""The verifier of articles, both ways: what must be found, and what must pass."""

from __future__ import annotations

import pandas as pd
import pytest

from etl.articles.text import ArticleText
from etl.articles.verify import verify_document

CLAIM = {"document": "paper", "text_line": "1", "printed": "54%", "_file": "claims.csv", "_row": 2}
EXCLUSION = {
    "document": "paper",
    "line_from": "2",
    "line_to": "2",
    "literal": "",
    "reason": "list of sources",
    "_file": "exclusions.csv",
    "_row": 2,
}
CONFLICT = {
    "document_a": "paper",
    "text_line_a": "1",
    "printed_a": "54%",
    "document_b": "paper",
    "text_line_b": "1",
    "printed_b": "53%",
    "_file": "conflicts.csv",
    "_row": 2,
}
ALL_COVERED = [CLAIM, {**CLAIM, "printed": "三国"}, {**CLAIM, "printed": "53%"}]
TEXT = ArticleText(["三国占 54%，另有 53%", "[1] 2024(3): 5"])


def verify(
    claims: list[dict[str, object]],
    exclusions: list[dict[str, object]],
    conflicts: tuple[dict[str, object], ...] = (),
) -> tuple[float, list[str]]:
    frames = {
        "claims": pd.DataFrame(claims, columns=list(CLAIM)),
        "exclusions": pd.DataFrame(exclusions, columns=list(EXCLUSION)),
        "conflicts": pd.DataFrame(conflicts, columns=list(CONFLICT)),
    }
    coverage, faults = verify_document("paper", TEXT, frames)
    assert coverage.covered + coverage.excluded + coverage.open == coverage.numerals
    return coverage.share, [str(fault) for fault in faults]


def test_all_covered() -> None:
    assert verify(ALL_COVERED, [EXCLUSION]) == (1.0, [])


def test_both_sides_of_a_contradiction_stand_on_their_lines() -> None:
    assert verify(ALL_COVERED, [EXCLUSION], (CONFLICT,)) == (1.0, [])


@pytest.mark.parametrize(
    ("changed", "column", "hint"),
    [
        ({"printed_a": "55%"}, "[printed_a]", "stands on no line"),
        ({"printed_b": "55%"}, "[printed_b]", "stands on no line"),
        ({"text_line_a": "2"}, "[printed_a]", "starts on line 1, not 2"),
        ({"text_line_b": ""}, "[printed_b]", "starts on line 1, not 0"),
    ],
)
def test_a_contradiction_that_misquotes_the_paper_is_a_fault(changed: dict[str, str], column: str, hint: str) -> None:
    _, faults = verify(ALL_COVERED, [EXCLUSION], ({**CONFLICT, **changed},))
    assert len(faults) == 1
    assert faults[0].startswith("conflicts.csv:2 ")
    assert column in faults[0]
    assert hint in faults[0]


def test_what_another_document_prints_is_not_looked_for_in_the_paper() -> None:
    official = {**CONFLICT, "document_b": "statistics", "text_line_b": "", "printed_b": "63.7 %"}
    assert verify(ALL_COVERED, [EXCLUSION], (official,)) == (1.0, [])


def test_a_contradiction_accounts_for_no_numeral() -> None:
    share, faults = verify([CLAIM, {**CLAIM, "printed": "三国"}], [EXCLUSION], (CONFLICT,))
    assert share < 1
    assert len(faults) == 1
    assert "is neither in a claim nor excluded" in faults[0]


def test_an_uncovered_numeral_is_named_with_its_context() -> None:
    share, faults = verify([CLAIM, {**CLAIM, "printed": "三国"}], [EXCLUSION])
    assert share < 1
    assert len(faults) == 1
    assert "53" in faults[0]
    assert "另有53%" in faults[0]
    assert ":1 " in faults[0]


def test_a_literal_on_another_line_is_told_its_line() -> None:
    _, faults = verify([{**CLAIM, "text_line": "2"}], [EXCLUSION])
    assert any("starts on line 1, not 2" in fault for fault in faults)


def test_a_literal_that_stands_nowhere_is_a_fault() -> None:
    _, faults = verify([{**CLAIM, "printed": "55%"}], [EXCLUSION])
    assert any("stands on no line" in fault for fault in faults)


def test_an_exclusion_that_excludes_nothing_is_a_fault() -> None:
    idle = {**EXCLUSION, "line_from": "1", "line_to": "1", "literal": "99"}
    _, faults = verify([CLAIM], [EXCLUSION, idle])
    assert any("excludes no numeral" in fault for fault in faults)


def test_one_row_accounts_for_one_occurrence() -> None:
    text = ArticleText(["0.94\t0.94"])
    row = {**CLAIM, "printed": "0.94"}
    for rows, still_open in (([row], 1), ([row, row], 0)):
        frames = {"claims": pd.DataFrame(rows), "exclusions": pd.DataFrame(columns=list(EXCLUSION))}
        assert verify_document("paper", text, frames)[0].open == still_open


def test_a_pattern_excludes_what_it_matches_and_no_more() -> None:
    pattern = {**EXCLUSION, "line_from": "1", "line_to": "2", "literal": r"re:\[\d+\]"}
    share, faults = verify([CLAIM], [pattern])
    assert share < 1
    assert not any("'1'" in fault for fault in faults)
    assert any("'2024'" in fault for fault in faults)

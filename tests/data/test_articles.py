"""The seeds of the papers against the papers' texts, where the texts are at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

from etl.articles.text import squeeze
from tests.conftest import ROOT, RunCli

BAD_INPUT = 3
ARTICLES = Path(os.environ.get("OREBLOC_SHARED", ROOT.parent / "shared")) / "articles"


@pytest.mark.skipif(not ARTICLES.is_dir(), reason="the papers' texts are not at hand")
def test_every_literal_stands_on_its_line_and_every_numeral_is_accounted_for(cli: RunCli) -> None:
    done = cli("verify-articles", str(ARTICLES))
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("100.0%") == 5


@pytest.mark.skipif(not ARTICLES.is_dir(), reason="the papers' texts are not at hand")
def test_a_contradiction_that_misquotes_a_paper_is_named(cli: RunCli, project_copy: Path) -> None:
    path = project_copy / "seeds" / "decisions" / "conflicts.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    row = frame.index[frame["document_a"] == "zhang2024"][0]
    frame.loc[row, "printed_a"] = "2024 年乌拉圭加入"
    frame.to_csv(path, index=False)
    done = cli("verify-articles", str(ARTICLES), "--project", str(project_copy))
    assert done.returncode == BAD_INPUT
    assert f"conflicts.csv:{row + 2} [printed_a]" in done.stderr
    assert "is not on its line" in done.stderr


def is_prose(text: str) -> bool:
    return sum("一" <= character <= "鿿" for character in text) > 0.8 * len(text)


@pytest.mark.skipif(not ARTICLES.is_dir(), reason="the papers' texts are not at hand")
def test_no_seed_copies_a_sentence() -> None:
    """No cell shares 40 Chinese characters in a row with a paper; names of agreements run to 34."""
    body = {path.name: squeeze(path.read_text(encoding="utf-8")) for path in ARTICLES.glob("*.txt")}
    everything = "\n".join(body.values())
    window = 40
    copied = []
    for path in sorted((ROOT / "seeds").rglob("*.csv")):
        if path.name == "documents.csv":  # titles are titles
            continue
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        for row, record in frame.iterrows():
            for column, value in record.items():
                text = squeeze(str(value))
                windows = (text[start : start + window] for start in range(len(text) - window + 1))
                if any(not part.isascii() and part in everything and is_prose(part) for part in windows):
                    copied.append((path.name, row, column, value))
    assert copied == []

"""Verify the seeds of the papers against the papers' texts: literals on their lines, numerals covered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from etl.articles.text import ArticleText, Span
from etl.faults import Fault, nearest
from etl.seeds.check import SeedFrames
from etl.seeds.read import FILE_COLUMN, ROW_COLUMN

# Columns that hold a literal of the text, in whichever kind of seed has them.
LITERAL_COLUMNS = ("printed", "printed_zh", "joined_printed", "date_printed", "members_printed")
# A contradiction quotes two places: document_a, text_line_a and printed_a, and the same with b.
SIDES = ("a", "b")
PATTERN_PREFIX = "re:"


@dataclass(frozen=True, slots=True)
class Coverage:
    """How one paper's numerals are accounted for: `covered + excluded + open == numerals`."""

    document: str
    facts: int
    literals: int
    numerals: int
    covered: int
    excluded: int

    @property
    def open(self) -> int:
        """Numerals that nothing accounts for."""
        return self.numerals - self.covered - self.excluded

    @property
    def share(self) -> float:
        """Part of the numerals that is accounted for, 0 to 1."""
        return (self.covered + self.excluded) / self.numerals if self.numerals else 1.0


@dataclass(frozen=True, slots=True)
class _Literal:
    text: str
    line: int
    file: str
    row: int
    column: str


def verify_articles(
    folder: Path, frames: SeedFrames, documents: Iterable[str] = ()
) -> tuple[list[Coverage], list[Fault]]:
    """Verify every paper that has an `article_file`.

    Args:
        folder: Folder of the texts.
        frames: All seeds, by kind.
        documents: Limit to these documents; empty means all papers.

    Returns:
        One coverage per paper, and the faults: a literal not on its line, a numeral neither covered nor excluded, an
        exclusion that excludes nothing, a missing text.
    """
    wanted = set(documents)
    coverages, faults = [], []
    for document, name in _papers(frames["documents"]):
        if wanted and document not in wanted:
            continue
        path = folder / name
        if not path.is_file():
            texts = [text.name for text in folder.glob("*.txt")]
            faults.append(Fault(name, None, "", document, "is missing from the texts", nearest(name, texts)))
            continue
        coverage, problems = verify_document(document, ArticleText.read(path), frames)
        coverages.append(coverage)
        faults += problems
    return coverages, faults


def verify_document(document: str, text: ArticleText, frames: SeedFrames) -> tuple[Coverage, list[Fault]]:
    """Verify one paper's seeds against its text.

    What a contradiction quotes must stand on its line too, but accounts for no numeral: only facts and exclusions do.
    """
    literals = list(_literals(document, frames))
    quoted = list(_quoted(document, frames))
    spans, faults = _locate(literals, text)
    faults += _locate(quoted, text)[1]
    covered = _inside(text.numerals, spans)
    excluded, exclusion_faults = _excluded(document, text, frames["exclusions"])
    excluded -= covered
    faults += exclusion_faults
    faults += [
        Fault(
            f"{document} (text)",
            numeral.line,
            "",
            numeral.text,
            "is neither in a claim nor excluded",
            _context(text, numeral),
        )
        for index, numeral in enumerate(text.numerals)
        if index not in covered and index not in excluded
    ]
    facts = sum(
        int((frame["document"] == document).sum())
        for kind, frame in frames.items()
        if "text_line" in frame.columns and kind != "exclusions"
    )
    n_literals = len(literals) + len(quoted)
    return Coverage(document, facts, n_literals, len(text.numerals), len(covered), len(excluded)), faults


def _papers(documents: pd.DataFrame) -> list[tuple[str, str]]:
    named = documents[documents["article_file"] != ""]
    return list(zip(named["document"], named["article_file"], strict=True))


def _literals(document: str, frames: SeedFrames) -> Iterator[_Literal]:
    for frame in frames.values():
        if "text_line" not in frame.columns:
            continue
        rows = frame[frame["document"] == document]
        for column in LITERAL_COLUMNS:
            if column in rows.columns:
                yield from _column(rows, column, "text_line")


def _quoted(document: str, frames: SeedFrames) -> Iterator[_Literal]:
    for frame in frames.values():
        for side in SIDES:
            column, line_column = f"printed_{side}", f"text_line_{side}"
            if column in frame.columns and line_column in frame.columns:
                yield from _column(frame[frame[f"document_{side}"] == document], column, line_column)


def _column(rows: pd.DataFrame, column: str, line_column: str) -> Iterator[_Literal]:
    for value, line, file, row in zip(
        rows[column], rows[line_column], rows[FILE_COLUMN], rows[ROW_COLUMN], strict=True
    ):
        if value:
            yield _Literal(value, int(line) if line.isdigit() else 0, file, row, column)


def _locate(literals: list[_Literal], text: ArticleText) -> tuple[list[Span], list[Fault]]:
    """Find each literal; n rows with one literal on one line account for at most its first n occurrences."""
    faults: list[Fault] = []
    spans: list[Span] = []
    found: dict[tuple[str, int], list[Span]] = {}
    rows: Counter[tuple[str, int]] = Counter()
    for literal in literals:
        key = (literal.text, literal.line)
        if key not in found:
            found[key] = text.find(literal.text, literal.line)
        rows[key] += 1
        if not found[key]:
            faults.append(_misplaced(literal, text))
    for key, occurrences in found.items():
        spans += occurrences[: rows[key]]
    return spans, faults


def _misplaced(literal: _Literal, text: ArticleText) -> Fault:
    lines = [line for line in range(1, text.n_lines + 1) if text.find(literal.text, line)]
    if lines:
        hint = f"It starts on line {min(lines, key=lambda line: abs(line - literal.line))}, not {literal.line}"
    else:
        hint = f"It stands on no line of the text (line {literal.line} was named)"
    return Fault(literal.file, literal.row, literal.column, literal.text, "is not on its line", hint)


def _inside(numerals: list[Span], spans: list[Span]) -> set[int]:
    """Return the indices of the numerals that lie wholly inside one of the spans."""
    return {
        index
        for index, numeral in enumerate(numerals)
        if any(span.start <= numeral.start and numeral.end <= span.end for span in spans)
    }


def _excluded(document: str, text: ArticleText, exclusions: pd.DataFrame) -> tuple[set[int], list[Fault]]:
    excluded: set[int] = set()
    faults = []
    for _, rule in exclusions[exclusions["document"] == document].iterrows():
        if not (rule["line_from"].isdigit() and rule["line_to"].isdigit()):
            continue  # the contract check names the bad cell
        first, last = int(rule["line_from"]), int(rule["line_to"])
        hits = _rule_hits(rule["literal"], first, last, text)
        if not hits:
            faults.append(
                Fault(
                    rule[FILE_COLUMN], rule[ROW_COLUMN], "literal", rule["literal"], "excludes no numeral", "Remove it"
                )
            )
        excluded |= hits
    return excluded, faults


def _rule_hits(literal: str, first: int, last: int, text: ArticleText) -> set[int]:
    if not literal:
        return {index for index, numeral in enumerate(text.numerals) if first <= numeral.line <= last}
    if literal.startswith(PATTERN_PREFIX):
        start, end = text.line_span(first)[0], text.line_span(last)[1]
        matches = re.finditer(literal.removeprefix(PATTERN_PREFIX), text.stream[start:end])
        spans = [Span(start + match.start(), start + match.end(), 0, "") for match in matches]
    else:
        spans = [span for line in range(first, last + 1) for span in text.find(literal, line)]
    return _inside(text.numerals, spans)


def _context(text: ArticleText, numeral: Span) -> str:
    shown = text.stream[max(numeral.start - 14, 0) : numeral.end + 12]
    return f"In: {shown}"

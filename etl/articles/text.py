"""The text of a paper as a stream of characters in which literals and numerals have places.

Width and spacing differ between the papers' text files (full-width digits, blanks inside "2022 年"), so both sides are
normalised: compatibility forms folded (NFKC), dashes unified, blanks dropped. Every character keeps its line number.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from pathlib import Path

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣", "-"))
# 53 400 and 8 795.5 are one number each; "2022 22" are two, and a tab always separates.
_ARABIC = re.compile(r"\d{1,3}(?: \d{3})+(?![\d])(?:\.\d+)?|\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?")
# Chinese numerals count where they measure something. A bare 一 is an article (一个, 一种), not a number.
_CLASSIFIER = "个家国项种倍成年月日次届类大层方条点批位座吨元名章边轮艘阶段步宗"
_CHINESE = re.compile(
    r"第?[一二三四五六七八九十百千两]+分之[一二三四五六七八九十百千两]+"
    r"|翻[一两二三四五]番|一半|半数|过半|近半|数十|上百|数百|数千|十余|百余"
    rf"|(?:第[一二三四五六七八九十百两]+|[二三四五六七八九十百千两][一二三四五六七八九十百千万两]*)(?=[{_CLASSIFIER}])"
)


def normalise(text: str) -> str:
    """Fold width and dashes; blanks stay."""
    return unicodedata.normalize("NFKC", text).translate(_DASHES)


def squeeze(text: str) -> str:
    """Normalise and drop every blank."""
    return re.sub(r"\s+", "", normalise(text))


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch [start, end) of the squeezed stream, with the line on which it starts."""

    start: int
    end: int
    line: int
    text: str


class ArticleText:
    """One paper's text.

    Attributes:
        stream: All characters, squeezed.
        numerals: Every numeral of the text, in order.
    """

    def __init__(self, lines: list[str]) -> None:
        pieces: list[str] = []
        self._line_starts: list[int] = []
        self.numerals: list[Span] = []
        offset = 0
        for number, line in enumerate(lines, start=1):
            self._line_starts.append(offset)
            normal = normalise(line)
            kept = [index for index, character in enumerate(normal) if not character.isspace()]
            for pattern in (_ARABIC, _CHINESE):
                for match in pattern.finditer(normal):
                    start = offset + bisect_left(kept, match.start())
                    end = offset + bisect_left(kept, match.end())
                    self.numerals.append(Span(start, end, number, match.group()))
            pieces.append("".join(normal[index] for index in kept))
            offset += len(kept)
        self.stream = "".join(pieces)
        self.n_lines = len(lines)
        self.numerals.sort(key=lambda span: span.start)

    @classmethod
    def read(cls, path: Path) -> ArticleText:
        """Read a text file; lines are those that an editor counts."""
        return cls(path.read_text(encoding="utf-8").split("\n"))

    def line_span(self, line: int) -> tuple[int, int]:
        """Return the [start, end) of `line` in the stream; an unknown line is empty."""
        if not 1 <= line <= self.n_lines:
            return (0, 0)
        end = self._line_starts[line] if line < self.n_lines else len(self.stream)
        return (self._line_starts[line - 1], end)

    def find(self, literal: str, line: int) -> list[Span]:
        """Return the occurrences of `literal` that start on `line`; it may run on to the next lines.

        Digits are whole: "5" is not found inside "15".
        """
        wanted = squeeze(literal)
        start, end = self.line_span(line)
        spans: list[Span] = []
        if not wanted:
            return spans
        place = self.stream.find(wanted, start)
        while 0 <= place < end:
            if self._digits_whole(place, place + len(wanted)):
                spans.append(Span(place, place + len(wanted), line, literal))
            place = self.stream.find(wanted, place + 1)
        return spans

    def _digits_whole(self, start: int, end: int) -> bool:
        """Tell whether no numeral of the text is cut by [start, end)."""
        first = bisect_right(self.numerals, start, key=lambda span: span.start) - 1
        for span in self.numerals[max(first - 1, 0) :]:
            if span.start >= end:
                break
            if span.start < start < span.end or span.start < end < span.end:
                return False
        return True

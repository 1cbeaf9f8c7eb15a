"""The corpus: every seed and official file, damaged in every way, drawn from a seed number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from etl.seeds.check import SeedFrames
from etl.sources.usgs_mcs.naming import parse_name
from tests.conftest import ROOT
from tests.mutations.book import BOOK_MUTATORS, Book
from tests.mutations.table import MUTATORS, Change, Subject

# Rows of the sheets that a reader takes values from, by file and sheet.
ReadRows = dict[str, dict[str, set[int]]]
_TRIES = 8


@dataclass(frozen=True, slots=True)
class Input:
    """A file that a build reads.

    Attributes:
        name: Its path in the project (`seeds/…`) or in the landing folder.
        group: What kind of file it is, as the table of counts names it.
        path: Where it lies.
    """

    name: str
    group: str
    path: Path

    @property
    def is_seed(self) -> bool:
        return self.name.startswith("seeds/")

    @property
    def is_book(self) -> bool:
        return self.path.suffix == ".xlsx"

    @property
    def encoding(self) -> str:
        if self.is_seed:
            return "utf-8"
        name = parse_name(self.path.name)
        if name is not None and name.kind == "long":
            return "cp1252"
        return "utf-8-sig" if self.path.read_bytes()[:3] == b"\xef\xbb\xbf" else "utf-8"


@dataclass(frozen=True, slots=True)
class Mutant:
    """One damaged file."""

    number: int
    input: Input
    mutator: str
    change: Change


def seed_inputs() -> list[Input]:
    """Every seed, grouped by its room."""
    return [
        Input(path.relative_to(ROOT).as_posix(), f"seeds: {path.relative_to(ROOT / 'seeds').parts[0]}", path)
        for path in sorted((ROOT / "seeds").rglob("*.csv"))
    ]


def official_inputs(data: Path, read: Sequence[str]) -> list[Input]:
    """Every official file that a reader reads, grouped by source and layout.

    Args:
        data: The landing folder.
        read: Their names in it.
    """
    return [Input(name, _layout(name), data / name) for name in sorted(read)]


def _layout(name: str) -> str:
    source, file = name.split("/", maxsplit=1)[0], name.rsplit("/", maxsplit=1)[-1]
    if source == "usgs_mcs":
        known = parse_name(file)
        return f"USGS MCS {known.edition}: {known.kind}" if known else "USGS MCS"
    if source == "wmd":
        table = re.match(r"6\.\d", file)
        return f"WMD: table {table[0]}" if table else "WMD: extract"
    if source == "usgs_myb":
        return "USGS MYB: Data Series 140" if "ds140" in file else "USGS MYB: annual tables"
    return "BGS: export"


class Corpus:
    """Draws mutants: the n-th is always the same, whatever was drawn before.

    Args:
        inputs: What to damage.
        frames: The seeds, for the words that name units.
        read_rows: Where the readers of workbooks take values from.
        seed: The number from which everything is drawn.
    """

    def __init__(self, inputs: Sequence[Input], frames: SeedFrames, read_rows: ReadRows, seed: int) -> None:
        self._groups: dict[str, list[Input]] = {}
        for one in inputs:
            self._groups.setdefault(one.group, []).append(one)
        self._inputs = list(inputs)
        self._read_rows = read_rows
        self._seed = seed
        units = frames["source_units"]
        self._units = {source: tuple(sorted(set(rows["printed"]))) for source, rows in units.groupby("source")}
        self._units[""] = tuple(frames["units"]["unit"])
        self._books: dict[str, Book] = {}

    def draw(self, count: int) -> Iterator[Mutant]:
        """Yield so many mutants: every file and every mutator in turn."""
        for number in range(count):
            yield self.mutant(number)

    def mutant(self, number: int) -> Mutant:
        """Return the n-th mutant."""
        draw = Random(f"{self._seed}/{number}")
        chosen = self._input(number, draw)
        names = sorted(BOOK_MUTATORS if chosen.is_book else MUTATORS)
        first = draw.randrange(len(names))
        for step in range(_TRIES * len(names)):
            # Where a file offers nothing to damage in one way, the next way is tried.
            mutator = names[(first + step) % len(names)]
            change = self._change(chosen, mutator, draw)
            if change is not None and change.content != chosen.path.read_bytes():
                return Mutant(number, chosen, mutator, change)
        raise AssertionError(f"nothing can be damaged in {chosen.name}")

    def _input(self, number: int, draw: Random) -> Input:
        """Each second mutant goes through all files in turn, the others draw a group first and then a file of it."""
        if number % 2 == 0:
            return self._inputs[number // 2 % len(self._inputs)]
        group = self._groups[draw.choice(sorted(self._groups))]
        return draw.choice(group)

    def _change(self, chosen: Input, mutator: str, draw: Random) -> Change | None:
        if chosen.is_book:
            return BOOK_MUTATORS[mutator](self._book(chosen), draw)
        source = "" if chosen.is_seed else chosen.name.split("/")[0]
        units = self._units.get(source, ())
        return MUTATORS[mutator](Subject(chosen.path.read_bytes(), chosen.encoding, units), draw)

    def _book(self, chosen: Input) -> Book:
        if chosen.name not in self._books:
            self._books[chosen.name] = Book(chosen.path.read_bytes(), self._read_rows.get(chosen.name, {}))
        return self._books[chosen.name]

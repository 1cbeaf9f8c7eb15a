"""What a label says: the footnote marks glued to it, the country that it names, the product that follows."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from etl.sources.values import fold

SOURCE = "usgs_myb"
_SEEDS = Path(__file__).resolve().parents[3] / "seeds"
_MARK = r"(?:\d{1,2}|[erp])"
_MARKS = re.compile(rf"{_MARK}(?:[\s,]+{_MARK})*[\s,]*")
# "97% CaF2", "44% to 48% Cr2O3": the digit is no footnote.
_FORMULA = re.compile(r"(?:[A-Z][a-z]?\d*){2,}")
# Words before which a glued "e" is a mark although the shared strings do not say so; after "...e" it always is.
_BEFORE_MARK = re.compile(
    r"(?:.*[\W\d])?(?:\w*e|\w+(?:ous|ary|ts|(?:at|im|id|ad)es|als)|total|metal|iron|\w*nickel|alumina|coal|mn|"
    r"gross weight|sand|salt|production|all forms|\w+ium|mines?)",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"(?P<scope>grand |world |)total(?P<tail>,? ?\(?(?:world|rounded)\)?)?(?:, (?P<rest>.+))?", re.IGNORECASE
)
_CONTINUED = re.compile(r"\s*[-‐‑‒–—―]+\s*continued(?P<after>:?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Label:
    """A row's label.

    Attributes:
        text: The label without marks and without the colon of a group.
        marks: Letters and footnote digits that stood at its end.
        opens: It ends in a colon.
    """

    text: str
    marks: tuple[str, ...] = ()
    opens: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """Names that can begin a row.

    Attributes:
        countries: Names of parties, lower case.
        others: Names of aggregates that stand among countries: "Other countries", "European Union".
    """

    countries: frozenset[str]
    others: frozenset[str] = field(default_factory=frozenset)

    def lead(self, label: str) -> tuple[str, str] | None:
        """Split "Korea, Republic of, crystalline flake" into the country and the rest, or return None."""
        parts = label.split(", ")
        for n in range(len(parts), 0, -1):
            name = ", ".join(parts[:n])
            if name.casefold() in self.countries or name.casefold() in self.others:
                return name, ", ".join(parts[n:])
        return None

    def is_country(self, name: str) -> bool:
        """Say whether a name is a party's."""
        return name.casefold() in self.countries


def known_names() -> Names:
    """Return the names of the reviewed mapping, so that a country and a product can be told apart in one column."""
    files = (_SEEDS / "reference" / "parties.csv", _SEEDS / "sources" / SOURCE / f"{SOURCE}__parties.csv")
    return _names(*((file, file.stat().st_mtime_ns if file.exists() else 0) for file in files))


@lru_cache(maxsize=2)
def _names(parties: tuple[Path, int], mapping: tuple[Path, int]) -> Names:
    countries = {row["name_en"] for row in _rows(*parties) if row.get("name_en")}
    others = set()
    for row in _rows(*mapping):
        if row.get("action") == "party":
            countries.add(row["printed"])
        elif row.get("action") in ("residual", "exclude"):
            others.add(row["printed"])
    return Names(frozenset(n.casefold() for n in countries), frozenset(n.casefold() for n in others))


def _rows(file: Path, changed: int) -> list[dict[str, str]]:
    if not changed:
        return []
    with file.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def read_label(printed: str, superscripts: Mapping[str, tuple[str, str]], names: Names) -> Label:
    """Take marks and colon off a label: "Burma:e" opens a group of estimates, "Congo (Kinshasa)e, 7" is estimated."""
    base, marks = superscripts.get(printed) or _split_glued(fold(printed), names, guess=not superscripts)
    text = fold(_CONTINUED.sub(lambda match: match["after"], fold(base)))
    opens = text.endswith(":")
    return Label(fold(text.rstrip(":")), split_marks(marks), opens)


def split_marks(text: str) -> tuple[str, ...]:
    """Split "r, e" or "e, 7" into single marks."""
    return tuple(re.findall(r"\d+|[a-z]+", text.casefold()))


def are_marks(text: str) -> bool:
    """Say whether a text consists of flag letters and footnote digits only."""
    return _MARKS.fullmatch(fold(text)) is not None


def total_of(label: str) -> tuple[bool, str] | None:
    """Return (whether the whole world's by its words, what follows) if the label is a total's, else None."""
    match = _TOTAL.fullmatch(label)
    return (bool(match["scope"] or match["tail"]), match["rest"] or "") if match else None


def _split_glued(text: str, names: Names, *, guess: bool) -> tuple[str, str]:
    """Split marks off a text without superscripts, at the first place where what is left can be a label.

    In a workbook that has superscripts, only a known name may stand before a mark; in one without, words that are known
    to precede marks may too.
    """
    if names.lead(text.rstrip(":")) == (text.rstrip(":"), ""):
        return text, ""
    for match in re.finditer(_MARK, text):
        if not _MARKS.fullmatch(text, match.start()):
            continue
        base = text[: match.start()].rstrip(" ,")
        if base and (names.lead(base) == (base, "") or (guess and _can_end(base, match[0]))):
            return base, text[match.start() :]
    return text, ""


def _can_end(base: str, mark: str) -> bool:
    if base[-1] in ")%:":
        return True
    if mark == "e":
        return _BEFORE_MARK.fullmatch(base) is not None
    word = base.rsplit(maxsplit=1)[-1]
    return mark.isdigit() and not _FORMULA.fullmatch(word) and not word[-1].isdigit()

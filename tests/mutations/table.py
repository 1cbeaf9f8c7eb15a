"""Ways to damage a CSV file: its bytes, its rows, its header, one of its cells."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

NUMBER = re.compile(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")
# Letters of other scripts that look like Latin ones.
_LOOKALIKES = {"a": "а", "e": "е", "o": "о", "c": "с", "p": "р", "x": "х", "A": "А", "C": "С", "M": "М", "T": "Т"}
_HUGE = 200_000


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to a file.

    Attributes:
        content: The damaged file.
        row: 1-based row, 0 where the whole file is meant.
        column: The column's header, blank where the row or the file is meant.
        before: What stood there.
        after: What stands there now.
    """

    content: bytes
    row: int = 0
    column: str = ""
    before: str = ""
    after: str = ""


@dataclass(slots=True)
class Sheet:
    """A CSV file taken apart; `written` puts it together as it was."""

    rows: list[list[str]]
    encoding: str
    line_end: str

    @classmethod
    def read(cls, content: bytes, encoding: str) -> Sheet:
        text = content.decode(encoding)
        line_end = "\r\n" if "\r\n" in text else "\n"
        return cls(list(csv.reader(io.StringIO(text, newline=""))), encoding, line_end)

    def written(self) -> bytes:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator=self.line_end).writerows(self.rows)
        return text.getvalue().encode(self.encoding)

    def places(self, wanted: Callable[[str], bool]) -> list[tuple[int, int]]:
        """Return index of row and column of every cell below the header that is wanted."""
        return [
            (number, index)
            for number, row in enumerate(self.rows[1:], start=1)
            for index, cell in enumerate(row[: len(self.rows[0])])
            if wanted(cell)
        ]

    def set(self, place: tuple[int, int], value: str) -> Change:
        number, index = place
        before = self.rows[number][index]
        self.rows[number][index] = value
        return Change(self.written(), number + 1, self.rows[0][index], before, value)


@dataclass(frozen=True, slots=True)
class Subject:
    """A file that is to be damaged.

    Attributes:
        encoding: How its text is written, e.g. `utf-8`, `utf-8-sig`, `cp1252`.
        units: Words for units that its readers know.
    """

    content: bytes
    encoding: str
    units: tuple[str, ...]

    @property
    def sheet(self) -> Sheet:
        return Sheet.read(self.content, self.encoding)


# A mutator returns None where it finds nothing to damage.
Mutator = Callable[[Subject, Random], Change | None]


# Bytes


def flip_byte(subject: Subject, draw: Random) -> Change | None:
    content = bytearray(subject.content)
    place = draw.randrange(len(content))
    before = content[place]
    content[place] ^= 1 << draw.randrange(8)
    row = subject.content[:place].count(b"\n") + 1
    return Change(bytes(content), row, "", f"0x{before:02x}", f"0x{content[place]:02x}")


def truncate(subject: Subject, draw: Random) -> Change | None:
    place = draw.randrange(1, len(subject.content))
    return Change(subject.content[:place], subject.content[:place].count(b"\n") + 1, "", "", "cut off")


def cut_at_a_line(subject: Subject, draw: Random) -> Change | None:
    """As a download ends that broke off between two lines."""
    lines = subject.content.splitlines(keepends=True)
    if len(lines) < 3:
        return None
    kept = draw.randrange(1, len(lines))
    return Change(b"".join(lines[:kept]), kept, "", f"{len(lines)} lines", f"{kept} lines")


def add_nul(subject: Subject, draw: Random) -> Change | None:
    place = draw.randrange(len(subject.content))
    content = subject.content[:place] + b"\x00" + subject.content[place:]
    return Change(content, content[:place].count(b"\n") + 1, "", "", "NUL")


def to_utf16(subject: Subject, draw: Random) -> Change | None:
    del draw
    return Change(subject.content.decode(subject.encoding).encode("utf-16"), after="UTF-16")


def to_other_code_page(subject: Subject, draw: Random) -> Change | None:
    """As a spreadsheet saves it on a computer set up for another language."""
    text = subject.content.decode(subject.encoding)
    page = draw.choice(["cp1252", "gb18030", "cp1251"] if subject.encoding != "cp1252" else ["utf-8", "cp1250"])
    return Change(text.encode(page, "replace"), after=page)


def add_byte_order_mark(subject: Subject, draw: Random) -> Change | None:
    del draw
    text = subject.content.decode(subject.encoding)
    return Change(text.encode("utf-8-sig"), 1, after="BOM")


def stray_quote(subject: Subject, draw: Random) -> Change | None:
    starts = [match.end() for match in re.finditer(rb"[,\n]", subject.content[:-1])]
    if not starts:
        return None
    place = draw.choice(starts)
    content = subject.content[:place] + b'"' + subject.content[place:]
    return Change(content, content[:place].count(b"\n") + 1, "", "", '"')


def change_separator(subject: Subject, draw: Random) -> Change | None:
    """As a spreadsheet saves it where the comma is the decimal sign."""
    sheet, sign = subject.sheet, draw.choice(";\t|")
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=sign, lineterminator=sheet.line_end).writerows(sheet.rows)
    return Change(text.getvalue().encode(sheet.encoding), after=repr(sign))


# Rows


def drop_row(subject: Subject, draw: Random) -> Change | None:
    sheet = subject.sheet
    if len(sheet.rows) < 2:
        return None
    number = draw.randrange(1, len(sheet.rows))
    before = sheet.rows.pop(number)
    return Change(sheet.written(), number + 1, "", ",".join(before), "")


def duplicate_row(subject: Subject, draw: Random) -> Change | None:
    sheet = subject.sheet
    if len(sheet.rows) < 2:
        return None
    number = draw.randrange(1, len(sheet.rows))
    sheet.rows.insert(draw.randrange(1, len(sheet.rows) + 1), list(sheet.rows[number]))
    return Change(sheet.written(), number + 1, "", ",".join(sheet.rows[number]), "twice")


def shift_column(subject: Subject, draw: Random) -> Change | None:
    """Move the values of a column up or down by a row, from some row on."""
    sheet = subject.sheet
    if len(sheet.rows) < 4:
        return None
    index = draw.randrange(len(sheet.rows[0]))
    rows = [row for row in sheet.rows[draw.randrange(1, len(sheet.rows) - 1) :] if index < len(row)]
    values = [row[index] for row in rows]
    moved = [values[-1], *values[:-1]] if draw.random() < 0.5 else [*values[1:], values[0]]
    if values == moved:
        return None
    for row, value in zip(rows, moved, strict=True):
        row[index] = value
    number = len(sheet.rows) - len(rows) + 1
    return Change(
        sheet.written(), number, sheet.rows[0][index], f"{values[0]}, {values[-1]}", f"{moved[0]}, {moved[-1]}"
    )


def shift_row(subject: Subject, draw: Random) -> Change | None:
    """Move the values of a row right by a column; the last one falls off."""
    sheet = subject.sheet
    if len(sheet.rows) < 2:
        return None
    number = draw.randrange(1, len(sheet.rows))
    row = sheet.rows[number]
    start = draw.randrange(len(row))
    shifted = [*row[:start], "", *row[start:-1]]
    if shifted == row:
        return None
    sheet.rows[number] = shifted
    return Change(sheet.written(), number + 1, sheet.rows[0][start], ",".join(row[start:]), ",".join(shifted[start:]))


def swap_neighbours(subject: Subject, draw: Random) -> Change | None:
    """Let two neighbouring cells of a row change places."""
    sheet = subject.sheet
    places = [
        (number, index)
        for number, row in enumerate(sheet.rows[1:], start=1)
        for index in range(min(len(row), len(sheet.rows[0])) - 1)
        if row[index] != row[index + 1]
    ]
    if not places:
        return None
    number, index = draw.choice(places)
    row = sheet.rows[number]
    before = f"{row[index]},{row[index + 1]}"
    row[index], row[index + 1] = row[index + 1], row[index]
    return Change(sheet.written(), number + 1, sheet.rows[0][index], before, f"{row[index]},{row[index + 1]}")


# Header


def rename_column(subject: Subject, draw: Random) -> Change | None:
    sheet = subject.sheet
    index = draw.randrange(len(sheet.rows[0]))
    before = sheet.rows[0][index]
    sheet.rows[0][index] = draw.choice([f"{before}_x", f"{before}s", before[1:], ""])
    return Change(sheet.written(), 1, before, before, sheet.rows[0][index])


def swap_columns(subject: Subject, draw: Random) -> Change | None:
    """Let two names of the header change places, while the values stay."""
    sheet = subject.sheet
    header = sheet.rows[0]
    if len(header) < 2:
        return None
    one, other = draw.sample(range(len(header)), 2)
    header[one], header[other] = header[other], header[one]
    return Change(sheet.written(), 1, header[other], header[other], header[one])


def drop_column(subject: Subject, draw: Random) -> Change | None:
    sheet = subject.sheet
    index = draw.randrange(len(sheet.rows[0]))
    before = sheet.rows[0][index]
    for row in sheet.rows:
        del row[index : index + 1]
    return Change(sheet.written(), 1, before, before, "")


def move_column(subject: Subject, draw: Random) -> Change | None:
    """Put a column, name and values, in another place: it stays what it is."""
    sheet = subject.sheet
    width = len(sheet.rows[0])
    if width < 2 or any(len(row) != width for row in sheet.rows):
        return None
    one, other = draw.sample(range(width), 2)
    for row in sheet.rows:
        row.insert(other, row.pop(one))
    return Change(sheet.written(), 1, sheet.rows[0][other], "", "moved")


# Cells


def scale(factor: str) -> Mutator:
    def mutate(subject: Subject, draw: Random) -> Change | None:
        sheet = subject.sheet
        places = sheet.places(lambda cell: bool(NUMBER.fullmatch(cell)) and float(cell.replace(",", "")) != 0)
        if not places:
            return None
        place = draw.choice(places)
        return sheet.set(place, scaled(sheet.rows[place[0]][place[1]], factor))

    return mutate


def scaled(text: str, factor: str) -> str:
    return f"{float(text.replace(',', '')) * float(factor):.10f}".rstrip("0").rstrip(".")


def scale_column(subject: Subject, draw: Random) -> Change | None:
    """Multiply every number of a column by 1000 or a thousandth, as where a unit was misread."""
    sheet, factor = subject.sheet, draw.choice(["1000", "0.001"])
    columns = sorted({index for _, index in sheet.places(lambda cell: bool(NUMBER.fullmatch(cell)))})
    if not columns:
        return None
    index = draw.choice(columns)
    for row in sheet.rows[1:]:
        if index < len(row) and NUMBER.fullmatch(row[index]):
            row[index] = scaled(row[index], factor)
    return Change(sheet.written(), 0, sheet.rows[0][index], "", f"all × {factor}")


def change_digit(subject: Subject, draw: Random) -> Change | None:
    """Let one digit be another, the plainest slip of all: 1234 becomes 1284."""
    return _alter(subject, draw, lambda cell: any(map(str.isdigit, cell)) and cell.isascii(), other_digit)


def change_digit_of_number(subject: Subject, draw: Random) -> Change | None:
    return _alter(subject, draw, lambda cell: NUMBER.fullmatch(cell) is not None, other_digit)


def other_digit(text: str, draw: Random) -> str:
    place = draw.choice([index for index, sign in enumerate(text) if sign in "0123456789"] or [0])
    digit = draw.choice([sign for sign in "0123456789" if sign != text[place]])
    return f"{text[:place]}{digit}{text[place + 1 :]}"


def lose_sign(subject: Subject, draw: Random) -> Change | None:
    """Take the sign off a negative number; where there is none, put one before a positive."""
    sheet = subject.sheet
    numbers = sheet.places(lambda cell: NUMBER.fullmatch(cell) is not None)
    negative = [place for place in numbers if sheet.rows[place[0]][place[1]].startswith("-")]
    if not numbers:
        return None
    place = draw.choice(negative or numbers)
    text = sheet.rows[place[0]][place[1]]
    return sheet.set(place, text.removeprefix("-") if text.startswith("-") else f"-{text}")


def decimal_comma(subject: Subject, draw: Random) -> Change | None:
    return _alter(subject, draw, lambda cell: bool(re.fullmatch(r"\d+\.\d+", cell)), lambda t, _: t.replace(".", ","))


def swap_unit(subject: Subject, draw: Random) -> Change | None:
    """Let a cell name another known unit; where none names one, a header such as `Prod_kt_2022`."""
    sheet = subject.sheet
    known = {unit.casefold() for unit in subject.units}
    places = sheet.places(lambda cell: cell.strip().casefold() in known)
    if places:
        place = draw.choice(places)
        text = sheet.rows[place[0]][place[1]]
        return sheet.set(place, draw.choice([unit for unit in subject.units if unit.casefold() != text.casefold()]))
    header = sheet.rows[0]
    named = [index for index, name in enumerate(header) if re.search(r"_(kt|t|kg|mt)(?=_|$)", name)]
    if not named:
        return None
    index = draw.choice(named)
    before = header[index]
    header[index] = re.sub(r"_(kt|t|kg|mt)(?=_|$)", lambda m: "_t" if m[1] != "t" else "_kt", before, count=1)
    return Change(sheet.written(), 1, before, before, header[index])


def other_value_of_column(subject: Subject, draw: Random) -> Change | None:
    """Let a cell hold what another cell of its column holds: a valid name or code, and the wrong one."""
    sheet = subject.sheet
    by_column: dict[int, list[str]] = {}
    for number, index in sheet.places(lambda cell: cell != "" and not NUMBER.fullmatch(cell)):
        by_column.setdefault(index, []).append(sheet.rows[number][index])
    columns = [index for index, values in by_column.items() if 1 < len(set(values)) <= len(values) * 0.8]
    if not columns:
        return None
    index = draw.choice(columns)
    place = draw.choice([p for p in sheet.places(lambda cell: cell != "") if p[1] == index])
    text = sheet.rows[place[0]][index]
    return sheet.set(place, draw.choice(sorted(set(by_column[index]) - {text})))


def change_letter(subject: Subject, draw: Random) -> Change | None:
    return _alter(subject, draw, _has_letter, other_letter)


def other_letter(text: str, draw: Random) -> str:
    place = draw.choice([index for index, sign in enumerate(text) if sign.isascii() and sign.isalpha()])
    letter = draw.choice([sign for sign in "abcdefghijklmnopqrstuvwxyz" if sign != text[place].lower()])
    return f"{text[:place]}{letter.upper() if text[place].isupper() else letter}{text[place + 1 :]}"


def other_script(subject: Subject, draw: Random) -> Change | None:
    return _alter(subject, draw, lambda cell: any(sign in _LOOKALIKES for sign in cell), lookalike)


def lookalike(text: str, draw: Random) -> str:
    place = draw.choice([index for index, sign in enumerate(text) if sign in _LOOKALIKES])
    return f"{text[:place]}{_LOOKALIKES[text[place]]}{text[place + 1 :]}"


def odd_blank(subject: Subject, draw: Random) -> Change | None:
    """Put a blank that looks like none or like a plain one: no-break, zero width, tab, a second one."""
    return _alter(subject, draw, lambda cell: cell != "", with_odd_blank)


def with_odd_blank(text: str, draw: Random) -> str:
    sign = draw.choice(["\u00a0", "\u200b", "\t", "  "])
    if " " in text:
        return text.replace(" ", sign, 1)
    return f"{text}{sign}" if draw.random() < 0.5 else f"{sign}{text}"


def formula(subject: Subject, draw: Random) -> Change | None:
    kinds = ["=1+1", "@SUM(A1:A9)", "+1+1", '=HYPERLINK("http://a.invalid")', "-2+3"]
    return _alter(subject, draw, lambda cell: cell != "", lambda text, d: d.choice([*kinds, f"={text}"]))


def blank_cell(subject: Subject, draw: Random) -> Change | None:
    return _alter(subject, draw, lambda cell: cell != "", lambda text, d: "")


def word_for_nothing(subject: Subject, draw: Random) -> Change | None:
    return _alter(
        subject, draw, lambda cell: cell != "", lambda text, d: d.choice(["NULL", "nan", "#N/A", "#REF!", "-"])
    )


def huge_cell(subject: Subject, draw: Random) -> Change | None:
    return _alter(subject, draw, lambda cell: cell != "", lambda text, d: (text * (_HUGE // len(text) + 1))[:_HUGE])


def line_break(subject: Subject, draw: Random) -> Change | None:
    return _alter(subject, draw, lambda cell: len(cell) > 1, lambda text, d: f"{text[:1]}\n{text[1:]}")


def _alter(
    subject: Subject, draw: Random, wanted: Callable[[str], bool], change: Callable[[str, Random], str]
) -> Change | None:
    sheet = subject.sheet
    places = sheet.places(wanted)
    if not places:
        return None
    place = draw.choice(places)
    text = sheet.rows[place[0]][place[1]]
    changed = change(text, draw)
    try:
        return sheet.set(place, changed)
    except UnicodeEncodeError:  # the file's encoding has no such sign, so that nobody could write it
        return None


def _has_letter(cell: str) -> bool:
    return any(sign.isascii() and sign.isalpha() for sign in cell)


def _names(*mutators: Mutator) -> dict[str, Mutator]:
    return {mutator.__name__: mutator for mutator in mutators}


MUTATORS: dict[str, Mutator] = {
    **_names(flip_byte, truncate, cut_at_a_line, add_nul, to_utf16, to_other_code_page, add_byte_order_mark),
    **_names(stray_quote, change_separator),
    **_names(drop_row, duplicate_row, shift_column, shift_row, swap_neighbours),
    **_names(rename_column, swap_columns, drop_column, move_column),
    "scale_by_1000": scale("1000"),
    "scale_by_1e6": scale("1000000"),
    "scale_by_a_thousandth": scale("0.001"),
    **_names(scale_column, change_digit, change_digit_of_number, lose_sign, decimal_comma, swap_unit),
    **_names(other_value_of_column, change_letter, other_script, odd_blank, formula, blank_cell, word_for_nothing),
    **_names(huge_cell, line_break),
}


def shown(text: str, longest: int = 60) -> str:
    """Return a text as a list of mutants shows it: on one line, and not without end."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def known_units(printed: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(set(printed)))

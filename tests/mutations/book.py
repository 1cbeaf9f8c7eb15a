"""Ways to damage a workbook: its archive, its sheets, its rows, one of its cells.

The XML of a sheet is changed in place, so that everything else of the file stays byte for byte: the publishers' formats
say things that a library would lose when it saves.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from tests.mutations.table import (
    NUMBER,
    Change,
    lookalike,
    other_digit,
    other_letter,
    scaled,
    with_odd_blank,
)

_CELL = re.compile(r"<c (?P<attributes>[^>]*?)(?:/>|>(?P<inner>.*?)</c>)", re.DOTALL)
_ROW = re.compile(r"<row (?P<attributes>[^>]*?)(?:/>|>.*?</row>)", re.DOTALL)
_PLACE = re.compile(r'\br="(?P<letters>[A-Z]+)?(?P<row>\d+)"')
_UNIT_WORDS = ("kilograms", "metric tons", "thousand metric tons", "metr. t", "kg", "carats", "grams")


@dataclass(frozen=True, slots=True)
class Place:
    """A filled cell of a sheet: where it stands in the XML, and what it says."""

    start: int
    end: int
    letters: str
    row: int
    attributes: str
    text: str
    is_number: bool


class Book:
    """A workbook taken apart.

    Args:
        content: The file.
        read_rows: By name of a sheet, the rows of which a reader takes values; the damage is done there.
    """

    def __init__(self, content: bytes, read_rows: Mapping[str, set[int]]) -> None:
        self.content = content
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            self.infos = archive.infolist()
            self.parts = {info.filename: archive.read(info) for info in self.infos}
        self.sheets = self._sheets()
        self.read_rows = {name: rows for name, rows in read_rows.items() if name in self.sheets}
        shared = self.parts.get("xl/sharedStrings.xml", b"").decode("utf-8")
        self._shared = [
            html.unescape("".join(re.findall(r"<t(?: [^>]*)?>(.*?)</t>", item, re.DOTALL)))
            for item in re.findall(r"<si>(.*?)</si>|<si/>", shared, re.DOTALL)
        ]

    def draw_sheet(self, draw: Random) -> str:
        """Return the name of a sheet, of those that are read where there are any."""
        return draw.choice(sorted(self.read_rows) or sorted(self.sheets))

    def xml(self, sheet: str) -> str:
        return self.parts[self.sheets[sheet]].decode("utf-8")

    def cells(self, sheet: str) -> list[Place]:
        """Return the filled cells of a sheet, in order."""
        found = []
        for match in _CELL.finditer(self.xml(sheet)):
            place = _PLACE.search(match["attributes"])
            text, is_number = self._text(match["attributes"], match["inner"] or "")
            if place and text:
                parts = (place["letters"] or "", int(place["row"]), match["attributes"], text, is_number)
                found.append(Place(match.start(), match.end(), *parts))
        return found

    def with_cell(self, sheet: str, place: Place, inner: str, kind: str = "") -> bytes:
        """Return the file with another content of one cell; `kind` is its type in XML."""
        attributes = re.sub(r'\s?\bt="\w+"', "", place.attributes) + (f' t="{kind}"' if kind else "")
        return self.with_xml(sheet, place.start, place.end, f"<c {attributes}>{inner}</c>")

    def with_xml(self, sheet: str, start: int, end: int, xml: str) -> bytes:
        old = self.xml(sheet)
        return self.written({self.sheets[sheet]: (old[:start] + xml + old[end:]).encode("utf-8")})

    def written(self, changed: Mapping[str, bytes]) -> bytes:
        """Put the file together with some parts changed or added."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for info in self.infos:
                archive.writestr(info.filename, changed.get(info.filename, self.parts[info.filename]))
            for name in changed.keys() - self.parts.keys():
                archive.writestr(name, changed[name])
        return out.getvalue()

    def _sheets(self) -> dict[str, str]:
        """Return the part of each sheet by its name."""
        relations = self.parts["xl/_rels/workbook.xml.rels"].decode("utf-8")
        targets: dict[str, str] = {}
        for tag in re.findall(r"<Relationship [^>]*>", relations):
            found = dict(re.findall(r'(\w+)="([^"]*)"', tag))
            targets[found["Id"]] = found["Target"].removeprefix("/xl/")
        sheets = {}
        for tag in re.findall(r"<sheet [^>]*>", self.parts["xl/workbook.xml"].decode("utf-8")):
            found = dict(re.findall(r'([\w:]+)="([^"]*)"', tag))
            part = f"xl/{targets[found['r:id']]}"
            if "worksheets/" in part:
                sheets[html.unescape(found["name"])] = part
        return sheets

    def _text(self, attributes: str, inner: str) -> tuple[str, bool]:
        value = re.search(r"<v(?: [^>]*)?>(.*?)</v>", inner, re.DOTALL)
        kind = re.search(r'\bt="(\w+)"', attributes)
        if kind is None or kind[1] == "n":
            return (value[1], True) if value else ("", False)
        if kind[1] == "s" and value:
            return self._shared[int(value[1])], False
        return html.unescape("".join(re.findall(r"<t(?: [^>]*)?>(.*?)</t>", inner, re.DOTALL))), False


BookMutator = Callable[[Book, Random], Change | None]


# The archive


def flip_byte_of_archive(book: Book, draw: Random) -> Change | None:
    content = bytearray(book.content)
    place = draw.randrange(len(content))
    before = content[place]
    content[place] ^= 1 << draw.randrange(8)
    return Change(bytes(content), 0, f"byte {place:,}", f"0x{before:02x}", f"0x{content[place]:02x}")


def truncate_archive(book: Book, draw: Random) -> Change | None:
    kept = draw.randrange(1, len(book.content))
    return Change(book.content[:kept], 0, "", f"{len(book.content):,} bytes", f"{kept:,} bytes")


def bomb(book: Book, draw: Random) -> Change | None:
    """Let a sheet unpack to hundreds of megabytes, or lay out billions of cells."""
    sheet = book.draw_sheet(draw)
    if draw.random() < 0.5:
        return Change(book.written({"xl/media/filler.bin": b"\x00" * 210_000_000}), 0, "", "", "210 MB of nothing")
    xml = book.xml(sheet)
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    changed = xml.replace("</sheetData>", far).encode("utf-8")
    return Change(book.written({book.sheets[sheet]: changed}), 0, sheet, "", "a cell in the last row and column")


def lie_about_size(book: Book, draw: Random) -> Change | None:
    """Let the directory of the archive say that a sheet is smaller than it is."""
    part = book.sheets[book.draw_sheet(draw)].encode()
    content = bytearray(book.written({}))
    entry = content.rfind(part) - 46  # the fixed part of an entry of the central directory stands before the name
    content[entry + 24 : entry + 28] = (100).to_bytes(4, "little")
    return Change(bytes(content), 0, part.decode(), "", "said to hold 100 bytes")


def not_a_workbook(book: Book, draw: Random) -> Change | None:
    """As where a web server gives its page of an error under the name of the file."""
    del book
    page = b"<!doctype html><html><body>404 Not Found</body></html>"
    return Change(
        draw.choice([page, b"", b"version https://git-lfs.github.com/spec/v1\nsize 1\n"]), after="no workbook"
    )


# Sheets and rows


def rename_sheet(book: Book, draw: Random) -> Change | None:
    sheet = book.draw_sheet(draw)
    name = html.escape(sheet, quote=True)
    xml = book.parts["xl/workbook.xml"].decode("utf-8")
    changed = xml.replace(f'name="{name}"', f'name="{name[:20]} x"', 1)
    if changed == xml:
        return None
    return Change(book.written({"xl/workbook.xml": changed.encode("utf-8")}), 0, sheet, sheet, f"{sheet[:20]} x")


def empty_sheet(book: Book, draw: Random) -> Change | None:
    sheet = book.draw_sheet(draw)
    xml = re.sub(r"<sheetData>.*</sheetData>", "<sheetData/>", book.xml(sheet), flags=re.DOTALL)
    return Change(book.written({book.sheets[sheet]: xml.encode("utf-8")}), 0, sheet, "", "no cells")


def drop_sheet_row(book: Book, draw: Random) -> Change | None:
    """Take a row out and move those below it up."""
    return _move_rows(book, draw, -1)


def duplicate_sheet_row(book: Book, draw: Random) -> Change | None:
    """Put a row in twice and move those below it down."""
    return _move_rows(book, draw, 1)


def _move_rows(book: Book, draw: Random, step: int) -> Change | None:
    sheet = book.draw_sheet(draw)
    xml = book.xml(sheet)
    rows = [(match, int(place["row"])) for match in _ROW.finditer(xml) if (place := _PLACE.search(match["attributes"]))]
    wanted = [(match, number) for match, number in rows if number in book.read_rows.get(sheet, {number})]
    if not wanted:
        return None
    chosen, number = draw.choice(wanted)
    before = ", ".join(cell.text for cell in book.cells(sheet) if cell.row == number)
    kept = chosen[0] + _renumbered(chosen[0], 1) if step > 0 else ""
    changed = xml[: chosen.start()] + kept + _renumbered(xml[chosen.end() :], step)
    content = book.written({book.sheets[sheet]: changed.encode("utf-8")})
    return Change(content, number, sheet, before, "" if step < 0 else "twice")


def _renumbered(xml: str, step: int) -> str:
    """Move every row and cell of a piece of XML by some rows."""
    data, end, rest = xml.partition("</sheetData>")

    def move(match: re.Match[str]) -> str:
        tag = match[0]
        return _PLACE.sub(lambda place: f'r="{place["letters"] or ""}{int(place["row"]) + step}"', tag, count=1)

    return re.sub(r"<(?:row|c) [^>]*>", move, data) + end + rest


def shift_sheet_row(book: Book, draw: Random) -> Change | None:
    """Move the values of a row one column to the right, from some column on."""
    sheet = book.draw_sheet(draw)
    cells = book.cells(sheet)
    rows = sorted({cell.row for cell in cells if cell.is_number} & book.read_rows.get(sheet, set())) or [0]
    number = draw.choice(rows)
    row = [cell for cell in cells if cell.row == number]
    numbers = [cell for cell in row if cell.is_number]
    if len(numbers) < 2:
        return None
    xml, moved = book.xml(sheet), [numbers[-1], *numbers[:-1]]
    for cell, other in reversed(list(zip(numbers, moved, strict=True))):
        xml = xml[: cell.start] + _number(cell, other.text) + xml[cell.end :]
    if xml == book.xml(sheet):
        return None
    before, after = (", ".join(cell.text for cell in cells) for cells in (numbers, moved))
    return Change(book.written({book.sheets[sheet]: xml.encode("utf-8")}), number, sheet, before, after)


# Cells


def book_scale(factor: str) -> BookMutator:
    def mutate(book: Book, draw: Random) -> Change | None:
        return _alter_number(book, draw, lambda text, _: scaled(text, factor))

    return mutate


def book_digit(book: Book, draw: Random) -> Change | None:
    return _alter_number(book, draw, other_digit)


def book_sign(book: Book, draw: Random) -> Change | None:
    return _alter_number(book, draw, lambda text, _: text.removeprefix("-") if text.startswith("-") else f"-{text}")


def book_blank(book: Book, draw: Random) -> Change | None:
    return _alter_number(book, draw, lambda text, _: "")


def number_as_formula(book: Book, draw: Random) -> Change | None:
    """Let a number be computed, without what it came to: no reader can know it."""
    found = _draw_cell(book, draw, lambda cell: cell.is_number)
    if found is None:
        return None
    sheet, cell = found
    content = book.with_cell(sheet, cell, draw.choice(["<f>1+1</f>", "<f>SUM(A1:A9)</f>"]))
    return Change(content, cell.row, f"{sheet}!{cell.letters}", cell.text, "a formula without its value")


def number_as_error(book: Book, draw: Random) -> Change | None:
    found = _draw_cell(book, draw, lambda cell: cell.is_number)
    if found is None:
        return None
    sheet, cell = found
    error = draw.choice(["#REF!", "#DIV/0!", "#N/A", "#NAME?"])
    content = book.with_cell(sheet, cell, f"<v>{error}</v>", "e")
    return Change(content, cell.row, f"{sheet}!{cell.letters}", cell.text, error)


def number_as_date(book: Book, draw: Random) -> Change | None:
    found = _draw_cell(book, draw, lambda cell: cell.is_number)
    if found is None:
        return None
    sheet, cell = found
    content = book.with_cell(sheet, cell, "<v>2024-03-01T00:00:00</v>", "d")
    return Change(content, cell.row, f"{sheet}!{cell.letters}", cell.text, "2024-03-01")


def text_as_formula(book: Book, draw: Random) -> Change | None:
    return _alter_text(book, draw, lambda text, d: d.choice(["=1+1", "@SUM(A1:A9)"]))


def book_letter(book: Book, draw: Random) -> Change | None:
    return _alter_text(book, draw, other_letter)


def book_lookalike(book: Book, draw: Random) -> Change | None:
    return _alter_text(book, draw, lambda text, d: lookalike(text, d) if re.search("[aeocpxACMT]", text) else text)


def book_odd_blank(book: Book, draw: Random) -> Change | None:
    return _alter_text(book, draw, with_odd_blank)


def book_other_name(book: Book, draw: Random) -> Change | None:
    """Let a text be that of another cell of its column."""
    found = _draw_cell(book, draw, _is_words)
    if found is None:
        return None
    sheet, cell = found
    others = {other.text for other in book.cells(sheet) if other.letters == cell.letters and _is_words(other)}
    if not others - {cell.text}:
        return None
    return _with_text(book, sheet, cell, draw.choice(sorted(others - {cell.text})))


def book_unit(book: Book, draw: Random) -> Change | None:
    """Let the line that says the unit say another one, wherever it stands in the sheet."""
    sheet = book.draw_sheet(draw)
    cells = [cell for cell in book.cells(sheet) if any(word in cell.text.casefold() for word in _UNIT_WORDS)]
    if not cells:
        return None
    cell = draw.choice(cells)
    word = max((word for word in _UNIT_WORDS if word in cell.text.casefold()), key=len)
    other = draw.choice([unit for unit in _UNIT_WORDS if unit != word])
    return _with_text(book, sheet, cell, re.sub(re.escape(word), other, cell.text, count=1, flags=re.IGNORECASE))


def book_huge(book: Book, draw: Random) -> Change | None:
    return _alter_text(book, draw, lambda text, _: (text * (40_000 // len(text) + 1))[:40_000])


def _draw_cell(book: Book, draw: Random, wanted: Callable[[Place], bool]) -> tuple[str, Place] | None:
    sheet = book.draw_sheet(draw)
    rows = book.read_rows.get(sheet)
    cells = [cell for cell in book.cells(sheet) if wanted(cell) and (rows is None or cell.row in rows)]
    return (sheet, draw.choice(cells)) if cells else None


def _alter_number(book: Book, draw: Random, change: Callable[[str, Random], str]) -> Change | None:
    found = _draw_cell(book, draw, lambda cell: cell.is_number and NUMBER.fullmatch(cell.text) is not None)
    if found is None:
        return None
    sheet, cell = found
    after = change(cell.text, draw)
    if after == cell.text:
        return None
    content = book.with_xml(sheet, cell.start, cell.end, _number(cell, after))
    return Change(content, cell.row, f"{sheet}!{cell.letters}", cell.text, after)


def _alter_text(book: Book, draw: Random, change: Callable[[str, Random], str]) -> Change | None:
    found = _draw_cell(book, draw, _is_words)
    if found is None:
        return None
    sheet, cell = found
    after = change(cell.text, draw)
    return None if after == cell.text else _with_text(book, sheet, cell, after)


def _with_text(book: Book, sheet: str, cell: Place, text: str) -> Change:
    inner = f'<is><t xml:space="preserve">{html.escape(text, quote=False)}</t></is>'
    content = book.with_cell(sheet, cell, inner, "inlineStr")
    return Change(content, cell.row, f"{sheet}!{cell.letters}", cell.text, text)


def _number(cell: Place, text: str) -> str:
    attributes = re.sub(r'\s?\bt="\w+"', "", cell.attributes)
    return f"<c {attributes}><v>{text}</v></c>" if text else f"<c {attributes}/>"


def _is_words(cell: Place) -> bool:
    return not cell.is_number and re.search("[A-Za-z]{3}", cell.text) is not None


BOOK_MUTATORS: dict[str, BookMutator] = {
    "flip_byte": flip_byte_of_archive,
    "truncate": truncate_archive,
    "bomb": bomb,
    "lie_about_size": lie_about_size,
    "not_a_workbook": not_a_workbook,
    "rename_sheet": rename_sheet,
    "empty_sheet": empty_sheet,
    "drop_row": drop_sheet_row,
    "duplicate_row": duplicate_sheet_row,
    "shift_row": shift_sheet_row,
    "scale_by_1000": book_scale("1000"),
    "scale_by_1e6": book_scale("1000000"),
    "scale_by_a_thousandth": book_scale("0.001"),
    "change_digit_of_number": book_digit,
    "lose_sign": book_sign,
    "blank_cell": book_blank,
    "number_as_formula": number_as_formula,
    "number_as_error": number_as_error,
    "number_as_date": number_as_date,
    "formula": text_as_formula,
    "change_letter": book_letter,
    "other_script": book_lookalike,
    "odd_blank": book_odd_blank,
    "other_value_of_column": book_other_name,
    "swap_unit": book_unit,
    "huge_cell": book_huge,
}

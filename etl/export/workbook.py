"""A workbook of a release: what is in it, where that is from and under which terms, its units, and a sheet per table.

Texts are written as texts: none of them is run as a formula, followed as a link or read as a number. Numbers keep every
digit. A table with more rows than a sheet may have goes on in a sheet of the same name with a number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.export.as_json import value_text
from etl.export.chosen import Chosen, Tongue, rows_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from etl.metadata.described import DescribedRelease, DescribedTable, Publication

ROWS_OF_A_SHEET = 1_048_576
_SIGNS_OF_A_NAME = 31
_SIGNS_OF_A_CELL = 32_767
# Excel counts days from 1900, and takes that year for a leap year.
_FIRST_DAY = date(1900, 3, 1)
_LARGEST_WHOLE = 2**53
_WIDTHS = {"boolean": 8, "integer": 8, "bigint": 12, "double": 14, "date": 11, "timestamp": 18}
_NOTES = (
    (
        "An empty cell is unknown or does not apply; it is never zero.",
        "空单元格表示未知或不适用，绝非零。",
    ),
    (
        "Codes and digits that are names (editions, HS codes) are texts; so is what looks like a formula.",
        "作为名称的代码与数字（版次、海关编码）均为文本，形似公式者亦为文本。",
    ),
    (
        "A spreadsheet shows 15 digits of a number; the cells hold them all, as the release does.",
        "电子表格仅显示 15 位数字，单元格保存全部位数，与发布文件一致。",
    ),
)


class _Digits(float):
    """A number that is written with every digit that tells it from its neighbours; the library writes sixteen."""

    def __format__(self, _: str) -> str:
        return float.__repr__(self)


class _Book:
    """A workbook under way."""

    def __init__(self, file: Path, tongue: Tongue) -> None:
        from xlsxwriter import Workbook  # noqa: PLC0415 - only who exports workbooks pays for it

        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "yyyy-mm-dd",
            # Beside the file: the system's own folder may be small.
            "tmpdir": str(file.parent),
        }
        self.book: Workbook = Workbook(str(file), options)
        self.head = self.book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.bold = self.book.add_format({"bold": True})
        self.link = self.book.add_format({"font_color": "blue", "underline": 1})
        self.moment = self.book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._tongue = tongue
        self._names = {"history"}  # which Excel keeps for itself
        self.cut: list[str] = []

    def sheet(self, name: str) -> Worksheet:
        """Add a sheet under its name, or as much of it as a sheet's name may have."""
        short, number = name[:_SIGNS_OF_A_NAME], 2
        while short.casefold() in self._names:
            end = f" {number}"
            short, number = name[: _SIGNS_OF_A_NAME - len(end)] + end, number + 1
        self._names.add(short.casefold())
        return self.book.add_worksheet(short)

    def text(self, english: str, chinese: str) -> str:
        """Choose a text by language; both stand side by side."""
        return {Tongue.EN: english, Tongue.ZH: chinese}.get(self._tongue, f"{english} {chinese}")

    def title(self, english: str, chinese: str) -> str:
        """Name a sheet: in Chinese only where nothing else is wanted."""
        return chinese if self._tongue is Tongue.ZH else english

    def words(self, english: str, chinese: str) -> list[str]:
        """Return a description in each language asked for."""
        return {Tongue.EN: [english], Tongue.ZH: [chinese]}.get(self._tongue, [english, chinese])

    def pairs(self, english: str, chinese: str) -> list[tuple[str, int]]:
        """Return the headings of a description, with widths."""
        return [(heading, 70) for heading in self.words(english, chinese)]

    def head_row(self, sheet: Worksheet, headings: Sequence[tuple[str, int]], row: int = 0) -> None:
        """Write headings that stay in sight, and set the widths of their columns."""
        for column, (heading, width) in enumerate(headings):
            sheet.set_column(column, column, width)
            sheet.write_string(row, column, heading, self.head)
        sheet.freeze_panes(row + 1, 0)

    def cell(self, sheet: Worksheet, row: int, column: int, value: Any) -> None:  # noqa: ANN401 - of any column
        """Write a value as what it is."""
        if value is None:
            return
        writer = _WRITERS.get(type(value))
        if writer is None:
            self._string(sheet, row, column, value if isinstance(value, str) else value_text(value))
        else:
            writer(self, sheet, row, column, value)

    def _string(self, sheet: Worksheet, row: int, column: int, text: str) -> None:
        if len(text.encode("utf-16-le")) // 2 > _SIGNS_OF_A_CELL:
            self.cut.append(f"{sheet.get_name()}, row {row + 1}")
            text = text.encode("utf-16-le")[: 2 * (_SIGNS_OF_A_CELL - 1)].decode("utf-16-le", "ignore") + "…"
        if text:
            sheet.write_string(row, column, text)

    def _number(self, sheet: Worksheet, row: int, column: int, value: float | Decimal) -> None:
        if _is_held(value):
            sheet.write_number(row, column, _Digits(value))
        else:
            self._string(sheet, row, column, str(value))

    def _day(self, sheet: Worksheet, row: int, column: int, value: date) -> None:
        if value >= _FIRST_DAY:
            sheet.write_datetime(row, column, datetime(value.year, value.month, value.day))
        else:
            self._string(sheet, row, column, value.isoformat())

    def _moment(self, sheet: Worksheet, row: int, column: int, value: datetime) -> None:
        sheet.write_datetime(row, column, value, self.moment)


def _is_held(value: float | Decimal) -> bool:
    """Would a cell, which holds a float, give back the same number?"""
    if isinstance(value, int):
        return abs(value) <= _LARGEST_WHOLE
    if isinstance(value, Decimal):
        return value.is_finite() and Decimal(repr(float(value))) == value
    return math.isfinite(value)


_WRITERS: dict[type, Callable[[_Book, Any, int, int, Any], None]] = {
    str: _Book._string,
    bool: lambda _, sheet, row, column, value: sheet.write_boolean(row, column, value),
    int: _Book._number,
    float: _Book._number,
    Decimal: _Book._number,
    date: _Book._day,
    datetime: _Book._moment,
}


def write_workbook(
    connection: DuckDBPyConnection,
    release: DescribedRelease,
    tables: Sequence[Chosen],
    tongue: Tongue,
    file: Path,
    *,
    tell: Callable[[str], None] = lambda _: None,
    rows_of_a_sheet: int = ROWS_OF_A_SHEET,
) -> list[str]:
    """Write the workbook of some tables of a release.

    Args:
        connection: The release.
        release: The same in words.
        tables: The tables.
        tongue: Languages of sheets, headings and descriptions.
        file: Where to.
        tell: Is told which table is under way.
        rows_of_a_sheet: How many rows a sheet may have, its heading included.

    Returns:
        What a reader has to know: tables that go on in further sheets, texts that had to be cut.
    """
    made = _Book(file, tongue)
    with made.book as book:
        book.set_properties({"title": "orebloc", "comments": f"release {release.release_id}"})
        contents = made.sheet(made.title("Contents", "目录"))
        publications = _named(tables)
        _write_sources(made, publications)
        _write_licences(made, publications, tables)
        _write_units(made, connection)
        _write_columns(made, tables)
        places = {}
        notes = []
        for table in tables:
            tell(table.name)
            places[table.name] = _write_table(made, connection, table, rows_of_a_sheet)
            if len(places[table.name]) > 1:
                notes.append(f"{table.name} has {table.n_rows:,} rows, which fill {len(places[table.name])} sheets.")
        notes += [f"A text is longer than a cell may be and was cut: {place}." for place in made.cut]
        _write_contents(made, contents, release, tables, places)
    return notes


def _named(tables: Iterable[Chosen]) -> list[Publication]:
    """Return the publications that the tables name, each once, by their codes."""
    found = {one.document: one for table in tables for one in table.described.publications}
    return [found[document] for document in sorted(found)]


def _write_contents(
    made: _Book,
    sheet: Worksheet,
    release: DescribedRelease,
    tables: Sequence[Chosen],
    places: dict[str, list[str]],
) -> None:
    from etl.metadata.citation import release_citation  # noqa: PLC0415 - brings the database with it
    from etl.metadata.described import TITLE, TITLE_ZH  # noqa: PLC0415

    lines = [
        made.text(TITLE, TITLE_ZH),
        made.text(
            f"Release {release.release_id}, built {release.built_at:%Y-%m-%d %H:%M} UTC",
            f"发布编号 {release.release_id}",
        ),
        made.text("Cite as: ", "引用：") + release_citation(release),
        *(made.text(*note) for note in _NOTES),
    ]
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, line, made.bold if row == 0 else None)
    top = len(lines) + 1
    headings = [(made.text("sheet", "工作表"), 32), (made.text("rows", "行数"), 10), (made.text("columns", "列数"), 10)]
    made.head_row(sheet, [*headings, *made.pairs("what it holds", "内容")], top)
    row = top
    for table in tables:
        for place in places[table.name]:
            row += 1
            sheet.write_url(row, 0, f"internal:'{place}'!A1", made.link, place)
            made.cell(sheet, row, 1, table.n_rows)
            made.cell(sheet, row, 2, len(table.columns))
            for column, words in enumerate(made.words(table.described.description, table.described.description_zh), 3):
                made.cell(sheet, row, column, words)


def _write_sources(made: _Book, publications: Iterable[Publication]) -> None:
    sheet = made.sheet(made.title("Sources", "来源"))
    names = ("document", "kind", "title", "title_zh", "authors", "publisher", "published_on", "url", "doi", "citation")
    widths = (26, 18, 60, 40, 24, 40, 12, 40, 28, 60)
    made.head_row(sheet, list(zip(names, widths, strict=True)))
    _fill(made, sheet, ([getattr(one, name) for name in names] for one in publications))


def _write_licences(made: _Book, publications: Sequence[Publication], tables: Sequence[Chosen]) -> None:
    """Write each licence once, with whose it is and in which tables it must be kept."""
    sheet = made.sheet(made.title("Licences", "许可"))
    headings = (
        ("licence", "许可", 50),
        ("may be passed on", "可否转发", 16),
        ("publications", "文献", 60),
        ("tables", "表", 60),
    )
    made.head_row(sheet, [(made.text(english, chinese), width) for english, chinese, width in headings])
    terms: dict[tuple[str, bool | None], list[str]] = {}
    for one in publications:
        terms.setdefault((one.licence, one.may_redistribute), []).append(one.document)
    rows = []
    for (licence, passing), documents in sorted(terms.items(), key=lambda term: (term[0][0], str(term[0][1]))):
        kept = [
            table.name for table in tables if {one.document for one in table.described.publications} & set(documents)
        ]
        may = None if passing is None else made.text("yes", "可") if passing else made.text("no", "否")
        rows.append([licence, may, ", ".join(documents), ", ".join(kept)])
    _fill(made, sheet, rows)


def _write_units(made: _Book, connection: DuckDBPyConnection) -> None:
    sheet = made.sheet(made.title("Units", "单位"))
    cursor = connection.execute("select * from marts.dim_unit order by unit")
    made.head_row(sheet, [(column[0], 24) for column in cursor.description or []])
    _fill(made, sheet, cursor.fetchall())


def _write_columns(made: _Book, tables: Iterable[Chosen]) -> None:
    sheet = made.sheet(made.title("Columns", "列"))
    names = (("table", "表", 28), ("column", "列", 24), ("key", "主键", 8), ("type", "类型", 12), ("unit", "单位", 12))
    headings = [(made.text(english, chinese), width) for english, chinese, width in names]
    made.head_row(sheet, [*headings, *made.pairs("meaning", "含义")])
    _fill(
        made,
        sheet,
        (
            [
                table.name,
                column.name,
                column.is_key or None,
                column.data_type,
                column.unit,
                *made.words(column.description, column.description_zh),
            ]
            for table in tables
            for column in table.described.columns
            if column.name in table.columns
        ),
    )


def _write_table(made: _Book, connection: DuckDBPyConnection, table: Chosen, most: int) -> list[str]:
    """Write a table into as many sheets as it needs; return their names."""
    headings = [(name, _width(table.described, name)) for name in table.columns]
    rows: Iterator[Sequence[Any]] = rows_of(connection, table)
    places = []
    while True:
        sheet = made.sheet(table.name)
        places.append(sheet.get_name())
        made.head_row(sheet, headings)
        n_rows = _fill(made, sheet, islice(rows, most - 1))
        sheet.autofilter(0, 0, max(n_rows, 1), len(headings) - 1)
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        if n_rows < most - 1 or len(places) * (most - 1) >= table.n_rows:
            return places


def _width(table: DescribedTable, name: str) -> int:
    kind = next(column.data_type for column in table.columns if column.name == name)
    return max(_WIDTHS.get(kind, 18), min(len(name) + 3, 24))


def _fill(made: _Book, sheet: Worksheet, rows: Iterable[Sequence[Any]]) -> int:
    """Write rows below the heading; return how many."""
    row = 0
    for row, values in enumerate(rows, 1):
        for column, value in enumerate(values):
            made.cell(sheet, row, column, value)
    return row

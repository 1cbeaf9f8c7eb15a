"""Exports hold what the release holds: every digit, every text, no formula; and they are there whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner, Result

from etl.cli import app
from etl.export.as_csv import BOM, csv_lines
from etl.export.as_json import json_lines
from etl.export.chosen import Chosen, Tongue
from etl.export.folder import MARKER, Occupied, whole_folder
from etl.export.workbook import write_workbook
from etl.metadata.described import Column, DescribedRelease, DescribedTable, Publication
from etl.run.export import ExportedTable
from etl.run.sealed import open_sealed
from etl.spreadsheet import FORMULA, harmless
from tests.conftest import ROOT

_DONE, _USAGE, _BAD_INPUT, _ENVIRONMENT = 0, 2, 3, 6
SOME = "build_info,dim_bloc,dim_edition,dim_unit,fct_bloc_membership,fct_observation,mineral_bloc_share"
SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
Export = Callable[..., Path]


def run(warehouse: Path, *arguments: str) -> Result:
    environment = {"OREBLOC_WAREHOUSE": str(warehouse), "OREBLOC_PROJECT": str(ROOT), "COLUMNS": "200"}
    return CliRunner().invoke(app, ["export", *arguments], env=environment)


@pytest.fixture
def export(warehouse: Path, tmp_path: Path) -> Export:
    """Exports into a folder, and returns it."""

    def make(form: str, *options: str) -> Path:
        done = run(warehouse, "--format", form, "--to", str(tmp_path / form), *options)
        assert done.exit_code == _DONE, done.output
        return tmp_path / form

    return make


def query(warehouse: Path, sql: str) -> list[tuple[Any, ...]]:
    """Ask as the export does: in one process DuckDB opens a file with one configuration only."""
    with open_sealed(warehouse / "orebloc.duckdb") as connection:
        return connection.execute(sql).fetchall()


def release_folder(warehouse: Path) -> Path:
    pointer = json.loads((warehouse / "current.json").read_text(encoding="utf-8"))
    return warehouse / "releases" / str(pointer["release_id"])


def test_parquet_is_that_of_the_release_byte_by_byte(warehouse: Path, export: Export) -> None:
    folder = export("parquet")
    published = release_folder(warehouse) / "parquet"
    names = sorted(path.name for path in published.iterdir())
    assert sorted(path.name for path in folder.glob("*.parquet")) == names
    assert [name for name in names if (folder / name).read_bytes() != (published / name).read_bytes()] == []
    assert (folder / "CITATION.md").is_file()


def test_json_is_exact(warehouse: Path, export: Export) -> None:
    folder = export("json", "--tables", SOME)
    for name in SOME.split(","):
        found = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        expected = query(warehouse, f"select * from marts.{name} order by all")
        assert len(found) == len(expected)
        for row, values in zip(found, expected, strict=True):
            assert list(row.values()) == [
                value.isoformat() if isinstance(value, date) else value for value in values
            ], name


def test_csv_is_exact_and_read_by_a_database(warehouse: Path, export: Export) -> None:
    folder = export("csv", "--tables", SOME)
    for name in SOME.split(","):
        file = folder / f"{name}.csv"
        assert file.read_text(encoding="utf-8").startswith(BOM)
        columns = query(warehouse, f"select column_name, column_type from (describe marts.{name})")
        types = "{" + ", ".join(f"'{column}': '{kind}'" for column, kind in columns) + "}"
        options = "header = true, quote = '\"', escape = '\"', allow_quoted_nulls = false"
        read = f"select * from read_csv('{file}', columns = {types}, {options})"
        assert duckdb.sql(f"from ({read}) order by all").fetchall() == query(
            warehouse, f"select * from marts.{name} order by all"
        )
    plain = export("csv", "--tables", "dim_unit", "--no-bom", "--force") / "dim_unit.csv"
    assert plain.read_text(encoding="utf-8").startswith("unit,")


def cells(value: Any) -> Any:  # noqa: ANN401
    """A value as a workbook gives it back."""
    if value is None:
        return ""
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


@pytest.fixture(scope="module")
def book(warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> CalamineWorkbook:
    """A workbook of some tables, read back."""
    folder = tmp_path_factory.mktemp("book") / "xlsx"
    done = run(warehouse, "--format", "xlsx", "--tables", SOME, "--to", str(folder))
    assert done.exit_code == _DONE, done.output
    return CalamineWorkbook.from_path(folder / "orebloc.xlsx")


def test_a_workbook_read_back_holds_the_tables(warehouse: Path, book: CalamineWorkbook) -> None:
    assert book.sheet_names == ["Contents", "Sources", "Licences", "Units", "Columns", *SOME.split(",")]
    for name in SOME.split(","):
        head, *rows = book.get_sheet_by_name(name).to_python()
        expected = query(warehouse, f"select * from marts.{name} order by all")
        assert head == [column for (column,) in query(warehouse, f"select column_name from (describe marts.{name})")]
        assert len(rows) == len(expected)
        if name != "build_info":  # whose moment is held to the second only
            assert rows == [[cells(value) for value in row] for row in expected], name


def test_a_workbook_says_what_it_holds_whence_and_under_which_terms(warehouse: Path, book: CalamineWorkbook) -> None:
    sheet = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    counts = {row[0]: row[1] for row in sheet["Contents"]}
    for name in SOME.split(","):
        assert counts[name] == query(warehouse, f"select count(*) from marts.{name}")[0][0]
    sources = {row[0] for row in sheet["Sources"][1:]}
    assert {row[0] for row in query(warehouse, "select distinct document from marts.fct_bloc_membership")} <= sources
    licences = {row[0] for row in sheet["Licences"][1:]}
    assert {row[0] for row in query(warehouse, "select licence from marts.dim_edition")} <= licences
    assert len(sheet["Units"]) == 1 + query(warehouse, "select count(*) from marts.dim_unit")[0][0]
    assert ["mineral_bloc_share", "share"] in [row[:2] for row in sheet["Columns"]]


@pytest.mark.parametrize(("lang", "there", "gone"), [("en", "name_en", "name_zh"), ("zh", "name_zh", "name_en")])
def test_a_language_leaves_out_what_repeats_it(export: Export, lang: str, there: str, gone: str) -> None:
    folder = export("csv", "--tables", "dim_bloc,fct_membership_claim", "--lang", lang)
    head = (folder / "dim_bloc.csv").read_text(encoding="utf-8-sig").splitlines()[0].split(",")
    assert there in head
    assert gone not in head
    # A literal has no counterpart.
    assert "printed_zh" in (folder / "fct_membership_claim.csv").read_text(encoding="utf-8-sig").splitlines()[0]


def test_a_chinese_workbook_is_chinese(export: Export) -> None:
    book = CalamineWorkbook.from_path(export("xlsx", "--tables", "dim_bloc", "--lang", "zh") / "orebloc.xlsx")
    assert book.sheet_names[:5] == ["目录", "来源", "许可", "单位", "列"]
    assert any("联盟" in str(cell) for row in book.get_sheet_by_name("目录").to_python() for cell in row)


# What tables may hold one day, and hostile texts as landed names may be.

TEXTS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "＝1+1", "\t=1+1", "'=1+1", "https://host.example", "_x0041_", "1e5"]
TEXTS += ["a\nb", '"', "", "é 钴 𠮷"]
NUMBERS = [0.1, 1 / 3, -2.5, 1e22, 5e-324, 1.7976931348623157e308, 123456789.12345679]


def made_up(values: dict[str, Sequence[Any]], kinds: dict[str, str]) -> tuple[Any, DescribedRelease, list[Chosen]]:
    """A release of one table of some columns, with its units."""
    connection = duckdb.connect()
    connection.execute("create schema marts; create table marts.dim_unit as select 't' as unit")
    connection.execute(f"create table marts.hostile ({', '.join(f'{name} {kind}' for name, kind in kinds.items())})")
    rows = list(zip(*values.values(), strict=True))
    connection.executemany(f"insert into marts.hostile values ({', '.join('?' * len(kinds))})", rows)
    terms = Publication(
        "=doc", "paper", "=1+1", None, None, None, None, "https://x.example", None, "=cmd()", None, None
    )
    columns = tuple(Column(name, kind, None, "=what", "=何", name == "n") for name, kind in kinds.items())
    described = DescribedTable(ExportedTable("hostile", len(rows), "", 0, ""), "=desc", "=述", columns, (terms,))
    release = DescribedRelease("r", datetime(2026, 1, 1, tzinfo=UTC), (described,), (terms,))
    return connection, release, [Chosen(described, tuple(kinds))]


def test_hostile_texts_are_texts_and_numbers_keep_every_digit(tmp_path: Path) -> None:
    n = range(len(TEXTS))
    numbers = [NUMBERS[at % len(NUMBERS)] for at in n]
    days = [date(1899, 12, 31) if at % 2 else date(1900, 3, 1) for at in n]
    values = {"n": list(n), "text": TEXTS, "number": numbers, "day": days, "big": [2**60] * len(TEXTS)}
    kinds = {"n": "integer", "text": "varchar", "number": "double", "day": "date", "big": "bigint"}
    connection, release, tables = made_up(values, kinds)
    assert write_workbook(connection, release, tables, Tongue.BOTH, tmp_path / "a.xlsx") == []
    _, *rows = CalamineWorkbook.from_path(tmp_path / "a.xlsx").get_sheet_by_name("hostile").to_python()
    assert [row[1] for row in rows] == TEXTS
    assert [repr(row[2]) for row in rows] == [repr(number) for number in numbers]
    assert [row[3] for row in rows[:2]] == [date(1900, 3, 1), "1899-12-31"]
    assert {row[4] for row in rows} == {str(2**60)}


def test_a_table_with_too_many_rows_goes_on_in_another_sheet(tmp_path: Path) -> None:
    connection, release, tables = made_up({"n": range(25)}, {"n": "integer"})
    notes = write_workbook(connection, release, tables, Tongue.EN, tmp_path / "a.xlsx", rows_of_a_sheet=11)
    assert notes == ["hostile has 25 rows, which fill 3 sheets."]
    book = CalamineWorkbook.from_path(tmp_path / "a.xlsx")
    sheets = [name for name in book.sheet_names if name.startswith("hostile")]
    assert sheets == ["hostile", "hostile 2", "hostile 3"]
    assert [row[0] for name in sheets for row in book.get_sheet_by_name(name).to_python()[1:]] == list(range(25))


def test_a_text_that_no_cell_can_hold_is_cut_and_told(tmp_path: Path) -> None:
    connection, release, tables = made_up({"n": [1], "text": ["𠮷" * 20_000]}, {"n": "integer", "text": "varchar"})
    (note,) = write_workbook(connection, release, tables, Tongue.EN, tmp_path / "a.xlsx")
    assert "cut: hostile, row 2" in note
    _, (_, text) = CalamineWorkbook.from_path(tmp_path / "a.xlsx").get_sheet_by_name("hostile").to_python()
    assert text == "𠮷" * 16_383 + "…"


@pytest.mark.long
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed: apt-get install libreoffice-calc")
def test_libreoffice_opens_both_and_runs_nothing(tmp_path: Path, export: Export) -> None:
    assert SOFFICE is not None
    connection, release, tables = made_up(
        {"n": range(len(TEXTS)), "text": TEXTS, "number": [-2.5] * len(TEXTS)},
        {"n": "integer", "text": "varchar", "number": "double"},
    )
    write_workbook(connection, release, tables, Tongue.BOTH, tmp_path / "hostile.xlsx")
    rows = connection.execute("from marts.hostile order by all").fetchall()
    (tmp_path / "texts.csv").write_text(BOM + "".join(csv_lines(list("ntd"), rows)), encoding="utf-8")
    real = export("xlsx", "--tables", "dim_bloc,dim_mineral") / "orebloc.xlsx"
    done = subprocess.run(
        [
            *(SOFFICE, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "ods"),
            *("--outdir", str(tmp_path / "out")),
            *map(str, (real, tmp_path / "hostile.xlsx", tmp_path / "texts.csv")),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "rror" not in done.stdout + done.stderr
    before = CalamineWorkbook.from_path(real)
    after = CalamineWorkbook.from_path(tmp_path / "out" / "orebloc.ods")
    assert after.sheet_names == before.sheet_names
    for name in before.sheet_names[1:]:
        assert after.get_sheet_by_name(name).to_python() == before.get_sheet_by_name(name).to_python(), name
    _, *rows = CalamineWorkbook.from_path(tmp_path / "out" / "hostile.ods").get_sheet_by_name("hostile").to_python()
    assert [row[1].strip() for row in rows] == [text.strip() for text in TEXTS]
    (sheet,) = CalamineWorkbook.from_path(tmp_path / "out" / "texts.ods").sheet_names
    _, *rows = CalamineWorkbook.from_path(tmp_path / "out" / "texts.ods").get_sheet_by_name(sheet).to_python()
    assert [row[1] for row in rows][:4] == ["'" + text for text in TEXTS[:4]]
    assert {row[2] for row in rows} == {-2.5}


@given(st.text())
def test_a_harmless_text_is_no_formula_and_can_be_had_back(text: str) -> None:
    safe = harmless(text)
    assert not FORMULA.match(safe)
    # Only what is still a formula behind its apostrophes lost one.
    assert (safe[1:] if safe.startswith("'") and FORMULA.match(safe.lstrip("'")) else safe) == text


@settings(max_examples=200)
@given(st.lists(st.tuples(st.text(), st.floats(allow_nan=False, allow_infinity=False), st.none() | st.booleans())))
def test_what_is_written_is_read_back(rows: list[tuple[str, float, bool | None]]) -> None:
    names = ["text", "number", "flag"]
    found = json.loads("".join(json_lines(names, rows)))
    assert [tuple(row.values()) for row in found] == rows
    table = list(csv.reader(io.StringIO("".join(csv_lines(names, rows)), newline="")))
    assert table[0] == names
    assert [(row[0], float(row[1]), row[2]) for row in table[1:]] == [
        (harmless(text), number, {None: "", True: "true", False: "false"}[flag]) for text, number, flag in rows
    ]


def test_json_loses_no_digit_of_a_decimal_and_lists_are_arrays() -> None:
    row = (Decimal("123456789012345678901234567890.123456789"), [1, [Decimal("0.10")], None], {"a": date(2024, 2, 29)})
    assert "".join(json_lines(["d", "l", "s"], [row])) == (
        '[\n{"d": 123456789012345678901234567890.123456789, "l": [1, [0.10], null], "s": {"a": "2024-02-29"}}\n]\n'
    )
    assert "".join(json_lines(["d"], [])) == "[]\n"
    assert "".join(csv_lines(["d", "l"], [row[:2]])).splitlines()[1] == (
        '123456789012345678901234567890.123456789,"[1, [0.10], null]"'
    )


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--format", "xslx"], _BAD_INPUT, "'xlsx'"),
        (["--format", "csv", "--tables", "dim_blocs"], _BAD_INPUT, "'dim_bloc'"),
        (["--format", "csv", "--tables", "dim_bloc,"], _BAD_INPUT, "unknown table"),
        (["--format", "csv", "--tables", "dim_bloc; drop table x"], _BAD_INPUT, "unknown table"),
        (["--format", "csv", "--tables", "../../etc/passwd"], _BAD_INPUT, "unknown table"),
        (["--format", "parquet", "--lang", "zh"], _USAGE, "--lang"),
        (["--format", "csv", "--lang", "fr"], _USAGE, "fr"),
    ],
)
def test_what_cannot_be_exported_is_said_and_leaves_nothing(
    warehouse: Path, tmp_path: Path, options: list[str], code: int, said: str
) -> None:
    done = run(warehouse, "--to", str(tmp_path / "out"), *options)
    assert done.exit_code == code
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_replaced_but_an_earlier_export(warehouse: Path, export: Export, tmp_path: Path) -> None:
    folder = export("csv", "--tables", "dim_unit,dim_bloc")
    again = ("--format", "csv", "--tables", "dim_unit", "--to", str(folder))
    done = run(warehouse, *again)
    assert done.exit_code == _BAD_INPUT
    assert "--force" in done.stderr
    (folder / "mine.txt").write_text("mine", encoding="utf-8")
    done = run(warehouse, *again, "--force")
    assert done.exit_code == _BAD_INPUT
    assert "mine.txt" in done.stderr
    assert (folder / "dim_bloc.csv").is_file()
    (folder / "mine.txt").unlink()
    assert run(warehouse, *again, "--force").exit_code == _DONE
    assert sorted(path.name for path in folder.iterdir()) == ["CITATION.md", "dim_unit.csv", MARKER]
    assert [path.name for path in tmp_path.iterdir()] == ["csv"]


@pytest.mark.parametrize("place", ["", "releases/mine", ".."])
def test_the_warehouse_is_no_place_for_an_export(warehouse: Path, place: str) -> None:
    done = run(warehouse, "--format", "csv", "--to", str(warehouse / place), "--force")
    assert done.exit_code == _BAD_INPUT
    assert "warehouse" in done.stderr


def test_an_export_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "out"
    for _ in range(2):
        with pytest.raises(OSError, match="full"), whole_folder(target, force=True) as folder:
            (folder / "half.csv").write_text("half", encoding="utf-8")
            raise OSError(28, "disk full")
        assert list(tmp_path.iterdir()) == []
    with whole_folder(target, force=False) as folder:
        (folder / "a.csv").write_text("a", encoding="utf-8")
        (folder / MARKER).write_text(json.dumps({"files": [{"path": "a.csv"}]}), encoding="utf-8")
    with pytest.raises(KeyboardInterrupt), whole_folder(target, force=True):
        raise KeyboardInterrupt
    with pytest.raises(Occupied), whole_folder(target, force=False):
        pass
    assert sorted(path.name for path in target.iterdir()) == ["a.csv", MARKER]


def test_a_parquet_file_that_was_changed_is_not_passed_on(warehouse: Path, tmp_path: Path) -> None:
    own = tmp_path / "warehouse"
    shutil.copytree(warehouse, own)
    file = release_folder(own) / "parquet" / "dim_unit.parquet"
    os.chmod(file, 0o644)  # noqa: PTH101
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    done = run(own, "--format", "parquet", "--to", str(tmp_path / "out"))
    assert done.exit_code == _ENVIRONMENT
    assert "dim_unit.parquet" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["warehouse"]


def test_a_place_that_cannot_be_written_is_named(warehouse: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for to in (tmp_path / "file", tmp_path / "file" / "below"):
        done = run(warehouse, "--format", "csv", "--to", str(to))
        assert done.exit_code == _BAD_INPUT
        assert "file" in done.stderr
        assert isinstance(done.exception, SystemExit)


def test_without_a_release_there_is_nothing_to_export(tmp_path: Path) -> None:
    done = run(tmp_path / "none", "--format", "csv", "--to", str(tmp_path / "out"))
    assert done.exit_code == _ENVIRONMENT
    assert "orebloc build" in done.stderr

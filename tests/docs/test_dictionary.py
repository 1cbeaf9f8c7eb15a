"""The published file explains itself: every table, column and macro, in English and Chinese, with its unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from etl.published.dictionary import MacroUndescribed, describe_macros
from etl.published.install import TableMacro, table_macros

Connection = duckdb.DuckDBPyConnection
# A number that counts nothing: a year, a line, a place in an order.
ORDINALS = {"text_line", "text_line_a", "text_line_b", "table_no", "stage_no", "position"}
UNITS = {"1", "count", "percent", "points", "t", "times", "years"}


@pytest.fixture
def copy(release: Connection) -> Iterator[Connection]:
    """A file of its own with the dictionary and what the macros read, to be spoiled."""
    with duckdb.connect() as connection:
        source = release.execute("select path from duckdb_databases() where not internal").fetchone()
        assert source is not None
        connection.execute(f"attach '{source[0]}' as published (read_only)")
        connection.execute("create schema marts")
        connection.execute("create table marts.data_dictionary as from published.marts.data_dictionary")
        yield connection


def test_the_dictionary_names_just_what_the_file_holds(release: Connection) -> None:
    differs = release.execute(
        """
        with file as (
            select table_name, column_name, lower(data_type) as data_type, 'column' as entry
            from duckdb_columns() where schema_name = 'marts'
            union all
            select table_name, '*', 'table', 'table' from duckdb_tables() where schema_name = 'marts'
            union all
            select function_name, '*', 'macro', 'macro'
            from duckdb_functions() where schema_name = 'marts' and function_type = 'table_macro'
        ),
        dictionary as (
            select table_name, column_name, data_type, entry
            from marts.data_dictionary where entry not in ('parameter', 'result')
        )
        (from file except from dictionary) union all (from dictionary except from file)
        """
    ).fetchall()
    assert differs == []


def test_every_entry_is_told_in_english_and_in_chinese(release: Connection) -> None:
    untold = release.execute(
        r"""
        select table_name, entry, column_name from marts.data_dictionary
        where length(coalesce(description_en, '')) < 5 or regexp_matches(description_en, '[\x{4E00}-\x{9FFF}]{6}')
            or not coalesce(regexp_matches(description_zh, '[\x{4E00}-\x{9FFF}]'), false)
        """
    ).fetchall()
    assert untold == []


def test_the_comments_in_the_file_are_the_english_texts(release: Connection) -> None:
    differs = release.execute(
        """
        with comments as (
            select table_name, column_name, 'column' as entry, comment
            from duckdb_columns() where schema_name = 'marts'
            union all
            select table_name, '*', 'table', comment from duckdb_tables() where schema_name = 'marts'
            union all
            select function_name, '*', 'macro', comment
            from duckdb_functions() where schema_name = 'marts' and function_type = 'table_macro'
        )
        select table_name, column_name, comments.comment, dictionary.description_en
        from comments
        left join marts.data_dictionary as dictionary using (table_name, column_name, entry)
        where comments.comment is distinct from dictionary.description_en
        """
    ).fetchall()
    assert differs == []


def test_every_table_says_its_grain(release: Connection) -> None:
    silent = release.execute(
        r"""
        select table_name, description_en, description_zh from marts.data_dictionary where entry = 'table'
        and (not regexp_matches(description_en, '(One|Exactly one) row[^.]*\.?$')
            or not regexp_matches(description_zh, '每行|仅一行'))
        """
    ).fetchall()
    assert silent == []


def test_every_measured_number_has_a_unit(release: Connection) -> None:
    rows = release.execute(
        "select table_name, column_name, unit from marts.data_dictionary "
        "where data_type in ('double', 'integer', 'bigint') and entry in ('column', 'result')"
    ).fetchall()
    counted = [row for row in rows if row[1] not in ORDINALS and not re.search(r"(^|_)year(_|$)", row[1])]
    assert len(counted) > 90
    assert [row for row in counted if row[2] is None] == []


def test_a_unit_is_one_that_is_known_or_a_column_beside_it(release: Connection) -> None:
    rows = release.execute(
        "select told.table_name, told.column_name, told.unit, list(beside.column_name) "
        "from marts.data_dictionary as told join marts.data_dictionary as beside using (table_name) "
        "where told.unit is not null group by all"
    ).fetchall()
    assert [row[:3] for row in rows if row[2] not in UNITS and row[2] not in row[3]] == []


@pytest.mark.parametrize("macro", table_macros(), ids=lambda macro: macro.name)
def test_a_macro_is_told_with_what_it_takes_and_gives(release: Connection, macro: TableMacro) -> None:
    told = release.execute(
        "select entry, column_name from marts.data_dictionary where table_name = ? order by entry, position",
        [macro.name],
    ).fetchall()
    arguments = ", ".join("null" for _ in macro.parameters)
    gives = release.execute(f"describe select * from marts.{macro.name}({arguments})").fetchall()
    assert [name for entry, name in told if entry == "parameter"] == list(macro.parameter_names)
    assert [name for entry, name in told if entry == "result"] == [row[0] for row in gives]


def test_a_column_that_nobody_describes_stops_the_build(copy: Connection) -> None:
    parameters = {macro.name: ", ".join(macro.parameters) for macro in table_macros()}
    for name, given in parameters.items():
        copy.execute(f"create macro marts.{name}({given}) as table select 1 as year, 2 as unheard_of")
    with pytest.raises(MacroUndescribed, match=r"members_on gives 'year', which neither fct_bloc_membership"):
        describe_macros(copy)


def test_all_dictionary_rows_reach_the_parquet_file(release: Connection, warehouse: Path) -> None:
    path = next((warehouse / "releases").glob("*/parquet/data_dictionary.parquet"))
    kinds = "select entry, count(*) from {} group by entry order by entry"
    with duckdb.connect() as connection:
        exported = connection.execute(kinds.format(f"read_parquet('{path}')")).fetchall()
    assert exported == release.execute(kinds.format("marts.data_dictionary")).fetchall()

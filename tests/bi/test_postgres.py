"""A release in a real PostgreSQL server: every value, type, key and comment; who reads, who may not write."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import duckdb
import psycopg
import pytest

from etl.postgres.tables import read_tables
from tests.bi.conftest import Database, Publish
from tests.bi.releases import altered
from tests.bi.server import PASSWORD
from tests.conftest import ROOT

TYPES = {
    "VARCHAR": "text",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "DOUBLE": "double precision",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "timestamp without time zone",
}
COLUMNS = """
    select tables.relname, columns.attname, format_type(columns.atttypid, columns.atttypmod),
        col_description(tables.oid, columns.attnum), obj_description(tables.oid, 'pg_class')
    from pg_class as tables
    join pg_attribute as columns on columns.attrelid = tables.oid and columns.attnum > 0
    where tables.relnamespace = 'marts'::regnamespace and tables.relkind = 'r'
    order by tables.relname, columns.attnum
"""
KEYS = """
    select tables.relname, keys.contype::text, pg_get_constraintdef(keys.oid)
    from pg_constraint as keys join pg_class as tables on tables.oid = keys.conrelid
    where keys.connamespace = 'marts'::regnamespace
"""


def test_every_value_of_every_table_is_that_of_the_release(
    published: Database, release: duckdb.DuckDBPyConnection
) -> None:
    tables = read_tables(release)
    assert len(tables) >= 34
    for table in tables:
        ours = Counter(release.execute(f"from marts.{table.name}").fetchall())
        theirs = Counter(published.rows(f'select * from marts."{table.name}"'))
        assert theirs == ours, table.name
    names = {name for (name,) in published.rows("select tablename from pg_tables where schemaname = 'marts'")}
    assert names == {table.name for table in tables}


def test_types_and_comments_are_those_of_the_release(published: Database, release: duckdb.DuckDBPyConnection) -> None:
    expected = [
        (table.name, column.name, TYPES[column.data_type], column.comment, table.comment)
        for table in read_tables(release)
        for column in table.columns
    ]
    assert published.rows(COLUMNS) == expected
    assert all(comment and of_table for *_, comment, of_table in expected)


def test_keys_are_declared(published: Database, release: duckdb.DuckDBPyConnection) -> None:
    keys = published.rows(KEYS)
    own = {table: text for table, kind, text in keys if kind in "pu"}
    for table in read_tables(release):
        kind = "UNIQUE NULLS NOT DISTINCT" if table.key_has_gaps else "PRIMARY KEY"
        assert own[table.name] == f"{kind} ({', '.join(table.key)})"
    foreign = {(table, text) for table, kind, text in keys if kind == "f"}
    assert len(foreign) > 60
    assert ("mineral_bloc_share", "FOREIGN KEY (bloc) REFERENCES marts.dim_bloc(bloc)") in foreign
    assert (
        "mineral_bloc_share",
        "FOREIGN KEY (source, edition) REFERENCES marts.dim_edition(source, edition)",
    ) in foreign
    assert ("policy_event_window", "FOREIGN KEY (event_id) REFERENCES marts.fct_policy_event(event_id)") in foreign
    # WORLD and OTHER stand among the parties of an observation.
    assert not any(table == "fct_observation" and "(party)" in text for table, text in foreign)


def test_foreign_keys_are_the_references_that_the_models_test(
    published: Database, release: duckdb.DuckDBPyConnection
) -> None:
    import yaml

    tested = set()
    for path in (ROOT / "models" / "marts").rglob("*.yml"):
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]:
            for test in model.get("data_tests", []):
                arguments = test.get("closed_codes", {}).get("arguments", {})
                for here, target in arguments.get("columns", {}).items():
                    if str(target).startswith("dim_") and here not in arguments.get("besides", {}):
                        tested.add((model["name"], here, target.split(".")[0]))
    declared = {
        (table.name, ", ".join(reference.columns), reference.table)
        for table in read_tables(release)
        for reference in table.references
    }
    # A source alone is no key of an edition.
    assert {one for one in tested - declared if one[1:] != ("source", "dim_edition")} == set()


def test_the_release_is_named_and_the_output_says_what_was_done(database: Database, publish: Publish) -> None:
    assert publish().exit_code == 0
    (release_id,) = database.rows("select release_id from marts.build_info")[0]
    said = database.rows("select obj_description('marts'::regnamespace, 'pg_namespace')")[0][0]
    assert said.startswith(f"orebloc release {release_id} (public schema 1.0), built ")
    again = publish("--json")
    assert again.exit_code == 0, again.stderr
    record = json.loads(again.stdout)
    assert (record["release_id"], record["schema"], record["replaced"]) == (release_id, "marts", said)
    assert record["tables"]["build_info"] == 1
    assert database.rows("select nspname from pg_namespace where nspname like 'orebloc%'") == []


def test_the_reader_reads_and_cannot_write(published: Database) -> None:
    role = f"reader_{published.name}"
    assert published.rows(f"select rolcanlogin, rolsuper from pg_roles where rolname = '{role}'") == [(False, False)]
    login = f"analyst_{published.name}"
    published.run(f"create role {login} login password '{PASSWORD}' in role {role}")
    with published.server.connect(published.name, login) as analyst:
        assert (
            analyst.execute("select count(*) from marts.dim_bloc").fetchone()
            == published.rows("select count(*) from marts.dim_bloc")[0]
        )
        for statement in (
            "insert into marts.dim_unit (unit) values ('x')",
            "update marts.dim_bloc set name_en = 'x'",
            "delete from marts.build_info",
            "truncate marts.build_info",
            "create table marts.mine (a integer)",
            "alter table marts.build_info add column a integer",
            "drop table marts.build_info",
            "drop schema marts cascade",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                analyst.execute(statement)


def test_a_second_run_replaces_and_keeps_who_may_read(
    database: Database, publish: Publish, small: Path, tmp_path: Path
) -> None:
    assert publish().exit_code == 0
    other = f"other_{database.name}"
    database.run(f"create role {other} login password '{PASSWORD}'")
    database.run(f"grant usage on schema marts to {other}")
    database.run(f"grant select on marts.dim_bloc to {other}")
    database.run("grant select on marts.dim_unit to public")
    place = altered(small, tmp_path / "next", "next", "delete from marts.bloc_overlap")
    done = publish(place=place)
    assert done.exit_code == 0, done.stderr
    assert database.rows("select release_id, (select count(*) from marts.bloc_overlap) from marts.build_info") == [
        ("next", 0)
    ]
    with database.server.connect(database.name, other) as reader:
        assert reader.execute("select count(*) from marts.dim_bloc, marts.dim_unit").fetchone() != (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("select count(*) from marts.bloc_overlap")


ODD = """
create table marts.odd as
select * from (values
    (1, 99999999999999999999999999.1234567890::decimal(38, 10), 0.1::decimal(4, 1),
     170141183460469231731687303715884105727::hugeint,
     ['a', 'b"c', 'd\\e', NULL, '', 'null', 'x,y', '{z}', chr(10)], [1.5, NULL]::decimal(5, 2)[], []::integer[],
     'tab' || chr(9) || 'line' || chr(10) || 'back\\slash \\N \\. ' || chr(13), '\\x00FF'::blob, '钴 €😀',
     timestamp '2024-02-29 23:59:59.123456', date '0044-03-15 (BC)', 'nan'::double, 5e-324::double, true,
     '12:34:56.789'::time,
     '7f3c0c5e-5f0a-4f0e-9b3c-2d6d1f0a9b11'::uuid, timestamptz '2024-06-01 12:00:00+02', [true, false]),
    (2, -0.0000000001, NULL, -170141183460469231731687303715884105727, NULL, NULL, NULL, '', NULL, '\\N',
     timestamp '0001-01-01', date 'infinity', '-inf'::double, 1.7976931348623157e308, false, NULL, NULL, NULL, [])
) as rows(id, wide, small, huge, texts, decimals, none, control, bytes, words, moment, day, odd_number, number,
    yes, hour, uid, zoned, flags)
"""


def test_types_that_no_table_has_yet_are_exact_too(
    publish: Publish, database: Database, small: Path, tmp_path: Path
) -> None:
    entry = (
        "insert into marts.data_dictionary by name select 'odd' as table_name, column_name, 'column' as entry, "
        "column_name = 'id' as is_key from duckdb_columns() where table_name = 'odd'"
    )
    place = altered(small, tmp_path / "odd", "odd", ODD, entry)
    done = publish(place=place)
    assert done.exit_code == 0, done.stderr
    types = dict(
        database.rows(
            "select attname::text, format_type(atttypid, atttypmod) from pg_attribute "
            "where attrelid = 'marts.odd'::regclass and attnum > 0"
        )
    )
    assert types == {
        "id": "integer", "wide": "numeric(38,10)", "small": "numeric(4,1)", "huge": "numeric(39,0)",
        "texts": "text[]", "decimals": "numeric(5,2)[]", "none": "integer[]", "control": "text", "bytes": "bytea",
        "words": "text", "moment": "timestamp without time zone", "day": "date", "odd_number": "double precision",
        "number": "double precision", "yes": "boolean", "hour": "time without time zone", "uid": "uuid",
        "zoned": "timestamp with time zone", "flags": "boolean[]",
    }  # fmt: skip
    exact = "wide, small, huge, texts, decimals, none, control, bytes, words, moment, number, yes, hour, uid, flags"
    with duckdb.connect(str(place / "orebloc.duckdb"), read_only=True) as connection:
        ours = connection.execute(f"select {exact} from marts.odd order by id").fetchall()
    assert database.rows(f"select {exact} from marts.odd order by id") == [
        tuple(Decimal(value) if index == 2 else value for index, value in enumerate(row)) for row in ours
    ]
    as_text = "select day::text, odd_number::text, extract(epoch from zoned) from marts.odd order by id"
    assert database.rows(as_text) == [
        ("0044-03-15 BC", "NaN", Decimal(1717236000)),
        ("infinity", "-Infinity", None),
    ]


def test_a_type_that_would_lose_something_is_refused(
    publish: Publish, database: Database, small: Path, tmp_path: Path
) -> None:
    place = altered(small, tmp_path / "map", "map", "create table marts.odd as select map {'a': 1} as pairs")
    done = publish(place=place)
    assert done.exit_code == 6
    assert "odd.pairs is of type MAP(VARCHAR, INTEGER), which PostgreSQL cannot hold exactly" in done.stderr
    assert database.rows("select nspname from pg_namespace where nspname in ('marts') or nspname like 'orebloc%'") == []


@pytest.mark.parametrize(
    "schema", ['a"b', "it's", "with space", "钴", "é" * 31, "x" * 63, "select", "A;drop schema public", "%s{}", "\\"]
)
def test_any_name_that_the_server_can_hold_is_fit_for_a_schema(
    publish: Publish, database: Database, schema: str
) -> None:
    for _ in range(2):
        done = publish("--schema", schema)
        assert done.exit_code == 0, done.stderr
    found = database.rows("select nspname::text from pg_namespace where nspname !~ '^(pg_|information|public)'")
    assert found == [(schema,)]
    quoted = schema.replace('"', '""')
    assert database.rows(f'select count(*) from "{quoted}".build_info')[0] == (1,)


@pytest.mark.parametrize("schema", ["", "x" * 64, "é" * 32, "pg_marts", "information_schema", "public"])
def test_other_names_are_refused(publish: Publish, database: Database, schema: str) -> None:
    done = publish("--schema", schema)
    assert done.exit_code == 3
    assert "Choose another with --schema" in done.stderr
    assert "Traceback" not in done.stderr

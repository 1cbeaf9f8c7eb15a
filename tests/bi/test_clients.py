"""SQLAlchemy and Ibis on the published file: names, comments, numbers, read-only, and a rebuild meanwhile."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import ibis
import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from tests.conftest import run_cli

RELEASE = sa.text("select release_id from marts.build_info")


def engine_of(warehouse: Path, **options: object) -> sa.Engine:
    return sa.create_engine(f"duckdb:///{warehouse / 'orebloc.duckdb'}", connect_args={"read_only": True}, **options)  # type: ignore[call-overload,no-any-return]


@pytest.fixture
def engine(warehouse: Path) -> Iterator[sa.Engine]:
    made = engine_of(warehouse, poolclass=NullPool)
    yield made
    made.dispose()


@pytest.fixture
def backend(warehouse: Path) -> Iterator[ibis.BaseBackend]:
    made = ibis.duckdb.connect(str(warehouse / "orebloc.duckdb"), read_only=True)
    yield made
    made.disconnect()


@pytest.fixture(scope="module")
def told(warehouse: Path) -> dict[str, tuple[str, dict[str, tuple[str, str]]]]:
    """Comment of each table, and type and comment of each of its columns, as the file itself has them."""
    with duckdb.connect(str(warehouse / "orebloc.duckdb"), read_only=True) as connection:
        tables = connection.execute(
            "select table_name, comment from duckdb_tables() where schema_name = 'marts'"
        ).fetchall()
        columns = connection.execute(
            "select table_name, column_name, data_type, comment from duckdb_columns() where schema_name = 'marts'"
        ).fetchall()
    return {
        table: (comment, {name: (data_type, text) for of, name, data_type, text in columns if of == table})
        for table, comment in tables
    }


@pytest.fixture(scope="module")
def rows(warehouse: Path) -> dict[str, list[tuple[object, ...]]]:
    with duckdb.connect(str(warehouse / "orebloc.duckdb"), read_only=True) as connection:
        names = connection.execute("select table_name from duckdb_tables() where schema_name = 'marts'").fetchall()
        return {name: connection.execute(f"from marts.{name}").fetchall() for (name,) in names}


def test_sqlalchemy_reflects_every_table_with_its_comments(
    engine: sa.Engine, told: dict[str, tuple[str, dict[str, tuple[str, str]]]]
) -> None:
    metadata = sa.MetaData()
    metadata.reflect(engine, schema="marts")
    found = {
        table.name: (table.comment, {column.name: column.comment for column in table.columns})
        for table in metadata.tables.values()
    }
    assert found == {
        name: (comment, {column: text for column, (_, text) in columns.items()})
        for name, (comment, columns) in told.items()
    }
    assert all(comment and all(columns.values()) for comment, columns in found.values())
    shares = metadata.tables["marts.mineral_bloc_share"]
    assert isinstance(shares.c.share.type, sa.Float | sa.Double)
    assert isinstance(shares.c.year.type, sa.Integer)
    assert isinstance(metadata.tables["marts.fct_bloc_membership"].c.valid_from.type, sa.Date)


def test_sqlalchemy_reads_the_same_values(engine: sa.Engine, rows: dict[str, list[tuple[object, ...]]]) -> None:
    metadata = sa.MetaData()
    metadata.reflect(engine, schema="marts")
    with engine.connect() as connection:
        for table in metadata.tables.values():
            read = [tuple(row) for row in connection.execute(sa.select(table))]
            assert sorted(read, key=repr) == sorted(rows[table.name], key=repr), table.name


def test_sqlalchemy_cannot_write(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        for statement in ("create table marts.mine (a integer)", "delete from marts.dim_bloc"):
            with pytest.raises(sa.exc.SQLAlchemyError, match="read-only"):
                connection.execute(sa.text(statement))
            connection.rollback()


def test_ibis_knows_every_table_and_type(
    backend: ibis.BaseBackend, told: dict[str, tuple[str, dict[str, tuple[str, str]]]]
) -> None:
    assert set(backend.list_tables(database="marts")) == set(told)
    types = {"VARCHAR": "string", "INTEGER": "int32", "BIGINT": "int64", "DOUBLE": "float64", "BOOLEAN": "boolean",
             "DATE": "date", "TIMESTAMP": "timestamp(6)"}  # fmt: skip
    for name, (_, columns) in told.items():
        schema = backend.table(name, database="marts").schema()
        assert {column: str(kind) for column, kind in schema.items()} == {
            column: types[kind] for column, (kind, _) in columns.items()
        }


def test_ibis_reads_the_same_values_and_descriptions(
    backend: ibis.BaseBackend, rows: dict[str, list[tuple[object, ...]]]
) -> None:
    for name, expected in rows.items():
        read = [tuple(row.values()) for row in backend.table(name, database="marts").to_pyarrow().to_pylist()]
        assert sorted(read, key=repr) == sorted(expected, key=repr), name
    # Ibis has no comments of its own; the dictionary is a table like all others.
    words = backend.table("data_dictionary", database="marts")
    (text,) = words.filter(words.table_name == "dim_bloc", words.column_name == "bloc").description_en.to_list()
    assert text.startswith("Slug of the bloc")


def test_ibis_cannot_write(backend: ibis.BaseBackend) -> None:
    with pytest.raises(duckdb.Error, match="read-only"):
        backend.raw_sql("delete from marts.dim_bloc")


class Reader(threading.Thread):
    """Asks a new connection of an engine, again and again, which release it reads."""

    def __init__(self, engine: sa.Engine) -> None:
        super().__init__()
        self.engine = engine
        self.seen: list[str] = []
        self.failed: list[Exception] = []
        self.stop = threading.Event()

    def run(self) -> None:
        while not self.stop.wait(0.05):
            try:
                with self.engine.connect() as connection:
                    self.seen.append(connection.execute(RELEASE).scalar_one())
            except sa.exc.SQLAlchemyError as error:
                self.failed.append(error)


def test_a_rebuild_is_seen_by_new_connections_and_breaks_no_old_one(warehouse: Path, tmp_path: Path) -> None:
    place = tmp_path / "warehouse"
    shutil.copytree(warehouse, place)
    fresh = engine_of(place, poolclass=NullPool)
    reader = Reader(fresh)
    reader.start()
    try:
        done = run_cli("build", "--force", "--warehouse", str(place))
        assert done.returncode == 0, done.stdout + done.stderr
        reader.stop.wait(1)
    finally:
        reader.stop.set()
        reader.join()
    assert reader.failed == []
    before, after = dict.fromkeys(reader.seen)
    assert reader.seen == sorted(reader.seen)

    pooled = engine_of(place)
    with pooled.connect() as old:
        assert old.execute(RELEASE).scalar_one() == after
        assert run_cli("rollback", "--warehouse", str(place)).returncode == 0
        assert old.execute(RELEASE).scalar_one() == after
        assert old.execute(sa.text("select count(*) from marts.mineral_bloc_share")).scalar_one() > 0
        # In one process DuckDB opens a path once: while the old file is open, all connections read it.
        with fresh.connect() as another:
            assert another.execute(RELEASE).scalar_one() == after
    pooled.dispose()
    with fresh.connect() as another:
        assert another.execute(RELEASE).scalar_one() == before

    held = ibis.duckdb.connect(str(place / "orebloc.duckdb"), read_only=True)
    which = held.table("build_info", database="marts").release_id
    assert which.to_list() == [before]
    assert run_cli("rollback", after, "--warehouse", str(place)).returncode == 0
    assert which.to_list() == [before]
    held.disconnect()
    again = ibis.duckdb.connect(str(place / "orebloc.duckdb"), read_only=True)
    assert again.table("build_info", database="marts").release_id.to_list() == [after]
    again.disconnect()

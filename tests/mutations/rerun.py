"""A finished build whose inputs can be replaced: only what depends on them is run again, and nothing of it stays."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from etl.gates.suites import UNEXPECTED_ROWS, Expectation, Suite, load_suites
from tests.conftest import ROOT

_STATED_ON_RUN = frozenset({"build_info"})


@dataclass(frozen=True, slots=True)
class Node:
    """A seed, model or test of dbt's."""

    name: str
    kind: str
    relation: str
    schema: str
    sql: str
    parents: tuple[str, ...]
    is_view: bool


@dataclass(slots=True)
class Outcome:
    """What a run over replaced inputs came to.

    Attributes:
        caught: What refused it, in words; empty where nothing did.
        stage: Which kind of check that was: `model`, `dbt test` or `publishable`.
        changed: Published tables whose rows differ.
    """

    caught: str = ""
    stage: str = ""
    changed: list[str] = field(default_factory=list)


class Rerun:
    """The models of one finished build.

    Args:
        manifest: dbt's manifest with compiled code.
        database: The finished build; it is copied.
        scratch: Folder for the copy.
    """

    def __init__(self, manifest: Path, database: Path, scratch: Path) -> None:
        self._nodes = _nodes(manifest)
        self._order = _topological(self._nodes)
        scratch.mkdir(parents=True, exist_ok=True)
        self.scratch = scratch
        self.database = scratch / "orebloc.duckdb"
        shutil.copyfile(database, self.database)
        # One thread: sums come out to the last digit as they did before.
        self.connection = duckdb.connect(str(self.database), config={"threads": 1, "memory_limit": "1500MB"})
        self.connection.execute("set enable_progress_bar = false")
        self._base: dict[str, tuple[Any, ...]] = {}
        self._columns: dict[str, list[tuple[str, str]]] = {}
        for schema, table, column, kind in self.connection.execute(
            "select table_schema, table_name, column_name, data_type from information_schema.columns "
            "where table_catalog = current_database() order by ordinal_position"
        ).fetchall():
            self._columns.setdefault(f"{schema}.{table}", []).append((column, kind))
        self._not_null = self._constraints()
        self._suites = load_suites(ROOT / "expectations" / "publishable")

    @contextmanager
    def replaced(
        self, seeds: Mapping[str, pd.DataFrame], landed: Path | None = None, upto: str | None = None
    ) -> Iterator[Outcome]:
        """Run everything that depends on replaced inputs; the replaced state can be read until the block ends.

        Args:
            seeds: Frames of text by name of the seed.
            landed: Folder of Parquet files in the place of `target/landed`.
            upto: Run only what this model depends on, and itself.
        """
        run = self.connection.execute
        run("begin")
        try:
            yield self._run(seeds, landed, upto)
        finally:
            run("rollback")

    def write_changed(self, tables: Iterable[str], folder: Path) -> None:
        """Write published tables, as they are now, into a folder as Parquet."""
        for table in tables:
            self.connection.execute(f"copy marts.\"{table}\" to '{folder / table}.parquet' (format parquet)")

    def _run(self, seeds: Mapping[str, pd.DataFrame], landed: Path | None, upto: str | None) -> Outcome:
        outcome = Outcome()
        touched: set[str] = set()
        for name, frame in seeds.items():
            node = next(node for node in self._nodes.values() if node.kind == "seed" and node.name == name)
            self._load_seed(node, frame)
            touched.add(_key(node))
        wanted = self._ancestors(upto) if upto else None
        for key in self._order:
            node = self._nodes[key]
            due = touched.intersection(node.parents) or (landed and "target/landed/" in node.sql)
            if node.kind != "model" or not due or (wanted is not None and key not in wanted):
                continue
            try:
                changed = self._rebuild(node, landed, compare=wanted is None)
            except duckdb.Error as error:
                return Outcome(f"{node.name}: {str(error).splitlines()[0]}", "model")
            if changed:
                touched.add(key)
        known = touched if wanted is None else touched & wanted | {k for k in touched if self._nodes[k].kind == "seed"}
        outcome.caught = self._failing_test(known, wanted)
        outcome.stage = "dbt test" if outcome.caught else ""
        marts = {self._nodes[key].name for key in touched if self._nodes[key].schema == "marts"} - _STATED_ON_RUN
        outcome.changed = sorted(marts)
        if not outcome.caught and wanted is None and marts:
            outcome.caught = failing(self._suites, self.connection, '"orebloc"."marts"', marts)
            outcome.stage = "publishable" if outcome.caught else ""
        return outcome

    def _load_seed(self, node: Node, frame: pd.DataFrame) -> None:
        """Fill a seed's table as dbt does: a blank cell, or the word null, is none."""
        columns = self._columns[f"{node.schema}.{node.name}"]
        self.connection.register("incoming", frame)
        casts = ", ".join(
            f'cast(if(lower("{name}") in (\'\', \'null\'), null, "{name}") as {kind}) as "{name}"'
            for name, kind in columns
        )
        self.connection.execute(f"create or replace table {node.relation} as select {casts} from incoming")
        self.connection.unregister("incoming")

    def _rebuild(self, node: Node, landed: Path | None, *, compare: bool) -> bool:
        """Run a model again; say whether its rows differ from those of the finished build, if that is asked."""
        sql = node.sql.replace("'target/landed/", f"'{landed}/") if landed else node.sql
        if node.is_view:
            return True  # it reads what it reads when it is asked
        if compare and _key(node) not in self._base:
            self._base[_key(node)] = self._fingerprint(node)
        columns = ", ".join(f'cast("{name}" as {kind}) as "{name}"' for name, kind in self._columns[_key(node)])
        self.connection.execute(f"create or replace table {node.relation} as select {columns} from (\n{sql}\n)")
        self._check_constraints(node)
        return not compare or self._fingerprint(node) != self._base[_key(node)]

    def _fingerprint(self, node: Node) -> tuple[Any, ...]:
        # Sums of many numbers differ in their last digits from run to run: the diff between releases says so too.
        columns = ", ".join(
            f"printf('%.9e', \"{name}\")" if kind == "DOUBLE" else f'"{name}"'
            for name, kind in self._columns[_key(node)]
        )
        found = self.connection.execute(
            f"select count(*), sum(hash(row({columns}))::hugeint), bit_xor(hash(row({columns}))) from {node.relation}"
        ).fetchone()
        return found or ()

    def _constraints(self) -> dict[str, list[tuple[str, list[str]]]]:
        found: dict[str, list[tuple[str, list[str]]]] = {}
        for schema, table, kind, columns in self.connection.execute(
            "select schema_name, table_name, constraint_type, constraint_column_names from duckdb_constraints() "
            "where database_name = current_database() and constraint_type in ('PRIMARY KEY', 'NOT NULL', 'UNIQUE')"
        ).fetchall():
            found.setdefault(f"{schema}.{table}", []).append((kind, columns))
        return found

    def _check_constraints(self, node: Node) -> None:
        """Hold the rows to what the table's contract says: a table made by a query has no constraints."""
        for kind, columns in self._not_null.get(_key(node), ()):
            named = ", ".join(f'"{column}"' for column in columns)
            null = " or ".join(f'"{column}" is null' for column in columns)
            found = self.connection.execute(
                f"select count(*) from {node.relation} where {null}"
                if kind == "NOT NULL"
                else f"select count(*) from (select 1 from {node.relation} group by {named} having count(*) > 1)"
            ).fetchone()
            if found and found[0]:
                raise duckdb.ConstraintException(f"{kind} of {named} does not hold")

    def _failing_test(self, touched: set[str], wanted: set[str] | None) -> str:
        for node in self._nodes.values():
            if node.kind != "test" or not touched.intersection(node.parents):
                continue
            if wanted is not None and not wanted.issuperset(
                parent for parent in node.parents if self._nodes[parent].kind == "model"
            ):
                continue
            try:
                found = self.connection.execute(f"select count(*) from (\n{node.sql}\n)").fetchone()
            except duckdb.Error as error:
                return f"{node.name}: {str(error).splitlines()[0]}"
            if found and found[0]:
                return node.name
        return ""

    def _ancestors(self, name: str) -> set[str]:
        start = next(key for key, node in self._nodes.items() if node.name == name and node.kind == "model")
        found, waiting = set[str](), [start]
        while waiting:
            key = waiting.pop()
            if key not in found:
                found.add(key)
                waiting += self._nodes[key].parents
        return found


def failing(suites: Iterable[Suite], connection: duckdb.DuckDBPyConnection, place: str, tables: set[str]) -> str:
    """Return the first expectation at level error about any of these tables that does not hold, as the gate finds it.

    Great Expectations is left out, for it takes seconds: an expectation here is the query that it would run.
    """
    for suite in suites:
        for expectation in suite.expectations:
            if expectation.severity != "error" or not tables.intersection((suite.table, *expectation.other_tables)):
                continue
            found = connection.execute(f"select count(*) from (\n{_violations(expectation, place)}\n)").fetchone()
            if found and found[0]:
                return f"{expectation.file}:{expectation.line} {expectation.name}"
    return ""


def _violations(expectation: Expectation, place: str) -> str:
    """Return a query of what an expectation does not allow."""
    if expectation.type == UNEXPECTED_ROWS:
        return expectation.sql(place)
    own, given = f'{place}."{expectation.table}"', expectation.parameters
    column = f'"{given.get("column")}"'
    low, high = given.get("min_value"), given.get("max_value")
    values = ", ".join(f"'{value}'" for value in given.get("value_set", ()))
    columns = ", ".join(f'"{name}"' for name in given.get("column_list", (given.get("column"),)))
    within = " or ".join(f"{{0}} {sign} '{bound}'" for sign, bound in (("<", low), (">", high)) if bound is not None)
    twice = f"select 1 from {own} group by {columns} having count(*) > 1"
    by_type: dict[str, Callable[[], str]] = {
        "expect_column_values_to_not_be_null": lambda: f"select 1 from {own} where {column} is null",
        "expect_column_values_to_be_null": lambda: f"select 1 from {own} where {column} is not null",
        "expect_column_values_to_be_unique": lambda: f"{twice} and any_value({columns}) is not null",
        "expect_compound_columns_to_be_unique": lambda: twice,
        "expect_column_values_to_be_in_set": lambda: (
            f"select 1 from {own} where cast({column} as varchar) not in ({values})"
        ),
        "expect_column_values_to_be_between": lambda: f"select 1 from {own} where {within.format(column)}",
        "expect_column_distinct_values_to_contain_set": lambda: (
            f"select unnest([{values}]) as wanted except select cast({column} as varchar) from {own}"
        ),
        "expect_table_row_count_to_be_between": lambda: f"select 1 from {own} having {within.format('count(*)')}",
        "expect_table_columns_to_match_set": lambda: "select 1 where false",
    }
    return by_type[expectation.type]()


def _key(node: Node) -> str:
    return f"{node.schema}.{node.name}"


@cache
def _nodes(manifest: Path) -> dict[str, Node]:
    """Read seeds, models and data tests, by schema and name (tests by their own)."""
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
    kept = {unique: node for unique, node in nodes.items() if node["resource_type"] in ("seed", "model", "test")}
    names = {
        unique: node["name"] if node["resource_type"] == "test" else f"{node['schema']}.{node['name']}"
        for unique, node in kept.items()
    }
    return {
        names[unique]: Node(
            name=node["name"],
            kind=node["resource_type"],
            relation=node.get("relation_name") or "",
            schema=node["schema"],
            # A comment at the end would swallow the bracket that is put behind the query.
            sql=re.sub(r";\s*$", "", (node.get("compiled_code") or "").strip()),
            parents=tuple(names[parent] for parent in node.get("depends_on", {}).get("nodes", ()) if parent in names),
            is_view=node["config"].get("materialized") == "view",
        )
        for unique, node in kept.items()
    }


def _topological(nodes: Mapping[str, Node]) -> list[str]:
    ordered: dict[str, None] = {}

    def visit(key: str) -> None:
        if key not in ordered:
            for parent in nodes[key].parents:
                visit(parent)
            ordered[key] = None

    for key in nodes:
        visit(key)
    return list(ordered)

"""The models as dbt compiles them, run over an invented world in memory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from etl.project import DATABASE_NAME
from etl.published.install import install_macros
from etl.published.path import ModelPath
from tests.properties.worlds import BANK, BLOCS, PARTIES, UNIT_TONNES, World

# What a world fills, in the place of the seeds and of the official files.
INPUTS = {
    "staging.stg_articles__memberships": (
        "document varchar, locator varchar, text_line integer, printed_zh varchar, bloc varchar, party varchar, "
        "role varchar, joined date, joined_precision varchar, left_on date, status varchar, note varchar"
    ),
    "staging.stg_articles__bloc_claims": (
        "document varchar, bloc varchar, start_date date, start_precision varchar, text_line integer"
    ),
    "staging.stg_reference__documents": ("document varchar, kind varchar, published_on date, date_precision varchar"),
    "staging.stg_decisions__membership_resolutions": (
        "bloc varchar, party varchar, action varchar, valid_from date, valid_from_precision varchar, valid_to date, "
        "status varchar, document varchar, reason varchar"
    ),
    "staging.stg_reference__eu_membership": "party varchar, valid_from date, valid_to date",
    "staging.stg_reference__blocs": "bloc varchar, instrument varchar, parent_bloc varchar",
    "staging.stg_reference__units": "unit varchar, dimension varchar",
    "intermediate.int_observations__typed": (
        "source varchar, edition varchar, mineral varchar, basis varchar, stage varchar, measure varchar, "
        "party varchar, year integer, value double, value_tonnes double, value_low_tonnes double, "
        "value_high_tonnes double, unit varchar, value_flag varchar, table_kind varchar, note varchar"
    ),
    # Contradictions of the papers are linked to shares and memberships; invented worlds have none.
    "intermediate.int_conflicts__by_bloc": "bloc varchar, party_scope varchar, conflict_ids varchar",
    "intermediate.int_conflicts__by_member": "bloc varchar, party varchar, conflict_ids varchar",
    "marts.dim_bloc": "bloc varchar, name_en varchar",
    "marts.dim_party": "party varchar, name_en varchar, party_type varchar",
    "marts.dim_mineral": "mineral varchar, name_en varchar",
    "marts.dim_document": "document varchar, known_by date",
    "marts.dim_edition": "source varchar, edition varchar, known_by date",
    "marts.fct_observation": (
        "observation_id varchar, source varchar, edition varchar, mineral varchar, basis varchar, stage varchar, "
        "measure varchar, party varchar, year integer"
    ),
}
TARGETS = ("int_membership__claims", "fct_bloc_membership", "mineral_bloc_share", "int_shares__changes")


# What all worlds have in common.
_REFERENCE: dict[str, list[tuple[object, ...]]] = {
    "staging.stg_reference__blocs": [(bloc, *of) for bloc, of in BLOCS.items()],
    "staging.stg_reference__units": [(unit, "mass") for unit in UNIT_TONNES],
    "marts.dim_bloc": [(bloc, bloc) for bloc in BLOCS],
    "marts.dim_party": [(party, party, "institution" if party == BANK else "country") for party in PARTIES],
    "marts.dim_mineral": [("cobalt", "cobalt")],
}


class Replay:
    """A database in memory in which the compiled models run over one world after another."""

    def __init__(self, manifest: Path) -> None:
        self._models = _path_of(manifest)
        name = Path(DATABASE_NAME).stem
        self._connection = duckdb.connect(config={"threads": 1})
        # With a handful of rows, planning is all the time there is.
        self._connection.execute("pragma disable_optimizer")
        self._connection.execute(f"attach ':memory:' as {name}; use {name}")
        for schema in ("staging", "intermediate", "marts"):
            self._connection.execute(f"create schema {schema}")
        for table, columns in INPUTS.items():
            self._connection.execute(f"create table {table} ({columns})")
        for table, sql in self._models.items():
            self._connection.execute(f"create table {table} as {sql}")
        install_macros(self._connection, ModelPath.of_manifest(manifest))
        self._fill(_REFERENCE)
        self._filled: list[str] = list(self._models)

    def load(self, world: World, upto: str | None = None) -> None:
        """Run the models over a world: all of them, or none after `upto`, which stay empty."""
        names = list(self._models)
        wanted = names if upto is None else names[: [name.split(".")[1] for name in names].index(upto) + 1]
        self._connection.execute("begin")
        self._connection.execute("; ".join(f"delete from {table}" for table in self._filled))
        self._filled = [*self._fill(_rows(world)), *wanted]
        self._connection.execute("; ".join(f"insert into {table} {self._models[table]}" for table in wanted))
        self._connection.execute("commit")

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self._connection.execute(sql, list(values)).fetchall()

    def frame(self, sql: str, *values: object) -> pd.DataFrame:
        """The rows of a query as a data frame."""
        return self._connection.execute(sql, list(values)).df()

    def _fill(self, content: dict[str, list[tuple[object, ...]]]) -> list[str]:
        """Insert rows into tables; return the tables that got any."""
        filled = [table for table, rows in content.items() if rows]
        for table in filled:
            rows = content[table]
            marks = f"({', '.join('?' * len(rows[0]))})"
            values = [value for row in rows for value in row]
            self._connection.execute(f"insert into {table} values {', '.join([marks] * len(rows))}", values)
        return filled


def _path_of(manifest: Path) -> dict[str, str]:
    """Every model between the inputs and the targets with its compiled SQL, parents first."""
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
    by_name = {node["name"]: node for node in nodes.values() if node["resource_type"] == "model"}
    ordered: dict[str, str] = {}

    def visit(name: str) -> None:
        assert name in by_name, f"{name} is no model: the models that read it need a table in INPUTS"
        node = by_name[name]
        table = f"{node['schema']}.{name}"
        if table in INPUTS or table in ordered:
            return
        for parent in node["depends_on"]["nodes"]:
            visit(nodes[parent]["name"])
        ordered[table] = node["compiled_code"]

    for target in TARGETS:
        visit(target)
    return ordered


def _rows(world: World) -> dict[str, list[tuple[object, ...]]]:
    series = ("cobalt", "content", "mine", "production")
    return {
        "staging.stg_articles__memberships": [
            (
                *(claim.document, "page 1", line, None, claim.bloc, claim.party, claim.role),
                *(claim.joined, claim.precision, claim.left_on, claim.status, None),
            )
            for line, claim in enumerate(world.claims)
        ],
        "staging.stg_reference__documents": [
            (document.name, document.kind, document.published_on, document.precision) for document in world.documents
        ],
        "staging.stg_decisions__membership_resolutions": [
            (decision.bloc, decision.party, "reject", None, None, None, None, decision.document, "invented")
            for decision in world.decisions
        ],
        "staging.stg_reference__eu_membership": [
            (state.party, state.valid_from, state.valid_to) for state in world.accessions
        ],
        "intermediate.int_observations__typed": [
            (
                *("usgs_mcs", cell.edition, *series, cell.party, cell.year, cell.value),
                *(cell.in_tonnes(number) for number in (cell.value, cell.low, cell.high)),
                *(cell.unit, cell.flag, "world", None),
            )
            for cell in world.cells
        ],
        "marts.dim_document": [(document.name, document.known_by) for document in world.documents],
        "marts.dim_edition": [("usgs_mcs", edition, out) for edition, out in world.editions.items()],
    }

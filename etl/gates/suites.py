"""Expectation suites: one YAML file per table, read strictly, without importing Great Expectations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from etl.faults import Fault, FaultsFound, nearest

UNEXPECTED_ROWS = "unexpected_rows"
Severity = Literal["error", "warning"]
SEVERITIES = ("error", "warning")

# What every expectation may carry beside the parameters of its type.
_COMMON = frozenset({"type", "name", "why", "severity"})
_LINE = "__line__"
_OTHER_TABLE = re.compile(r"\{schema\}\.(\w+)")
# SQLAlchemy reads `:word` as a bound parameter; `::word` is a cast and stays.
_BOUND_PARAMETER = re.compile(r"(?<![:\w\\]):(?=\w)")


@dataclass(frozen=True, slots=True)
class Shape:
    """Parameters of one type of expectation, and how it reads in words ({column}, {bounds}, ...)."""

    required: frozenset[str]
    optional: frozenset[str] = frozenset()
    words: str = ""


def _shape(required: str, optional: str = "", words: str = "") -> Shape:
    return Shape(frozenset(required.split()), frozenset(optional.split()), words)


# The closed list: what Great Expectations can push down to DuckDB. Anything else is an `unexpected_rows` query.
TYPES: dict[str, Shape] = {
    UNEXPECTED_ROWS: _shape("name query", words="No row of the query"),
    "expect_column_values_to_not_be_null": _shape("column", words="{column} is filled"),
    "expect_column_values_to_be_null": _shape("column", words="{column} is empty"),
    "expect_column_values_to_be_unique": _shape("column", words="{column} is unique"),
    "expect_compound_columns_to_be_unique": _shape("column_list", words="{column_list} together are unique"),
    "expect_column_values_to_be_in_set": _shape("column value_set", words="{column} is one of {value_set}"),
    "expect_column_values_to_be_between": _shape("column", "min_value max_value", "{column} is {bounds}"),
    "expect_column_distinct_values_to_contain_set": _shape(
        "column value_set", words="{column} holds all of {value_set}"
    ),
    "expect_table_row_count_to_be_between": _shape("", "min_value max_value", "The number of rows is {bounds}"),
    "expect_table_columns_to_match_set": _shape("column_set", words="The table has the columns {column_set}"),
}


@dataclass(frozen=True, slots=True)
class Expectation:
    """One expectation of a suite.

    Attributes:
        name: What it is called in reports: its `name`, else its type.
        parameters: The parameters of its type, as in the file.
        file: The suite's file, with `line` for messages.
    """

    table: str
    name: str
    type: str
    why: str
    severity: Severity
    parameters: Mapping[str, Any]
    file: str
    line: int

    @property
    def column(self) -> str:
        """The column examined; several joined by ", "; empty for a whole table."""
        return str(self.parameters.get("column") or ", ".join(self.parameters.get("column_list", ())))

    @property
    def columns(self) -> list[str]:
        """Columns that must exist for the expectation to make sense."""
        single = self.parameters.get("column")
        return [single] if single else list(self.parameters.get("column_list", ()))

    @property
    def other_tables(self) -> list[str]:
        """Tables that the query reads beside its own, written `{schema}.table`."""
        return sorted(set(_OTHER_TABLE.findall(self.parameters.get("query", ""))))

    @property
    def words(self) -> str:
        """The expectation as a phrase."""
        shown = {k: _shown(v) for k, v in self.parameters.items()} | {"bounds": _bounds(self.parameters)}
        return self.name.replace("_", " ") if self.type == UNEXPECTED_ROWS else TYPES[self.type].words.format(**shown)

    def sql(self, place: str) -> str:
        """Return the query over the real table; `place` is its quoted catalog and schema."""
        own = f'{place}."{self.table}"'
        return str(self.parameters["query"]).replace("{batch}", own).replace("{schema}", place).strip("; \n")

    def batch_sql(self, place: str) -> str:
        """Return the query as Great Expectations needs it.

        GX puts a subquery, with or without an alias, where `{batch}` stands. A named subquery gives the author one
        rule: `{batch}` is a table.
        """
        query = str(self.parameters["query"]).replace("{batch}", "batch").replace("{schema}", place).strip("; \n")
        query = _BOUND_PARAMETER.sub(r"\\:", query.replace("{", "{{").replace("}", "}}"))
        return f"with batch as (select * from {{batch}}) select * from (\n{query}\n) as unexpected"


@dataclass(frozen=True, slots=True)
class Suite:
    """All expectations of one table."""

    table: str
    file: str
    expectations: tuple[Expectation, ...]


class _LineLoader(yaml.SafeLoader):
    """Loads mappings with the line they start on."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping = super().construct_mapping(node, deep=True)
        return mapping | {_LINE: node.start_mark.line + 1}


def load_suites(folder: Path) -> tuple[Suite, ...]:
    """Read every suite of `folder`.

    Raises:
        FaultsFound: With every unknown type, missing or superfluous parameter, by file and line.
    """
    suites: list[Suite] = []
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.yml")):
        label = f"{folder.parent.name}/{folder.name}/{path.name}"
        suite, problems = _read_suite(path, label)
        faults += problems
        if suite:
            suites.append(suite)
    if not suites and not faults:
        faults.append(Fault(str(folder), None, "", "", "holds no suite", "Expected one <table>.yml per table"))
    if faults:
        raise FaultsFound("Reading expectations", faults)
    return tuple(suites)


def check_columns(suites: tuple[Suite, ...], columns: Mapping[str, list[str]]) -> Iterator[Fault]:
    """Yield a fault for every column that an existing table does not have."""
    for suite in suites:
        known = columns.get(suite.table)
        for expectation in suite.expectations if known is not None else ():
            for column in expectation.columns:
                if column not in (known or ()):
                    problem = f"is no column of {suite.table}"
                    hint = nearest(column, known or ()) or f"Columns: {', '.join(known or ())}"
                    yield Fault(expectation.file, expectation.line, "column", column, problem, hint)


def _read_suite(path: Path, label: str) -> tuple[Suite | None, list[Fault]]:
    try:
        spec = yaml.load(path.read_text(encoding="utf-8"), _LineLoader)  # noqa: S506 (a SafeLoader)
    except yaml.YAMLError as error:
        return None, [Fault(label, None, "", "", f"is not YAML ({' '.join(str(error).split())})")]
    if not isinstance(spec, dict) or not isinstance(spec.get("expectations"), list):
        return None, [
            Fault(label, None, "", "", "has no list of expectations", "Expected the keys table, expectations")
        ]
    faults = _unknown(set(spec) - {_LINE}, {"table", "expectations"}, label, 1)
    table = str(spec.get("table", ""))
    if table != path.stem:
        faults.append(Fault(label, 1, "table", table, "is not the name of the file", f"Expected {path.stem!r}"))
    expectations = []
    names: dict[tuple[str, str], int] = {}
    for item in spec["expectations"]:
        expectation, problems = _read_expectation(item, table, label)
        faults += problems
        if expectation is None:
            continue
        key = (expectation.name, expectation.column)
        if key in names:
            hint = f"First on line {names[key]}; give one of them a name"
            faults.append(Fault(label, expectation.line, "name", " ".join(key).strip(), "stands twice", hint))
        names.setdefault(key, expectation.line)
        expectations.append(expectation)
    return Suite(table, label, tuple(expectations)), faults


def _read_expectation(item: object, table: str, label: str) -> tuple[Expectation | None, list[Fault]]:
    if not isinstance(item, dict) or "type" not in item:
        return None, [Fault(label, None, "type", str(item)[:60], "is an expectation without a type")]
    line = int(item.pop(_LINE))
    kind = str(item["type"])
    if kind not in TYPES:
        hint = nearest(kind, TYPES) or f"Known: {', '.join(TYPES)}"
        return None, [Fault(label, line, "type", kind, "is no known type of expectation", hint)]
    faults = _check_keys(item, TYPES[kind], label, line)
    if faults:
        return None, faults
    parameters = {k: v for k, v in item.items() if k not in _COMMON}
    name = str(item.get("name", kind))
    why = " ".join(str(item["why"]).split())
    severity: Severity = item.get("severity", "error")
    return Expectation(table, name, kind, why, severity, parameters, label, line), []


def _check_keys(item: dict[str, Any], shape: Shape, label: str, line: int) -> list[Fault]:
    faults = _unknown(set(item), _COMMON | shape.required | shape.optional, label, line)
    faults += [
        Fault(label, line, key, "", "is missing", "Say why, in your own words" if key == "why" else "")
        for key in sorted(shape.required | {"why"})
        if item.get(key) in (None, "", [])
    ]
    if shape.optional and not shape.optional & set(item):
        faults.append(Fault(label, line, "", "", "bounds nothing", f"Give {' or '.join(sorted(shape.optional))}"))
    severity = item.get("severity", "error")
    if severity not in SEVERITIES:
        faults.append(Fault(label, line, "severity", str(severity), "is not allowed", "Allowed: error, warning"))
    if "{batch}" not in str(item.get("query", "{batch}")):
        faults.append(Fault(label, line, "query", "", "does not read its own table", "Write {batch} for it"))
    return faults


def _unknown(keys: set[str], allowed: set[str] | frozenset[str], label: str, line: int) -> list[Fault]:
    unknown = sorted(map(str, keys - allowed))
    return [Fault(label, line, key, "", "is an unknown key", nearest(key, allowed)) for key in unknown]


def _bounds(parameters: Mapping[str, Any]) -> str:
    low, high = parameters.get("min_value"), parameters.get("max_value")
    if low is None:
        return f"at most {high}"
    return f"at least {low}" if high is None else f"between {low} and {high}"


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)

"""Run one gate: every suite of it over one DuckDB file, read-only, with a page of results to read."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import duckdb

from etl.faults import Fault, FaultsFound, nearest
from etl.gates.page import write_page
from etl.gates.suites import UNEXPECTED_ROWS, Expectation, Severity, Suite, check_columns, load_suites

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuite, ExpectationValidationResult
    from great_expectations.data_context.data_context.abstract_data_context import AbstractDataContext

    from etl.gates.datasource import DuckDBDatasource

ROWS_SHOWN = 10
LONGEST_ROW = 240
TABLE_EXISTS = "table_exists"
_TABLE_WHY = "A table that readers and checks rely on must be there, even if it is empty."

Rows = tuple[dict[str, Any], ...]
Tables = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class GateFailure:
    """One expectation that does not hold.

    Attributes:
        expectation: Its name in the suite, else its type; `table_exists` for a missing table.
        n_unexpected: Number of offending rows; None where the expectation is about the whole table.
        rows: Up to ten offending rows, whole.
        severity: `error` stops publication, `warning` is reported.
        file: The suite that states the expectation, and its line.
    """

    table: str
    expectation: str
    column: str
    why: str
    n_unexpected: int | None
    rows: Rows
    message: str
    severity: Severity
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.message}"

    @property
    def with_a_row(self) -> str:
        """The failure and its first offending row, for one line among others; the page of results shows them all."""
        if not self.rows:
            return str(self)
        shown = ", ".join(f"{name} {value}" for name, value in self.rows[0].items() if value is not None)
        return f"{self}, such as {shorten(shown, LONGEST_ROW, placeholder=' …')}"


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation with its outcome; `failure` is None where it holds."""

    table: str
    name: str
    words: str
    why: str
    severity: Severity
    query: str
    failure: GateFailure | None


@dataclass(frozen=True, slots=True)
class GateResult:
    """What a gate found.

    Attributes:
        docs: The page with all results, if one was asked for.
    """

    gate: str
    checks_run: int
    checks_passed: int
    failures: tuple[GateFailure, ...]
    docs: Path | None = None

    @property
    def errors(self) -> tuple[GateFailure, ...]:
        """Failures that stop publication."""
        return tuple(failure for failure in self.failures if failure.severity == "error")

    @property
    def warnings(self) -> tuple[GateFailure, ...]:
        """Failures that are only reported."""
        return tuple(failure for failure in self.failures if failure.severity == "warning")

    @property
    def passed(self) -> bool:
        """Whether the run may go on."""
        return not self.errors


def run_gate(gate: str, database: Path, suites: Path, docs: Path | None, schema: str) -> GateResult:
    """Run every suite of `gate` over the tables of `schema`.

    Args:
        gate: `landed` or `publishable`: the folder below `suites`.
        database: A DuckDB file; it is opened read-only and free again afterwards.
        suites: The folder `expectations`.
        docs: Folder for the page of results (`index.html`), or None.
        schema: Schema of the file that holds the tables.

    Raises:
        FaultsFound: A suite is wrong in itself: unknown type, key or column, or a query that DuckDB cannot read.
    """
    loaded = load_suites(suites / gate)
    with duckdb.connect(str(database), read_only=True) as connection:
        place, tables = _look_around(connection, schema)
        faults = [*check_columns(loaded, tables), *_check_queries(connection, loaded, tables, place)]
    if faults:
        raise FaultsFound(f"Gate {gate}", faults)
    checks = [_table_check(suite, schema, tables) for suite in loaded]
    runnable = [suite for suite in loaded if suite.table in tables and suite.expectations]
    checks += [_unrunnable(e, tables) for suite in runnable for e in suite.expectations if _missing(e, tables)]
    checks += _validate(runnable, tables, database, place)
    checks.sort(key=lambda check: check.table)
    page = write_page(docs, gate, checks) if docs else None
    failures = tuple(check.failure for check in checks if check.failure)
    return GateResult(gate, len(checks), len(checks) - len(failures), failures, page)


def _look_around(connection: duckdb.DuckDBPyConnection, schema: str) -> tuple[str, Tables]:
    """Return the quoted catalog and schema, and the columns of every table and view there, by name."""
    query = """
        select current_database(), table_name, list(column_name order by ordinal_position)
        from information_schema.columns where table_schema = ? and table_catalog = current_database() group by all
    """
    found = connection.execute(query, [schema]).fetchall()
    # A file is a catalog named after itself: landed.duckdb with a schema `landed` is unreadable without both names.
    place = f'"{found[0][0]}"."{schema}"' if found else f'"{schema}"'
    return place, {table: columns for _, table, columns in found}


def _check_queries(
    connection: duckdb.DuckDBPyConnection, suites: tuple[Suite, ...], tables: Tables, place: str
) -> Iterator[Fault]:
    """Yield a fault for every query that DuckDB cannot read, before anything runs."""
    for suite in suites:
        for expectation in suite.expectations if suite.table in tables else ():
            if expectation.type == UNEXPECTED_ROWS and not _missing(expectation, tables):
                yield from _bind(connection, expectation, place)


def _bind(connection: duckdb.DuckDBPyConnection, expectation: Expectation, place: str) -> Iterator[Fault]:
    try:
        connection.execute(f"explain {expectation.sql(place)}")
    except duckdb.Error as error:
        problem = str(error).split("\n\nLINE")[0].replace("\n", " ").strip()
        yield Fault(expectation.file, expectation.line, "query", expectation.name, f"cannot be read: {problem}")


def _missing(expectation: Expectation, tables: Tables) -> list[str]:
    return [table for table in expectation.other_tables if table not in tables]


def _table_check(suite: Suite, schema: str, tables: Tables) -> Check:
    failure = None
    if suite.table not in tables:
        hint = nearest(suite.table, tables)
        message = f"Table {schema}.{suite.table} is missing. {hint}".strip()
        failure = GateFailure(suite.table, TABLE_EXISTS, "", _TABLE_WHY, None, (), message, "error", suite.file, 1)
    return Check(suite.table, TABLE_EXISTS, "The table exists", _TABLE_WHY, "error", "", failure)


def _unrunnable(expectation: Expectation, tables: Tables) -> Check:
    missing = _missing(expectation, tables)
    hints = [nearest(table, tables) for table in missing]
    message = f"needs {', '.join(missing)}, which is missing. {' '.join(hints)}".strip()
    return _check(expectation, _failure(expectation, None, (), message, "error"))


def _validate(suites: list[Suite], tables: Tables, database: Path, place: str) -> list[Check]:
    """Run the suites in Great Expectations; its import takes seconds, so it happens here."""
    with _quiet():
        import great_expectations as gx
        from great_expectations.data_context.types.base import ProgressBarsConfig

        from etl.gates.datasource import open_datasource

        context = gx.get_context(mode="ephemeral")
        context.enable_analytics(False)
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        source = open_datasource(database, place)
        try:
            context.add_datasource(datasource=source)
            checks: list[Check] = []
            for suite in suites:
                expectations = [e for e in suite.expectations if not _missing(e, tables)]
                checks += _validate_suite(context, source, suite.table, expectations)
            return checks
        finally:
            source.close()


def _validate_suite(
    context: AbstractDataContext, source: DuckDBDatasource, table: str, expectations: list[Expectation]
) -> list[Check]:
    from great_expectations import ValidationDefinition

    batch = source.add_table_asset(table).add_batch_definition_whole_table("whole")
    gx_suite = context.suites.add(_gx_suite(table, expectations, source.place))
    definition = context.validation_definitions.add(ValidationDefinition(name=table, data=batch, suite=gx_suite))
    found = definition.run(
        result_format={
            "result_format": "SUMMARY",
            "partial_unexpected_count": ROWS_SHOWN,
            "include_unexpected_rows": True,
        }
    )
    by_index = {_index(result): result for result in found.results}
    return [_outcome(expectation, by_index[i], source) for i, expectation in enumerate(expectations)]


def _index(result: ExpectationValidationResult) -> int:
    """Results come back in an order of their own; the place in the suite travels in `meta`."""
    config = result.expectation_config
    return int(config.meta["index"]) if config and config.meta else -1


def _gx_suite(table: str, expectations: list[Expectation], place: str) -> ExpectationSuite:
    import great_expectations as gx
    from great_expectations.expectations.metadata_types import FailureSeverity

    built = []
    for index, expectation in enumerate(expectations):
        parameters = dict(expectation.parameters)
        kind = expectation.type
        if kind == UNEXPECTED_ROWS:
            kind, parameters = "unexpected_rows_expectation", {"unexpected_rows_query": expectation.batch_sql(place)}
        if kind == "expect_table_columns_to_match_set":
            parameters["exact_match"] = False
        built.append(
            gx.expectations.core.__dict__[_class_name(kind)](
                **parameters,
                description=f"{expectation.words}. {expectation.why}",
                notes=expectation.why,
                meta={"index": index, "name": expectation.name, "why": expectation.why, "file": expectation.file},
                severity=FailureSeverity.CRITICAL if expectation.severity == "error" else FailureSeverity.WARNING,
            )
        )
    return gx.ExpectationSuite(name=table, expectations=built)


def _class_name(kind: str) -> str:
    return "".join(word.capitalize() for word in kind.split("_"))


def _outcome(expectation: Expectation, result: ExpectationValidationResult, source: DuckDBDatasource) -> Check:
    """Turn a result of Great Expectations into ours."""
    if result.success:
        return _check(expectation, None)
    found: dict[str, Any] = result.result or {}
    raised = _exception(result.exception_info)
    if raised:
        return _check(expectation, _failure(expectation, None, (), f"could not be run: {raised}", "error"))
    if expectation.type == UNEXPECTED_ROWS:
        count = int(found["observed_value"])
        return _check(expectation, _failure(expectation, count, _rows(expectation, source), _count_text(count)))
    if "unexpected_count" in found:
        count = int(found["unexpected_count"])
        rows = tuple(found.get("unexpected_rows", ()))[:ROWS_SHOWN]
        return _check(expectation, _failure(expectation, count, rows, _count_text(count)))
    return _check(expectation, _failure(expectation, None, (), _observed_text(found)))


def _rows(expectation: Expectation, source: DuckDBDatasource) -> Rows:
    query = f"select * from (\n{expectation.sql(source.place)}\n) limit {ROWS_SHOWN}"
    with source.get_execution_engine().get_connection() as connection:
        found = connection.exec_driver_sql(query)
        return tuple(dict(zip(found.keys(), row, strict=True)) for row in found.fetchall())


def _exception(info: dict[str, Any] | None) -> str:
    """Return the first exception's message; GX nests one record per metric, or gives one flat record."""
    records = [info, *info.values()] if info else []
    messages = [r["exception_message"] for r in records if isinstance(r, dict) and r.get("raised_exception")]
    return str(messages[0]).strip() if messages else ""


def _count_text(count: int) -> str:
    return f"does not hold for {count} row{'s' if count != 1 else ''}"


def _observed_text(found: dict[str, Any]) -> str:
    missing = found.get("details", {}).get("mismatched", {}).get("missing")
    if missing:
        return f"does not hold: missing {', '.join(missing)}"
    observed = found.get("observed_value")
    return f"does not hold: found {', '.join(map(str, observed)) if isinstance(observed, list) else observed}"


def _failure(
    expectation: Expectation, count: int | None, rows: Rows, text: str, severity: Severity | None = None
) -> GateFailure:
    message = f"{expectation.table}: {expectation.words!r} {text}"
    return GateFailure(
        expectation.table,
        expectation.name,
        expectation.column,
        expectation.why,
        count,
        rows,
        message,
        severity or expectation.severity,
        expectation.file,
        expectation.line,
    )


def _check(expectation: Expectation, failure: GateFailure | None) -> Check:
    query = str(expectation.parameters.get("query", ""))
    severity = failure.severity if failure else expectation.severity
    return Check(expectation.table, expectation.name, expectation.words, expectation.why, severity, query, failure)


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence Great Expectations' log, its deprecation warnings and its statistics."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    logger = logging.getLogger("great_expectations")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)

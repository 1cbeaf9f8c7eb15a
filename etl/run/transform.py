"""Run dbt in a process of its own and collect what it built, tested and found wrong."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import duckdb

from etl.project import DATABASE_NAME
from etl.run.rebuild import Plan, Result, take_over
from etl.run.signals import signals_wait

_SHOWN_ROWS = 10
# What of a node's record says how it ended; the rest is for finding the rows of a failed test.
_ENDING = ("name", "type", "status", "message", "path", "good")


@dataclass(frozen=True, slots=True)
class NodeFault:
    """A dbt node that did not succeed.

    Attributes:
        rows: Up to ten offending rows of a failed data test.
    """

    name: str
    kind: str
    path: str
    message: str
    rows: tuple[dict[str, Any], ...] = ()

    def __str__(self) -> str:
        return f"{self.kind} {self.name} ({self.path}): {self.message}"


@dataclass(slots=True)
class DbtOutcome:
    """What a dbt run did.

    Attributes:
        counts: Nodes that succeeded in this run, by resource type.
        tests: Data tests that hold for the file: those run, and those of tables that were taken over as they were.
        faults: Nodes that failed.
        warnings: Messages of tests that warn.
        results: How every node ended, by its id, those that were taken over included.
    """

    counts: dict[str, int] = field(default_factory=dict)
    tests: int = 0
    tests_passed: int = 0
    faults: list[NodeFault] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    results: dict[str, Result] = field(default_factory=dict)


class DbtRun:
    """dbt in a child process, for a build in the folder `build`: it parses the project at once and builds when told.

    Args:
        root: The project.
        build: Folder of the build.
        variables: dbt's variables.
        remember: Whether the project as an earlier run parsed it may be taken up.
    """

    def __init__(self, root: Path, build: Path, variables: dict[str, Any], *, remember: bool = True) -> None:
        self._build = build
        self._plan: Plan | None = None
        self._on_node: Callable[[str, str], None] = _ignore
        parse = "--partial-parse" if remember else "--no-partial-parse"
        module = [sys.executable, "-m", "etl.run.dbt_child"]
        self._command = [*module, str(root), str(build), json.dumps(variables), parse]
        self._open = ExitStack()

    def __enter__(self) -> Self:
        (self._build / "target").mkdir(parents=True, exist_ok=True)
        try:
            self._log = self._open.enter_context((self._build / "dbt-child.log").open("w", encoding="utf-8"))
            with signals_wait():
                self._begin()
        except BaseException:
            self._open.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def _begin(self) -> None:
        self._process = subprocess.Popen(
            self._command,
            cwd=self._build,
            stdin=subprocess.PIPE,  # closes with this process, and the child ends too
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        self._open.callback(self._end)

    def _end(self) -> None:
        """End the child, if it still runs."""
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait()

    @property
    def database(self) -> Path:
        """The file that dbt builds."""
        return self._build / "target" / DATABASE_NAME

    def start(self, plan: Plan, on_node: Callable[[str, str], None]) -> None:
        """Let dbt build.

        Args:
            plan: What is made anew, and from which release the rest is taken over.
            on_node: Called with kind and name of every node that has finished.
        """
        self._plan, self._on_node = plan, on_node
        take_over(plan, self.database)
        order = {"release": str(plan.release.folder) if plan.release else "", "selectors": plan.selectors}
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # what ended the child early is among its records
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()

    def wait(self) -> DbtOutcome:
        """Read the child's records until it ends."""
        outcome = DbtOutcome()
        errors: list[str] = []
        results: list[dict[str, Any]] = []
        assert self._process.stdout is not None
        for line in self._process.stdout:
            try:
                record = json.loads(line)
            except ValueError:
                continue  # a library's stray print
            match record["event"]:
                case "node":
                    self._on_node(record["type"], record["name"])
                case "result":
                    results.append(record)
                case "error":
                    errors.append(record["message"])
        code = self._process.wait()
        self._log.close()
        # Only now has the child let go of the file, so that offending rows can be read.
        for record in results:
            self._collect(record, outcome)
        self._take_over_results(outcome)
        if code != 0 and not outcome.faults:
            said = list(dict.fromkeys(errors)) or [(self._build / "dbt-child.log").read_text("utf-8", "replace")]
            said += [f"dbt's process was ended by signal {-code}: {signal.strsignal(-code)}"] if code < 0 else []
            message = "\n".join(said)
            outcome.faults.append(NodeFault("dbt", "project", "", message.strip()))
        return outcome

    def _collect(self, record: dict[str, Any], outcome: DbtOutcome) -> None:
        kind, status = record["type"], record["status"]
        outcome.results[record["unique_id"]] = {name: record[name] for name in _ENDING}
        if record["good"]:
            outcome.counts[kind] = outcome.counts.get(kind, 0) + 1
        if record["good"] or status == "warn":
            _count_test(record, outcome)
        elif status != "skipped":
            outcome.tests += kind == "test"
            rows = self._offending_rows(record["compiled"]) if kind == "test" and record["failures"] else ()
            outcome.faults.append(NodeFault(record["name"], kind, record["path"], record["message"].strip(), rows))

    def _take_over_results(self, outcome: DbtOutcome) -> None:
        """Count what held for tables that are still as they were: it holds."""
        known = self._plan.taken_up.results if self._plan and self._plan.taken_up else {}
        for unique_id in sorted(known.keys() - outcome.results.keys()):
            outcome.results[unique_id] = known[unique_id]
            _count_test(known[unique_id], outcome)

    def _offending_rows(self, sql: str) -> tuple[dict[str, Any], ...]:
        """Run a failed test's query again for the rows to show."""
        try:
            with duckdb.connect(str(self.database), read_only=True) as connection:
                cursor = connection.execute(f"select * from ({sql}) limit {_SHOWN_ROWS}")
                names = [column[0] for column in cursor.description or []]
                return tuple(dict(zip(names, row, strict=True)) for row in cursor.fetchall())
        except duckdb.Error:
            return ()  # the message alone has to do


def _ignore(_kind: str, _name: str) -> None:
    """Nobody watches yet."""


def _count_test(record: Result, outcome: DbtOutcome) -> None:
    if record["type"] == "test":
        outcome.tests += 1
        outcome.tests_passed += 1
        if not record["good"]:
            outcome.warnings.append(f"{record['name']}: {record['message']}")

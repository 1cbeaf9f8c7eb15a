"""The build: lock, land, transform, gate, export, publish. Readers see nothing of it before the last step."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from etl.faults import FaultsFound
from etl.gates.gate import GateResult, run_gate
from etl.gates.landing import LANDED_SCHEMA, write_landed
from etl.project import Project
from etl.run.export import PUBLIC_SCHEMA, SCHEMA_VERSION, ExportedTable, export_tables, write_datapackage, write_manifest
from etl.run.inputs import Inputs, read_inputs
from etl.run.lock import build_lock
from etl.run.published import install_macros
from etl.run.releases import MANIFEST, Release, current_release, publish
from etl.run.report import Report
from etl.run.transform import DATABASE_NAME, DbtOutcome, DbtRun, NodeFault
from etl.seeds.check import SeedFrames, load_seeds
from etl.seeds.contract import load_contracts

KEEP_RELEASES = 5


class GateClosed(Exception):
    """Raised where a gate's expectations do not hold."""

    def __init__(self, result: GateResult) -> None:
        self.result = result
        super().__init__(f"The gate '{result.gate}' stays closed: {len(result.errors)} expectation(s) do not hold")


class TransformFailed(Exception):
    """Raised where dbt could not build or a test of its failed."""

    def __init__(self, faults: list[NodeFault]) -> None:
        self.faults = faults
        super().__init__(f"dbt: {len(faults)} node(s) failed")


@dataclass(frozen=True, slots=True)
class Built:
    """What a build came to. `release.manifest` holds the details.

    Attributes:
        published: False where the inputs were unchanged and nothing was done.
    """

    release: Release
    published: bool
    warnings: tuple[str, ...] = ()


def build(project: Project, report: Report, *, force: bool = False, keep: int = KEEP_RELEASES) -> Built:
    """Build the warehouse and publish it as a new release.

    Args:
        project: The project.
        report: Where progress is shown.
        force: Build even where the inputs are those of the current release.
        keep: How many releases stay.

    Raises:
        LockHeld: Another build runs.
        FaultsFound: Seeds or suites are wrong.
        TransformFailed: dbt failed.
        GateClosed: An expectation does not hold.
        NotPublishable: The finished build is not whole.
    """
    with build_lock(project.lock_file):
        inputs = read_inputs(project)
        release = current_release(project)
        if release and release.manifest.get("inputs_sha256") == inputs.sha256 and not force:
            return Built(release, published=False)
        _clear_abandoned(project)
        started = datetime.now(UTC)
        release_id = _release_id(project, started, inputs)
        folder = project.builds / release_id
        with _kept_on_failure(project, folder):
            return _build_in(project, report, folder, release_id, started, inputs, keep)


def _build_in(
    project: Project, report: Report, folder: Path, release_id: str, started: datetime, inputs: Inputs, keep: int
) -> Built:
    frames = _land(project, report)
    landed, outcome = _transform(project, report, folder, frames)
    database = folder / DATABASE_NAME
    (folder / "target" / DATABASE_NAME).rename(database)
    commit = _git_commit(project.root)
    _stamp(database, release_id, started, commit, inputs)
    published = _gate(report, "publishable", database, project, folder / "docs" / "publishable", PUBLIC_SCHEMA)
    warnings = (*outcome.warnings, *(str(failure) for failure in (*landed.warnings, *published.warnings)))
    checks = {
        "run": outcome.tests + landed.checks_run + published.checks_run,
        "passed": outcome.tests_passed + landed.checks_passed + published.checks_passed,
        "dbt_tests": outcome.tests,
        "landed_expectations": landed.checks_run,
        "published_expectations": published.checks_run,
        "warnings": list(warnings),
    }
    with report.step("export") as step:
        tables = _export(database, folder, release_id, checks["run"], checks["passed"], len(warnings))
        step.outcome = f"{len(tables)} tables as Parquet, data package, manifest"
    _tidy(folder)
    write_manifest(
        folder / MANIFEST,
        release_id=release_id,
        built_at=started.isoformat(timespec="seconds"),
        git_commit=commit,
        inputs=inputs,
        database=database,
        tables=tables,
        checks=checks,
    )
    with report.step("publish") as step:
        release = publish(project, folder, release_id, keep)
        step.outcome = f"release {release_id}"
    return Built(release, published=True, warnings=warnings)


def _land(project: Project, report: Report) -> SeedFrames:
    with report.step("land") as step:
        frames, faults = load_seeds(project.seeds, load_contracts(project.contracts))
        if faults:
            raise FaultsFound("seeds", faults)
        step.outcome = f"{sum(map(len, frames.values()))} rows of {len(frames)} kinds of seed, all references known"
    return frames


def _transform(project: Project, report: Report, folder: Path, frames: SeedFrames) -> tuple[GateResult, DbtOutcome]:
    """Run dbt; beside it, on the other core, the gate over what landed."""
    folder.mkdir(parents=True)
    counts: dict[str, int] = {}
    with report.step("transform") as step:

        def on_node(kind: str, name: str) -> None:
            counts[kind] = counts.get(kind, 0) + 1
            step.note(f"{sum(counts.values())} nodes, {name}")

        run = DbtRun(project.root, folder, on_node)
        try:
            write_landed(frames, folder / "landed.duckdb")
            landed = _gate(
                report, "landed", folder / "landed.duckdb", project, folder / "docs" / "landed", LANDED_SCHEMA
            )
            outcome = run.wait()
        finally:
            run.stop()
        if outcome.faults:
            raise TransformFailed(outcome.faults)
        built = outcome.counts
        step.outcome = (
            f"{built.get('seed', 0)} seeds, {built.get('model', 0)} models, {outcome.tests_passed} tests passed"
        )
    return landed, outcome


def _gate(report: Report, name: str, database: Path, project: Project, docs: Path, schema: str) -> GateResult:
    with report.step(f"gate {name}" if name == "publishable" else "gate landed") as step:
        result = run_gate(name, database, project.root / "expectations", docs, schema)
        if not result.passed:
            raise GateClosed(result)
        step.outcome = f"{result.checks_passed} of {result.checks_run} expectations hold"
    return result


def _stamp(database: Path, release_id: str, started: datetime, commit: str, inputs: Inputs) -> None:
    """Write into the file what only the run knows, and the table macros."""
    with duckdb.connect(str(database)) as connection:
        install_macros(connection)
        connection.execute(
            f"insert into {PUBLIC_SCHEMA}.build_info (release_id, schema_version, built_at, git_commit, inputs_sha256) "
            "values (?, ?, ?, ?, ?)",
            [release_id, SCHEMA_VERSION, started.replace(tzinfo=None, microsecond=0), commit, inputs.sha256],
        )
        connection.execute("checkpoint")


def _export(
    database: Path, folder: Path, release_id: str, checks_run: int, checks_passed: int, warnings: int
) -> list[ExportedTable]:
    with duckdb.connect(str(database)) as connection:
        tables = [row[0] for row in connection.execute(
            "select table_name from information_schema.tables where table_schema = ?", [PUBLIC_SCHEMA]
        ).fetchall()]
        counts = [connection.execute(f"select count(*) from {PUBLIC_SCHEMA}.{name}").fetchone() for name in tables]
        connection.execute(
            f"update {PUBLIC_SCHEMA}.build_info set n_tables = ?, n_rows = ?, checks_run = ?, checks_passed = ?, "
            "warnings = ?",
            [len(tables), sum(row[0] for row in counts if row), checks_run, checks_passed, warnings],
        )
        exported = export_tables(connection, folder)
        write_datapackage(connection, exported, release_id, folder / "datapackage.json")
        connection.execute("checkpoint")
    return exported


def _tidy(folder: Path) -> None:
    """Leave in a release only what readers use."""
    for name in ("target", "landed.duckdb", "dbt-child.log", "dbt.log"):
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _clear_abandoned(project: Project) -> None:
    """Remove what a killed build left: the lock is ours, so no live build owns it."""
    for path in project.builds.glob("*"):
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _kept_on_failure(project: Project, folder: Path) -> Iterator[None]:
    """Move the folder of a failed build aside for diagnosis; only the last one is kept."""
    try:
        yield
    except BaseException:
        shutil.rmtree(project.failed, ignore_errors=True)
        if folder.is_dir():
            folder.rename(project.failed)
        raise


def _release_id(project: Project, started: datetime, inputs: Inputs) -> str:
    """Name a release by its time and inputs, so that names sort by age and never collide."""
    stem = f"{started:%Y%m%dT%H%M%SZ}-{inputs.sha256[:8]}"
    taken = {path.name for path in project.releases.glob(f"{stem}*")}
    names = [stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 2))]
    return next(name for name in names if name not in taken)


def _git_commit(root: Path) -> str:
    git = shutil.which("git")
    if git is None:
        return "unknown"
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}
    found = subprocess.run(
        [git, "-C", str(root), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"],
        capture_output=True, text=True, check=False, env=environment,
    )
    return found.stdout.strip() or "unknown"


def age_text(built_at: str) -> str:
    """Say in words how long ago an ISO timestamp was."""
    seconds = max(time.time() - datetime.fromisoformat(built_at).timestamp(), 0)
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'s' if count != 1 else ''} ago"
    return "just now"

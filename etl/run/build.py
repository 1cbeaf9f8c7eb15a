"""The build: lock, land, transform, gate, export, publish. Readers see nothing of it before the last step."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from etl.faults import FaultsFound
from etl.gates.gate import GateResult, run_gate
from etl.gates.landing import LANDED_SCHEMA, write_landed
from etl.project import DATABASE_NAME, Project
from etl.published.install import install_macros
from etl.published.path import ModelPath
from etl.run.export import (
    PUBLIC_SCHEMA,
    SCHEMA_VERSION,
    ExportedTable,
    export_tables,
    public_tables,
    write_datapackage,
    write_manifest,
)
from etl.run.inputs import Inputs, read_inputs
from etl.run.lock import build_lock
from etl.run.releases import MANIFEST, Release, publish, unchanged_release
from etl.run.report import Report
from etl.run.transform import DbtOutcome, DbtRun, NodeFault
from etl.seeds.check import SeedFrames, load_seeds
from etl.sources.landing import Landing, account_lines, land, write_landing

KEEP_RELEASES = 5
LANDED_NAME = "landed.duckdb"


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
class Checks:
    """How many checks a build ran and passed, by kind, and what warns."""

    run: int
    passed: int
    dbt_tests: int
    landed_expectations: int
    published_expectations: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Built:
    """What a build came to. `release.manifest` holds the details.

    Attributes:
        published: False where the inputs were unchanged and nothing was done.
    """

    release: Release
    published: bool
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Run:
    """What the steps of one build share."""

    project: Project
    report: Report
    landing: Path | None
    variables: dict[str, bool]
    inputs: Inputs
    started: datetime
    release_id: str
    commit: str
    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / DATABASE_NAME


def build(
    project: Project,
    report: Report,
    *,
    landing: Path | None = None,
    redistributable: bool = False,
    force: bool = False,
    keep: int = KEEP_RELEASES,
) -> Built:
    """Build the warehouse and publish it as a new release.

    Args:
        project: The project.
        report: Where progress is shown.
        landing: Folder of official files, if there is one.
        redistributable: Leave out the rows of sources whose terms do not allow to publish them again.
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
        inputs = read_inputs(project, landing, redistributable=redistributable)
        unchanged = unchanged_release(project, inputs)
        if unchanged and not force:
            return Built(unchanged, published=False)
        _clear_abandoned(project)
        started = datetime.now(UTC).replace(microsecond=0)
        release_id = _release_id(project, started, inputs)
        run = _Run(
            project=project,
            report=report,
            landing=landing,
            variables={"redistributable_only": redistributable},
            inputs=inputs,
            started=started,
            release_id=release_id,
            commit=_git_commit(project.root),
            folder=project.builds / release_id,
        )
        with _kept_on_failure(run):
            return _build(run, keep)


def _build(run: _Run, keep: int) -> Built:
    frames = _land(run)
    landed, outcome = _transform(run, frames)
    (run.folder / "target" / DATABASE_NAME).rename(run.database)
    _stamp(run)
    published = _gate(run, "publishable", run.database, PUBLIC_SCHEMA)
    checks = _count_checks(outcome, landed, published)
    with run.report.step("export") as step:
        tables = _export(run, checks)
        step.outcome = f"{len(tables)} tables as Parquet, data package, manifest"
    with run.report.step("publish") as step:
        release = publish(run.project, run.folder, run.release_id, keep)
        step.outcome = f"release {run.release_id}"
    return Built(release, published=True, warnings=checks.warnings)


def _land(run: _Run) -> SeedFrames:
    with run.report.step("seeds") as step:
        frames, faults = load_seeds(run.project)
        if faults:
            raise FaultsFound("seeds", faults)
        step.outcome = f"{sum(map(len, frames.values()))} rows of {len(frames)} kinds of seed, all references known"
    with run.report.step("land") as step:
        landed = land(run.landing, frames)
        if landed.faults:
            raise FaultsFound("landing folder", landed.faults)
        write_landing(landed, run.folder / "target" / "landed")
        step.outcome = _account(landed, run.landing)
    for line in account_lines(landed):
        run.report.detail(line)
    return frames


def _account(landed: Landing, folder: Path | None) -> str:
    if folder is None:
        return "no landing folder; the bundled panel stands in"
    editions = {(file.source, file.edition) for file in landed.files}
    cells, observations = (sum(getattr(file, name) for file in landed.files) for name in ("cells", "observations"))
    return (
        f"{len(landed.files)} official files of {len(editions)} editions: {cells:,} cells = "
        f"{observations:,} observations + {cells - observations:,} left out with a reason"
    )


def _transform(run: _Run, frames: SeedFrames) -> tuple[GateResult, DbtOutcome]:
    """Run dbt; beside it, on the other core, the gate over what landed."""
    finished = 0
    with run.report.step("transform") as step:

        def on_node(_kind: str, name: str) -> None:
            nonlocal finished
            finished += 1
            step.note(f"{finished} nodes, {name}")

        dbt = DbtRun(run.project.root, run.folder, run.variables, on_node)
        try:
            write_landed(frames, run.folder / LANDED_NAME)
            landed = _gate(run, "landed", run.folder / LANDED_NAME, LANDED_SCHEMA)
            outcome = dbt.wait()
        finally:
            dbt.stop()
        if outcome.faults:
            raise TransformFailed(outcome.faults)
        counts = outcome.counts
        step.outcome = (
            f"{counts.get('seed', 0)} seeds, {counts.get('model', 0)} models, {outcome.tests_passed} tests passed"
        )
    return landed, outcome


def _gate(run: _Run, name: str, database: Path, schema: str) -> GateResult:
    with run.report.step(f"gate {name}") as step:
        result = run_gate(name, database, run.project.root / "expectations", run.folder / "docs" / name, schema)
        if not result.passed:
            raise GateClosed(result)
        step.outcome = f"{result.checks_passed} of {result.checks_run} expectations hold"
    return result


def _stamp(run: _Run) -> None:
    """Write into the file what only the run knows, and the table macros."""
    with duckdb.connect(str(run.database)) as connection:
        install_macros(connection, ModelPath.of_manifest(run.folder / "manifest-dbt.json"))
        connection.execute(
            f"insert into {PUBLIC_SCHEMA}.build_info (release_id, schema_version, built_at, git_commit, inputs_sha256) "
            "values (?, ?, ?, ?, ?)",
            [run.release_id, SCHEMA_VERSION, run.started.replace(tzinfo=None), run.commit, run.inputs.sha256],
        )
        connection.execute("checkpoint")


def _count_checks(outcome: DbtOutcome, landed: GateResult, published: GateResult) -> Checks:
    reported = (str(failure) for failure in (*landed.warnings, *published.warnings))
    return Checks(
        run=outcome.tests + landed.checks_run + published.checks_run,
        passed=outcome.tests_passed + landed.checks_passed + published.checks_passed,
        dbt_tests=outcome.tests,
        landed_expectations=landed.checks_run,
        published_expectations=published.checks_run,
        warnings=(*outcome.warnings, *reported),
    )


def _export(run: _Run, checks: Checks) -> list[ExportedTable]:
    with duckdb.connect(str(run.database)) as connection:
        tables = public_tables(connection)
        counts = [connection.execute(f"select count(*) from {PUBLIC_SCHEMA}.{name}").fetchone() for name in tables]
        connection.execute(
            f"update {PUBLIC_SCHEMA}.build_info set n_tables = ?, n_rows = ?, checks_run = ?, checks_passed = ?, "
            "warnings = ?",
            [len(tables), sum(row[0] for row in counts if row), checks.run, checks.passed, len(checks.warnings)],
        )
        exported = export_tables(connection, run.folder)
        write_datapackage(connection, exported, run.release_id, run.folder / "datapackage.json")
        connection.execute("checkpoint")
    _tidy(run.folder)
    write_manifest(
        run.folder / MANIFEST,
        release_id=run.release_id,
        built_at=run.started.isoformat(),
        git_commit=run.commit,
        inputs=run.inputs,
        database=run.database,
        tables=exported,
        checks=asdict(checks),
    )
    return exported


def _tidy(folder: Path) -> None:
    """Leave in a release only what readers use."""
    for name in ("target", LANDED_NAME, "dbt-child.log", "dbt.log", "manifest-dbt.json"):
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _clear_abandoned(project: Project) -> None:
    """Remove what a killed build left: the lock is ours, so no live build owns it."""
    for path in project.builds.glob("*"):
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _kept_on_failure(run: _Run) -> Iterator[None]:
    """Move the folder of a failed build aside for diagnosis; only the last one is kept."""
    try:
        yield
    except BaseException:
        shutil.rmtree(run.project.failed, ignore_errors=True)
        if run.folder.is_dir():
            run.folder.rename(run.project.failed)
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
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    return found.stdout.strip() or "unknown"

"""The build: lock, land, transform, gate, export, publish. Readers see nothing of it before the last step."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from etl.diff.acknowledged import SEED as ACKNOWLEDGED
from etl.diff.acknowledged import acknowledgements_of
from etl.diff.finding import ReleaseDiff, ReleaseInfo
from etl.diff.page import headline
from etl.diff.previous import ChangesStop, compare_with_previous
from etl.diff.write import write_diff
from etl.faults import FaultsFound
from etl.gates.gate import GateResult, run_gate
from etl.gates.landing import LANDED_SCHEMA, write_landed
from etl.metadata.described import describe_release
from etl.metadata.write import write_metadata
from etl.project import DATABASE_NAME, Project
from etl.published.dictionary import describe_macros
from etl.published.install import install_macros
from etl.published.path import ModelPath
from etl.run import clock
from etl.run.export import (
    PUBLIC_SCHEMA,
    SCHEMA_VERSION,
    ExportedTable,
    export_tables,
    public_tables,
    write_manifest,
)
from etl.run.heal import heal
from etl.run.inputs import Inputs, changes_between, read_inputs
from etl.run.lock import build_lock
from etl.run.publish import publish
from etl.run.rebuild import Plan, hashes_of_landed, leave, plan
from etl.run.releases import MANIFEST, Release, all_releases, current_release, matching_release, next_sequence
from etl.run.report import Report
from etl.run.signals import asked_to_end, signals_wait
from etl.run.trail import leave_trail
from etl.run.transform import DbtOutcome, DbtRun, NodeFault
from etl.run.version import git_commit
from etl.seeds.check import SeedFrames, load_seeds
from etl.sources.landing import Landing, account_lines, land, write_landing
from etl.trace.lineage import LINEAGE, write_lineage

KEEP_RELEASES = 5
LANDED_NAME = "landed.duckdb"
# Let go of where a build fails: without it one that ran out of memory could not put its folder away either.
_RESERVE_BYTES = 16 * 2**20


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
        diff: What changed since the release before.
    """

    release: Release
    published: bool
    warnings: tuple[str, ...] = ()
    diff: ReleaseDiff | None = None


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
    scheduled: bool
    full: bool
    from_nothing: bool

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
    full: bool = False,
    scheduled: bool = False,
    keep: int = KEEP_RELEASES,
) -> Built:
    """Build the warehouse and publish it as a new release.

    Args:
        project: The project.
        report: Where progress is shown.
        landing: Folder of official files, if there is one.
        redistributable: Leave out the rows of sources whose terms do not allow to publish them again.
        force: Build even where the inputs are those of the current release, and all of it.
        full: Trust nothing that an earlier run remembers: neither tables nor hashes nor the parsed project.
        scheduled: Publish nothing that loses or distorts what the release before holds, unless it is acknowledged.
        keep: How many releases stay.

    Raises:
        LockHeld: Another build runs.
        FaultsFound: Seeds or suites are wrong.
        TransformFailed: dbt failed.
        GateClosed: An expectation does not hold.
        ChangesStop: The build is a scheduled one and the release before holds what it would lose or distort.
        NotPublishable: The finished build is not whole.
        Interrupted: A signal asked the run to end.
    """
    with build_lock(project.lock_file) as dead:
        if dead:
            report.say(f"Taken over: the lock of {dead}, which ended without letting go of it.")
        for mended in heal(project):
            report.say(f"Mended: {mended}")
        inputs = read_inputs(project, landing, redistributable=redistributable, remember=not full)
        unchanged = matching_release(project, inputs)
        if unchanged and not force:
            return Built(unchanged, published=False)
        started = clock.utc_now().replace(microsecond=0)
        release_id = _release_id(project, started, inputs)
        run = _Run(
            project=project,
            report=report,
            landing=landing,
            variables={"redistributable_only": redistributable},
            inputs=inputs,
            started=started,
            release_id=release_id,
            commit=git_commit(project.root),
            folder=project.builds / release_id,
            scheduled=scheduled,
            full=full,
            from_nothing=force or full,
        )
        return _build_or_leave_trail(run, keep)


def _build_or_leave_trail(run: _Run, keep: int) -> Built:
    """Leave of a failed build only what tells why it failed; only the last one is kept."""
    reserve = bytearray(_RESERVE_BYTES)
    try:
        run.folder.mkdir(parents=True)
        return _build(run, keep)
    except BaseException as error:
        del reserve
        leave_trail(run.folder, run.project.failed, error, _offending_rows(error))
        raise


def _build(run: _Run, keep: int) -> Built:
    # dbt parses the project on the other core while the official files are read.
    with DbtRun(run.project.root, run.folder, run.variables, remember=not run.full) as dbt:
        frames = _land(run)
        hashes = hashes_of_landed(run.folder / "target" / "landed")
        how = plan(run.project, run.inputs, hashes, from_nothing=run.from_nothing)
        landed, outcome = _transform(run, dbt, frames, how)
    leave(run.folder, how, hashes, outcome.results, run.folder / "manifest-dbt.json")
    (run.folder / "target" / DATABASE_NAME).rename(run.database)
    _stamp(run)
    published = _gate(run, "publishable", run.database, PUBLIC_SCHEMA)
    diff = _compare(run, frames)
    checks = _count_checks(outcome, landed, published)
    with run.report.step("export") as step:
        tables = _export(run, checks)
        step.outcome = f"{len(tables)} tables as Parquet, data package, manifest"
    with run.report.step("publish") as step:
        asked = asked_to_end()
        if asked:
            raise asked
        _refuse_changed_inputs(run)
        with signals_wait() as came:
            release = publish(run.project, run.folder, run.release_id, keep)
            came.clear()  # too late: it is published, the run ends by itself and says so
        step.outcome = f"release {run.release_id}"
    return Built(release, published=True, warnings=checks.warnings, diff=diff)


def _land(run: _Run) -> SeedFrames:
    with run.report.step("seeds") as step:
        frames, faults = load_seeds(run.project)
        if faults:
            raise FaultsFound("seeds", faults)
        step.outcome = f"{sum(map(len, frames.values()))} rows of {len(frames)} kinds of seed, all references known"
    with run.report.step("land") as step:
        try:
            landed = land(run.landing, frames)
        finally:
            _refuse_changed_inputs(run)  # a file that vanished, say, before it was read
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


def _transform(run: _Run, dbt: DbtRun, frames: SeedFrames, how: Plan) -> tuple[GateResult, DbtOutcome]:
    """Run dbt; beside it, on the other core, the gate over what landed."""
    finished = 0
    with run.report.step("transform") as step:

        def on_node(_kind: str, name: str) -> None:
            nonlocal finished
            finished += 1
            step.note(f"{finished} nodes, {name}")

        dbt.start(how, on_node)
        write_landed(frames, run.folder / LANDED_NAME)
        landed = _gate(run, "landed", run.folder / LANDED_NAME, LANDED_SCHEMA)
        outcome = dbt.wait()
        if outcome.faults:
            raise TransformFailed(outcome.faults)
        counts = outcome.counts
        made = f"{counts.get('seed', 0)} seeds, {counts.get('model', 0)} models"
        step.outcome = (
            f"{made}, {outcome.tests_passed} tests passed"
            if how.release is None
            else f"{made} made anew ({how.reason}); the rest is that of release {how.release.release_id}"
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
        describe_macros(connection)
        connection.execute(
            f"insert into {PUBLIC_SCHEMA}.build_info (release_id, schema_version, built_at, git_commit, inputs_sha256) "
            "values (?, ?, ?, ?, ?)",
            [run.release_id, SCHEMA_VERSION, run.started.replace(tzinfo=None), run.commit, run.inputs.sha256],
        )
        connection.execute("checkpoint")


def _compare(run: _Run, frames: SeedFrames) -> ReleaseDiff:
    """Compare with what readers see now, and write what changed into the release's folder."""
    with run.report.step("diff") as step:
        previous = current_release(run.project) or next(iter(all_releases(run.project)), None)
        built = ReleaseInfo(run.release_id, SCHEMA_VERSION, run.started.replace(tzinfo=None))
        acknowledged = acknowledgements_of(frames[ACKNOWLEDGED])
        diff = compare_with_previous(previous, built, run.database, run.inputs.files, acknowledged)
        write_diff(diff, run.folder)
        step.outcome = headline(diff)
        if run.scheduled and diff.stops:
            raise ChangesStop(diff)
    return diff


def _count_checks(outcome: DbtOutcome, landed: GateResult, published: GateResult) -> Checks:
    reported = (failure.with_a_row for failure in (*landed.warnings, *published.warnings))
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
        described = describe_release(connection, exported, run.release_id, run.started)
        connection.execute("checkpoint")
    write_metadata(described, run.folder)
    write_lineage(run.folder / "manifest-dbt.json", run.folder / LINEAGE)
    _tidy(run.folder)
    write_manifest(
        run.folder / MANIFEST,
        release_id=run.release_id,
        built_at=run.started.isoformat(),
        git_commit=run.commit,
        sequence=next_sequence(run.project),
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


def _refuse_changed_inputs(run: _Run) -> None:
    """Refuse a build of which nobody could say what it was built from."""
    now = read_inputs(
        run.project, run.landing, redistributable=run.variables["redistributable_only"], remember=not run.full
    )
    faults = changes_between(run.inputs, now)
    if faults:
        raise FaultsFound("inputs, which changed while the build ran", faults)


def _offending_rows(error: BaseException) -> Mapping[str, tuple[dict[str, Any], ...]]:
    if isinstance(error, GateClosed):
        return {f"{failure.table}.{failure.expectation}": failure.rows for failure in error.result.errors}
    if isinstance(error, TransformFailed):
        return {fault.name: fault.rows for fault in error.faults}
    return {}


def _release_id(project: Project, started: datetime, inputs: Inputs) -> str:
    """Name a release by its time and inputs, so that names sort by age and never collide."""
    stem = f"{started:%Y%m%dT%H%M%SZ}-{inputs.sha256[:8]}"
    taken = {path.name for path in project.releases.glob(f"{stem}*")}
    names = [stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 2))]
    return next(name for name in names if name not in taken)

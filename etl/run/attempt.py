"""One run of a build, from its options to its record: for the log, for `--json`, and for whoever is notified."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from etl.project import Project, find_project
from etl.run import clock
from etl.run.endings import Outcome, ending_of
from etl.run.inputs import landing_folder, read_inputs
from etl.run.releases import Release, pointed, unchanged_release
from etl.run.report import Report
from etl.run.runlog import RunRecord, append_run
from etl.run.signals import Interrupted, asked_to_end
from etl.run.version import git_commit, orebloc_version

if TYPE_CHECKING:
    from etl.run.build import Built

_LOGGED_FAULTS = 5
_LOGGED_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """What a run was asked to do, as `orebloc build` takes it."""

    project: Path | None
    warehouse: Path | None
    landing: Path | None
    redistributable: bool
    force: bool
    full: bool
    scheduled: bool
    keep: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """A run that has ended.

    Attributes:
        place: The project; None where there is none.
        release: The release that it published or found unchanged; None where it failed.
        built: What the build came to; None where it was not begun, or failed.
    """

    record: RunRecord
    place: Project | None = None
    release: Release | None = None
    built: Built | None = None


def attempt(options: BuildOptions, report: Report) -> Attempt:
    """Run a build; whatever happens is said on standard error and ends up in the record, nothing is raised.

    Args:
        options: What to do.
        report: Where progress and faults are shown.
    """
    began = time.monotonic()
    record = RunRecord(started=_now().isoformat(), scheduled=options.scheduled)
    place, release, built = None, None, None
    try:
        place = find_project(options.project, options.warehouse)
        record.previous_release_id = pointed(place).get("release_id")
        release, built = _run(options, place, report, record)
    except (Exception, KeyboardInterrupt, Interrupted) as error:
        ending = ending_of(asked_to_end() or error, place)
        ending.show(report)
        record.outcome, record.exit_code, record.message = ending.outcome, ending.exit_code, ending.message
        record.faults = [_shortened(fault) for fault in ending.faults[:_LOGGED_FAULTS]]
    else:
        record.outcome = Outcome.PUBLISHED if built and built.published else Outcome.NOTHING_TO_DO
        record.exit_code = 0
        record.release_id = release.release_id
        if built and built.published:
            record.checks = _counts(release)
            record.message = f"Published release {release.release_id}"
        else:
            record.message = f"No input has changed since release {release.release_id}"
    record.orebloc = {"version": orebloc_version(), "commit": git_commit(place.root) if place else "unknown"}
    record.finished = _now().isoformat()
    record.seconds = round(time.monotonic() - began, 3)
    return Attempt(record, place, release, built)


def log_run(done: Attempt, report: Report) -> None:
    """Append a run's record to the run log; where that cannot be, the run ends as it would have all the same."""
    if done.place is None:
        return
    try:
        append_run(done.place.run_log, done.record)
    except OSError as error:
        report.fail(f"The run log could not be written: {error.strerror or error} ({done.place.run_log.name}).", [])


def _run(options: BuildOptions, place: Project, report: Report, record: RunRecord) -> tuple[Release, Built | None]:
    """Publish a release, or find that the current one is what a build would give."""
    folder = landing_folder(place, options.landing)
    record.landing = folder is not None
    inputs = read_inputs(place, folder, redistributable=options.redistributable, remember=not options.full)
    record.inputs_sha256 = inputs.sha256
    force = options.force or options.full
    unchanged = None if force else unchanged_release(place, inputs)
    if unchanged:
        return unchanged, None
    # Only now the seconds that importing dbt's and the gates' libraries takes.
    from etl.run.build import build  # noqa: PLC0415

    built = build(
        place,
        report,
        landing=folder,
        redistributable=options.redistributable,
        force=force,
        full=options.full,
        scheduled=options.scheduled,
        keep=options.keep,
    )
    return built.release, built


def _counts(release: Release) -> dict[str, int]:
    checks = release.manifest["checks"]
    return {kind: len(said) if isinstance(said, list) else said for kind, said in checks.items()}


def _shortened(fault: str) -> str:
    return fault if len(fault) <= _LOGGED_CHARACTERS else f"{fault[:_LOGGED_CHARACTERS]}…"


def _now() -> datetime:
    return clock.utc_now().replace(microsecond=0)

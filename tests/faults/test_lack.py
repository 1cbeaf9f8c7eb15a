"""What the machine lacks: room, the right to write, memory. Each ends with code 6, says what to do, costs no release.

With OREBLOC_CHAOS set, more amounts are tried.
"""

from __future__ import annotations

import errno
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from etl.faults import Fault, FaultsFound
from etl.gates.gate import GateFailure, GateResult
from etl.history.inspect import inspect
from etl.run.build import GateClosed, TransformFailed
from etl.run.endings import ending_of
from etl.run.heal import heal
from etl.run.lock import build_lock
from etl.run.releases import pointed
from etl.run.transform import NodeFault
from etl.run.trouble import trouble_of
from tests.chaos.counts import record
from tests.chaos.finished import project_at
from tests.chaos.reader import look
from tests.conftest import ROOT
from tests.faults.places import closed_folder, small_disk

ENVIRONMENT = 6
# How the system ends a process that has no memory left: by a signal, or by giving up in the C library.
BROKEN_OFF = {-6, -9, -11, 127, 134}
LONG = bool(os.environ.get("OREBLOC_CHAOS"))
MEGABYTE = 1_000_000


def build(warehouse: Path, limit: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
    """Build by the real command line, under a limit."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("OREBLOC_")}
    return subprocess.run(
        [sys.executable, "-m", "etl.cli", "build", "--force", "--warehouse", str(warehouse)],
        cwd=ROOT,
        env={**kept, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limit,
    )


def own_copy(warehouse: Path, folder: Path) -> str:
    """Copy the release of the shared warehouse into `folder`; return its name."""
    shutil.copytree(warehouse, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.txt", "runs.jsonl"))
    return pointed(project_at(folder))["release_id"]


def assert_whole(folder: Path, release_id: str) -> None:
    """Readers see the release that they saw, whole, and nothing of the build that failed lies about."""
    with duckdb.connect(str(folder / "orebloc.duckdb"), read_only=True) as connection:
        assert look(connection)[0] == release_id
    found = inspect(project_at(folder))
    assert found.whole, found
    assert found.notes == []
    assert release_id in found.releases


def gate_without_memory() -> GateClosed:
    """A gate that stays closed because an expectation could not be asked."""
    message = "sums: could not be run: Out of Memory Error: failed to allocate"
    failure = GateFailure("share", "sums", "", "", None, (), message, "error", "share.yml", 1)
    return GateClosed(GateResult("publishable", 1, 0, (failure,)))


def assert_said(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == ENVIRONMENT, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr


@pytest.mark.parametrize("spare", [1, 6, 12, 16, 20, 24] if LONG else [3])
def test_a_full_disk(warehouse: Path, tmp_path: Path, spare: int) -> None:
    """The room runs out early, late, or in the export, as the disk is larger."""
    folder = tmp_path / "warehouse"
    taken = sum(path.stat().st_size for path in warehouse.rglob("*") if path.is_file() and path.parent != warehouse)
    # The stable file is one with the release's own; a copy of both is not.
    megabytes = int((taken + (warehouse / "orebloc.duckdb").stat().st_size) / 2**20) + 2 + spare
    with small_disk(folder, megabytes) as made:
        release_id = own_copy(warehouse, folder)
        done = build(folder, None if made else lambda: _limit_file_size(spare))
        if done.returncode == 0 and LONG:
            record("full disk", spare_megabytes=spare, enough="yes")
            return
        assert_said(done, "The disk is full", "--warehouse", "nothing was published")
        assert_whole(folder, release_id)
        assert {path.name for path in (folder / "failed").iterdir()} <= {"failure.txt", "dbt-child.log", "docs"}
        record("full disk", spare_megabytes=spare, exit_code=done.returncode, errors=0)


def test_a_folder_that_cannot_be_written(warehouse: Path, tmp_path: Path) -> None:
    folder = tmp_path / "warehouse"
    release_id = own_copy(warehouse, folder)
    with closed_folder(folder):
        done = build(folder)
        assert_said(done, "build.lock", "--warehouse", "nothing was published")
        # Reading goes on as before.
        for words in (["status"], ["releases"], ["check"], ["explain", "msp", "cobalt"]):
            read = subprocess.run(
                [sys.executable, "-m", "etl.cli", *words, "--warehouse", str(folder)],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
            )
            assert read.returncode == 0, read.stderr
    assert_whole(folder, release_id)
    record("read-only folder", exit_code=done.returncode, errors=0)


@pytest.mark.parametrize("megabytes", [300, 400, 500, 600, 700, 900] if LONG else [400])
def test_too_little_memory(warehouse: Path, tmp_path: Path, megabytes: int) -> None:
    folder = tmp_path / "warehouse"
    release_id = own_copy(warehouse, folder)
    done = build(folder, lambda: _limit_memory(megabytes))
    if done.returncode == 0 and LONG:
        record("memory limit", megabytes=megabytes, enough="yes")
        return
    if done.returncode in BROKEN_OFF or _interpreter_gave_up(done):
        # Even an error message needs memory; the C library may give up first. Then it is as after any kill, also before
        # the lock is taken and after it is let go: the next build gets the lock and puts in order what was left.
        project = project_at(folder)
        with build_lock(project.lock_file):
            heal(project)
    else:
        assert_said(done, "memory", "nothing was published")
    assert_whole(folder, release_id)
    record("memory limit", megabytes=megabytes, exit_code=done.returncode, errors=0)


def test_a_build_without_any_memory_puts_its_folder_away(warehouse: Path, tmp_path: Path) -> None:
    folder = tmp_path / "warehouse"
    release_id = own_copy(warehouse, folder)
    arguments = [sys.executable, "-m", "tests.faults.hungry", str(folder)]
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    assert_said(done, "The memory is used up", "nothing was published")
    assert_whole(folder, release_id)
    assert "MemoryError" in (folder / "failed" / "failure.txt").read_text(encoding="utf-8")
    record("no memory left", exit_code=done.returncode, errors=0)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "file"), "The disk is full: file."),
        (OSError(errno.EDQUOT, "Disk quota exceeded", "file"), "The disk is full: file."),
        (OSError(errno.EROFS, "Read-only file system", "file"), "Read-only file system: file."),
        (PermissionError(errno.EACCES, "Permission denied", "file"), "Permission denied: file."),
        (MemoryError(), "The memory is used up (MemoryError)."),
        (SystemError("error return without exception set"), "The memory is used up (SystemError"),
        (SystemError("<built-in> returned NULL without setting an exception"), "The memory is used up (SystemError"),
        (ImportError("libx.so: failed to map segment from shared object"), "The memory is used up (ImportError"),
        (duckdb.OutOfMemoryException("Out of Memory Error: failed to allocate"), "The memory is used up (OutOf"),
        (duckdb.IOException("IO Error: Could not write all bytes to file"), "The disk is full (IOException"),
        (
            TransformFailed([NodeFault("dbt", "project", "", "was ended by signal 9: Killed")]),
            "was killed or broke down",
        ),
        (
            TransformFailed(
                [NodeFault("dbt", "project", "", "Encountered an error:\n[Errno 28] No space left on device")]
            ),
            "The disk is full ([Errno 28]",
        ),
        (gate_without_memory(), "The memory is used up (sums: could not be run: Out of Memory"),
        (ValueError("a unit is missing"), None),
        (FileNotFoundError(errno.ENOENT, "No such file", "file"), None),
        (FaultsFound("seeds", [Fault("a.csv", 1, "note", "out of memory", "is unknown")]), None),
    ],
)
def test_what_the_machine_lacks_is_told_from_what_the_data_lack(error: Exception, said: str | None) -> None:
    if said is None:
        faults = tuple(str(fault) for fault in getattr(error, "faults", ()))
        assert trouble_of(error, faults) is None
    else:
        ending = ending_of(error, None)
        assert ending.exit_code == ENVIRONMENT
        assert said in ending.message
    # What led to an error counts as well.
    later = RuntimeError("the export failed")
    later.__cause__ = error
    assert trouble_of(later) == trouble_of(error)


@pytest.mark.parametrize(("limit_megabytes", "said"), [(1, "The memory is used up"), (10_000_000, None)])
def test_an_error_that_nothing_explains_is_explained_by_the_lack_of_memory(
    limit_megabytes: int, said: str | None
) -> None:
    """The peak of this very process is far above the one limit and far below the other."""
    asked = (
        "import resource; from etl.run.trouble import memory_ran_short; "
        f"resource.setrlimit(resource.RLIMIT_AS, ({limit_megabytes} * 10**6,) * 2); "
        "print(memory_ran_short())"
    )
    # A limit below what is taken already ends nothing; only the reading of a file must still find its room.
    found = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.stdout.startswith(said or "None"), found.stderr


def _interpreter_gave_up(done: subprocess.CompletedProcess[str]) -> bool:
    """Whether even the handler of errors found no memory, so that Python itself had the last word."""
    last = (done.stderr.splitlines() or [""])[-1]
    return done.returncode == 1 and last.startswith(("MemoryError", "SystemError", "ImportError"))


def _limit_file_size(megabytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (megabytes * MEGABYTE, megabytes * MEGABYTE))


def _limit_memory(megabytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * MEGABYTE, megabytes * MEGABYTE))

"""Publication, rollback and healing, ended at every single file operation: killed there, or refused for lack of room.

`python -m tests.chaos.operations FOLDER SCRATCH [STRIDE]` takes a release's folder, tries every STRIDE-th operation of
each scenario (of a short one more) in a fresh copy of a small warehouse, and prints one JSON object. Each try runs in a
process of its own, forked from this one, which never opens a database.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from etl.history.inspect import inspect
from etl.project import Project
from etl.run.heal import heal
from etl.run.lock import build_lock
from etl.run.publish import publish, roll_back
from etl.run.releases import MANIFEST, all_releases, current_release, is_served, pointed
from tests.chaos.finished import copy_of, finished_build, project_at, publish_copy
from tests.chaos.reader import look

IDS = [f"2026010{day}T000000Z-{day}{day}{day}{day}aaaa" for day in range(1, 6)]
OLDEST, OLDER, BEFORE, NEW, NEXT = IDS
_NAMING = {"os.rename", "os.remove", "os.link", "os.mkdir", "os.rmdir"}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


@dataclass(frozen=True)
class Scenario:
    """What is ended half-way.

    Attributes:
        prepare: Lays the warehouse out for it.
        run: The operation.
        allowed: The releases that readers may see, whenever it ends.
        kept: The releases that must never be lost.
    """

    name: str
    prepare: Callable[[Project, Path], None]
    run: Callable[[Project], object]
    allowed: tuple[str, ...]
    kept: tuple[str, ...]


def _finish_new(project: Project, builds: Path) -> None:
    copy_of(builds / NEW, project.builds / NEW)


def _leave_a_wreck(project: Project, builds: Path) -> None:
    """A build killed before its pointer moved, an abandoned one, and a release half removed."""
    _finish_new(project, builds)
    pointer = project.pointer.read_bytes()
    publish(project, project.builds / NEW, NEW, keep=9)
    project.pointer.write_bytes(pointer)
    (project.builds / "abandoned" / "target").mkdir(parents=True)
    (project.builds / "abandoned" / "target" / "half").write_text("half", encoding="utf-8")
    (project.releases / OLDEST / MANIFEST).unlink()


SCENARIOS = (
    Scenario(
        "publish", _finish_new, lambda project: publish(project, project.builds / NEW, NEW, 2), (BEFORE, NEW), (BEFORE,)
    ),
    Scenario("rollback", lambda *_: None, roll_back, (BEFORE, OLDER), (OLDEST, OLDER, BEFORE)),
    Scenario("heal", _leave_a_wreck, heal, (NEW,), (OLDER, BEFORE, NEW)),
)


def main(folder: Path, scratch: Path, stride: int) -> dict[str, Any]:
    """Try every `stride`-th operation of every scenario; return tries and problems."""
    builds = scratch / "builds"
    for number, release_id in enumerate(IDS, start=1):
        target = builds / release_id
        _in_child(lambda _say, at=(target, release_id, number): finished_build(folder, *at, without=at[2]) and None)
    base = project_at(scratch / "base")
    _in_child(lambda _say: [publish_copy(base, builds / one, one) for one in IDS[:3]] and None)
    found: dict[str, Any] = {"problems": []}
    for scenario in SCENARIOS:
        count = _operations_of(scenario, scratch, builds)
        points = sorted({*range(0, count, min(stride, max(count // 4, 1))), count - 1})
        for end in ("killed", "refused"):
            for at in points:
                found["problems"] += _try(scenario, scratch, builds, at, end)
            found[f"{scenario.name} {end}"] = len(points)
        found[f"{scenario.name} operations"] = count
    return found


def _operations_of(scenario: Scenario, scratch: Path, builds: Path) -> int:
    project = _fresh(scenario, scratch, builds)
    counted = _in_child(lambda say: say(_run_until(scenario, project, None, "")))
    assert isinstance(counted, int), counted
    return counted


def _try(scenario: Scenario, scratch: Path, builds: Path, at: int, end: str) -> list[str]:
    project = _fresh(scenario, scratch, builds)
    _in_child(lambda say: say(_run_until(scenario, project, at, end)))
    problems = _in_child(lambda say: say(_problems(scenario, project, builds)))
    said = problems if isinstance(problems, list) else [f"could not be examined: {problems}"]
    return [f"{scenario.name} {end} at operation {at}: {problem}" for problem in said]


def _fresh(scenario: Scenario, scratch: Path, builds: Path) -> Project:
    warehouse = scratch / "warehouse"
    shutil.rmtree(warehouse, ignore_errors=True)
    copy_of(scratch / "base", warehouse)
    project = project_at(warehouse)
    # The pointer is written in place by a scenario: it must not be shared with the other copies.
    content = project.pointer.read_bytes()
    project.pointer.unlink()
    project.pointer.write_bytes(content)
    _in_child(lambda _say: scenario.prepare(project, builds))
    return project


def _run_until(scenario: Scenario, project: Project, at: int | None, end: str) -> int:
    """Run an operation under the lock and end it before its file operation `at`; return how many it had."""
    count, under_way = 0, True

    def on_event(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal count
        if not under_way or not _is_operation(event, arguments, project.warehouse):
            return
        count += 1
        if at is not None and count == at + 1:
            if end == "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            raise OSError(errno.ENOSPC, "No space left on device", str(arguments[0]))

    with build_lock(project.lock_file):
        sys.addaudithook(on_event)
        try:
            scenario.run(project)
        except OSError as error:
            assert end == "refused" and error.errno == errno.ENOSPC, error
        under_way = False
    return count


def _is_operation(event: str, arguments: tuple[Any, ...], warehouse: Path) -> bool:
    if event == "open":
        path, mode, flags = arguments
        writes = any(letter in mode for letter in "wax+") if isinstance(mode, str) else bool(flags & _WRITING)
        return writes and str(path).startswith(str(warehouse))
    # Whoever removes a whole folder names its files relative to it.
    return event in _NAMING and (str(arguments[0]).startswith(str(warehouse)) or "/" not in str(arguments[0]))


def _problems(scenario: Scenario, project: Project, builds: Path) -> list[str]:
    """Look at a warehouse in which an operation ended half-way, as readers, `check` and the next build do."""
    problems = [f"reader: {problem}" for problem in _reader_problems(project, scenario.allowed)]
    found = inspect(project)
    problems += [] if found.whole else [f"check: {found.served} {found.releases}"]
    with build_lock(project.lock_file):
        heal(project)
        healed = inspect(project)
        problems += [] if healed.whole and not healed.notes else [f"not healed: {healed}"]
        problems += [f"reader after healing: {problem}" for problem in _reader_problems(project, scenario.allowed)]
        current = current_release(project)
        if current is None or current.release_id not in scenario.allowed or not is_served(project, current):
            problems.append(f"the pointer says {pointed(project)}")
        lost = {*scenario.kept} - {release.release_id for release in all_releases(project)}
        problems += [f"{release_id} is lost" for release_id in sorted(lost)]
        publish_copy(project, builds / NEXT, NEXT)
    return problems + [f"reader of the next release: {problem}" for problem in _reader_problems(project, (NEXT,))]


def _reader_problems(project: Project, allowed: tuple[str, ...]) -> list[str]:
    try:
        with duckdb.connect(str(project.stable_file), read_only=True) as connection:
            release_id, _ = look(connection)
    except (duckdb.Error, ValueError) as error:
        return [str(error)]
    return [] if release_id in allowed else [f"sees {release_id}"]


def _in_child(work: Callable[[Callable[[object], None]], object]) -> object:
    """Do some work in a forked process and return what it says; None where it was killed or said nothing."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        code = 1
        try:
            work(lambda said: os.write(writing, json.dumps(said).encode()) and None)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) != 0:
        raise RuntimeError("a forked process failed; what it printed stands above")
    return json.loads(said) if said else None


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1)))

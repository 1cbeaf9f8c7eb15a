"""Real builds by the real command line, killed at random moments while readers look, until one is let through.

`python -m tests.chaos.kills PROJECT WAREHOUSE --kills N --seed S` builds in WAREHOUSE and prints one JSON object. A
kill is SIGKILL to the process group, or to the build's own process alone, as the kernel does when memory is short. The
phases take turns: at a moment drawn from the whole build, from one of its steps, or just before one of the file
operations with which a release is healed, published or pruned (`tests.chaos.trapped`).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from etl.project import DATABASE_NAME
from etl.run.releases import MANIFEST
from tests.chaos.finished import project_at
from tests.chaos.reader import Readers
from tests.chaos.trapped import MOMENTS
from tests.conftest import ROOT

LOCKED = 5
# So few that every publication removes a release.
KEEP = 2
ANYWHERE = "anywhere"
STEPS = ("seeds", "land", "gate landed", "transform", "gate publishable", "diff", "export", "publish")
# One round of kills. Most of a build's seconds are spent in few of its steps, and most of its risks in none of them.
ROUND = (*STEPS[:-1], *MOMENTS, *[ANYWHERE] * 6)
# What may lie in a warehouse at rest, beside the releases.
_AT_REST = {"releases", "builds", "failed", "build.lock", "current.json", DATABASE_NAME, "runs.jsonl", "hashes.json"}
_STEP = re.compile(r"^✓ (\w+(?: \w+)?)\s")
_LOOK_SECONDS = 0.004
_HEAL = "heal"
# Where others load the machine, a build may take long.
_LONGEST_BUILD = 3600.0
# How long a child may outlive a build that was killed alone.
_LONGEST_ORPHAN = 20.0


@dataclass
class Tally:
    """What came of it."""

    kills: int = 0
    kills_by_phase: dict[str, int] = field(default_factory=dict)
    kills_of_parent_alone: int = 0
    builds_let_through: int = 0
    builds_faster_than_the_kill: int = 0
    taken_over: int = 0
    mended: int = 0
    second_builds_refused: int = 0
    checks_clean: int = 0
    reads: int = 0
    held: int = 0
    releases_seen: int = 0
    changes_seen: int = 0
    problems: list[str] = field(default_factory=list)


class Build:
    """A build under way, in a session of its own."""

    def __init__(self, project: Path, warehouse: Path, trap: tuple[str, int] | None = None) -> None:
        self.warehouse = warehouse
        self.lines: list[str] = []
        self.ends: dict[str, float] = {}
        self.began = time.monotonic()
        arguments = ("build", "--force", "--keep", str(KEEP), "--warehouse", str(warehouse))
        self._process = subprocess.Popen(
            trapped(project, *trap, *arguments) if trap else command(project, *arguments),
            cwd=project,
            env=environment(project),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    @property
    def step(self) -> str:
        """The step under way."""
        return STEPS[min(max((STEPS.index(name) + 1 for name in self.ends), default=0), len(STEPS) - 1)]

    @property
    def seconds_by_step(self) -> dict[str, float]:
        """How long each step took, of those that have ended."""
        ends = [self.began, *(self.ends[name] for name in STEPS if name in self.ends)]
        names = [name for name in STEPS if name in self.ends]
        return {name: max(end - begin, 0.0) for name, begin, end in zip(names, ends, ends[1:], strict=False)}

    def kill(self, alone: bool) -> bool:
        """Kill the build; return whether it still ran."""
        was_running = self.running
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL) if alone else os.killpg(self.pid, signal.SIGKILL)
        return self.was_killed() and was_running

    def ask_to_end(self, number: signal.Signals, after: float) -> None:
        """Send the build's own process a signal so many seconds after its begin, if it still runs by then."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(after)
        self._process.send_signal(number)

    def was_killed(self) -> bool:
        """Wait for the build's end; return whether it was killed."""
        return self.let_through() == -signal.SIGKILL

    def let_through(self) -> int:
        self._process.wait(_LONGEST_BUILD)
        self._reading.join(_LONGEST_ORPHAN)
        return self._process.returncode

    def group_has_ended(self, seconds: float) -> bool:
        """Wait for every process of the build's group to end, and kill what does not."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                os.killpg(self.pid, 0)
            except ProcessLookupError:
                return True
            time.sleep(0.1)
        os.killpg(self.pid, signal.SIGKILL)
        return False

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.lines.append(line.rstrip())
            found = _STEP.match(line)
            if found and found[1] in STEPS:
                self.ends[found[1]] = time.monotonic()


def command(project: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "etl.cli", *arguments, "--project", str(project)]


def trapped(project: Path, moment: str, number: int, *arguments: str) -> list[str]:
    """The same command line, which kills itself just before a file operation."""
    return [
        *(sys.executable, "-m", "tests.chaos.trapped", moment, str(number)),
        *(*arguments, "--project", str(project)),
    ]


def environment(project: Path) -> dict[str, str]:
    """The environment of the commands: the project's own code, and a temporary folder that can be looked at."""
    scratch = project.parent / "temporary"
    scratch.mkdir(exist_ok=True)
    kept = {key: value for key, value in os.environ.items() if not key.startswith("OREBLOC_")}
    path = f"{project}{os.pathsep}{ROOT}"  # the copy's own code comes first; the tests are only here
    return {**kept, "PYTHONPATH": path, "COLUMNS": "200", "TMPDIR": str(scratch)}


def run(project: Path, warehouse: Path, kills: int, seed: int, *, minutes: float, every: int = 10) -> Tally:
    """Kill builds until `kills` are done; let one through first, after every `every` of them, and at the end.

    Args:
        project: A copy of the project that nobody else changes.
        warehouse: A warehouse that holds a release.
        kills: How many.
        seed: Draws the moments.
        minutes: After so many the kills end, even if they are fewer.
        every: After so many kills a build is let through.
    """
    rng, tally, published = random.Random(seed), Tally(), _published(warehouse)
    phases: list[str] = []
    until = time.monotonic() + minutes * 60
    with Readers(warehouse / DATABASE_NAME, pollers=1, holders=1, pause=1.5) as readers:
        seconds = _let_one_through(project, warehouse, tally)
        while tally.kills < kills and time.monotonic() < until:
            phases = phases or rng.sample(ROUND, len(ROUND))
            published |= _published(warehouse)
            if _kill_one(project, warehouse, rng, seconds, phases.pop(), tally):
                _check(project, warehouse, tally, at_rest=False)
                if tally.kills % every == 0:
                    seconds = _let_one_through(project, warehouse, tally) or seconds
            published |= _published(warehouse)
            _say(tally)
        _let_one_through(project, warehouse, tally)
        published |= _published(warehouse)
    seen = readers.seen
    tally.reads, tally.held, tally.changes_seen = seen.reads, seen.held, seen.changes
    tally.releases_seen = len(seen.releases)
    tally.problems += [f"reader: {error}" for error in seen.errors]
    tally.problems += [f"a reader saw {one}, which was never published" for one in {*seen.releases} - published]
    several = [release_id for release_id, contents in seen.releases.items() if len(contents) > 1]
    tally.problems += [f"{release_id} was seen with different contents" for release_id in several]
    return tally


def _kill_one(
    project: Path, warehouse: Path, rng: random.Random, seconds: dict[str, float], phase: str, tally: Tally
) -> bool:
    """Start a build and kill it in a phase; return whether it was killed before it ended."""
    if phase in MOMENTS:
        return _kill_at_moment(project, warehouse, rng, phase, tally)
    build = Build(project, warehouse)
    if rng.random() < 0.1:
        _second_build(project, warehouse, build, tally)
    if phase == ANYWHERE:
        begin, span = build.began, sum(seconds.values())
    else:
        before = STEPS[: STEPS.index(phase)]
        while build.running and before and before[-1] not in build.ends:
            time.sleep(_LOOK_SECONDS)
        begin, span = time.monotonic() if before else build.began, seconds[phase]
    time.sleep(max(begin + span * rng.random() - time.monotonic(), 0))
    alone, step = rng.random() < 0.2, build.step
    if not build.kill(alone):
        tally.builds_faster_than_the_kill += 1
        return False
    _count(tally, step)
    if alone:
        tally.kills_of_parent_alone += 1
        if not build.group_has_ended(_LONGEST_ORPHAN):
            tally.problems.append(f"a child outlived its build, killed in {step}")
    return True


def _kill_at_moment(project: Path, warehouse: Path, rng: random.Random, moment: str, tally: Tally) -> bool:
    """Let a build run into its trap; return whether it did."""
    operations = MOMENTS[moment][1]
    if moment == _HEAL:
        # What the build that was killed last has left, if anything; else the moment never comes.
        operations = sum(1 for _ in (warehouse / "builds").rglob("*"))
    if operations == 0:
        return False
    build = Build(project, warehouse, (moment, rng.randint(1, operations)))
    if not build.was_killed():
        tally.builds_faster_than_the_kill += 1
        return False
    _count(tally, moment)
    return True


def _count(tally: Tally, phase: str) -> None:
    tally.kills += 1
    tally.kills_by_phase[phase] = tally.kills_by_phase.get(phase, 0) + 1


def _second_build(project: Path, warehouse: Path, first: Build, tally: Tally) -> None:
    """While one build runs, another one is told so at once, with the first one's process."""
    while first.running and not any((warehouse / "builds").glob("2*")):
        time.sleep(0.05)
    done = _run(project, "build", "--force", "--warehouse", str(warehouse))
    if not first.running:
        return
    if done.returncode == LOCKED and f"process {first.pid} " in done.stderr:
        tally.second_builds_refused += 1
    else:
        tally.problems.append(f"a second build ended with {done.returncode}: {done.stdout}{done.stderr}")


def _let_one_through(project: Path, warehouse: Path, tally: Tally) -> dict[str, float]:
    """Let a build come to its end; return how long each of its steps took, nothing where it failed."""
    build = Build(project, warehouse)
    code = build.let_through()
    if code != 0:
        tally.problems.append(f"the build after a kill ended with {code}: {build.lines[-20:]}")
        return {}
    tally.builds_let_through += 1
    tally.taken_over += any(line.startswith("Taken over") for line in build.lines)
    tally.mended += sum(line.startswith("Mended") for line in build.lines)
    _check(project, warehouse, tally, at_rest=True)
    return build.seconds_by_step


def _check(project: Path, warehouse: Path, tally: Tally, *, at_rest: bool) -> None:
    """Ask `orebloc check`; at rest nothing may lie about either."""
    done = _run(project, "check", "--json", "--warehouse", str(warehouse))
    if done.returncode != 0:
        tally.problems.append(f"check ended with {done.returncode}: {done.stdout}{done.stderr}")
        return
    tally.checks_clean += 1
    if not at_rest:
        return
    said = json.loads(done.stdout)
    strange = sorted({path.name for path in warehouse.iterdir()} - _AT_REST)
    left = sorted(path.name for path in (warehouse / "builds").iterdir())
    if said["notes"] or strange or left or len(said["releases"]) > KEEP:
        tally.problems.append(f"not at rest: {said}, {strange}, {left}")


def _run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(project, *arguments),
        cwd=project,
        env=environment(project),
        capture_output=True,
        text=True,
        check=False,
        timeout=_LONGEST_BUILD,
    )


def _published(warehouse: Path) -> set[str]:
    return {path.parent.name for path in project_at(warehouse).releases.glob(f"*/{MANIFEST}")}


def _say(tally: Tally) -> None:
    print(
        f"{tally.kills} kills, {tally.builds_let_through} builds let through, {len(tally.problems)} problems",
        file=sys.stderr,
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("project", type=Path)
    parser.add_argument("warehouse", type=Path)
    parser.add_argument("--kills", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--minutes", type=float, default=600.0)
    given = parser.parse_args()
    tally = run(given.project, given.warehouse, given.kills, given.seed, minutes=given.minutes)
    result: dict[str, Any] = asdict(tally)
    print(json.dumps(result))


if __name__ == "__main__":
    main()

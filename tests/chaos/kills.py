"""Real builds by the real command line, killed at random moments while readers look, until one is let through.

`python -m tests.chaos.kills PROJECT WAREHOUSE --kills N --seed S` builds in WAREHOUSE and prints one JSON object. A
kill is SIGKILL to the process group, or to the build's own process alone, as the kernel does when memory is short. It
comes at a moment drawn evenly from a whole build, or is aimed at the last steps: export, manifest, publication.
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

LOCKED = 5
KEEP = 3
# What may lie in a warehouse at rest, beside the releases.
_AT_REST = {"releases", "builds", "failed", "build.lock", "current.json", DATABASE_NAME, "runs.jsonl", "hashes.json"}
_STEP = re.compile(r"^✓ (\w+(?: \w+)?)\s")
_LOOK_SECONDS = 0.004
_LONGEST_BUILD = 900.0
# How long a child may outlive a build that was killed alone.
_LONGEST_ORPHAN = 20.0


@dataclass
class Tally:
    """What came of it."""

    kills: int = 0
    kills_by_step: dict[str, int] = field(default_factory=dict)
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

    def __init__(self, project: Path, warehouse: Path) -> None:
        self.warehouse = warehouse
        self.lines: list[str] = []
        self.began = time.monotonic()
        self._process = subprocess.Popen(
            command(project, "build", "--force", "--keep", str(KEEP), "--warehouse", str(warehouse)),
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
        """The last step that has ended."""
        done = [match[1] for line in self.lines if (match := _STEP.match(line))]
        return done[-1] if done else "start"

    def kill(self, alone: bool) -> bool:
        """Kill the build; return whether it still ran."""
        was_running = self.running
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL) if alone else os.killpg(self.pid, signal.SIGKILL)
        self._end()
        return was_running and self._process.returncode == -signal.SIGKILL

    def let_through(self) -> int:
        self._process.wait(_LONGEST_BUILD)
        self._end()
        return self._process.returncode

    def group_has_ended(self, seconds: float) -> bool:
        """Wait for every process of the build's group to end."""
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

    def _end(self) -> None:
        self._process.wait()
        self._reading.join(_LONGEST_ORPHAN)


def command(project: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "etl.cli", *arguments, "--project", str(project)]


def environment(project: Path) -> dict[str, str]:
    """The environment of the commands: the project's own code, and a temporary folder that can be looked at."""
    scratch = project.parent / "temporary"
    scratch.mkdir(exist_ok=True)
    kept = {key: value for key, value in os.environ.items() if not key.startswith("OREBLOC_")}
    return {**kept, "PYTHONPATH": str(project), "COLUMNS": "200", "TMPDIR": str(scratch)}


def run(
    project: Path, warehouse: Path, kills: int, seed: int, *, seconds: float, every: int = 8, aimed_share: float = 0.5
) -> Tally:
    """Kill builds until `kills` are done; let one through after every `every` of them, and at the end.

    Args:
        project: A copy of the project that nobody else changes.
        warehouse: A warehouse that holds a release.
        kills: How many.
        seed: Draws the moments.
        seconds: How long a build takes, about; corrected by those that are let through.
        every: After so many kills a build is let through.
        aimed_share: How many of the kills are aimed at the last steps.
    """
    rng, tally, published = random.Random(seed), Tally(), _published(warehouse)
    with Readers(warehouse / DATABASE_NAME) as readers:
        while tally.kills < kills:
            aimed = rng.choice(("parquet", MANIFEST, "serve", "release")) if rng.random() < aimed_share else None
            _kill_one(project, warehouse, rng, seconds, aimed, tally)
            published |= _published(warehouse)
            _check(project, warehouse, tally, at_rest=False)
            if tally.kills and (tally.kills % every == 0 or tally.kills == kills):
                seconds = _let_one_through(project, warehouse, tally) or seconds
                published |= _published(warehouse)
            _say(tally)
    seen = readers.seen
    tally.reads, tally.held, tally.changes_seen = seen.reads, seen.held, seen.changes
    tally.releases_seen = len(seen.releases)
    tally.problems += [f"reader: {error}" for error in seen.errors]
    tally.problems += [f"a reader saw {one}, which was never published" for one in {*seen.releases} - published]
    several = [release_id for release_id, contents in seen.releases.items() if len(contents) > 1]
    tally.problems += [f"{release_id} was seen with different contents" for release_id in several]
    return tally


def _kill_one(
    project: Path, warehouse: Path, rng: random.Random, seconds: float, aimed: str | None, tally: Tally
) -> None:
    build = Build(project, warehouse)
    if rng.random() < 0.1:
        _second_build(project, warehouse, build, tally)
    if aimed is None:
        moment = build.began + seconds * rng.random()
        while build.running and time.monotonic() < moment:
            time.sleep(0.01)
    else:
        _wait_for(build, aimed)
        time.sleep(rng.random() ** 2 * 0.4)
    alone = rng.random() < 0.2
    step = build.step
    if not build.kill(alone):
        tally.builds_faster_than_the_kill += 1
        return
    tally.kills += 1
    tally.kills_by_step[f"after {step}"] = tally.kills_by_step.get(f"after {step}", 0) + 1
    if alone:
        tally.kills_of_parent_alone += 1
        if not build.group_has_ended(_LONGEST_ORPHAN):
            tally.problems.append(f"a child outlived its build, killed after {step}")


def _wait_for(build: Build, aimed: str) -> None:
    """Wait until a build has come to a place, as its folders tell."""
    before = _published(build.warehouse)
    while build.running:
        folders = [path.name for path in (build.warehouse / "builds").glob("*")]
        if aimed == "serve" and any(name.endswith(".serve") for name in folders):
            return
        if aimed == "release" and _published(build.warehouse) - before:
            return
        if any((build.warehouse / "builds" / name / aimed).exists() for name in folders):
            return
        time.sleep(_LOOK_SECONDS)


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


def _let_one_through(project: Path, warehouse: Path, tally: Tally) -> float | None:
    build = Build(project, warehouse)
    code = build.let_through()
    if code != 0:
        tally.problems.append(f"the build after a kill ended with {code}: {build.lines[-20:]}")
        return None
    tally.builds_let_through += 1
    tally.taken_over += any(line.startswith("Taken over") for line in build.lines)
    tally.mended += sum(line.startswith("Mended") for line in build.lines)
    _check(project, warehouse, tally, at_rest=True)
    return time.monotonic() - build.began


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
    parser.add_argument("--seconds", type=float, default=40.0)
    given = parser.parse_args()
    tally = run(given.project, given.warehouse, given.kills, given.seed, seconds=given.seconds)
    result: dict[str, Any] = asdict(tally)
    print(json.dumps(result))


if __name__ == "__main__":
    main()

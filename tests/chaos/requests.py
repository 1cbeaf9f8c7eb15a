"""Real builds that are asked to end at random moments: each ends all that it started, and says what came of it.

`python -m tests.chaos.requests FOLDER SCRATCH COUNT` takes a release's folder and prints one JSON object. What asks is
SIGTERM, as from systemd, SIGINT, as from a keyboard, or SIGHUP, as from a closed terminal, to the build's own process.
"""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

from etl.history.inspect import inspect
from etl.project import Project
from etl.run.releases import pointed
from etl.run.runlog import runs_of
from tests.chaos.finished import project_at, publish_copy
from tests.chaos.kills import command, environment, group_has_ended
from tests.chaos.reader import Readers
from tests.conftest import copy_project

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_LONGEST_BUILD = 3600.0
# So long the system may take to clear away what has ended.
_LONGEST_ZOMBIE = 5.0
# How a run ends that a signal met before it began or after it was over.
_OUTSIDE = "before the run began or after it ended"


def main(folder: Path, scratch: Path, count: int) -> dict[str, Any]:
    rng, tally, problems = random.Random(count), Counter[str](), []
    checkout = copy_project(scratch / "project")
    project = project_at(scratch / "warehouse")
    publish_copy(project, folder, folder.name)
    with Readers(project.stable_file, pollers=1, holders=1, pause=0.5) as readers:
        seconds = _ask(checkout, project, None, 0.0, tally, problems)
        for number in range(count):
            asked = _SIGNALS[number % len(_SIGNALS)]
            took = _ask(checkout, project, asked, rng.uniform(0.3, seconds), tally, problems)
            seconds = took or seconds
            print(f"  {number + 1} of {count} asked to end", file=sys.stderr, flush=True)
    seen = readers.seen
    problems += [f"reader: {error}" for error in seen.errors]
    return {**tally, "reads": seen.reads + seen.held, "problems": problems}


def _ask(
    checkout: Path,
    project: Project,
    asked: signal.Signals | None,
    after: float,
    tally: Counter[str],
    problems: list[str],
) -> float | None:
    """Build, ask to end, compare what is said with what is there; return the seconds of a build that was published."""
    before, runs, began = pointed(project)["release_id"], len(_runs(project)), time.monotonic()
    arguments = command(checkout, "build", "--force", "--json", "--keep", "2", "--warehouse", str(project.warehouse))
    build = subprocess.Popen(
        arguments,
        cwd=checkout,
        env=environment(checkout),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with suppress(subprocess.TimeoutExpired):
        build.wait(after if asked else _LONGEST_BUILD)
    if asked:
        build.send_signal(asked)
    out, errors = build.communicate(timeout=_LONGEST_BUILD)
    name = asked.name if asked else "nobody"
    problems += [f"{name} after {after:.1f} s: {problem}" for problem in _left(project, build.pid)]
    logged = _runs(project)[: len(_runs(project)) - runs]  # the latest first
    outcome = logged[0]["outcome"] if logged else _OUTSIDE
    now = pointed(project)["release_id"]
    said = {
        "published": logged and logged[0]["release_id"] == now != before,
        "interrupted": now == before
        and asked is not None
        and build.returncode == 128 + asked
        and json.loads(out or "{}").get("outcome") == outcome
        and f"Ended by {name}; nothing was published" in errors,
        _OUTSIDE: now == before,
    }
    if not said.get(outcome):
        problems.append(f"{name} after {after:.1f} s: {outcome}, code {build.returncode}, {before} → {now}: {errors}")
    tally[f"{name}: {outcome}"] += 1
    return time.monotonic() - began if outcome == "published" else None


def _left(project: Project, group: int) -> list[str]:
    """What a build should not leave: a process, a folder, a warehouse that is not whole."""
    left = [] if group_has_ended(group, _LONGEST_ZOMBIE) else ["a process of the build goes on"]
    found = inspect(project)
    return left + ([] if found.whole and not found.notes else [f"{found}"])


def _runs(project: Project) -> list[dict[str, Any]]:
    return list(runs_of(project.run_log)) if project.run_log.exists() else []


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))))

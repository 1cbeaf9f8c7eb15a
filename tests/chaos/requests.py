"""Real builds that are asked to end at random moments: each ends all that it started, and says what came of it.

`python -m tests.chaos.requests FOLDER SCRATCH COUNT` takes a release's folder and prints one JSON object. What asks is
SIGTERM, as from systemd, SIGINT, as from a keyboard, or SIGHUP, as from a closed terminal, to the build's own process.
"""

from __future__ import annotations

import json
import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from etl.history.inspect import inspect
from etl.project import Project
from etl.run.releases import pointed
from etl.run.runlog import runs_of
from tests.chaos.finished import project_at, publish_copy
from tests.chaos.kills import Build
from tests.chaos.reader import Readers
from tests.conftest import copy_project

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
# So long the system may take to clear away what has ended.
_LONGEST_ZOMBIE = 5.0
# The outcome of a run that a signal met while its program was still loading.
_NOT_BEGUN = "not begun"


def main(folder: Path, scratch: Path, count: int) -> dict[str, Any]:
    rng, tally, problems = random.Random(count), Counter[str](), []
    checkout = copy_project(scratch / "project")
    project = project_at(scratch / "warehouse")
    publish_copy(project, folder, folder.name)
    seconds = 0.0
    with Readers(project.stable_file, pollers=1, holders=1, pause=0.5) as readers:
        # The first is let through: it says how long a build takes.
        for number in range(count + 1):
            asked = _SIGNALS[number % len(_SIGNALS)] if number else None
            name, after = asked.name if asked else "nobody", rng.uniform(0.3, seconds)
            build = Build(checkout, project.warehouse)
            outcome, wrong = _ask(build, project, asked, after)
            problems += [f"{name} after {after:.1f} s: {one}" for one in wrong]
            tally[f"{name}: {outcome}"] += 1
            if outcome == "published":
                seconds = time.monotonic() - build.began
            print(f"  {number} of {count} asked to end", file=sys.stderr, flush=True)
    seen = readers.seen
    problems += [f"reader: {error}" for error in seen.errors]
    return {**tally, "reads": seen.reads + seen.held, "problems": problems}


def _ask(build: Build, project: Project, asked: signal.Signals | None, after: float) -> tuple[str, list[str]]:
    """Ask a build to end and wait for it; return its outcome, and where what it says is not what is there."""
    before, runs = pointed(project)["release_id"], _runs(project)
    if asked:
        build.ask_to_end(asked, after)
    code = build.let_through()
    logged = _runs(project)[: -len(runs) or None]  # the latest first
    outcome = logged[0]["outcome"] if logged else _NOT_BEGUN
    now = pointed(project)["release_id"]
    true = {
        "published": now != before and bool(logged) and logged[0]["release_id"] == now,
        "interrupted": now == before and asked is not None and _says_so(build, asked, code),
        _NOT_BEGUN: now == before,
    }
    wrong = [] if true.get(outcome) else [f"{outcome}, code {code}, {before} → {now}: {build.lines[-3:]}"]
    return outcome, wrong + _left(build, project)


def _says_so(build: Build, asked: signal.Signals, code: int) -> bool:
    return code == 128 + asked and f"Ended by {asked.name}; nothing was published" in "\n".join(build.lines)


def _left(build: Build, project: Project) -> list[str]:
    """What a build should not leave: a process, a folder, a warehouse that is not whole."""
    left = [] if build.group_has_ended(_LONGEST_ZOMBIE) else ["a process of the build goes on"]
    found = inspect(project)
    return left + ([] if found.whole and not found.notes else [f"{found}"])


def _runs(project: Project) -> list[dict[str, Any]]:
    return list(runs_of(project.run_log))


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))))

"""`make chaos`: the faults in their long form, and a table of what came of them.

Real builds are killed in several warehouses at once, and others are asked to end; publication, rollback and healing are
ended at each of their file operations; fifty releases are published while readers look; then the suites of faults and
of hostile input run in their long form.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from etl.run.report import Report, table_of
from tests.chaos.counts import LEDGER, record, recorded
from tests.chaos.finished import released
from tests.chaos.kills import STEPS, command, environment
from tests.chaos.trapped import MOMENTS
from tests.conftest import ROOT, copy_project

LONG = "OREBLOC_CHAOS"
# The suites that take more cases where OREBLOC_CHAOS is set.
SUITES = ("tests/faults", "tests/security")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="How many builds to kill.")
    parser.add_argument("--seed", type=int, default=1, help="Draws the moments.")
    parser.add_argument("--minutes", type=float, default=600.0, help="When to stop killing, even if they are fewer.")
    parser.add_argument("--workers", type=int, default=2, help="In how many warehouses at once.")
    parser.add_argument("--requests", type=int, default=36, help="How many builds to ask to end.")
    parser.add_argument("--publications", type=int, default=50)
    parser.add_argument("--stride", type=int, default=1, help="Try every so many-th file operation.")
    every = ("kills", "requests", "operations", "publications", "suites", "mutations")
    parser.add_argument("--only", choices=every, action="append")
    given = parser.parse_args()
    parts = given.only or list(every)
    scratch = Path(tempfile.mkdtemp(prefix="orebloc-chaos-"))
    ledger = scratch / "ledger.jsonl"
    os.environ[LEDGER] = str(ledger)
    failed = False
    try:
        _first_build(scratch)
        folder = released(scratch / "1" / "warehouse")
        if "kills" in parts:
            failed |= _kills(scratch, given.kills, given.seed, given.workers, given.minutes)
        if "requests" in parts:
            failed |= _driver("asked to end", "requests", folder, scratch, given.requests)
        if "operations" in parts:
            failed |= _driver("ended at a file operation", "operations", folder, scratch, given.stride)
        if "publications" in parts:
            failed |= _driver("published while read", "publications", folder, scratch, given.publications)
        if "suites" in parts:
            failed |= _suites()
        if "mutations" in parts:
            failed |= subprocess.run([sys.executable, "-m", "tests.mutations"], cwd=ROOT, check=False).returncode != 0
        _summary(ledger)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return int(failed)


def _first_build(scratch: Path) -> None:
    """Make a copy of the project and build it."""
    project = copy_project(scratch / "1" / "project")
    build = command(project, "build", "--quiet", "--warehouse", str(scratch / "1" / "warehouse"))
    subprocess.run(build, cwd=project, env=environment(project), check=True, stdout=subprocess.DEVNULL)


def _kills(scratch: Path, kills: int, seed: int, workers: int, minutes: float) -> bool:
    """Kill builds in several warehouses at once, each with readers of its own."""
    processes = []
    for worker in range(1, workers + 1):
        place = scratch / str(worker)
        if worker > 1:
            copy_project(place / "project")
            shutil.copytree(scratch / "1" / "warehouse", place / "warehouse")
    for worker in range(1, workers + 1):
        place = scratch / str(worker)
        share = kills // workers + (worker <= kills % workers)
        options = ["--kills", str(share), "--seed", str(seed * 1000 + worker), "--minutes", str(minutes)]
        arguments = [sys.executable, "-m", "tests.chaos.kills", str(place / "project"), str(place / "warehouse")]
        processes.append(subprocess.Popen([*arguments, *options], cwd=ROOT, stdout=subprocess.PIPE, text=True))
    total, phases, problems = Counter[str](), Counter[str](), []
    for process in processes:
        output, _ = process.communicate()
        if process.returncode != 0:
            problems.append(f"a worker ended with {process.returncode}")
            continue
        tally: dict[str, Any] = json.loads(output)
        phases.update(tally.pop("kills_by_phase"))
        problems += tally.pop("problems")
        total.update(tally)
    record("killed builds", **{name.replace("_", " "): count for name, count in total.items()}, errors=len(problems))
    record("killed builds, by phase", **{phase: phases[phase] for phase in (*STEPS, *MOMENTS) if phases[phase]})
    return _show(problems)


def _driver(title: str, module: str, folder: Path, scratch: Path, number: int) -> bool:
    place = scratch / module
    place.mkdir()
    arguments = [sys.executable, "-m", f"tests.chaos.{module}", str(folder), str(place), str(number)]
    done = subprocess.run(arguments, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    shutil.rmtree(place)
    if done.returncode != 0:
        record(title, errors=1)
        return _show([f"{module} ended with {done.returncode}"])
    said = json.loads(done.stdout)
    problems = said.pop("problems")
    record(title, **said, errors=len(problems))
    return _show(problems)


def _suites() -> bool:
    there = [suite for suite in SUITES if (ROOT / suite).is_dir()]
    environ = {**os.environ, LONG: "1"}
    done = subprocess.run([sys.executable, "-m", "pytest", *there], cwd=ROOT, env=environ, check=False)
    return done.returncode != 0


def _show(problems: list[str]) -> bool:
    for problem in problems:
        print(f"  ✗ {problem}", flush=True)
    return bool(problems)


def _summary(ledger: Path) -> None:
    rows = []
    for line in recorded(ledger):
        fault = line.pop("fault")
        rows += [
            {"fault": fault if number == 0 else "", "": name, "count": count}
            for number, (name, count) in enumerate(line.items())
        ]
    Report().say_table(table_of(rows))


if __name__ == "__main__":
    sys.exit(main())

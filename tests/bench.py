"""What a whole build costs beside a plain `dbt build` of the same project: `make bench`.

Both run from the bundled seeds, in turn, each in a process of its own and into a fresh file: dbt by its command line,
with seeds, models, unit tests and data tests, the official files landed beforehand; orebloc with everything: contracts,
two gates, the diff against the release before, exports, metadata, docs, and publication. Medians are compared. Each has
the project that dbt has parsed before, as on any day but the first.

Beside them: dbt without the unit tests, which orebloc leaves to the project's own tests; a build of orebloc after one
seed has changed; and one after nothing has.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tests.conftest import PROJECT_PARTS, ROOT

MOST_TIMES_DBT = 1.5
# Above this the machine does something else as well, and the figures are not those of the project.
MOST_LOAD = 1.5
_SAMPLE_SECONDS = 0.1


@dataclass(frozen=True)
class Cost:
    """What one run took: seconds by the wall and of processors, and the most memory of all its processes together."""

    seconds: float
    processor_seconds: float
    peak_megabytes: float


def main() -> int:
    """Measure, print and compare; return 1 where a build costs too much."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="measured runs of each; medians are compared")
    runs = parser.parse_args().runs
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="orebloc-bench-") as scratch:
        project = copy_project(Path(scratch))
        measures = {
            "dbt build": dbt_build,
            "without unit tests": dbt_build_without_unit_tests,
            "orebloc build": orebloc_build,
            "one seed changed": orebloc_rebuild,
            "nothing changed": orebloc_idle,
        }
        for name, measure in measures.items():
            measure(project, 0)
            say(f"{name:<18} warmed up")
        costs: dict[str, list[Cost]] = {name: [] for name in measures}
        for number in range(1, runs + 1):
            for name, measure in measures.items():
                cost = measure(project, number)
                costs[name].append(cost)
                say(f"{name:<18} {number}: {_words(cost)}")
    middle = {name: _median(found) for name, found in costs.items()}
    say()
    for name, cost in middle.items():
        say(f"{name:<18} median of {runs}: {_words(cost)}")
    ratio = middle["orebloc build"].seconds / middle["dbt build"].seconds
    say(f"orebloc build takes {ratio:.2f} times a plain dbt build; at most {MOST_TIMES_DBT} is allowed")
    if load > MOST_LOAD:
        say(f"The load average was {load:.1f} at the start: something else was running, do not quote these figures.")
    return 0 if ratio <= MOST_TIMES_DBT else 1


def say(text: str = "") -> None:
    """Print a line at once, also into a pipe."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def copy_project(scratch: Path) -> Path:
    """Copy what a build reads, so that nothing else uses its folders, and land what dbt is to read."""
    project = scratch / "project"
    for part in PROJECT_PARTS:
        source, target = ROOT / part, project / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, target)
    measured([sys.executable, "-m", "etl.cli", "land", "--project", str(project)], project)
    return project


def dbt_build(project: Path, number: int, *options: str) -> Cost:
    """Run dbt by its command line in a folder of its own, where `target/` holds what landed and gets the file."""
    folder = project.parent / f"dbt-{number}"
    shutil.copytree(project / "target" / "landed", folder / "target" / "landed")
    program = str(Path(sys.executable).parent / "dbt")
    places = ["--project-dir", str(project), "--profiles-dir", str(project), "--log-path", str(folder)]
    places += ["--target-path", str(project.parent / "dbt-target")]
    cost = measured([program, "build", *places, *options], folder)
    assert (folder / "target" / "orebloc.duckdb").is_file()
    shutil.rmtree(folder)
    return cost


def dbt_build_without_unit_tests(project: Path, number: int) -> Cost:
    """Run what dbt does inside a build of orebloc."""
    return dbt_build(project, number, "--exclude-resource-type", "unit_test")


def orebloc_build(project: Path, number: int) -> Cost:
    """Run a whole build into a warehouse that already has a release, but for the first."""
    cost, last = build(project, "--force")
    assert (last["outcome"], bool(last["previous_release_id"])) == ("published", number > 0)
    return cost


def orebloc_rebuild(project: Path, number: int) -> Cost:
    """Run a build after the note of one event of a paper has changed."""
    seed = project / "seeds" / "articles" / "zhang2024" / "zhang2024__events.csv"
    with seed.open(encoding="utf-8", newline="") as file:
        header, first, *others = csv.reader(file)
    first[header.index("note")] = f"Measured {number} times"
    with seed.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, first, *others])
    cost, last = build(project)
    assert last["outcome"] == "published"
    return cost


def orebloc_idle(project: Path, _number: int) -> Cost:
    """Run a build that finds nothing to do."""
    cost, last = build(project)
    assert last["outcome"] == "nothing_to_do"
    return cost


def build(project: Path, *options: str) -> tuple[Cost, dict[str, Any]]:
    """Run a build; return what it took and its line in the run log."""
    warehouse = project.parent / "warehouse"
    places = ["--project", str(project), "--warehouse", str(warehouse), "--json", "--quiet"]
    cost = measured([sys.executable, "-m", "etl.cli", "build", *places, *options], project)
    return cost, json.loads((warehouse / "runs.jsonl").read_text(encoding="utf-8").splitlines()[-1])


def measured(command: list[str], cwd: Path) -> Cost:
    """Run a command and watch it; its output is shown only if it fails."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("OREBLOC_", "DBT_"))}
    began, before = time.perf_counter(), os.times()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command, cwd=cwd, stdout=output, stderr=output, env={**clean, "PYTHONPATH": str(ROOT)}
        )
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, sum(_megabytes(pid) for pid in _family(process.pid)))
            time.sleep(_SAMPLE_SECONDS)
        seconds, after = time.perf_counter() - began, os.times()
        if process.returncode:
            output.seek(0)
            sys.exit(f"{' '.join(command)} failed:\n{output.read().decode(errors='replace')}")
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return Cost(seconds, spent, peak)


def _family(first: int) -> list[int]:
    """Return a process and all below it."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = entry.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(after_name[1]), []).append(int(entry.parent.name))
    found, open_ones = [first], [first]
    while open_ones:
        below = parents.get(open_ones.pop(), [])
        found += below
        open_ones += below
    return found


def _megabytes(pid: int) -> float:
    """Return the memory of a process; what it shares counts in part, so that the sum over processes is right."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))
    except (OSError, StopIteration):
        return 0.0


def _median(costs: list[Cost]) -> Cost:
    return Cost(
        median(cost.seconds for cost in costs),
        median(cost.processor_seconds for cost in costs),
        median(cost.peak_megabytes for cost in costs),
    )


def _words(cost: Cost) -> str:
    return (
        f"{cost.seconds:6.1f} s, {cost.processor_seconds:6.1f} s of processors, "
        f"{cost.peak_megabytes:5.0f} MB at the most"
    )


if __name__ == "__main__":
    sys.exit(main())

"""Fifty publications while readers look: finished builds are published, every fifth time the one before comes back.

`python -m tests.chaos.publications FOLDER SCRATCH COUNT` takes a release's folder and prints one JSON object.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import duckdb

from etl.history.inspect import inspect
from etl.project import Project
from etl.run.lock import build_lock
from etl.run.publish import publish, roll_back
from tests.chaos.finished import finished_build, project_at
from tests.chaos.reader import Readers, look

KEEP = 3
_EVERY = 5


def main(folder: Path, scratch: Path, count: int) -> dict[str, Any]:
    project = project_at(scratch / "warehouse")
    published = {_publish(folder, project, 0)}
    problems, rollbacks = [], 0
    with Readers(project.stable_file, pollers=3, holders=2, pause=0.05) as readers:
        for number in range(1, count + 1):
            with build_lock(project.lock_file):
                back = number % _EVERY == 0
                now = roll_back(project).release_id if back else _publish(folder, project, number)
            rollbacks += back
            published.add(now)
            # What a connection opened after the publication sees is the new release, at once.
            with duckdb.connect(str(project.stable_file), read_only=True) as connection:
                found, _ = look(connection)
            problems += [] if found == now else [f"{now} is published, {found} is seen"]
    seen, found_at_end = readers.seen, inspect(project)
    problems += [f"reader: {error}" for error in seen.errors]
    problems += [f"a reader saw {one}, which was never published" for one in {*seen.releases} - published]
    several = [release_id for release_id, contents in seen.releases.items() if len(contents) > 1]
    problems += [f"{release_id} was seen with different contents" for release_id in several]
    problems += [] if found_at_end.whole and not found_at_end.notes else [f"at the end: {found_at_end}"]
    return {
        "publications": count,
        "rollbacks among them": rollbacks,
        "reads": seen.reads,
        "reads through open connections": seen.held,
        "releases seen": len(seen.releases),
        "problems": problems,
    }


def _publish(folder: Path, project: Project, number: int) -> str:
    release_id = f"20260101T{number // 60:02}{number % 60:02}00Z-{number:08x}"
    build = finished_build(folder, project.builds / release_id, release_id, number + 1, without=number + 1)
    return publish(project, build, release_id, KEEP).release_id


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))))

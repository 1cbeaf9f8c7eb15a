"""The short form of `make chaos`: a few kills and publications while readers look. No reader may notice any of them."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from etl.history.inspect import inspect
from etl.project import Project
from etl.run.build import LANDED_NAME
from etl.run.heal import heal
from etl.run.lock import build_lock
from etl.run.releases import current_release, pointed
from tests.chaos import publications
from tests.chaos.counts import record
from tests.chaos.finished import copy_of, finished_build, project_at, publish_copy, released
from tests.chaos.kills import Build
from tests.chaos.reader import Readers
from tests.chaos.trapped import MOMENTS
from tests.conftest import ROOT

# Where a publication is killed: before which operation, and whether readers see the new release by then.
PUBLICATION = {
    "publish: sealing": (20, False),
    "publish: folder": (1, False),
    "publish: stable file": (1, False),
    "publish: pointer": (1, True),
    "prune: manifest": (1, True),
    "prune: files": (20, True),
}
IDS = [f"20260101T0000{number:02}Z-{number:08x}" for number in range(1, 4 + len(PUBLICATION))]
RUN = """
import sys
from pathlib import Path
from etl.run.heal import heal
from etl.run.lock import build_lock
from etl.run.publish import publish
from tests.chaos.finished import project_at
from tests.chaos.trapped import set_trap
warehouse, moment, number, release_id = sys.argv[1:]
project = project_at(Path(warehouse))
with build_lock(project.lock_file):
    set_trap(moment, int(number))
    heal(project) if moment == "heal" else publish(project, project.builds / release_id, release_id, keep=2)
"""


@pytest.fixture
def project(warehouse: Path, tmp_path: Path) -> Project:
    """A warehouse with two releases, the second current."""
    project = project_at(tmp_path / "warehouse")
    for number, release_id in enumerate(IDS[:2], start=1):
        build = tmp_path / "builds" / release_id
        publish_copy(
            project, finished_build(released(warehouse), build, release_id, number, without=number), release_id
        )
    return project


def kill_at(project: Project, moment: str, number: int, release_id: str = "") -> None:
    """Run a publication or a healing in a process that is killed at a moment."""
    arguments = [str(project.warehouse), moment, str(number), release_id]
    done = subprocess.run([sys.executable, "-c", RUN, *arguments], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr


def heal_all(project: Project) -> None:
    """Do what the next build does first: take the dead one's lock over and put the warehouse in order."""
    with build_lock(project.lock_file) as dead:
        assert dead is not None
        heal(project)
        found = inspect(project)
        assert (found.whole, found.notes) == (True, []), found


def test_every_moment_is_tried() -> None:
    assert {*PUBLICATION, "heal"} == MOMENTS.keys()


def test_a_publication_that_is_killed_at_each_of_its_moments(project: Project, tmp_path: Path) -> None:
    """Each leaves a whole release to readers, and nothing that the next run does not put in order."""
    current = IDS[1]
    with Readers(project.stable_file, pollers=1, holders=1, pause=0.05) as readers:
        for sequence, (release_id, (moment, (number, seen))) in enumerate(
            zip(IDS[2:], PUBLICATION.items(), strict=False), start=3
        ):
            build = tmp_path / "builds" / release_id
            finished_build(released(project.warehouse), build, release_id, sequence, without=1)
            copy_of(build, project.builds / release_id)
            kill_at(project, moment, number, release_id)
            assert inspect(project).whole, moment
            if moment == "publish: sealing":
                # The next run may be killed as well, while it puts things in order.
                kill_at(project, "heal", 2)
                assert inspect(project).whole
            heal_all(project)
            now = current_release(project)
            assert now is not None
            assert (now.release_id == release_id) is seen, moment
            assert now.release_id in (release_id, current)
            current = now.release_id
    assert readers.seen.errors == []
    assert {*readers.seen.releases} <= {*IDS}
    assert all(len(contents) == 1 for contents in readers.seen.releases.values())
    assert readers.seen.reads > 0
    assert readers.seen.held > 0
    record("publications killed", kills=len(PUBLICATION) + 1, reads=readers.seen.reads, errors=0)


def test_a_real_build_that_is_killed_while_it_transforms(project: Project, project_copy: Path) -> None:
    before = pointed(project)
    with Readers(project.stable_file, pollers=1, holders=0, pause=0.05) as readers:
        build = Build(project_copy, project.warehouse)
        while build.running and not list(project.builds.glob(f"*/{LANDED_NAME}")):
            time.sleep(0.01)
        assert build.kill(alone=True), build.lines
        # dbt, which runs in a process of its own, ends by itself.
        assert build.group_has_ended(60)
    assert len(list(project.builds.iterdir())) == 1
    assert inspect(project).whole
    heal_all(project)
    assert list(project.builds.iterdir()) == []
    assert pointed(project) == before
    assert readers.seen.errors == []
    assert [*readers.seen.releases] == [before["release_id"]]
    record("real build killed", kills=1, reads=readers.seen.reads, errors=0)


def test_publications_while_readers_look(warehouse: Path, tmp_path: Path) -> None:
    found = publications.main(released(warehouse), tmp_path, 6)
    problems = found.pop("problems")
    assert problems == []
    assert found["publications"] == 6
    assert found["rollbacks among them"] == 1
    assert found["reads"] > 0
    assert found["reads through open connections"] > 0
    record("published while read", **found, errors=0)

"""What a build takes over from the release before it, and what it makes anew: what depends on changed data.

Models, rules, code, settings and versions decide over everything: where one of them changed, the build starts from
nothing. Where only seeds or official files changed, the file of the release before is copied, and dbt makes anew the
tables below what changed. Both gates and the comparison of releases see the whole file either way.
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from etl.project import Project
from etl.run.hashes import sha256_of
from etl.run.inputs import Inputs
from etl.run.releases import Release, current_release
from etl.run.whole import faults_of

TAKEN_UP = "rebuild.json.gz"
LANDED = "landing/"
_SEED = ("seeds/", ".csv")
_EXPECTATIONS = "expectations/"
# Hold what only the run knows of the build itself: it writes into them after dbt has made them.
_ALWAYS = ("build_info", "data_dictionary")
# A release in so many steps from a build from nothing is followed by one: an error that crept in would not stay.
MOST_STEPS = 20

Result = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TakenUp:
    """What a release leaves for the build after it.

    Attributes:
        steps: How many builds lie between it and a build from nothing.
        landed: SHA-256 of every table that landed, by name.
        results: What became of every node of dbt, by its id.
        compiled: The compiled SQL of every node, by its id.
    """

    steps: int
    landed: dict[str, str]
    results: dict[str, Result]
    compiled: dict[str, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """How a build goes about it.

    Attributes:
        release: The release whose file is taken over; None for a build from nothing.
        taken_up: What that release left.
        selectors: What dbt makes anew, in its own words; empty for everything.
        reason: Why so, for people.
    """

    release: Release | None
    taken_up: TakenUp | None
    selectors: tuple[str, ...]
    reason: str

    @property
    def steps(self) -> int:
        """How many builds will lie between this one and a build from nothing."""
        return self.taken_up.steps + 1 if self.taken_up else 0


def plan(project: Project, inputs: Inputs, landed: Mapping[str, str], *, from_nothing: bool) -> Plan:
    """Decide what a build makes anew.

    Args:
        project: The project; its current release is what can be taken over.
        inputs: What the build is made from.
        landed: SHA-256 of the tables that landed, as `hashes_of_landed` gives them.
        from_nothing: Whether somebody asked for all of it.
    """
    release = current_release(project)
    taken_up = taken_up_of(release) if release else None
    reason = "as asked" if from_nothing else _why_from_nothing(release, taken_up, inputs)
    if reason or release is None or taken_up is None:
        return _whole(reason)
    return _plan_of_changes(release, taken_up, inputs, landed)


def _why_from_nothing(release: Release | None, taken_up: TakenUp | None, inputs: Inputs) -> str:
    if release is None:
        return "there is no release to take over"
    named = f"release {release.release_id}"
    if taken_up is None:
        return f"{named} left nothing to take up"
    if taken_up.steps >= MOST_STEPS:
        return f"{named} is {taken_up.steps} steps from a build from nothing"
    if release.manifest.get("versions") != inputs.versions:
        return "a package has another version"
    return f"{named} is not whole" if faults_of(release) else ""


def _plan_of_changes(release: Release, taken_up: TakenUp, inputs: Inputs, landed: Mapping[str, str]) -> Plan:
    before: dict[str, str] = release.manifest["inputs"]
    changed = sorted(
        name
        for name in {*before, *inputs.files}
        if before.get(name) != inputs.files.get(name) and not name.startswith((LANDED, _EXPECTATIONS))
    )
    for name in changed:
        if not (name.startswith(_SEED[0]) and name.endswith(_SEED[1])):
            return _whole(f"{name} changed, on which everything may depend")
        if name not in before or name not in inputs.files:
            return _whole(f"{name} came or went")
    # A seed that dbt does not load is a mapping of a source: what it changes shows in what landed.
    loaded = {result["path"] for result in taken_up.results.values() if result["type"] == "seed"}
    tables = sorted(name for name in landed if landed[name] != taken_up.landed.get(name))
    selectors = [f"path:{name}+" for name in changed if name in loaded]
    selectors += [f"source:landed.{name}+" for name in tables]
    what = [*(Path(name).stem for name in changed if name in loaded), *(f"landed {name}" for name in tables)]
    reason = f"what depends on {_listed(what)}" if what else "no table depends on what changed"
    return Plan(release, taken_up, (*selectors, *_ALWAYS), reason)


def taken_up_of(release: Release) -> TakenUp | None:
    """Return what a release left for the next build; None where it left nothing, or nothing that can be read."""
    try:
        return _taken_up(release.folder)
    except (OSError, EOFError, ValueError, TypeError):
        return None


def hashes_of_landed(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every table that landed, by its name."""
    return {path.stem: sha256_of(path) for path in sorted(folder.glob("*.parquet"))}


def take_over(plan: Plan, database: Path) -> None:
    """Copy the file of the release before to where dbt builds; without one, dbt starts a file of its own."""
    if plan.release is not None:
        shutil.copyfile(plan.release.database, database)  # not its mode: a release's file is read-only


def leave(folder: Path, plan: Plan, landed: Mapping[str, str], results: dict[str, Result], dbt_manifest: Path) -> None:
    """Write into a release's folder what the next build takes up.

    Args:
        folder: The release's folder.
        plan: The plan of the build that made it.
        landed: SHA-256 of what landed.
        results: What became of every node, those that were taken over included.
        dbt_manifest: dbt's manifest, with the SQL of every node.
    """
    nodes = json.loads(dbt_manifest.read_text(encoding="utf-8"))["nodes"]
    compiled = {name: node["compiled_code"] for name, node in nodes.items() if node.get("compiled_code")}
    text = json.dumps(asdict(TakenUp(plan.steps, dict(landed), results, compiled)), ensure_ascii=False, sort_keys=True)
    # Without the time: the same content is the same bytes.
    (folder / TAKEN_UP).write_bytes(gzip.compress(text.encode(), mtime=0))


def fill_in_compiled(dbt_manifest: Path, release: Path) -> None:
    """Give dbt's manifest the SQL of the nodes that were taken over: what reads it wants all of them.

    Args:
        dbt_manifest: The manifest of a run that made some nodes only.
        release: Folder of the release from which the others were taken.
    """
    manifest = json.loads(dbt_manifest.read_text(encoding="utf-8"))
    for name, sql in _taken_up(release).compiled.items():
        node = manifest["nodes"].get(name)
        if node is not None and not node.get("compiled_code"):
            node |= {"compiled": True, "compiled_code": sql}
    dbt_manifest.write_text(json.dumps(manifest), encoding="utf-8")


def _whole(reason: str) -> Plan:
    return Plan(None, None, (), reason)


def _taken_up(release: Path) -> TakenUp:
    return TakenUp(**json.loads(gzip.decompress((release / TAKEN_UP).read_bytes())))


def _listed(names: list[str], most: int = 3) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"

"""Is what readers are served there, and fresh enough? Asked by a monitor, answered from small files and a hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from etl.project import Project
from etl.run import clock
from etl.run.endings import Outcome
from etl.run.releases import Release, current_release, database_fault, is_served
from etl.run.runlog import runs_of
from etl.status.age import age_words

# Clocks of two machines may differ by so much.
_AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Freshness:
    """What a monitor is told.

    Attributes:
        built_at: When the current release was built.
        confirmed_at: When a run last found that a build would give the same: the later of that and `built_at` counts.
        age: How long ago that was.
        problem: Why the release must not pass as fresh; empty where it may.
    """

    release_id: str | None = None
    built_at: datetime | None = None
    confirmed_at: datetime | None = None
    age: timedelta | None = None
    problem: str = ""

    def as_dict(self, most: timedelta | None) -> dict[str, Any]:
        """Return the answer as JSON has it; ages in seconds."""
        return {
            "fresh": not self.problem,
            "problem": self.problem,
            "release_id": self.release_id,
            "built_at": self.built_at.isoformat() if self.built_at else None,
            "confirmed_at": self.confirmed_at.isoformat() if self.confirmed_at else None,
            "age_seconds": int(self.age.total_seconds()) if self.age is not None else None,
            "max_age_seconds": int(most.total_seconds()) if most is not None else None,
        }

    def __str__(self) -> str:
        if self.problem:
            return f"stale: {self.problem}"
        how = "confirmed" if self.confirmed_at and self.confirmed_at != self.built_at else "built"
        return f"fresh: release {self.release_id}, {how} {age_words(self.age or timedelta())} ago"


def freshness(place: Project, most: timedelta | None = None) -> Freshness:
    """Look at what readers are served.

    Args:
        place: The project.
        most: The age that the release may have; None allows any.
    """
    release = current_release(place)
    if release is None:
        where = f"{place.relative(place.warehouse)}/"
        return Freshness(problem=f"there is no current release in {where} (orebloc check says more)")
    now = clock.utc_now()
    try:
        built = _moment(release.manifest["built_at"])
    except (KeyError, TypeError, ValueError):
        return Freshness(release.release_id, problem="its manifest does not say when it was built")
    confirmed = max((moment for moment in _confirmations(place, release) if moment <= now), default=built)
    confirmed = max(confirmed, built)
    age = now - confirmed
    problem = _fault_of_file(place, release) or _fault_of_age(age, most)
    return Freshness(release.release_id, built, confirmed, age, problem)


def _confirmations(place: Project, release: Release) -> list[datetime]:
    """Return when runs found that the current release is what a build would give."""
    found = []
    for run in runs_of(place.run_log):
        if run.get("outcome") == Outcome.NOTHING_TO_DO and run.get("release_id") == release.release_id:
            try:
                found.append(_moment(run["finished"]))
            except (KeyError, TypeError, ValueError):
                continue
    return found


def _fault_of_file(place: Project, release: Release) -> str:
    """Say what is wrong with the file that readers open; `orebloc check` looks at the release's other files too."""
    fault = database_fault(release)
    if fault:
        return f"release {release.release_id} is not whole: {fault}"
    if not is_served(place, release):
        return f"{place.stable_file.name} is not the file of release {release.release_id} (orebloc check says more)"
    return ""


def _fault_of_age(age: timedelta, most: timedelta | None) -> str:
    if age < -_AHEAD:
        return f"the release was built {age_words(-age)} in the future: is the clock right?"
    if most is not None and age > most:
        return f"the release is {age_words(age)} old, more than {age_words(most)}"
    return ""


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

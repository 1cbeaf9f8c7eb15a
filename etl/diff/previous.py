"""The build's step: what is about to be published, against the release before."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from etl.diff.acknowledged import apply_acknowledgements
from etl.diff.causes import Inputs
from etl.diff.compare import compare_releases
from etl.diff.finding import Acknowledgement, Finding, Level, ReleaseDiff, ReleaseInfo
from etl.diff.sides import NotComparable
from etl.run.releases import Release


class ChangesStop(Exception):
    """Raised where a scheduled build would lose or distort what the release before holds."""

    def __init__(self, diff: ReleaseDiff) -> None:
        self.diff = diff
        count = len(diff.stops)
        super().__init__(
            f"{count} change{'s' if count != 1 else ''} against release "
            f"{diff.before.release_id if diff.before else ''} stop{'s' if count == 1 else ''} a scheduled build"
        )


def compare_with_previous(
    previous: Release | None,
    built: ReleaseInfo,
    database: Path,
    inputs: dict[str, str],
    acknowledgements: list[Acknowledgement],
) -> ReleaseDiff:
    """Compare a finished build with the release before.

    Args:
        previous: The release that is current now; None in an empty warehouse.
        built: What the build is called.
        database: Its file, closed by all who wrote to it.
        inputs: SHA-256 of its inputs by path.
        acknowledgements: Changes that are meant.

    Returns:
        The diff. A release before that cannot be read is a finding of it, not an error: this build is the cure.
    """
    if previous is None:
        return ReleaseDiff(None, built)
    listed = previous.manifest.get("inputs")
    both = Inputs(listed, inputs) if isinstance(listed, dict) else None
    try:
        return compare_releases(previous.database, database, inputs=both, acknowledgements=acknowledgements)
    except NotComparable as error:
        unread = Finding(Level.STOP, "not_comparable", "build_info", previous.release_id, f"{error}.")
        before = ReleaseInfo(previous.release_id, str(previous.manifest.get("schema_version", "")), _built_at(previous))
        findings, used = apply_acknowledgements([unread], acknowledgements, before.built_at)
        return ReleaseDiff(before, built, tuple(findings), acknowledgements=used)


def _built_at(release: Release) -> datetime | None:
    """Return when a release was built, in UTC, as its manifest says."""
    try:
        return datetime.fromisoformat(str(release.manifest.get("built_at"))).replace(tzinfo=None)
    except ValueError:
        return None

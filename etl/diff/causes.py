"""Why something is no longer there, as far as the two manifests tell."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from etl.diff.finding import InputChange

_LANDING = "landing/"
_REDISTRIBUTABLE = "option/redistributable"
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs of both releases: SHA-256 by path, as their manifests list them."""

    before: dict[str, str]
    after: dict[str, str]

    def change(self) -> InputChange:
        """Return which input files differ."""
        old, new = self.before, self.after
        return InputChange(
            added=tuple(sorted(new.keys() - old.keys())),
            removed=tuple(sorted(old.keys() - new.keys())),
            changed=tuple(sorted(path for path in old.keys() & new.keys() if old[path] != new[path])),
        )


def cause_of_loss(inputs: Inputs | None, source: str, files: Collection[str], may_redistribute: bool | None) -> str:
    """Say why figures of a source are gone, or nothing where the manifests do not tell.

    Args:
        inputs: What the manifests list.
        source: The source.
        files: The official files that the figures came from, below the landing folder.
        may_redistribute: Whether the source's terms allow to publish its rows again.
    """
    if inputs is None:
        return ""
    left_out = _REDISTRIBUTABLE in inputs.after and _REDISTRIBUTABLE not in inputs.before
    if left_out and may_redistribute is False:
        return "left out by --redistributable: the source's terms do not allow to publish its rows again"
    landed = [path for path in inputs.before if path.startswith(f"{_LANDING}{source}/")]
    if not landed:
        return ""
    if not any(path.startswith(_LANDING) for path in inputs.after):
        return "built without a landing folder; the release before had one"
    if not any(path.startswith(f"{_LANDING}{source}/") for path in inputs.after):
        return f"the landing folder holds no file of {source} any more"
    return _cause_in_files(inputs, files)


def _cause_in_files(inputs: Inputs, files: Collection[str]) -> str:
    read = sorted(file for file in files if f"{_LANDING}{file}" in inputs.before)
    gone = [file for file in read if f"{_LANDING}{file}" not in inputs.after]
    other = [file for file in read if f"{_LANDING}{file}" in inputs.after and _differs(inputs, f"{_LANDING}{file}")]
    if gone:
        return f"no longer in the landing folder: {_some(gone)}"
    return f"another content: {_some(other)}" if other else ""


def _differs(inputs: Inputs, path: str) -> bool:
    return inputs.before[path] != inputs.after[path]


def _some(files: list[str]) -> str:
    more = f" and {len(files) - _SHOWN} more" if len(files) > _SHOWN else ""
    return ", ".join(files[:_SHOWN]) + more

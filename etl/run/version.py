"""Which code runs: the package's version and the checkout's commit."""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGE = "orebloc"
_UNKNOWN = "unknown"


def orebloc_version() -> str:
    """Return the version of the installed package, or `unknown`."""
    try:
        return version(_PACKAGE)
    except PackageNotFoundError:
        return _UNKNOWN


def git_commit(root: Path) -> str:
    """Return the commit of a checkout, with `-dirty` where files differ from it; `unknown` where git cannot say."""
    git = shutil.which("git")
    if git is None:
        return _UNKNOWN
    found = subprocess.run(
        [git, "-C", str(root), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"],
        capture_output=True,
        text=True,
        check=False,
        # A reader only: it must not take git's locks.
        env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
    )
    return found.stdout.strip() or _UNKNOWN

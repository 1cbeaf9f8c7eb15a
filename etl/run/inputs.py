"""What a build depends on, as one hash: seeds, models, rules, expectations, code, and the versions that run them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from etl.faults import Fault
from etl.project import Project
from etl.run.hashes import KnownHashes, sha256_of

_FOLDERS = ("seeds", "models", "macros", "expectations", "etl", "tests/dbt")
_FILES = ("dbt_project.yml", "profiles.yml", "pyproject.toml", "requirements.lock")
_SUFFIXES = {".csv", ".sql", ".yml", ".py", ".md"}
# The packages whose version can change a published number or file.
_PACKAGES = ("duckdb", "dbt-core", "dbt-duckdb", "great-expectations", "pandas")


class NoLandingFolder(FileNotFoundError):
    """Raised where a landing folder is named that is not there."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs of a build.

    Attributes:
        files: SHA-256 of every input file, by path relative to the project.
        versions: Version of every package that takes part.
        sha256: One hash over both.
    """

    files: dict[str, str]
    versions: dict[str, str]
    sha256: str


def read_inputs(
    project: Project, landing: Path | None = None, *, redistributable: bool = False, remember: bool = True
) -> Inputs:
    """Hash every input of a build.

    Args:
        project: The project.
        landing: Folder of official files, if there is one.
        redistributable: Whether sources without permission are left out.
        remember: Whether a big official file that has not changed since an earlier run need not be read again.
    """
    paths = [project.root / name for name in _FILES]
    for folder in _FOLDERS:
        paths += [path for path in (project.root / folder).rglob("*") if path.suffix in _SUFFIXES]
    files = _hashes("", project.root, sorted(set(paths)), sha256_of)
    if landing is not None:
        known = KnownHashes(project.hash_cache if remember else None)
        files |= _hashes("landing/", landing, _landed(landing), known.sha256_of)
        known.save()
    files |= {"option/redistributable": str(redistributable)} if redistributable else {}
    versions = {package: version(package) for package in _PACKAGES}
    total = hashlib.sha256()
    for name, value in [*sorted(files.items()), *sorted(versions.items())]:
        total.update(f"{name}\0{value}\n".encode())
    return Inputs(files, versions, total.hexdigest())


def _hashes(prefix: str, root: Path, paths: Iterable[Path], hash_of: Callable[[Path], str]) -> dict[str, str]:
    hashes = {}
    for path in paths:
        with suppress(FileNotFoundError):  # it went since it was listed: it is not there
            if path.is_file():
                hashes[prefix + _name(path.relative_to(root))] = hash_of(path)
    return hashes


def _landed(folder: Path) -> list[Path]:
    """List the official files: not what a file is about (its origin card), nor what is still on its way."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith((".origin.json", ".part"))
    ]


def _name(path: Path) -> str:
    # A name that is not UTF-8 is refused while landing; until then it must not break a message or the manifest.
    return path.as_posix().encode("utf-8", "backslashreplace").decode()


def changes_between(before: Inputs, after: Inputs) -> list[Fault]:
    """Say which files changed, vanished or came between two readings of the inputs.

    The code is left out: a process has long loaded it.
    """
    names = sorted({*before.files, *after.files})
    hint = "Let who writes there come to an end, then build again"
    return [
        Fault(name, None, "", "", _change(before.files.get(name), after.files.get(name)), hint)
        for name in names
        if before.files.get(name) != after.files.get(name) and not name.endswith(".py")
    ]


def _change(before: str | None, after: str | None) -> str:
    if after is None:
        return "vanished after it was hashed"
    return "changed after it was hashed" if before else "came after the inputs were hashed"


def landing_folder(project: Project, chosen: Path | None) -> Path | None:
    """Return the landing folder: the chosen one, else OREBLOC_LANDING, else data/landing if it is there.

    Raises:
        NoLandingFolder: The folder was named but is not there.
    """
    named = chosen or (Path(os.environ["OREBLOC_LANDING"]) if os.environ.get("OREBLOC_LANDING") else None)
    if named is not None:
        if not named.is_dir():
            raise NoLandingFolder(2, "The landing folder is not there", str(named))
        return named
    default = project.root / "data" / "landing"
    return default if default.is_dir() else None

"""What a build depends on, as one hash: seeds, models, rules, expectations, code, and the versions that run them."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from etl.project import Project

_FOLDERS = ("seeds", "models", "macros", "expectations", "etl", "tests/dbt")
_FILES = ("dbt_project.yml", "profiles.yml", "pyproject.toml", "requirements.lock")
_SUFFIXES = {".csv", ".sql", ".yml", ".py", ".md"}
# The packages whose version can change a published number or file.
_PACKAGES = ("duckdb", "dbt-core", "dbt-duckdb", "great-expectations", "pandas")


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


def read_inputs(project: Project, landing: Path | None = None, *, redistributable: bool = False) -> Inputs:
    """Hash every input of a build.

    Args:
        project: The project.
        landing: Folder of official files, if there is one.
        redistributable: Whether sources without permission are left out.
    """
    paths = [project.root / name for name in _FILES]
    for folder in _FOLDERS:
        paths += [path for path in (project.root / folder).rglob("*") if path.suffix in _SUFFIXES]
    files = {
        path.relative_to(project.root).as_posix(): sha256_of(path) for path in sorted(set(paths)) if path.is_file()
    }
    if landing is not None:
        # Not what a file is about (its origin card), nor what is still on its way.
        landed = (
            path
            for path in sorted(landing.rglob("*"))
            if path.is_file() and not path.name.endswith((".origin.json", ".part"))
        )
        files |= {f"landing/{path.relative_to(landing).as_posix()}": sha256_of(path) for path in landed}
    files |= {"option/redistributable": str(redistributable)} if redistributable else {}
    versions = {package: version(package) for package in _PACKAGES}
    total = hashlib.sha256()
    for name, value in [*sorted(files.items()), *sorted(versions.items())]:
        total.update(f"{name}\0{value}\n".encode())
    return Inputs(files, versions, total.hexdigest())


def landing_folder(project: Project, chosen: Path | None) -> Path | None:
    """Return the landing folder: the chosen one, else OREBLOC_LANDING, else data/landing if it is there.

    Raises:
        FileNotFoundError: The folder was named but is not there.
    """
    named = chosen or (Path(os.environ["OREBLOC_LANDING"]) if os.environ.get("OREBLOC_LANDING") else None)
    if named is not None:
        if not named.is_dir():
            raise FileNotFoundError(2, "The landing folder is not there", str(named))
        return named
    default = project.root / "data" / "landing"
    return default if default.is_dir() else None


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
